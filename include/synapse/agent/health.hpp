// Health: what the metrics say about an agent, as a warning with its evidence and what to do about it.
//
//     [Health] Agency 0.27 < 0.30: raise the learning rate
//     [Health] Phi 0.21 < 0.32, weakest cut 0x00ff: check the connections of these units
//     [Health] Error 0.31 > 0.22: forgetting; lower the learning rate, raise the replay ratio
//
// A warning is raised when its metric has been beyond its limit for `patience` looks in a row, and cleared when it is back within a
// second, easier limit: it does not flicker. Phi and the error are compared with their own slow averages, since what is normal for
// them depends on the machine.
#pragma once

#include <cstdint>

#include <synapse/agent/line.hpp>
#include <synapse/agent/report.hpp>
#include <synapse/agent/tuning.hpp>
#include <synapse/core/status.hpp>
#include <synapse/metrics/information.hpp>

namespace synapse {

enum class ailment : std::uint8_t { agency_low, phi_falling, error_rising };
inline constexpr std::uint32_t ailments = 3;

struct health_tuning {
    float agency_low = 0.3f;         // agency below this is a warning ...
    float agency_good = 0.4f;        // ... until it is above this
    float phi_fall = 0.6f;           // Phi below this share of its slow average is a warning ...
    float phi_recovery = 0.8f;       // ... until it is above this share
    float error_rise = 1.5f;         // the error above so many times its slow average is a warning ...
    float error_recovery = 1.2f;     // ... until it is below so many times
    float slow_looks = 200.0f;       // looks that the slow averages remember; they stand still while something is beyond its limit
    std::uint32_t first_looks = 20;  // looks before anything is compared with a slow average
    std::uint32_t patience = 3;      // looks in a row that a metric must be beyond its limit

    // What is wrong with these numbers, in a sentence; null if nothing is.
    [[nodiscard]] constexpr const char* flaw() const noexcept {
        if (!(agency_low >= 0.0f && agency_good >= agency_low && agency_good <= 1.0f))
            return "health_tuning: 0 <= agency_low <= agency_good <= 1 does not hold";
        if (!(phi_fall >= 0.0f && phi_recovery >= phi_fall && phi_recovery <= 1.0f))
            return "health_tuning: 0 <= phi_fall <= phi_recovery <= 1 does not hold";
        if (!(error_recovery >= 1.0f && error_rise >= error_recovery && error_rise <= 1e6f))
            return "health_tuning: 1 <= error_recovery <= error_rise does not hold";
        if (!(slow_looks >= 1.0f && slow_looks <= 1e9f)) return "health_tuning.slow_looks lies outside [1, 1e9]";
        if (patience == 0) return "health_tuning.patience is 0";
        return nullptr;
    }
};

// One warning, with its evidence.
struct health_warning {
    ailment what = ailment::agency_low;
    bool raised = false;    // true: it begins; false: it is over
    float value = 0.0f;     // of the metric
    float limit = 0.0f;     // that it was compared with
    std::uint32_t cut = 0;  // phi_falling: the units on one side of the weakest cut
    std::uint64_t step = 0;

    // The warning as a line for a person, with as many decimals as it takes to see which of the numbers is larger.
    [[nodiscard]] constexpr text_line<128> line() const noexcept {
        text_line<128> out;
        out.add("[Health] ");
        const std::uint32_t decimals = telling_decimals(value, limit);
        const char* const relation = what == ailment::error_rising ? (raised ? " > " : " < ") : raised ? " < " : " > ";
        out.add(what == ailment::agency_low    ? "Agency "
                : what == ailment::phi_falling ? "Phi "
                                               : "Error ")
            .add(value, decimals)
            .add(relation)
            .add(limit, decimals);
        if (!raised) return out.add(": well again");
        switch (what) {
            case ailment::agency_low: out.add(": raise the learning rate"); break;
            case ailment::phi_falling: {
                out.add(", weakest cut 0x");
                char digits[9] = {};
                for (std::uint32_t i = 0; i < 8; ++i) digits[i] = "0123456789abcdef"[cut >> (28 - 4 * i) & 15u];
                out.add(digits).add(": check the connections of these units");
                break;
            }
            case ailment::error_rising: out.add(": forgetting; lower the learning rate, raise the replay ratio"); break;
        }
        return out;
    }
};

class health_monitor {
public:
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("looks", self.looks_);
        visit.value("active", self.active_);
        visit.value("slow_phi", self.slow_phi_);
        visit.value("slow_error", self.slow_error_);
        visit.list("beyond", self.beyond_);
    }
    [[nodiscard]] status settle() const noexcept {
        return slow_phi_ >= 0.0f && slow_error_ >= 0.0f && active_ < 1u << ailments ? status::ok : status::corrupt;
    }

    // Looks at an agent; call it every so many steps, always as many. What began or ended now comes out of `events` [ailments], in
    // the order of ailment; returns how many there are. @cost O(1); loop-safe
    std::uint32_t look(const agent_report& now, const health_tuning& numbers, health_warning* events) noexcept {
        if (looks_ < 0xffffffffu) ++looks_;
        std::uint32_t count = 0;
        const auto judge = [&](ailment what, bool known, float value, float bound, float easier, bool below) {
            const auto i = static_cast<std::uint32_t>(what);
            const bool ill = known && (below ? value < bound : value > bound);
            const bool well = !known || (below ? value > easier : value < easier);
            beyond_[i] = ill ? (beyond_[i] < 0xffffffffu ? beyond_[i] + 1 : beyond_[i]) : 0;
            const bool begins = !is(what) && ill && beyond_[i] >= numbers.patience;
            const bool ends = is(what) && well;
            if (!begins && !ends) return;
            active_ ^= 1u << i;
            events[count++] = {what, begins, value, begins ? bound : easier, now.phi.cut, now.steps};
        };
        const bool compared = looks_ > numbers.first_looks;
        const bool phi_known = now.phi.flag == phi_flag::measured || now.phi.flag == phi_flag::below_noise;
        judge(ailment::agency_low, now.agency.defined, now.agency.share, numbers.agency_low, numbers.agency_good, true);
        judge(ailment::phi_falling, compared && phi_known && slow_phi_ > 0.0f, now.phi.share, numbers.phi_fall * slow_phi_,
              numbers.phi_recovery * slow_phi_, true);
        judge(ailment::error_rising, compared && slow_error_ > 0.0f, now.error, numbers.error_rise * slow_error_,
              numbers.error_recovery * slow_error_, false);
        const float share = information::newest_share(looks_, numbers.slow_looks);
        if (phi_known && !is(ailment::phi_falling) && beyond_[1] == 0)
            slow_phi_ += (slow_phi_ > 0.0f ? share : 1.0f) * (now.phi.share - slow_phi_);
        if (!is(ailment::error_rising) && beyond_[2] == 0 && now.samples != 0) slow_error_ += share * (now.error - slow_error_);
        return count;
    }

    // Whether a warning stands, and whether none does.
    [[nodiscard]] constexpr bool is(ailment what) const noexcept { return (active_ >> static_cast<std::uint32_t>(what) & 1u) != 0; }
    [[nodiscard]] constexpr bool is_well() const noexcept { return active_ == 0; }

private:
    std::uint32_t looks_ = 0;
    std::uint32_t active_ = 0;
    float slow_phi_ = 0.0f;
    float slow_error_ = 0.0f;
    std::uint32_t beyond_[ailments] = {};
};

struct homeostasis_bounds {
    float largest_gain = 2.0f;    // the learning rate is raised to so many times its own at most; >= 1
    float smallest_gain = 0.25f;  // and lowered to so many times at least; (0, 1]
    float largest_replay = 0.8f;  // the replay ratio is raised to this at most; [0, 0.99]
    float step = 1.3f;            // factor of one remedy, and of the way back; > 1
};

// The remedies, applied a little at a time while a warning lasts and taken back a little at a time when it is over. When agency is low
// and the error rises, the body or the world has become another: there is more to learn, so the remedy for agency counts. What was
// remembered is then of the old one, and replaying it holds on to that: lets_go() says once that it should be forgotten.
class homeostasis {
public:
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("gain", self.gain_);
        visit.value("replay", self.replay_);
        visit.value("was_low", self.was_low_);
    }
    [[nodiscard]] status settle() const noexcept {
        return gain_ > 0.0f && gain_ <= 1e6f && replay_ >= 0.0f && replay_ <= 0.99f ? status::ok : status::corrupt;
    }

    // own: the tuning of a healthy agent; now out: that with the remedies. Call it after each look. True if `now` has changed.
    // @cost O(1); loop-safe
    bool apply(const health_monitor& health, const agent_tuning& own, const homeostasis_bounds& bounds, agent_tuning& now) noexcept {
        lets_go_ = health.is(ailment::agency_low) && !was_low_;
        was_low_ = health.is(ailment::agency_low);
        const float gain_before = gain_;
        const float replay_before = replay_;
        if (health.is(ailment::agency_low)) {
            gain_ = gain_ * bounds.step;
        } else if (health.is(ailment::error_rising)) {
            gain_ = gain_ / bounds.step;
            replay_ = replay_ + 0.05f;
        } else {
            gain_ = gain_ > 1.0f ? (gain_ / bounds.step > 1.0f ? gain_ / bounds.step : 1.0f)
                                 : (gain_ * bounds.step < 1.0f ? gain_ * bounds.step : 1.0f);
            replay_ = replay_ > 0.05f ? replay_ - 0.05f : 0.0f;
        }
        gain_ = information::clip(gain_, bounds.smallest_gain, bounds.largest_gain);
        const float room = bounds.largest_replay - own.learning.replay_ratio;
        replay_ = information::clip(replay_, 0.0f, room > 0.0f ? room : 0.0f);
        const bool changed = gain_ > gain_before || gain_ < gain_before || replay_ > replay_before || replay_ < replay_before;
        if (!changed) return false;
        now = own;
        now.learning.learning_rate = information::clip(own.learning.learning_rate * gain_, 1e-6f, 1000.0f);
        now.settled_rate = information::clip(own.settled_rate * gain_, 1e-6f, 1000.0f);
        now.learning.replay_ratio = own.learning.replay_ratio + replay_;
        return true;
    }

    // Whether the last apply() found agency newly low: call the agent's forget_experience().
    [[nodiscard]] constexpr bool lets_go() const noexcept { return lets_go_; }
    // What the learning rate is multiplied with, and what is added to the replay ratio.
    [[nodiscard]] constexpr float gain() const noexcept { return gain_; }
    [[nodiscard]] constexpr float replay() const noexcept { return replay_; }

private:
    float gain_ = 1.0f;
    float replay_ = 0.0f;
    bool was_low_ = false;
    bool lets_go_ = false;
};

}  // namespace synapse
