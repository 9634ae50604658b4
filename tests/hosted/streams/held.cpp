#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/hosted/streams/held.hpp>

using namespace synapse::streams;

namespace {

// Row i holds i and 10 i; its target is 100 i, or its label i mod 3.
class counted_rows final : public indexed_stream {
public:
    counted_rows(synapse::task learns, std::uint64_t rows) : rows_{rows} {
        form_.learns = learns;
        form_.inputs = 2;
        form_.outputs = learns == synapse::task::regression ? 1 : 3;
    }
    [[nodiscard]] const stream_form& form() const noexcept override { return form_; }
    [[nodiscard]] std::uint64_t rows_skipped() const noexcept override { return 7; }
    [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_; }
    [[nodiscard]] std::uint32_t label(std::uint64_t row) const noexcept override {
        return form_.learns == synapse::task::regression ? 0 : static_cast<std::uint32_t>(row % 3);
    }
    void read(std::uint64_t row, sample& out) override {
        ++reads;
        x_[0] = static_cast<float>(row);
        x_[1] = 10 * x_[0];
        y_[0] = 100 * x_[0];
        out = {x_, {}, label(row)};
        if (form_.learns == synapse::task::regression) out.targets = y_;
    }
    [[nodiscard]] arrival next(sample& out) override {
        if (at_ == rows_) return arrival::end;
        read(at_++, out);
        return arrival::sample;
    }
    void rewind() override { at_ = 0; }
    [[nodiscard]] cursor tell() const noexcept override { return {at_, 0}; }
    void seek(const cursor& to) override { at_ = to.offset; }

    std::uint64_t reads = 0;

private:
    stream_form form_;
    std::uint64_t rows_;
    std::uint64_t at_ = 0;
    float x_[2] = {};
    float y_[1] = {};
};

std::vector<float> rest(stream& from) {
    std::vector<float> all;
    sample s;
    while (from.next(s) == arrival::sample) all.push_back(s.inputs[0]);
    return all;
}

}  // namespace

TEST_CASE("held: rows are read once and then found in any order") {
    for (const synapse::task learns : {synapse::task::regression, synapse::task::classification}) {
        counted_rows from{learns, 5};
        sample s;
        REQUIRE(from.next(s) == arrival::sample);  // it begins at the first row wherever the stream stands
        from.reads = 0;
        held_rows held{from, "numbers"};
        CHECK(from.reads == 5);
        CHECK(held.rows() == 5);
        CHECK(held.rows_skipped() == 7);
        CHECK(held.form().inputs == 2);
        for (const std::uint64_t row : {4u, 0u, 3u}) {
            held.read(row, s);
            CHECK(s.inputs[0] == static_cast<float>(row));
            CHECK(s.inputs[1] == 10 * static_cast<float>(row));
            CHECK(s.label == held.label(row));
            CHECK(s.targets.size() == (learns == synapse::task::regression ? 1u : 0u));
            if (!s.targets.empty()) CHECK(s.targets[0] == 100 * static_cast<float>(row));
            if (s.targets.empty()) CHECK(s.label == row % 3);
        }
        CHECK(rest(held) == std::vector<float>{0, 1, 2, 3, 4});
        CHECK(rest(held).empty());
        held.seek({3, 0});
        CHECK(held.tell().offset == 3);
        CHECK(rest(held) == std::vector<float>{3, 4});
        held.seek({99, 0});
        CHECK(rest(held).empty());
        held.rewind();
        CHECK(rest(held).size() == 5);
        CHECK(from.reads == 5);
    }
}

TEST_CASE("held: a stream of nothing is refused") {
    counted_rows none{synapse::task::regression, 0};
    CHECK_THROWS_AS((held_rows{none, "numbers"}), data_error);
}

TEST_CASE("held: the first rows, and no more than there are") {
    first_rows some{std::make_unique<counted_rows>(synapse::task::classification, 10), 4};
    CHECK(some.rows() == 4);
    CHECK(rest(some) == std::vector<float>{0, 1, 2, 3});
    CHECK(rest(some).empty());
    some.seek({2, 0});
    CHECK(some.tell().offset == 2);
    CHECK(rest(some) == std::vector<float>{2, 3});
    some.seek({50, 0});
    CHECK(rest(some).empty());
    some.rewind();
    CHECK(rest(some).size() == 4);
    CHECK(some.label(2) == 2);
    first_rows all{std::make_unique<counted_rows>(synapse::task::classification, 3), 100};
    CHECK(all.rows() == 3);
    CHECK(rest(all).size() == 3);
    CHECK(first_rows{std::make_unique<counted_rows>(synapse::task::classification, 3), 0}.rows() == 1);
}

TEST_CASE("held: bytes are counted before they are taken") {
    stream_form form;
    form.inputs = 6;
    form.outputs = 2;
    form.learns = synapse::task::regression;
    CHECK(bytes_to_hold(form, 10000000) == 320000000);
    form.learns = synapse::task::classification;
    CHECK(bytes_to_hold(form, 10) == 280);
    CHECK(bytes_to_hold(form, ~std::uint64_t{0} / 8) == ~std::uint64_t{0});
}
