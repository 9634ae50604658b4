// The order in which a life meets its data: as it comes, shuffled, or class after class.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <synapse/core/random.hpp>
#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/hosted/streams/number.hpp>
#include <synapse/hosted/streams/sample.hpp>

namespace synapse::streams {

struct order {
    enum class kind : std::uint8_t { stream, shuffled, by_class };
    kind is = kind::stream;
    std::uint32_t parts = 1;  // of by_class: the classes are dealt to so many parts, lived through one after the other
};

// `stream`, `shuffled` or `by-class:K`, K from 1 to 4096. Nothing for any other text.
inline std::optional<order> parse_order(std::string_view text) noexcept {
    constexpr std::string_view by_class = "by-class:";
    if (text == "stream") return order{};
    if (text == "shuffled") return order{order::kind::shuffled, 1};
    if (!text.starts_with(by_class)) return std::nullopt;
    const std::string_view digits = text.substr(by_class.size());
    std::uint32_t parts = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parts);
    if (error != std::errc{} || stop != digits.data() + digits.size() || parts < 1 || parts > 4096) return std::nullopt;
    return order{order::kind::by_class, parts};
}

// The part, 0 .. parts-1, that a class belongs to: neighbours together, sizes as even as can be. parts <= classes.
constexpr std::uint32_t part_of_class(std::uint32_t label, std::uint32_t classes, std::uint32_t parts) noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{label} * parts / classes);
}

// Which row comes when, as a permutation of row numbers.
struct permutation {
    std::vector<std::uint32_t> row;     // [rows]
    std::vector<std::size_t> part_end;  // [parts], ascending, the last is rows
};

// Deals the rows of a source to their parts and shuffles each part (Fisher and Yates).
// kind shuffled or by_class. Throws data_error: more than 2^32 - 1 rows, more parts than classes, regression by class.
inline permutation arrange(const indexed_stream& rows, const order& wanted, std::string_view file, random_generator& generator) {
    const std::uint64_t count = rows.rows();
    if (count > std::numeric_limits<std::uint32_t>::max()) throw data_error{file, "too many rows to arrange: more than 2^32 - 1"};
    const bool by_class = wanted.is == order::kind::by_class;
    const std::uint32_t classes = rows.form().outputs;
    const std::uint32_t parts = by_class ? wanted.parts : 1;
    if (by_class && rows.form().learns != task::classification) throw data_error{file, "has no classes to order by: it is a regression"};
    if (by_class && parts > classes) {
        throw data_error{file, "has " + std::to_string(classes) + " classes, too few for " + std::to_string(parts) + " parts"};
    }
    const auto part = [&](std::uint64_t i) { return by_class ? part_of_class(rows.label(i), classes, parts) : 0; };

    permutation plan;
    std::vector<std::size_t> at(parts, 0);
    for (std::uint64_t i = 0; i < count; ++i) ++at[part(i)];
    std::size_t begin = 0;
    for (std::size_t& size : at) {
        const std::size_t end = begin + size;
        plan.part_end.push_back(end);
        size = std::exchange(begin, end);
    }
    plan.row.resize(count);
    for (std::uint64_t i = 0; i < count; ++i) plan.row[at[part(i)]++] = static_cast<std::uint32_t>(i);

    begin = 0;
    for (const std::size_t end : plan.part_end) {
        for (std::size_t left = end - begin; left > 1; --left) {
            const std::size_t other = begin + generator.below(static_cast<std::uint32_t>(left));
            std::swap(plan.row[begin + left - 1], plan.row[other]);
        }
        begin = end;
    }
    return plan;
}

// A source lived through in some order, once or several times. Each pass is arranged anew.
class ordered_stream final : public stream {
public:
    // @param file    for error messages
    // @param passes  0: without end
    ordered_stream(std::unique_ptr<indexed_stream> rows, const order& wanted, std::string_view file, std::uint64_t seed,
                   std::uint64_t passes = 1)
        : rows_{std::move(rows)}, wanted_{wanted}, file_{file}, generator_{seed}, arranged_by_{seed}, passes_{passes} {
        rows_->rewind();
        if (wanted_.is != order::kind::stream) plan_ = arrange(*rows_, wanted_, file_, generator_);
    }

    [[nodiscard]] const stream_form& form() const noexcept override { return rows_->form(); }
    [[nodiscard]] std::uint64_t rows_skipped() const noexcept override { return rows_->rows_skipped(); }
    // Parts of one pass, and the number of the one that the last sample came from, or that has just ended: 0 .. parts()-1.
    [[nodiscard]] std::uint32_t parts() const noexcept { return wanted_.is == order::kind::by_class ? wanted_.parts : 1; }
    [[nodiscard]] std::uint32_t part() const noexcept { return part_; }

    // How far the life has come: with the same rows, order and seed, all that a run needs to go on from there.
    struct standing {
        random_generator generator;  // before it arranged the present pass
        cursor place;                // of order stream
        std::uint64_t at = 0;        // of the other orders: rows of this pass that have been
        std::uint32_t part = 0;
        bool part_over = false;
        std::uint64_t passes_done = 0;
    };
    [[nodiscard]] standing stands() const noexcept {
        standing s{arranged_by_, rows_->tell(), at_, part_, part_over_, passes_done_};
        if (wanted_.is != order::kind::stream) s.place = {};
        return s;
    }
    // Goes on there. More passes may be asked for than the other run did.
    // @return false, and nothing has changed: no life of these rows and this order stands so.
    bool go_on_from(const standing& s) {
        const std::uint32_t* word = s.generator.word;
        if (s.part >= parts() || (word[0] | word[1] | word[2] | word[3]) == 0) return false;
        if (wanted_.is == order::kind::stream) {
            rows_->seek(s.place);
        } else {
            random_generator generator = s.generator;
            permutation plan = arrange(*rows_, wanted_, file_, generator);
            if (s.at > plan.part_end[s.part] || (s.part > 0 && s.at < plan.part_end[s.part - 1])) return false;
            plan_ = std::move(plan);
            generator_ = generator;
        }
        arranged_by_ = s.generator;
        at_ = static_cast<std::size_t>(s.at);
        part_ = s.part;
        part_over_ = s.part_over;
        passes_done_ = s.passes_done;
        over_ = passes_ != 0 && passes_done_ >= passes_;
        return true;
    }
    [[nodiscard]] bool over() const noexcept { return over_; }
    [[nodiscard]] const order& wanted() const noexcept { return wanted_; }
    [[nodiscard]] const indexed_stream& rows() const noexcept { return *rows_; }

    // Each part ends with one end_of_part, the last of a pass too.
    [[nodiscard]] arrival next(sample& out) override {
        if (over_) return arrival::end;
        if (part_over_) start_next_part();
        if (wanted_.is == order::kind::stream) {
            if (rows_->next(out) == arrival::sample) return arrival::sample;
        } else if (at_ < plan_.part_end[part_]) {
            rows_->read(plan_.row[at_++], out);
            return arrival::sample;
        }
        part_over_ = true;
        over_ = part_ + 1 == parts() && ++passes_done_ == passes_;
        return arrival::end_of_part;
    }

private:
    void start_next_part() {
        part_over_ = false;
        if (++part_ < parts()) return;
        part_ = 0;
        at_ = 0;
        if (wanted_.is == order::kind::stream) {
            rows_->rewind();
        } else {
            arranged_by_ = generator_;
            plan_ = arrange(*rows_, wanted_, file_, generator_);
        }
    }

    std::unique_ptr<indexed_stream> rows_;
    order wanted_;
    std::string file_;
    random_generator generator_;
    random_generator arranged_by_;
    permutation plan_;
    std::size_t at_ = 0;
    std::uint32_t part_ = 0;
    bool part_over_ = false;
    bool over_ = false;
    std::uint64_t passes_;
    std::uint64_t passes_done_ = 0;
};

}  // namespace synapse::streams
