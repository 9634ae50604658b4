// Phi, the integration of a system's state: how much its weakest cut still carries from one moment to the next.
//
//     h(S)   = log det Cov(Y_S | X_S) - log det E_SS        X = x[t - lag], Y = x[t]; cut_flow.hpp
//     phi(S) = (h(S) + h(S')) / 4                           the mean of both transfer entropies, in nats
//     Phi    = the smallest phi over all cuts into S and S'
// reported as 1 - exp(-2 Phi), the R^2 of one channel that carries as much. It is 0 for independent units, for units that only
// share noise, for copies of one another and for a system in two pieces; r^2 on a one-way ring of correlation r. It is invariant to
// the units' scales and order. It is a meter: nothing is ever trained to raise it.
//
// Phi_rec, the weakest flow in one direction over the cuts looked at, is 0 exactly when some part is not influenced by the rest.
//
// @source Oizumi et al. 2016 and Mediano et al. 2019 compare the candidates; the mean of both directions, the noise floor and the
// schedule are ours. It deviates from integrated information proper, which needs an optimiser for every cut and is nowhere less.
#pragma once

#include <bit>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/divide.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>
#include <synapse/metrics/covariance.hpp>
#include <synapse/metrics/cut_flow.hpp>
#include <synapse/metrics/cut_order.hpp>
#include <synapse/metrics/cut_search.hpp>
#include <synapse/metrics/information.hpp>
#include <synapse/metrics/triangle.hpp>

namespace synapse {

enum class phi_flag : std::uint8_t {
    measured,         // nats is what the numbers say
    below_noise,      // what was found could be chance: reported as 0
    too_few_units,    // fewer than two units vary: 0
    too_few_samples,  // not yet 16 effective samples a unit: 0
    no_covariance,    // numbers that no stream has: 0
};

struct phi_result {
    float share = 0.0f;      // 1 - exp(-2 nats), in [0, 1]: the figure to show
    float nats = 0.0f;       // Phi
    float raw = 0.0f;        // before the noise floor was applied
    float floor = 0.0f;      // mean and two deviations of what independent units would show
    float inward = 0.0f;     // transfer entropy into the units of `cut`, nats
    float outward = 0.0f;    // out of them
    float recurrent = 0.0f;  // Phi_rec of the last full search
    float shrinkage = 0.0f;  // that was needed
    std::uint32_t cut = 0;   // the weakest cut: bit i for unit i, one of its two sides
    std::uint32_t live = 0;  // units that vary
    std::uint32_t cuts = 0;  // looked at
    phi_flag flag = phi_flag::too_few_samples;

    static constexpr bool saved_if_not_default = true;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("share", self.share);
        visit.value("nats", self.nats);
        visit.value("raw", self.raw);
        visit.value("floor", self.floor);
        visit.value("inward", self.inward);
        visit.value("outward", self.outward);
        visit.value("recurrent", self.recurrent);
        visit.value("shrinkage", self.shrinkage);
        visit.value("cut", self.cut);
        visit.value("live", self.live);
        visit.value("cuts", self.cuts);
        visit.value("flag", self.flag);
    }
    [[nodiscard]] status settle() const noexcept {
        return flag <= phi_flag::no_covariance && share >= 0.0f && share <= 1.0f ? status::ok : status::corrupt;
    }
};

// One search through one snapshot, in slices.
class phi_search {
public:
    static constexpr std::uint32_t exhaustive_units = 10;
    static constexpr std::uint32_t queyranne_units = 16;

    constexpr phi_search() noexcept = default;
    // units in [2, 32]
    explicit constexpr phi_search(std::uint32_t units) noexcept
        : system_{units}, order_{units > queyranne_units ? units : 0}, search_{units} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("system", self.system_);
        visit.group("order", self.order_);
        visit.group("search", self.search_);
    }
    void restored() noexcept { stage_ = stage::idle; }

    // Begins with a snapshot of a lagged covariance.
    // pairs       packed, 2 units wide: past, then present
    // shrinkage   share of the identity mixed into the correlations, [0, 1); raised tenfold as often as a factorisation fails
    // samples     effective samples behind it, for the noise floor; 0: no floor
    // nearby      0: the whole search; else only this cut and its neighbours
    // @cost 2 units^2
    SYNAPSE_OUTLINE void begin(const float* pairs, float shrinkage, float samples, std::uint32_t nearby = 0) noexcept {
        samples_ = samples;
        credit_ = 0;
        is_nearby_ = false;
        found_ = phi_result{};
        const std::uint32_t n = system_.load(pairs, shrinkage);
        found_.live = n;
        if (n < 2) {
            found_.flag = phi_flag::too_few_units;
            stage_ = stage::idle;
            return;
        }
        first_ = system_.living(nearby);
        const std::uint32_t all = n == 32 ? 0xffffffffu : (1u << n) - 1;
        is_nearby_ = first_ != 0 && first_ != all;
        restart();
    }

    // Works for about `budget` products: a row is never cut, and what it cost too much is saved at the next call. True when the
    // search has ended.
    SYNAPSE_OUTLINE bool advance(std::uint32_t budget) noexcept {
        credit_ += static_cast<std::int64_t>(budget);
        while (stage_ != stage::idle && credit_ > 0) {
            credit_ -= static_cast<std::int64_t>(next_cost());
            slice();
        }
        return stage_ == stage::idle;
    }

    // Products that a whole search takes, or one near a cut, by and large.
    static constexpr std::uint32_t cost(std::uint32_t units, bool nearby) noexcept {
        const std::uint32_t n = units;
        const std::uint32_t edge = flow_cost(1) + flow_cost(n - 1);
        std::uint32_t sizes = 0;  // a cut of each size, both ways
        std::uint32_t sets = 0;   // every set
        std::uint32_t choose = 1;
        for (std::uint32_t s = 1; s < n; ++s) {
            sizes += 2 * flow_cost(s);
            if (n > exhaustive_units) continue;
            choose = choose * (n + 1 - s) / s;
            sets += choose * flow_cost(s);
        }
        const std::uint32_t prepare = 2 * n * n * n + 60 * n;
        if (nearby) return prepare + (n + 1) * edge;
        if (n <= exhaustive_units) return prepare + sets;
        if (n <= queyranne_units) return prepare + (n * n / 6 + n) * sizes;
        return 60 * n * n + 3 * prepare + sizes + 3 * n * edge;
    }

    [[nodiscard]] bool finished() const noexcept { return stage_ == stage::idle; }
    // What was found, when finished.
    [[nodiscard]] const phi_result& found() const noexcept { return found_; }
    // Whether it was the whole search.
    [[nodiscard]] bool was_full() const noexcept { return !is_nearby_; }

private:
    enum class stage : std::uint8_t { idle, prepare, order, inward, outward };

    // Of h(S) for s units.
    static constexpr std::uint32_t flow_cost(std::uint32_t s) noexcept { return 3 * s * s * s / 2 + 10 * s * s + 72 * s; }

    [[nodiscard]] std::uint32_t next_cost() const noexcept {
        if (stage_ == stage::prepare) return system_.prepare_cost(row_);
        return stage_ == stage::order ? 2 * system_.live() * system_.live() : system_.next_cost();
    }

    void restart() noexcept {
        row_ = 0;
        evaluated_ = 0;
        weakest_ = 3e38f;
        stage_ = stage::prepare;
    }

    void failed() noexcept {
        const float now = system_.shrinkage();
        if (now > 0.8f) {
            found_.flag = phi_flag::no_covariance;
            stage_ = stage::idle;
            return;
        }
        const float next = now < 1e-3f ? 1e-3f : now < 0.05f ? 10.0f * now : now < 0.5f ? 0.5f : 0.9f;
        system_.shrink(next);
        restart();
    }

    void slice() noexcept {
        switch (stage_) {
            case stage::prepare:
                if (!system_.prepare_row(row_)) return failed();
                if (++row_ == 2 * system_.live()) prepared();
                return;
            case stage::order:
                if (order_.advance(system_)) choose();
                return;
            case stage::inward:
            case stage::outward:
                if (!system_.advance()) return failed();
                if (system_.finished()) valued();
                return;
            case stage::idle: return;
        }
    }

    void prepared() noexcept {
        const std::uint32_t n = system_.live();
        const cut_walk walk = is_nearby_              ? cut_walk::nearby
                              : n <= exhaustive_units ? cut_walk::exhaustive
                              : n <= queyranne_units  ? cut_walk::queyranne
                                                      : cut_walk::sweep;
        search_.begin(walk, n, first_);
        if (walk == cut_walk::sweep) {
            order_.begin(system_);
            stage_ = stage::order;
        } else {
            choose();
        }
    }

    void choose() noexcept {
        cut_ = search_.next([this](std::uint32_t i) { return order_[i]; });
        if (cut_ == 0) return conclude();
        stage_ = stage::inward;
        system_.begin(cut_);
    }

    void valued() noexcept {
        if (stage_ == stage::inward) {
            inward_ = system_.flow();
            const std::uint32_t n = system_.live();
            const std::uint32_t all = n == 32 ? 0xffffffffu : (1u << n) - 1;
            system_.begin(all ^ cut_);
            stage_ = stage::outward;
            return;
        }
        const float outward = system_.flow();
        ++evaluated_;
        weakest_ = inward_ < weakest_ ? inward_ : weakest_;
        weakest_ = outward < weakest_ ? outward : weakest_;
        if (search_.take(cut_, 0.25f * (inward_ + outward))) {
            found_.inward = 0.5f * inward_;
            found_.outward = 0.5f * outward;
        }
        choose();
    }

    void conclude() noexcept {
        const std::uint32_t cut = search_.best_cut();
        const std::uint32_t side = static_cast<std::uint32_t>(std::popcount(cut));
        const auto links = static_cast<float>(side * (system_.live() - side));
        found_.raw = search_.best();
        found_.cut = system_.named(cut);
        found_.cuts = evaluated_;
        found_.shrinkage = system_.shrinkage();
        found_.floor = samples_ > 0.0f ? (links + 2.0f * config::square_root(links)) / (2.0f * samples_) : 0.0f;
        const bool real = found_.raw > found_.floor && found_.raw > 0.0f;
        found_.flag = real ? phi_flag::measured : phi_flag::below_noise;
        found_.nats = real ? found_.raw : 0.0f;
        found_.share = information::share_of(found_.nats);
        const float weakest = 0.5f * weakest_;
        found_.recurrent = weakest > found_.floor && weakest > 0.0f ? weakest : 0.0f;
        stage_ = stage::idle;
    }

    cut_flow system_;
    cut_order order_;
    cut_search search_;
    phi_result found_;
    stage stage_ = stage::idle;
    bool is_nearby_ = false;
    std::uint32_t row_ = 0;
    std::uint32_t cut_ = 0;
    std::uint32_t first_ = 0;
    std::uint32_t evaluated_ = 0;
    std::int64_t credit_ = 0;
    float samples_ = 0.0f;
    float inward_ = 0.0f;
    float weakest_ = 0.0f;
};

struct phi_tuning {
    float horizon = 2048.0f;       // samples that the covariance remembers; >= 1
    float shrinkage = 1e-3f;       // [0, 1)
    std::uint32_t period = 256;    // samples from one reading to the next; [1, 2^24]
    std::uint32_t full_every = 8;  // readings from one whole search to the next; those between look near its cut; [1, 2^24]

    // The first thing wrong, as a sentence; null if it can be used. NaN is wrong everywhere.
    [[nodiscard]] constexpr const char* flaw() const noexcept {
        return first_flaw([](const char* sentence) { return sentence; }, static_cast<const char*>(nullptr));
    }
    // True if there is none. Without the sentences, which a firmware need not carry.
    [[nodiscard]] constexpr bool is_sound() const noexcept {
        return first_flaw([](const char*) { return false; }, true);
    }

private:
    template <class Say, class Verdict>
    SYNAPSE_INLINE constexpr Verdict first_flaw(Say say, Verdict none) const noexcept {
        if (!(horizon >= 1.0f && horizon <= 1e9f)) return say("phi_tuning.horizon lies outside [1, 1e9]");
        if (!(shrinkage >= 0.0f && shrinkage < 1.0f)) return say("phi_tuning.shrinkage lies outside [0, 1)");
        if (period == 0 || period > 1u << 24) return say("phi_tuning.period lies outside [1, 2^24]");
        if (full_every == 0 || full_every > 1u << 24) return say("phi_tuning.full_every lies outside [1, 2^24]");
        return none;
    }
};

// Phi of a stream of states, in fixed memory and at a steady cost: a search that is under way gets a small share of every step.
class phi_meter {
public:
    static constexpr float samples_per_unit = 16.0f;

    constexpr phi_meter() noexcept = default;
    // units in [2, 32], lag >= 1
    constexpr phi_meter(std::uint32_t units, std::uint32_t lag) noexcept : stream_{units, lag}, search_{units} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("stream", self.stream_);
        visit.group("search", self.search_);
        visit.group("latest", self.latest_);
        visit.value("samples", self.samples_);
        visit.value("full_cut", self.full_cut_);
        visit.value("searched", self.searched_);
        visit.value("search_budget", self.search_budget_);
        visit.value("search_nearby", self.search_nearby_);
        visit.value("search_samples", self.search_samples_);
        visit.value("search_shrinkage", self.search_shrinkage_);
        const std::uint32_t pairs = triangle::size(2 * self.stream_.units());
        visit.array("snapshot", role::state, self.snapshot_,
                    vector_extent(pairs, pairs).within(8 * covariance::largest_input * covariance::largest_input));
    }
    [[nodiscard]] status settle() const noexcept {
        const bool sound = search_samples_ >= 0.0f && search_shrinkage_ >= 0.0f && search_shrinkage_ < 1.0f && searched_ <= most_searched;
        return sound ? status::ok : status::corrupt;
    }
    // Of a search that was under way only its snapshot is saved, and how far it had come: it is made again up to there.
    // @cost at most a whole search
    void restored() noexcept {
        if (searched_ == 0) return;
        search_.begin(snapshot_, search_shrinkage_, search_samples_, search_nearby_);
        for (std::uint32_t i = 1; i < searched_ && !search_.finished(); ++i) static_cast<void>(search_.advance(search_budget_));
    }

    // Takes the state x [units] of one more step.
    // not_finite    x holds NaN, an infinity or a magnitude above 1e15: nothing has changed
    // @cost 6 units^2, and while a search is under way budget() products more; loop-safe
    SYNAPSE_LOOP_SAFE status push(const float* x, const phi_tuning& numbers) noexcept {
        if (const status s = stream_.push(x, numbers.horizon); !ok(s)) return s;
        ++samples_;
        if (searched_ == 0) {
            if (divide(samples_, numbers.period).remainder == 0) begin(numbers);
        } else {
            if (searched_ < most_searched) ++searched_;
            if (search_.advance(search_budget_)) conclude();
        }
        return status::ok;
    }

    // The stream has a gap.
    void interrupt() noexcept { stream_.interrupt(); }

    [[nodiscard]] const phi_result& latest() const noexcept { return latest_; }
    [[nodiscard]] const lagged_covariance& stream() const noexcept { return stream_; }

    // Products that a search may cost in one step: so many that a whole one takes about three quarters of the time between two.
    [[nodiscard]] constexpr std::uint32_t budget(const phi_tuning& numbers) const noexcept {
        const std::uint32_t full = phi_search::cost(stream_.units(), false) * 4 / 3 / numbers.period / numbers.full_every;
        const std::uint32_t nearby = phi_search::cost(stream_.units(), true) * 4 / 3 / numbers.period;
        return (full > nearby ? full : nearby) + 1;
    }

private:
    void begin(const phi_tuning& numbers) noexcept {
        const float samples = stream_.both().effective_samples();
        if (samples < samples_per_unit * static_cast<float>(stream_.units())) {
            latest_ = phi_result{};
            return;
        }
        const bool full = full_cut_ == 0 || divide(divide(samples_, numbers.period).quotient, numbers.full_every).remainder == 0;
        for (std::uint32_t i = 0; i < triangle::size(2 * stream_.units()); ++i) snapshot_[i] = stream_.both().pairs()[i];
        search_nearby_ = full ? 0 : full_cut_;
        search_samples_ = samples;
        search_shrinkage_ = numbers.shrinkage;
        search_budget_ = budget(numbers);
        searched_ = 1;
        search_.begin(snapshot_, search_shrinkage_, search_samples_, search_nearby_);
        if (search_.finished()) conclude();
    }

    void conclude() noexcept {
        searched_ = 0;
        const float recurrent = latest_.recurrent;
        latest_ = search_.found();
        if (!search_.was_full()) latest_.recurrent = latest_.recurrent < recurrent ? latest_.recurrent : recurrent;
        full_cut_ = latest_.flag == phi_flag::too_few_units ? 0 : latest_.cut;
    }

    static constexpr std::uint32_t most_searched = 1u << 24;

    lagged_covariance stream_;
    phi_search search_;
    phi_result latest_;
    float* snapshot_ = nullptr;  // what the search under way looks at
    std::uint64_t samples_ = 0;
    std::uint32_t full_cut_ = 0;
    std::uint32_t searched_ = 0;  // 1 + the slices of the search under way; 0: none
    std::uint32_t search_budget_ = 0;
    std::uint32_t search_nearby_ = 0;
    float search_samples_ = 0.0f;
    float search_shrinkage_ = 0.0f;
};

}  // namespace synapse
