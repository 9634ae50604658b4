// An agent of a shape known only at run time, over any allocator: as any_learner.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>

#include <synapse/agent/agent.hpp>
#include <synapse/agent/shape.hpp>
#include <synapse/agent/tuning.hpp>
#include <synapse/config.hpp>
#include <synapse/core/arena.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/default.hpp>

namespace synapse {

// Obtains its one block at construction and returns it at destruction; learning never allocates.
template <kernel_set Kernels = default_kernels, class Allocator = std::allocator<std::byte>>
class any_agent : public agent_body<Kernels> {
    struct alignas(config::block_alignment) line {
        std::byte bytes[config::block_alignment];
    };
    using traits = typename std::allocator_traits<Allocator>::template rebind_traits<line>;
    using line_allocator = typename traits::allocator_type;

public:
    // Throws std::invalid_argument, whose text says what is wrong, for a shape or tuning with a flaw; std::bad_alloc if the
    // allocator has no block of this size.
    explicit any_agent(const agent_shape& form, const agent_tuning& numbers = {}, const Allocator& allocator = {})
        : agent_body<Kernels>{checked(form, numbers)},
          allocator_{allocator},
          lines_{(measure(agent_body<Kernels>{form}) + sizeof(line) - 1) / sizeof(line)},
          block_{traits::allocate(allocator_, lines_)} {
        for (std::size_t i = 0; is_block_aligned(block_) && i < lines_; ++i) ::new (static_cast<void*>(block_ + i)) line;
        if (is_block_aligned(block_) && ok(this->begin({block_->bytes, lines_ * sizeof(line)}, numbers))) return;
        traits::deallocate(allocator_, block_, lines_);
        throw std::bad_alloc{};  // an allocator that does not honour alignment
    }

    ~any_agent() { traits::deallocate(allocator_, block_, lines_); }
    any_agent(const any_agent&) = delete;
    any_agent& operator=(const any_agent&) = delete;

    // Bytes of the block.
    [[nodiscard]] std::size_t bytes() const noexcept { return lines_ * sizeof(line); }
    // The part without a size in its type: what is saved and loaded.
    [[nodiscard]] agent_body<Kernels>& body() noexcept { return *this; }

private:
    static const agent_shape& checked(const agent_shape& form, const agent_tuning& numbers) {
        if (const char* flaw = form.flaw()) throw std::invalid_argument{flaw};
        if (const char* flaw = numbers.flaw()) throw std::invalid_argument{flaw};
        return form;
    }

    line_allocator allocator_;
    std::size_t lines_;
    line* block_;
};

}  // namespace synapse
