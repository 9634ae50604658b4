// A learner whose shape is known only at run time, over any standard allocator: for desktops and Linux boards.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/hosted/huge_pages.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/learner/body.hpp>

namespace synapse {

// Obtains its one block at construction and returns it at destruction; learning never allocates.
// std::pmr: any_learner<default_kernels, std::pmr::polymorphic_allocator<std::byte>> model{form, numbers, &resource};
template <kernel_set Kernels = default_kernels, class Allocator = std::allocator<std::byte>>
class any_learner : public learner_body<Kernels> {
    struct alignas(config::block_alignment) line {
        std::byte bytes[config::block_alignment];
    };
    using traits = typename std::allocator_traits<Allocator>::template rebind_traits<line>;
    using line_allocator = typename traits::allocator_type;

public:
    // Throws std::invalid_argument, whose text says what is wrong, for a shape or tuning with a flaw; std::bad_alloc if the
    // allocator has no block of this size.
    explicit any_learner(const shape& form, const tuning& numbers = {}, const Allocator& allocator = {})
        : learner_body<Kernels>{checked(form, numbers)},
          allocator_{allocator},
          lines_{(measure(learner_body<Kernels>{form}) + sizeof(line) - 1) / sizeof(line)},
          block_{traits::allocate(allocator_, lines_)} {
        if (!is_block_aligned(block_)) {
            traits::deallocate(allocator_, block_, lines_);
            throw std::bad_alloc{};  // an allocator that does not honour alignment
        }
        static_cast<void>(prefer_huge_pages(block_, lines_ * sizeof(line)));
        for (std::size_t i = 0; i < lines_; ++i) ::new (static_cast<void*>(block_ + i)) line;
        if (!ok(this->begin({block_->bytes, lines_ * sizeof(line)}, numbers))) {
            traits::deallocate(allocator_, block_, lines_);
            throw std::bad_alloc{};
        }
    }

    ~any_learner() { traits::deallocate(allocator_, block_, lines_); }
    any_learner(const any_learner&) = delete;
    any_learner& operator=(const any_learner&) = delete;

    // Bytes of the block.
    [[nodiscard]] std::size_t bytes() const noexcept { return lines_ * sizeof(line); }

private:
    static const shape& checked(const shape& form, const tuning& numbers) {
        if (const char* flaw = form.flaw()) throw std::invalid_argument{flaw};
        if (const char* flaw = numbers.flaw()) throw std::invalid_argument{flaw};
        return form;
    }

    line_allocator allocator_;
    std::size_t lines_;
    line* block_;
};

}  // namespace synapse
