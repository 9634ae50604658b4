// The replay buffer: a bounded store of past samples, in the one block. Insertion and uniform draw are O(1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/ring.hpp>
#include <synapse/core/status.hpp>
#include <synapse/memory/codec.hpp>
#include <synapse/memory/priority_tree.hpp>

namespace synapse {

enum class replay_policy : std::uint8_t {
    fifo,       // the newest samples
    reservoir,  // a uniform sample of everything seen
    balanced,   // as many of each class as there is room for, uniform within a class
    priority,   // the newest samples, drawn in proportion to their last error
};

constexpr const char* name(replay_policy p) noexcept {
    switch (p) {
        case replay_policy::fifo: return "fifo";
        case replay_policy::reservoir: return "reservoir";
        case replay_policy::balanced: return "balanced";
        case replay_policy::priority: return "priority";
    }
    return "unknown";
}

struct replay_form {
    std::uint32_t capacity = 0;  // samples; 0 stores nothing
    std::uint32_t features = 0;
    std::uint32_t targets = 0;  // numbers stored with each sample (regression), 0 for labels
    std::uint32_t classes = 0;  // labels are below this (classification), 0 for none
    sample_format format = sample_format::f32;
    replay_policy policy = replay_policy::reservoir;
    // Whether a buffer of this type may have labels, or priorities.
    static constexpr bool labels = true;
    static constexpr bool priorities = true;
};

namespace detail {

// What a buffer knows of classes.
struct stored_labels {
    std::uint16_t* label = nullptr;       // [capacity]
    std::uint32_t* seen = nullptr;        // [classes], samples of each
    std::uint32_t* stored = nullptr;      // [classes]
    std::uint8_t* was_largest = nullptr;  // [classes]
};
// In its place where there are none: nobody asks.
struct no_labels {
    static constexpr std::uint16_t* label = nullptr;
    static constexpr std::uint32_t* seen = nullptr;
    static constexpr std::uint32_t* stored = nullptr;
    static constexpr std::uint8_t* was_largest = nullptr;
};

}  // namespace detail

// Form: replay_form, or a type of the same members some of which are constants.
template <class Form = replay_form>
class basic_replay_buffer {
public:
    static constexpr std::uint32_t none = 0xffffffffu;
    static constexpr float largest_number = 1e15f;  // of a stored feature or target

    constexpr basic_replay_buffer() noexcept = default;
    explicit constexpr basic_replay_buffer(const replay_form& form) noexcept
        : form_{form}, priorities_{form.policy == replay_policy::priority ? form.capacity : 0} {
        positions_.capacity = form.capacity;
    }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const Form& f = self.form_;
        if (f.capacity == 0) return;
        visit.value("seen", self.seen_);
        visit.value("next", self.positions_.next);
        visit.value("used", self.positions_.used);
        const std::uint32_t stored = self.positions_.used;
        const std::uint32_t size = codec::bytes(f.format, f.features);
        const role kind = f.format == sample_format::f32   ? role::packed_f32
                          : f.format == sample_format::f16 ? role::packed_f16
                                                           : role::state;
        visit.array("samples", kind, self.samples_, extent{stored, size, f.capacity, size}.within(largest_number));
        if constexpr (Form::priorities) {
            if (sees<Visitor>(feature::priority)) priority_tree::fields(self.priorities_, visit, stored);
        }
        if (sees<Visitor>(feature::targets) && f.targets != 0)
            visit.array("targets", role::state, self.targets_, extent{stored, f.targets, f.capacity, f.targets}.within(largest_number));
        if constexpr (Form::labels) {
            if (!sees<Visitor>(feature::classes) || f.classes == 0) return;
            const extent classes = vector_extent(f.classes, f.classes);
            visit.array("labels", role::state, self.of_.label, vector_extent(stored, f.capacity).below(f.classes));
            visit.array("class_seen", role::state, self.of_.seen, classes);
            visit.array("class_stored", role::derived, self.of_.stored, classes);
            visit.array("class_was_largest", role::state, self.of_.was_largest, classes.below(2));
        }
    }

    // A buffer of more room than the saved one goes on filling behind what was stored.
    status settle() noexcept {
        if (positions_.used > positions_.capacity) return status::wrong_shape;
        if (!positions_.full()) {
            positions_.next = positions_.used;
        } else if (positions_.next >= positions_.capacity) {
            positions_.next = 0;
        }
        return status::ok;
    }
    void restored() noexcept {
        priorities_.rebuild(positions_.used);
        if (form_.capacity == 0 || form_.classes == 0) return;
        for (std::uint32_t c = 0; c < form_.classes; ++c) of_.stored[c] = 0;
        for (std::uint32_t i = 0; i < positions_.used; ++i) ++of_.stored[of_.label[i]];
    }

    // What it was made with; samples stored now; samples offered so far.
    [[nodiscard]] constexpr const Form& form() const noexcept { return form_; }
    [[nodiscard]] constexpr std::uint32_t size() const noexcept { return form_.capacity == 0 ? 0 : positions_.used; }
    [[nodiscard]] constexpr std::uint64_t seen() const noexcept { return seen_; }
    // The answer stored at a position below size(): a class, or numbers [targets].
    [[nodiscard]] std::uint32_t label(std::uint32_t position) const noexcept { return of_.label[position]; }
    [[nodiscard]] const float* target(std::uint32_t position) const noexcept { return targets_ + std::size_t{position} * form_.targets; }
    // Samples of a class seen so far, and stored now.
    [[nodiscard]] std::uint32_t class_seen(std::uint32_t c) const noexcept { return of_.seen[c]; }
    [[nodiscard]] std::uint32_t class_stored(std::uint32_t c) const noexcept { return of_.stored[c]; }

    // A stored sample's position, uniformly (priority: in proportion to its priority); none if the buffer is empty.
    // @cost O(1); priority O(log capacity); loop-safe
    [[nodiscard]] std::uint32_t draw(random_generator& source) const noexcept {
        if (positions_.used == 0) return none;
        if (!priorities_.empty() && priorities_.total() > 0.0f) return priorities_.draw(source);
        return source.below(positions_.used);
    }

    // Tells how wrong the learner was on a stored sample: error is finite, >= 0. Only the priority policy listens.
    // @cost O(log capacity); loop-safe
    void rate(std::uint32_t position, float error) noexcept {
        if (!priorities_.empty()) priorities_.set(position, smallest_priority + (error < largest_priority ? error : largest_priority));
    }

    // x [features] := the stored sample, over the range given when it was stored. @cost features; loop-safe
    void read(std::uint32_t position, float low, float high, float* x) const noexcept {
        codec::decode(form_.format, form_.features, samples_ + std::size_t{position} * codec::bytes(form_.format, form_.features), low,
                      high, x);
    }

    // Offers a sample with its target [targets] (null with labels) and label (ignored without classes; below classes otherwise).
    // Returns the position taken, or none if the policy declined it. @cost features, and O(classes) for balanced when full; loop-safe
    std::uint32_t offer(const float* x, float low, float high, const float* target, std::uint32_t label,
                        random_generator& source) noexcept {
        if (form_.capacity == 0) return none;
        if (seen_ != ~std::uint64_t{0}) ++seen_;
        if (form_.classes != 0 && of_.seen[label] < 0xffffffffu) ++of_.seen[label];
        const std::uint32_t position = admit(label, source);
        if (position == none) return none;
        codec::encode(form_.format, form_.features, x, low, high,
                      samples_ + std::size_t{position} * codec::bytes(form_.format, form_.features));
        rate(position, first_priority);
        for (std::uint32_t i = 0; i < form_.targets; ++i) targets_[std::size_t{position} * form_.targets + i] = target[i];
        if (form_.classes != 0) {
            of_.label[position] = static_cast<std::uint16_t>(label);
            ++of_.stored[label];
            note_largest();
        }
        return position;
    }

    // Drops one stored sample; the last one takes its place. position < size(). @cost features; loop-safe
    void remove(std::uint32_t position) noexcept {
        const std::uint32_t last = positions_.used - 1;
        const std::uint32_t size = codec::bytes(form_.format, form_.features);
        if (form_.classes != 0) {
            --of_.stored[of_.label[position]];
            of_.label[position] = of_.label[last];
        }
        for (std::uint32_t i = 0; i < size; ++i) samples_[std::size_t{position} * size + i] = samples_[std::size_t{last} * size + i];
        for (std::uint32_t i = 0; i < form_.targets; ++i) {
            targets_[std::size_t{position} * form_.targets + i] = targets_[std::size_t{last} * form_.targets + i];
        }
        if (!priorities_.empty()) {
            priorities_.set(position, priorities_.priority(last));
            priorities_.set(last, 0.0f);
        }
        positions_.used = last;
        positions_.next = last;
    }

    // Drops every stored sample for whose position `unwanted` is true; returns how many. @cost stored samples
    template <class Predicate>
    std::uint32_t remove_if(Predicate unwanted) noexcept {
        std::uint32_t removed = 0;
        for (std::uint32_t i = 0; i < positions_.used;) {
            if (unwanted(i)) {
                remove(i);
                ++removed;
            } else {
                ++i;
            }
        }
        return removed;
    }

    // Takes back what is known of a class of which nothing is stored any more. c < form().classes.
    void forget_class(std::uint32_t c) noexcept {
        if (form_.capacity == 0) return;
        of_.seen[c] = 0;
        of_.was_largest[c] = 0;
    }

    // Drops everything stored and begins anew: were the past still counted, a reservoir would hardly admit what comes next.
    void clear() noexcept {
        if (form_.capacity == 0) return;
        for (std::uint32_t i = 0; !priorities_.empty() && i < positions_.used; ++i) priorities_.set(i, 0.0f);
        positions_.clear();
        seen_ = 0;
        for (std::uint32_t c = 0; form_.capacity != 0 && c < form_.classes; ++c) {
            of_.seen[c] = 0;
            of_.stored[c] = 0;
            of_.was_largest[c] = 0;
        }
    }

private:
    static constexpr float first_priority = 1.0f;      // of a sample that was never replayed
    static constexpr float smallest_priority = 0.01f;  // so that every sample comes round again
    static constexpr float largest_priority = 100.0f;

    // Where a new sample goes, its predecessor's label already uncounted; none to decline it.
    std::uint32_t admit(std::uint32_t label, random_generator& source) noexcept {
        if (!positions_.full()) return positions_.push();
        std::uint32_t position = none;
        switch (form_.policy) {
            case replay_policy::priority:
            case replay_policy::fifo: position = positions_.push(); break;
            case replay_policy::reservoir: position = reservoir(seen_, form_.capacity, source); break;
            case replay_policy::balanced:
                position = form_.classes == 0 ? reservoir(seen_, form_.capacity, source) : balanced(label, source);
                break;
        }
        if (position != none && form_.classes != 0) --of_.stored[of_.label[position]];
        return position;
    }

    // @source Vitter 1985, algorithm R: position uniform below `seen`, kept if below `capacity`.
    static std::uint32_t reservoir(std::uint64_t seen, std::uint32_t capacity, random_generator& source) noexcept {
        const std::uint32_t among = seen > 0xffffffffull ? 0xffffffffu : static_cast<std::uint32_t>(seen);
        const std::uint32_t position = source.below(among);
        return position < capacity ? position : none;
    }

    // @source Chrysakis, Moens 2020, class-balancing reservoir sampling.
    std::uint32_t balanced(std::uint32_t label, random_generator& source) noexcept {
        const std::uint32_t stored = of_.stored[label];
        if (of_.was_largest[label] == 0 || stored == 0) {  // none left of a large class: its reservoir alone would never begin again
            std::uint32_t largest = 0;
            for (std::uint32_t c = 1; c < form_.classes; ++c) {
                if (of_.stored[c] > of_.stored[largest]) largest = c;
            }
            return any_of_class(largest, source);
        }
        if (source.below(of_.seen[label]) >= stored) return none;
        return any_of_class(label, source);
    }

    // A stored sample of class c, uniformly, by trying positions at random; of_.stored[c] > 0.
    // @cost expected capacity / class_stored tries, so at most the number of classes for the largest one
    [[nodiscard]] std::uint32_t any_of_class(std::uint32_t c, random_generator& source) const noexcept {
        for (;;) {
            const std::uint32_t position = source.below(positions_.used);
            if (of_.label[position] == c) return position;
        }
    }

    // A class that is or was the largest of a full buffer is thinned by its own reservoir from then on.
    void note_largest() noexcept {
        if (!positions_.full()) return;
        std::uint32_t most = 0;
        for (std::uint32_t c = 0; c < form_.classes; ++c) most = of_.stored[c] > most ? of_.stored[c] : most;
        for (std::uint32_t c = 0; c < form_.classes; ++c) {
            if (of_.stored[c] == most) of_.was_largest[c] = 1;
        }
    }

    Form form_;
    ring positions_;
    [[no_unique_address]] std::conditional_t<Form::priorities, priority_tree, detail::no_priorities> priorities_;
    std::uint64_t seen_ = 0;
    std::byte* samples_ = nullptr;
    float* targets_ = nullptr;
    [[no_unique_address]] std::conditional_t<Form::labels, detail::stored_labels, detail::no_labels> of_;
};

using replay_buffer = basic_replay_buffer<>;

}  // namespace synapse
