// Learn only if it helps: notices when the fast system predicts new samples worse than the slow one it came from.
#pragma once

#include <cstdint>

namespace synapse {

class gate {
public:
    static constexpr bool saved_if_not_default = true;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("count", self.count_);
        visit.value("fast_loss", self.fast_loss_);
        visit.value("slow_loss", self.slow_loss_);
    }

    // Takes both systems' prequential loss on one new sample, averaged over `horizon` samples. True if, after a whole horizon,
    // the fast one's is above margin times the slow one's: what was learned since has hurt. margin > 1; horizon >= 1.
    // @cost O(1), loop-safe. @source ours
    constexpr bool hurts(float fast, float slow, float margin, float horizon) noexcept {
        if (count_ < 0x1000000u) ++count_;
        const auto count = static_cast<float>(count_);
        const float share = 1.0f / (count < horizon ? count : horizon);
        fast_loss_ += share * (fast - fast_loss_);
        slow_loss_ += share * (slow - slow_loss_);
        return count >= horizon && fast_loss_ > margin * slow_loss_;
    }

    constexpr void reset() noexcept { *this = gate{}; }
    [[nodiscard]] constexpr float fast_loss() const noexcept { return fast_loss_; }
    [[nodiscard]] constexpr float slow_loss() const noexcept { return slow_loss_; }

private:
    std::uint32_t count_ = 0;
    float fast_loss_ = 0.0f;
    float slow_loss_ = 0.0f;
};

}  // namespace synapse
