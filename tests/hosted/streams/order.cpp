#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include <synapse/hosted/streams/order.hpp>

using namespace synapse::streams;
using synapse::task;

namespace {

// Rows whose only input is their own number, with label row * 7 % classes.
class numbered final : public indexed_stream {
public:
    numbered(std::uint64_t rows, std::uint32_t classes, task learns = task::classification) : rows_{rows} {
        form_.learns = learns;
        form_.inputs = 1;
        form_.outputs = classes;
    }
    const stream_form& form() const noexcept override { return form_; }
    std::uint64_t rows() const noexcept override { return rows_; }
    std::uint32_t label(std::uint64_t row) const noexcept override { return static_cast<std::uint32_t>(row * 7 % form_.outputs); }
    void read(std::uint64_t row, sample& out) override {
        x_ = static_cast<float>(row);
        out = {{&x_, 1}, {}, label(row)};
    }
    arrival next(sample& out) override {
        if (next_ == rows_) return arrival::end;
        read(next_++, out);
        return arrival::sample;
    }
    void rewind() override { next_ = 0; }
    cursor tell() const noexcept override { return {next_, 0}; }
    void seek(const cursor& place) override { next_ = place.offset; }

private:
    stream_form form_;
    std::uint64_t rows_;
    std::uint64_t next_ = 0;
    float x_ = 0;
};

// The row numbers of a life, -1 where a part ended.
std::vector<int> live(std::uint64_t rows, std::uint32_t classes, const char* text, std::uint64_t seed, std::uint64_t passes = 1) {
    ordered_stream stream{std::make_unique<numbered>(rows, classes), parse_order(text).value(), "data", seed, passes};
    std::vector<int> seen;
    sample s;
    for (;;) {
        const arrival a = stream.next(s);
        if (a == arrival::end) break;
        seen.push_back(a == arrival::sample ? static_cast<int>(s.inputs[0]) : -1);
    }
    CHECK(stream.next(s) == arrival::end);
    return seen;
}

}  // namespace

TEST_CASE("order: how it is written") {
    CHECK(parse_order("stream")->is == order::kind::stream);
    CHECK(parse_order("shuffled")->is == order::kind::shuffled);
    CHECK(parse_order("by-class:5")->is == order::kind::by_class);
    CHECK(parse_order("by-class:5")->parts == 5);
    for (const char* text :
         {"", "Stream", "by-class", "by-class:", "by-class:0", "by-class:4097", "by-class:-1", "by-class:2x", "by-class: 2"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_order(text));
    }
}

TEST_CASE("order: classes are dealt to parts evenly, neighbours together") {
    std::vector<std::uint32_t> parts;
    for (std::uint32_t c = 0; c < 10; ++c) parts.push_back(part_of_class(c, 10, 5));
    CHECK(parts == std::vector<std::uint32_t>{0, 0, 1, 1, 2, 2, 3, 3, 4, 4});
    parts.clear();
    for (std::uint32_t c = 0; c < 7; ++c) parts.push_back(part_of_class(c, 7, 3));
    CHECK(parts == std::vector<std::uint32_t>{0, 0, 0, 1, 1, 2, 2});
}

TEST_CASE("order: stream keeps the order, and may pass several times") {
    CHECK(live(3, 2, "stream", 1) == std::vector<int>{0, 1, 2, -1});
    CHECK(live(3, 2, "stream", 1, 2) == std::vector<int>{0, 1, 2, -1, 0, 1, 2, -1});
}

TEST_CASE("order: shuffled is every row once, by the seed, anew in each pass") {
    const std::vector<int> one = live(100, 2, "shuffled", 5, 2);
    REQUIRE(one.size() == 202);
    CHECK(one[100] == -1);
    CHECK(one[201] == -1);
    std::vector<int> first{one.begin(), one.begin() + 100};
    std::vector<int> second{one.begin() + 101, one.begin() + 201};
    CHECK(first != second);
    CHECK_FALSE(std::is_sorted(first.begin(), first.end()));
    std::sort(first.begin(), first.end());
    std::sort(second.begin(), second.end());
    CHECK(first == second);
    CHECK(std::adjacent_find(first.begin(), first.end()) == first.end());
    CHECK(live(100, 2, "shuffled", 5, 2) == one);
    CHECK(live(100, 2, "shuffled", 6, 2) != one);
}

TEST_CASE("order: a shuffle favours no place") {
    // 6000 shuffles of 4 rows: each row comes first 1500 times, standard deviation 34.
    std::vector<int> first(4, 0);
    synapse::random_generator generator{11};
    const numbered rows{4, 2};
    for (int i = 0; i < 6000; ++i) ++first[arrange(rows, order{order::kind::shuffled, 1}, "data", generator).row[0]];
    for (const int count : first) CHECK(std::abs(count - 1500) < 170);
}

TEST_CASE("order: by class, part after part, each shuffled and ended") {
    ordered_stream stream{std::make_unique<numbered>(50, 5), parse_order("by-class:2").value(), "data", 3, 2};
    CHECK(stream.parts() == 2);
    sample s;
    for (int pass = 0; pass < 2; ++pass) {
        for (std::uint32_t part = 0; part < 2; ++part) {
            std::vector<int> seen;
            arrival a = stream.next(s);
            for (; a == arrival::sample; a = stream.next(s)) {
                CHECK(stream.part() == part);
                CHECK(part_of_class(s.label, 5, 2) == part);
                seen.push_back(static_cast<int>(s.inputs[0]));
            }
            CHECK(a == arrival::end_of_part);
            CHECK(stream.part() == part);
            CHECK(seen.size() == (part == 0 ? 30u : 20u));
            CHECK_FALSE(std::is_sorted(seen.begin(), seen.end()));
        }
    }
    CHECK(stream.next(s) == arrival::end);
}

TEST_CASE("order: a life goes on from wherever it stood") {
    for (const char* text : {"stream", "shuffled", "by-class:2"}) {
        CAPTURE(text);
        const std::vector<int> whole = live(20, 4, text, 3, 3);
        const auto make = [text](std::uint64_t seed, std::uint64_t passes) {
            return ordered_stream{std::make_unique<numbered>(20, 4), parse_order(text).value(), "data", seed, passes};
        };
        const auto step = [](ordered_stream& stream) {
            sample s;
            const arrival a = stream.next(s);
            return a == arrival::end ? -2 : a == arrival::sample ? static_cast<int>(s.inputs[0]) : -1;
        };
        for (std::size_t stopped = 0; stopped <= whole.size(); ++stopped) {
            CAPTURE(stopped);
            ordered_stream before = make(3, 3);
            for (std::size_t i = 0; i < stopped; ++i) REQUIRE(step(before) == whole[i]);
            ordered_stream after = make(99, 3);  // the seed comes with the standing
            REQUIRE(after.go_on_from(before.stands()));
            for (std::size_t i = stopped; i < whole.size(); ++i) REQUIRE(step(after) == whole[i]);
            CHECK(step(after) == -2);
        }
        ordered_stream one = make(3, 1);
        while (step(one) != -2) {
        }
        CHECK(one.over());
        ordered_stream more = make(3, 2);
        REQUIRE(more.go_on_from(one.stands()));
        CHECK(step(more) == whole[whole.size() / 3]);
    }
}

TEST_CASE("order: no life stands so") {
    for (const char* text : {"stream", "shuffled", "by-class:2"}) {
        CAPTURE(text);
        ordered_stream stream{std::make_unique<numbered>(20, 4), parse_order(text).value(), "data", 3, 1};
        ordered_stream::standing wrong = stream.stands();
        wrong.part = 2;
        CHECK_FALSE(stream.go_on_from(wrong));
        wrong = stream.stands();
        for (std::uint32_t& word : wrong.generator.word) word = 0;
        CHECK_FALSE(stream.go_on_from(wrong));
        if (stream.wanted().is == order::kind::stream) continue;
        wrong = stream.stands();
        wrong.at = 21;
        CHECK_FALSE(stream.go_on_from(wrong));
    }
}

TEST_CASE("order: what cannot be ordered by class is refused") {
    CHECK_THROWS_AS(live(10, 3, "by-class:4", 1), data_error);
    synapse::random_generator generator{1};
    const numbered regression{10, 3, task::regression};
    CHECK_THROWS_AS(static_cast<void>(arrange(regression, {order::kind::by_class, 1}, "data", generator)), data_error);
    CHECK_NOTHROW(static_cast<void>(arrange(regression, {order::kind::shuffled, 1}, "data", generator)));
    const numbered vast{std::uint64_t{1} << 32, 2};
    CHECK_THROWS_AS(static_cast<void>(arrange(vast, {order::kind::shuffled, 1}, "data", generator)), data_error);
}
