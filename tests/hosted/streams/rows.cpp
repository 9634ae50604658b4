#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include <synapse/hosted/streams/csv.hpp>
#include <synapse/hosted/streams/rows.hpp>

#include "scratch_files.hpp"

using namespace synapse::streams;
using synapse::task;

namespace {

// Both ends of a pipe.
struct pipe_ends {
    pipe_ends() { REQUIRE(::pipe(end) == 0); }
    ~pipe_ends() {
        finish();
        ::close(end[0]);
    }
    void write(std::string_view text) const { REQUIRE(::write(end[1], text.data(), text.size()) == static_cast<ssize_t>(text.size())); }
    void finish() {
        if (end[1] >= 0) ::close(end[1]);
        end[1] = -1;
    }
    int end[2] = {-1, -1};
};

const table_options classify{task::classification, "", header::detect};
const table_options regress{task::regression, "", header::detect};
bool never() { return false; }

}  // namespace

TEST_CASE("rows: numbers between blanks or commas, learned as they arrive") {
    pipe_ends pipe;
    pipe.write("1 2  3\n");
    row_stream rows{pipe.end[0], "input", regress, 0, never};
    CHECK(rows.form().inputs == 2);
    CHECK(rows.form().outputs == 1);
    sample s;
    REQUIRE(rows.next(s) == arrival::sample);
    CHECK(s.inputs[1] == 2.0f);
    CHECK(s.targets[0] == 3.0f);
    pipe.write("4,5,6\n7, NA ,9\n1,1,?\n8 8 8");
    REQUIRE(rows.next(s) == arrival::sample);
    CHECK(s.inputs[0] == 4.0f);
    REQUIRE(rows.next(s) == arrival::sample);
    CHECK(s.inputs[1] == 3.5f);  // the mean of 2 and 5
    pipe.finish();
    REQUIRE(rows.next(s) == arrival::sample);
    CHECK(s.targets[0] == 8.0f);
    CHECK(rows.rows_skipped() == 1);
    CHECK(rows.next(s) == arrival::end);
}

TEST_CASE("rows: labels are whole numbers below the number of classes; a header names the target") {
    pipe_ends pipe;
    pipe.write("left label right\n0.5 2 1\n0.5 3 1\n");
    row_stream rows{pipe.end[0], "input", {task::classification, "label", header::detect}, 3, never};
    CHECK(rows.form().outputs == 3);
    CHECK(rows.form().input_names == std::vector<std::string>{"left", "right"});
    sample s;
    REQUIRE(rows.next(s) == arrival::sample);
    CHECK(s.label == 2);
    try {
        static_cast<void>(rows.next(s));
        FAIL("no error");
    } catch (const data_error& error) {
        CHECK(error.line() == 3);
        CHECK(error.column() == 2);
    }
}

TEST_CASE("rows: words are refused, with the place") {
    pipe_ends pipe;
    pipe.write("1 2 0\nred 2 1\n");
    row_stream rows{pipe.end[0], "input", classify, 2, never};
    sample s;
    REQUIRE(rows.next(s) == arrival::sample);
    CHECK_THROWS_WITH_AS(static_cast<void>(rows.next(s)), "input:2: column 1: 'red' is not a number", data_error);
}

TEST_CASE("rows: fewer fields than before are refused") {
    pipe_ends pipe;
    pipe.write("1 2 0\n1 0\n");
    row_stream rows{pipe.end[0], "input", classify, 2, never};
    sample s;
    REQUIRE(rows.next(s) == arrival::sample);
    CHECK_THROWS_WITH_AS(static_cast<void>(rows.next(s)), "input:2: has 2 fields, not 3", data_error);
}

TEST_CASE("rows: nothing at all is an error, and waiting can be given up") {
    pipe_ends empty;
    empty.finish();
    CHECK_THROWS_AS((row_stream{empty.end[0], "input", classify, 2, never}), data_error);

    pipe_ends pipe;
    pipe.write("1 2\n3 4\n");
    bool stop = false;
    row_stream rows{pipe.end[0], "input", regress, 0, [&stop] { return stop; }};
    sample s;
    CHECK(rows.next(s) == arrival::sample);
    stop = true;
    CHECK(rows.next(s) == arrival::sample);  // what has arrived is delivered
    CHECK(rows.next(s) == arrival::end);
}

TEST_CASE("rows: what an earlier run passed over is counted on") {
    pipe_ends pipe;
    pipe.write("1 ?\n3 4\n");
    pipe.finish();
    row_stream rows{pipe.end[0], "input", regress, 0, never};
    rows.skipped_before(5);
    sample s;
    CHECK(rows.next(s) == arrival::sample);
    CHECK(rows.next(s) == arrival::end);
    CHECK(rows.rows_skipped() == 6);
}

TEST_CASE("rows: held-out rows come from a file of the same columns") {
    const scratch_files scratch;
    pipe_ends pipe;
    pipe.write("1 2 0\n");
    row_stream rows{pipe.end[0], "input", classify, 2, never};
    csv_file test{scratch.write("test.txt", "3 4 1\n5 6 0\n"), rows.columns(), separator::rows};
    CHECK(test.rows() == 2);
    sample s;
    REQUIRE(test.next(s) == arrival::sample);
    CHECK(s.label == 1);
    CHECK(s.inputs[0] == 3.0f);
}
