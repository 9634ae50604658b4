// Which cuts to look at: a walk through bipartitions that is told the value of each and remembers the smallest.
//
//     exhaustive   every cut: to 10 units
//     queyranne    every single unit, then pendent pairs: exact where the value is submodular, n^3 / 6 cuts: to 16 units
//     sweep        the prefixes of an order that a caller brings, then every single unit: beyond
//     nearby       one cut and those that differ from it by one unit
// All but the first end by moving single units across the best cut while that helps.
// @source Queyranne 1998, "Minimizing symmetric submodular functions"
#pragma once

#include <cstdint>

#include <synapse/core/fields.hpp>

namespace synapse {

enum class cut_walk : std::uint8_t { exhaustive, queyranne, sweep, nearby };

class cut_search {
public:
    constexpr cut_search() noexcept = default;
    explicit constexpr cut_search(std::uint32_t units) noexcept : units_{units} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const extent e = vector_extent(self.units_, self.units_);
        visit.array("group", role::scratch, self.group_, e);
        visit.array("alone", role::scratch, self.alone_, e);
    }

    // The largest system that it has room for.
    [[nodiscard]] constexpr std::uint32_t units() const noexcept { return units_; }

    // n units, 2 <= n <= units(). `first` is the cut to begin nearby with (not used otherwise).
    void begin(cut_walk walk, std::uint32_t n, std::uint32_t first = 1) noexcept {
        n_ = n;
        full_ = n == 32 ? 0xffffffffu : (1u << n) - 1;
        best_cut_ = 0;
        passes_ = 0;
        counter_ = 0;
        walk_ = walk;
        stage_ = walk == cut_walk::exhaustive ? stage::count
                 : walk == cut_walk::sweep    ? stage::prefix
                 : walk == cut_walk::nearby   ? stage::first
                                              : stage::single;
        groups_ = n;
        prefix_ = walk == cut_walk::nearby ? first : 0;
        for (std::uint32_t i = 0; i < n; ++i) group_[i] = 1u << i;
    }

    // The next cut to value, or 0 when the walk has ended. order(i) is the i-th unit, for a sweep.
    template <class Order>
    std::uint32_t next(const Order& order) noexcept {
        switch (stage_) {
            case stage::count: return counter_ + 1 < (1u << (n_ - 1)) ? counter_ + 1 : 0;
            case stage::first: return prefix_;
            case stage::prefix: return prefix_ | 1u << order(counter_);
            case stage::single: return 1u << counter_;
            case stage::grow: return grown_ | group_[candidate_];
            case stage::merged: return group_[groups_ - 1];
            case stage::polish: return best_at_pass_ ^ 1u << counter_;
            case stage::done: break;
        }
        return 0;
    }

    // Takes the value of the cut that next() gave. True if it is the smallest so far.
    bool take(std::uint32_t cut, float value) noexcept {
        const bool better = best_cut_ == 0 || value < best_;
        if (better) {
            best_ = value;
            best_cut_ = cut;
        }
        switch (stage_) {
            case stage::count:
                if (++counter_ + 1 == (1u << (n_ - 1))) stage_ = stage::done;
                break;
            case stage::first: polish(); break;
            case stage::prefix:
                prefix_ = cut;
                if (++counter_ == n_ - 1) turn(stage::single);
                break;
            case stage::single:
                alone_[counter_] = value;
                if (++counter_ == n_) walk_ == cut_walk::queyranne ? grow() : polish();
                break;
            case stage::grow: weigh(value); break;
            case stage::merged:
                alone_[groups_ - 1] = value;
                grow();
                break;
            case stage::polish:
                ++counter_;
                skip_improper();
                if (counter_ < n_) break;
                if (best_cut_ != best_at_pass_ && ++passes_ < most_passes) {
                    polish();
                } else {
                    stage_ = stage::done;
                }
                break;
            case stage::done: break;
        }
        return better;
    }

    [[nodiscard]] std::uint32_t best_cut() const noexcept { return best_cut_; }
    [[nodiscard]] float best() const noexcept { return best_; }

private:
    enum class stage : std::uint8_t { count, first, prefix, single, grow, merged, polish, done };
    static constexpr std::uint32_t most_passes = 8;

    void turn(stage s) noexcept {
        stage_ = s;
        counter_ = 0;
    }

    void polish() noexcept {
        best_at_pass_ = best_cut_;
        turn(stage::polish);
        skip_improper();
        if (counter_ == n_) stage_ = stage::done;
    }
    // Moving its only unit would leave a side empty.
    void skip_improper() noexcept {
        while (counter_ < n_ && is_improper(best_at_pass_ ^ 1u << counter_)) ++counter_;
    }
    [[nodiscard]] bool is_improper(std::uint32_t cut) const noexcept { return cut == 0 || cut == full_; }

    // Groups [0, placed_) are in the order of this phase, the rest are candidates. The set grows by the group whose joining raises
    // the value least above its own.
    void grow() noexcept {
        if (groups_ < 3) return polish();
        stage_ = stage::grow;
        placed_ = 1;
        grown_ = group_[0];
        candidate_ = 1;
    }
    void weigh(float value) noexcept {
        const float key = value - alone_[candidate_];
        if (candidate_ == placed_ || key < least_key_) {
            least_key_ = key;
            least_ = candidate_;
        }
        if (++candidate_ < groups_) return;
        place(least_);
        if (placed_ + 1 == groups_) {
            // The last two are a pendent pair: from now on one group. The last alone has been valued already.
            const std::uint32_t pair = group_[groups_ - 2] | group_[groups_ - 1];
            --groups_;
            group_[groups_ - 1] = pair;
            if (groups_ < 2) return polish();
            stage_ = stage::merged;
            return;
        }
        candidate_ = placed_;
    }
    void place(std::uint32_t i) noexcept {
        const std::uint32_t set = group_[i];
        const float value = alone_[i];
        group_[i] = group_[placed_];
        alone_[i] = alone_[placed_];
        group_[placed_] = set;
        alone_[placed_] = value;
        grown_ |= set;
        ++placed_;
    }

    std::uint32_t* group_ = nullptr;
    float* alone_ = nullptr;
    std::uint32_t units_ = 0;
    std::uint32_t n_ = 0;
    std::uint32_t full_ = 0;
    std::uint32_t counter_ = 0;
    std::uint32_t prefix_ = 0;
    std::uint32_t grown_ = 0;
    std::uint32_t groups_ = 0;
    std::uint32_t placed_ = 0;
    std::uint32_t candidate_ = 0;
    std::uint32_t least_ = 0;
    std::uint32_t best_cut_ = 0;
    std::uint32_t best_at_pass_ = 0;
    std::uint32_t passes_ = 0;
    float best_ = 0.0f;
    float least_key_ = 0.0f;
    cut_walk walk_ = cut_walk::exhaustive;
    stage stage_ = stage::done;
};

}  // namespace synapse
