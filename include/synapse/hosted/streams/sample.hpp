// What every stream of experience delivers, and how it says what is in it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <synapse/learner/shape.hpp>

namespace synapse::streams {

// One moment of experience. The spans are valid until the stream is asked for the next one.
struct sample {
    std::span<const float> inputs;   // [inputs]
    std::span<const float> targets;  // [outputs], in the target's own units; empty when classifying
    std::uint32_t label = 0;         // 0 .. outputs-1; 0 for regression
};

// The sizes that a learner of this stream needs.
struct stream_form {
    task learns = task::classification;
    std::uint32_t inputs = 0;
    std::uint32_t outputs = 0;             // targets, or classes
    std::vector<std::string> input_names;  // [inputs], as in the data's header; empty if it has none
    std::vector<std::string> class_names;  // [outputs] as the data writes them; empty if labels are plain numbers
};

enum class arrival : std::uint8_t {
    sample,       // one was delivered
    end_of_part,  // none was: a part of an ordered life is over (time to evaluate); ask again
    end,          // none was, and none will come
};

// Delivers samples one by one. Any call may throw data_error; the stream is then at an unspecified place.
class stream {
public:
    stream() = default;
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    virtual ~stream() = default;

    [[nodiscard]] virtual const stream_form& form() const noexcept = 0;
    // The next sample; what `out` refers to is good until the next call.
    [[nodiscard]] virtual arrival next(sample& out) = 0;
    // Rows passed over because they had no target.
    [[nodiscard]] virtual std::uint64_t rows_skipped() const noexcept { return 0; }
};

// A place in the data of an indexed stream, to be kept in a checkpoint.
struct cursor {
    std::uint64_t offset = 0;  // bytes of a text, items of a binary file
    std::uint64_t line = 0;    // of a text
};

// A stream whose rows can also be read in any order, without holding them.
class indexed_stream : public stream {
public:
    // Rows that have a target; row numbers below are 0 .. rows()-1, in the order of the data.
    [[nodiscard]] virtual std::uint64_t rows() const noexcept = 0;
    // The class of one row; 0 for regression. No reading.
    [[nodiscard]] virtual std::uint32_t label(std::uint64_t row) const noexcept = 0;
    // One row, below rows(). Where next() goes on is open after it: rewind() or seek() says.
    virtual void read(std::uint64_t row, sample& out) = 0;
    // next() starts over at the first row.
    virtual void rewind() = 0;
    // Where next() goes on, and the way back there, in another run too, if the data is the same up to there.
    [[nodiscard]] virtual cursor tell() const noexcept = 0;
    virtual void seek(const cursor& to) = 0;
};

}  // namespace synapse::streams
