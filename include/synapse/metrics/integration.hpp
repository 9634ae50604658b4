// Integration, the unification of experience: whether what one module of a mind knows is also there in the others.
//
//     R2(S)       = 1 - exp(-2 I(S; S') / min(dim S, dim S'))      mean canonical R^2 across a cut through the modules
//     integration = the smallest R2 over all cuts
// It is 0 exactly when some module shares nothing with the rest. Above 0.9 with positive O-information it means that the modules
// have become copies of one another. Total correlation and O-information, in nats, stand beside it.
// @source Tononi, Sporns, Edelman 1994; Rosas et al. 2019 (O-information); the normalisation is ours
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/divide.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>
#include <synapse/metrics/covariance.hpp>
#include <synapse/metrics/cut_flow.hpp>
#include <synapse/metrics/information.hpp>
#include <synapse/metrics/triangle.hpp>

namespace synapse {

enum class integration_flag : std::uint8_t {
    measured,
    dead_module,      // no variable of some module varies: 0
    too_few_samples,  // not yet 16 effective samples a variable: 0
    no_covariance,    // numbers that no stream has: 0
};

struct integration_result {
    float share = 0.0f;              // integration, [0, 1]
    float total_correlation = 0.0f;  // nats
    float normalised = 0.0f;         // the same as a share of variance
    float o_information = 0.0f;      // nats; above 0 the modules repeat, below 0 they complement one another
    std::uint32_t cut = 0;           // the weakest cut: bit i for module i
    integration_flag flag = integration_flag::too_few_samples;

    static constexpr bool saved_if_not_default = true;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("share", self.share);
        visit.value("total_correlation", self.total_correlation);
        visit.value("normalised", self.normalised);
        visit.value("o_information", self.o_information);
        visit.value("cut", self.cut);
        visit.value("flag", self.flag);
    }
    [[nodiscard]] status settle() const noexcept {
        return flag <= integration_flag::no_covariance && share >= 0.0f && share <= 1.0f ? status::ok : status::corrupt;
    }
};

inline constexpr std::uint32_t max_modules = 5;

// The sizes of the modules, whose variables stand one after the other; a zero ends the list.
struct module_sizes {
    std::uint32_t size[max_modules] = {};

    [[nodiscard]] constexpr std::uint32_t count() const noexcept {
        std::uint32_t n = 0;
        while (n < max_modules && size[n] != 0) ++n;
        return n;
    }
    [[nodiscard]] constexpr std::uint32_t variables() const noexcept {
        std::uint32_t n = 0;
        for (std::uint32_t m = 0; m < count(); ++m) n += size[m];
        return n;
    }
};

// One measurement of one snapshot, in slices of a row each.
class integration_search {
public:
    constexpr integration_search() noexcept = default;
    // At least two modules.
    explicit constexpr integration_search(const module_sizes& modules) noexcept : modules_{modules} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const std::uint32_t n = self.modules_.variables();
        const extent all = vector_extent(triangle::size(n), triangle::size(n));
        visit.array("joint", role::scratch, self.joint_, all);
        visit.array("factor", role::scratch, self.factor_, all);
        visit.array("inverse", role::scratch, self.inverse_, vector_extent(n, n));
        visit.array("live", role::scratch, self.live_, vector_extent(n, n));
        visit.array("member", role::scratch, self.member_, vector_extent(n, n));
        visit.array("entropy", role::scratch, self.entropy_, vector_extent(sets(self), sets(self)));
    }
    void restored() noexcept { set_ = 0; }

    // pairs: packed covariance of all variables. shrinkage as for Phi. @cost variables^2 / 2
    SYNAPSE_OUTLINE void begin(const float* pairs, float shrinkage) noexcept {
        found_ = integration_result{};
        found_.flag = integration_flag::measured;
        shrinkage_ = shrinkage;
        credit_ = 0;
        variables_ = 0;
        std::uint32_t next = 0;
        for (std::uint32_t m = 0; m < modules_.count(); ++m) {
            width_[m] = 0;
            for (std::uint32_t i = 0; i < modules_.size[m]; ++i, ++next) {
                if (!(pairs[triangle::at(next, next)] > cut_flow::dead_variance)) continue;
                live_[variables_++] = next;
                ++width_[m];
            }
            if (width_[m] == 0) found_.flag = integration_flag::dead_module;
        }
        if (found_.flag != integration_flag::measured) {
            set_ = 0;
            return;
        }
        for (std::uint32_t i = 0; i < variables_; ++i) {
            float* row = joint_ + triangle::size(i);
            for (std::uint32_t j = 0; j < i; ++j) {
                const float variances = config::square_root(pairs[triangle::at(live_[i], live_[i])]) *
                                        config::square_root(pairs[triangle::at(live_[j], live_[j])]);
                row[j] = pairs[triangle::at(live_[i], live_[j])] / variances * (1.0f - shrinkage);
            }
            row[i] = 1.0f;
        }
        start(1);
    }

    // Works for about `budget` products; true when the measurement has ended. As phi_search.
    SYNAPSE_OUTLINE bool advance(std::uint32_t budget) noexcept {
        credit_ += static_cast<std::int64_t>(budget);
        while (set_ != 0 && credit_ > 0) {
            credit_ -= static_cast<std::int64_t>(row_ * row_ / 2 + 4 * row_ + 24);
            slice();
        }
        return set_ == 0;
    }

    [[nodiscard]] bool finished() const noexcept { return set_ == 0; }
    [[nodiscard]] const integration_result& found() const noexcept { return found_; }

private:
    template <class Self>
    static constexpr std::uint32_t sets(const Self& self) noexcept {
        return 1u << self.modules_.count();
    }

    void start(std::uint32_t set) noexcept {
        set_ = set;
        row_ = 0;
        members_ = 0;
        entropy_[set] = 0.0f;
        std::uint32_t next = 0;
        for (std::uint32_t m = 0; m < modules_.count(); ++m) {
            for (std::uint32_t i = 0; i < width_[m]; ++i, ++next) {
                if ((set >> m & 1u) != 0) member_[members_++] = next;
            }
        }
    }

    // One row of the factor of the covariance of the present set of modules.
    void slice() noexcept {
        float* row = factor_ + triangle::size(row_);
        for (std::uint32_t c = 0; c <= row_; ++c) row[c] = joint_[triangle::at(member_[row_], member_[c])];
        const float pivot = triangle::factor_row(row_, factor_, inverse_);
        if (!(pivot > triangle::smallest_pivot)) return shrink();
        entropy_[set_] += information::log(pivot);
        if (++row_ < members_) return;
        if (set_ + 1 < 1u << modules_.count()) {
            start(set_ + 1);
        } else {
            conclude();
        }
    }

    void shrink() noexcept {
        if (shrinkage_ > 0.8f) {
            found_.flag = integration_flag::no_covariance;
            set_ = 0;
            return;
        }
        const float next = shrinkage_ < 1e-3f ? 1e-3f : shrinkage_ < 0.05f ? 10.0f * shrinkage_ : shrinkage_ < 0.5f ? 0.5f : 0.9f;
        const float ratio = (1.0f - next) / (1.0f - shrinkage_);
        for (std::uint32_t i = 0; i < variables_; ++i) {
            for (std::uint32_t j = 0; j < i; ++j) joint_[triangle::size(i) + j] *= ratio;
        }
        shrinkage_ = next;
        start(1);
    }

    [[nodiscard]] std::uint32_t width(std::uint32_t set) const noexcept {
        std::uint32_t n = 0;
        for (std::uint32_t m = 0; m < modules_.count(); ++m) n += (set >> m & 1u) != 0 ? width_[m] : 0;
        return n;
    }

    void conclude() noexcept {
        const std::uint32_t count = modules_.count();
        const std::uint32_t all = (1u << count) - 1;
        float weakest = 2.0f;
        for (std::uint32_t set = 1; set < 1u << (count - 1); ++set) {
            const float nats = 0.5f * (entropy_[set] + entropy_[all ^ set] - entropy_[all]);
            const std::uint32_t a = width(set);
            const std::uint32_t b = width(all ^ set);
            const float share = information::share_of(nats / static_cast<float>(a < b ? a : b));
            if (share >= weakest) continue;
            weakest = share;
            found_.cut = set;
        }
        found_.share = weakest;
        float sum = 0.0f;
        float rest = 0.0f;
        std::uint32_t widest = 0;
        for (std::uint32_t m = 0; m < count; ++m) {
            sum += entropy_[1u << m];
            rest += entropy_[all ^ 1u << m];
            widest = width_[m] > widest ? width_[m] : widest;
        }
        const float dual = 0.5f * (rest - static_cast<float>(count - 1) * entropy_[all]);
        found_.total_correlation = 0.5f * (sum - entropy_[all]);
        found_.normalised = information::share_of(found_.total_correlation / static_cast<float>(variables_ - widest));
        found_.o_information = found_.total_correlation - dual;
        set_ = 0;
    }

    float* joint_ = nullptr;
    float* factor_ = nullptr;
    float* inverse_ = nullptr;
    float* entropy_ = nullptr;  // log det of the correlations of each set of modules
    std::uint32_t* live_ = nullptr;
    std::uint32_t* member_ = nullptr;
    module_sizes modules_;
    integration_result found_;
    std::uint32_t width_[max_modules] = {};  // live variables of each module
    std::uint32_t variables_ = 0;
    std::uint32_t set_ = 0;
    std::uint32_t members_ = 0;
    std::uint32_t row_ = 0;
    std::int64_t credit_ = 0;
    float shrinkage_ = 0.0f;
};

// Integration of a stream, in fixed memory and at a steady cost.
class integration_meter {
public:
    constexpr integration_meter() noexcept = default;
    explicit constexpr integration_meter(const module_sizes& modules) noexcept
        : stream_{modules.variables()}, search_{modules}, sets_{(1u << modules.count()) - 1} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("stream", self.stream_);
        visit.group("search", self.search_);
        visit.group("latest", self.latest_);
        visit.value("searched", self.searched_);
        visit.value("search_budget", self.search_budget_);
        visit.value("search_shrinkage", self.search_shrinkage_);
        const std::uint32_t pairs = triangle::size(self.stream_.features());
        visit.array("snapshot", role::state, self.snapshot_,
                    vector_extent(pairs, pairs).within(8 * covariance::largest_input * covariance::largest_input));
    }
    [[nodiscard]] status settle() const noexcept {
        return search_shrinkage_ >= 0.0f && search_shrinkage_ < 1.0f && searched_ <= most_searched ? status::ok : status::corrupt;
    }
    // Of a measurement that was under way only its snapshot is saved, and how far it had come: as phi_meter.
    void restored() noexcept {
        if (searched_ == 0) return;
        search_.begin(snapshot_, search_shrinkage_);
        for (std::uint32_t i = 1; i < searched_ && !search_.finished(); ++i) static_cast<void>(search_.advance(search_budget_));
    }

    // x      all variables, module after module; period: samples from one reading to the next, [1, 2^24]
    // not_finite    x holds NaN, an infinity or a magnitude above 1e15: nothing has changed
    // @cost variables^2 and, while a measurement is under way, about as much again; loop-safe
    SYNAPSE_LOOP_SAFE status push(const float* x, float horizon, float shrinkage, std::uint32_t period) noexcept {
        if (const status s = stream_.push(x, horizon); !ok(s)) return s;
        if (searched_ != 0) {
            if (searched_ < most_searched) ++searched_;
            if (search_.advance(search_budget_)) conclude();
        } else if (stream_.count() % period == 0 && stream_.effective_samples() >= 16.0f * static_cast<float>(stream_.features())) {
            for (std::uint32_t i = 0; i < triangle::size(stream_.features()); ++i) snapshot_[i] = stream_.pairs()[i];
            search_shrinkage_ = shrinkage;
            search_budget_ = budget(period);
            searched_ = 1;
            search_.begin(snapshot_, shrinkage);
            if (search_.finished()) conclude();
        }
        return status::ok;
    }

    [[nodiscard]] const integration_result& latest() const noexcept { return latest_; }
    [[nodiscard]] const covariance& stream() const noexcept { return stream_; }

    // Products that a measurement may cost in one step: it takes three quarters of a period at the most.
    [[nodiscard]] constexpr std::uint32_t budget(std::uint32_t period) const noexcept {
        const std::uint64_t n = stream_.features();
        const std::uint64_t each = divide(n * n * n, 6).quotient + 2 * n * n + 24 * n;
        const std::uint64_t enough = divide(divide(sets_ * each * 4, 3).quotient, period).quotient;
        return enough < 64 ? 64 : enough > 0xffffffffu ? 0xffffffffu : static_cast<std::uint32_t>(enough);
    }

private:
    static constexpr std::uint32_t most_searched = 1u << 24;

    void conclude() noexcept {
        searched_ = 0;
        latest_ = search_.found();
    }

    covariance stream_;
    integration_search search_;
    integration_result latest_;
    float* snapshot_ = nullptr;  // what the measurement under way looks at
    std::uint64_t sets_ = 0;
    std::uint32_t searched_ = 0;  // 1 + the slices of the measurement under way; 0: none
    std::uint32_t search_budget_ = 0;
    float search_shrinkage_ = 0.0f;
};

}  // namespace synapse
