#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <synapse/hosted/streams/csv.hpp>

#include "scratch_files.hpp"

using namespace synapse::streams;
using synapse::task;

namespace {

struct row {
    std::vector<float> x;
    std::vector<float> y;
    std::uint32_t label;
    bool operator==(const row&) const = default;
};

row copy(const sample& s) { return {{s.inputs.begin(), s.inputs.end()}, {s.targets.begin(), s.targets.end()}, s.label}; }

std::vector<row> all(stream& rows) {
    std::vector<row> out;
    sample s;
    while (rows.next(s) == arrival::sample) out.push_back(copy(s));
    CHECK(rows.next(s) == arrival::end);
    return out;
}

data_error failure(const std::string& text, const table_options& options) {
    const scratch_files scratch;
    try {
        csv_file rows{scratch.write("data.csv", text), options};
    } catch (const data_error& error) {
        return error;
    }
    FAIL("no error");
    return {"", ""};
}

const table_options classify{task::classification, "", header::detect};
const table_options regress{task::regression, "", header::detect};

}  // namespace

TEST_CASE("csv: numbers and labels under a header") {
    const scratch_files scratch;
    csv_file rows{scratch.write("data.csv", "a,b,class\n1,2.5,1\n-3,4e-1,0\n"), classify};
    CHECK(rows.rows() == 2);
    CHECK(rows.form().inputs == 2);
    CHECK(rows.form().outputs == 2);
    CHECK(rows.form().learns == task::classification);
    CHECK(rows.form().input_names == std::vector<std::string>{"a", "b"});
    CHECK(rows.form().class_names == std::vector<std::string>{"0", "1"});
    const std::vector<row> expected{{{1.0f, 2.5f}, {}, 1}, {{-3.0f, 0.4f}, {}, 0}};
    CHECK(all(rows) == expected);
    rows.rewind();
    CHECK(all(rows) == expected);
}

TEST_CASE("csv: the target by name, by index from either end, several for a regression") {
    const scratch_files scratch;
    const std::string path = scratch.write("data.csv", "a,b,c\n1,2,3\n4,5,6\n");
    const auto first = [&path](const std::string& target) {
        csv_file rows{path, {task::regression, target, header::detect}};
        return all(rows).front();
    };
    CHECK(first("") == row{{1, 2}, {3}, 0});
    CHECK(first("b") == row{{1, 3}, {2}, 0});
    CHECK(first("0") == row{{2, 3}, {1}, 0});
    CHECK(first("-3") == row{{2, 3}, {1}, 0});
    CHECK(first("c, a") == row{{2}, {3, 1}, 0});
    CHECK(first("0,-1") == row{{2}, {1, 3}, 0});
    for (const char* target : {"d", "3", "-4", "a,", "a,a", ",", "a,b,c", "0.5"}) {
        CAPTURE(target);
        CHECK_THROWS_AS(first(target), data_error);
    }
    CHECK_THROWS_AS((csv_file{path, {task::classification, "a,b", header::detect}}), data_error);
}

TEST_CASE("csv: a column named like a number is found by its name first") {
    const scratch_files scratch;
    csv_file rows{scratch.write("data.csv", "2,1,0\n7,8,9\n"), {task::regression, "2", header::present}};
    CHECK(all(rows) == std::vector<row>{{{8, 9}, {7}, 0}});
}

TEST_CASE("csv: without a header the first line is data") {
    const scratch_files scratch;
    csv_file rows{scratch.write("data.csv", "1,2\n3,4\n"), regress};
    CHECK(rows.rows() == 2);
    CHECK(rows.form().input_names.empty());
    csv_file words{scratch.write("words.csv", "a,yes\nb,no\n"), {task::classification, "", header::absent}};
    CHECK(words.rows() == 2);
    csv_file numbers{scratch.write("numbers.csv", "1,2\n3,4\n"), {task::regression, "", header::present}};
    CHECK(numbers.rows() == 1);
}

TEST_CASE("csv: a category is one input for each of its values") {
    const scratch_files scratch;
    csv_file rows{scratch.write("data.csv", "size,colour,class\n1,red,cat\n2,\"blue, dark\",dog\n3,?,cat\n4,red,ant\n"), classify};
    CHECK(rows.form().input_names == std::vector<std::string>{"size", "colour=blue, dark", "colour=red"});
    CHECK(rows.form().class_names == std::vector<std::string>{"ant", "cat", "dog"});
    CHECK(all(rows) == std::vector<row>{{{1, 0, 1}, {}, 1}, {{2, 1, 0}, {}, 2}, {{3, 0, 0}, {}, 1}, {{4, 0, 1}, {}, 0}});
}

TEST_CASE("csv: labels are one class however the number is written, in the order of numbers") {
    const scratch_files scratch;
    csv_file rows{scratch.write("data.csv", "1,10\n1,9.0\n1,+9\n1,-1\n1,1e1\n"), classify};
    CHECK(rows.form().class_names == std::vector<std::string>{"-1", "9", "10"});
    std::vector<std::uint32_t> labels;
    for (const row& r : all(rows)) labels.push_back(r.label);
    CHECK(labels == std::vector<std::uint32_t>{2, 1, 1, 0, 2});
}

TEST_CASE("csv: a missing number is the mean of those before it; a row without a target is passed over and counted") {
    const scratch_files scratch;
    csv_file rows{scratch.write("data.csv", "a,y\nNA,1\n2,1\n4,?\n6,1\n,1\nnull,\n"), regress};
    CHECK(rows.rows() == 4);
    CHECK(rows.rows_skipped() == 2);
    CHECK(all(rows) == std::vector<row>{{{0}, {1}, 0}, {{2}, {1}, 0}, {{6}, {1}, 0}, {{4}, {1}, 0}});
}

TEST_CASE("csv: another reader goes on at a cursor with the means so far, as if it had read the rows before") {
    const scratch_files scratch;
    const std::string path = scratch.write("data.csv", "a,kind,y\nNA,p,1\n2,q,1\n4,\"p\nq\",?\n6,p,1\n,q,1\nnull,p,2\n8,q,3\n");
    csv_file whole{path, regress};
    const std::vector<row> rows = all(whole);
    for (std::size_t stopped = 0; stopped <= rows.size(); ++stopped) {
        CAPTURE(stopped);
        csv_file before{path, regress};
        sample s;
        for (std::size_t i = 0; i < stopped; ++i) REQUIRE(before.next(s) == arrival::sample);
        csv_file after{path, regress};
        after.seek(before.tell());
        REQUIRE(after.columns()->go_on_from(before.columns()->means()));
        for (std::size_t i = stopped; i < rows.size(); ++i) {
            REQUIRE(after.next(s) == arrival::sample);
            REQUIRE(copy(s) == rows[i]);
        }
        CHECK(after.next(s) == arrival::end);
    }
}

TEST_CASE("csv: means that no such table can have are refused") {
    const scratch_files scratch;
    csv_file rows{scratch.write("data.csv", "a,b,y\n1,2,3\n,5,6\n"), regress};
    std::vector<table::running_mean> means = rows.columns()->means();
    REQUIRE(means.size() == 3);
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -1e39}) {
        means = {{7, 1}, {bad, 1}, {0, 0}};
        CHECK_FALSE(rows.columns()->go_on_from(means));
    }
    means.pop_back();
    means[1].mean = 0;
    CHECK_FALSE(rows.columns()->go_on_from(means));
    CHECK(rows.columns()->means()[0].mean == 0);
    means.push_back({});
    CHECK(rows.columns()->go_on_from(means));
    CHECK(rows.columns()->means()[0].mean == 7);
}

TEST_CASE("csv: any row, in any order, is the row that comes in order") {
    const scratch_files scratch;
    std::string text = "a,kind,class\n";
    for (int i = 0; i < 3000; ++i) {
        text += std::to_string(i) + (i % 3 == 0 ? ",\"p\nq\"," : ",r,") + (i % 7 == 0 ? "?" : std::to_string(i % 5)) + "\n";
    }
    const std::string path = scratch.write("data.csv", text);
    csv_file rows{path, classify, access::any_order};
    const std::vector<row> in_order = all(rows);
    REQUIRE(in_order.size() == rows.rows());
    sample s;
    for (std::uint64_t k = 0; k < rows.rows(); ++k) {
        const std::uint64_t i = k * 1009 % rows.rows();
        rows.read(i, s);
        REQUIRE(copy(s) == in_order[i]);
        REQUIRE(rows.label(i) == in_order[i].label);
    }
    rows.rewind();
    CHECK(all(rows) == in_order);
}

TEST_CASE("csv: held-out data takes the columns, categories and means of the data to learn") {
    const scratch_files scratch;
    csv_file rows{scratch.write("data.csv", "a,kind,class\n2,x,no\n4,y,yes\n"), classify};
    all(rows);
    const std::string text = "a,kind,class\n,y,yes\n1,z,no\n";
    csv_file test{scratch.write("test.csv", text), rows.columns()};
    CHECK(test.rows() == 2);
    const std::vector<row> expected{{{3, 0, 1}, {}, 1}, {{1, 0, 0}, {}, 0}};
    CHECK(all(test) == expected);
    test.rewind();
    CHECK(all(test) == expected);
    csv_file bare{scratch.write("bare.csv", text.substr(text.find('\n') + 1)), rows.columns()};
    CHECK(all(bare) == expected);

    const auto refused = [&](const std::string& what, std::uint64_t line, std::uint32_t column) {
        const std::string path = scratch.write("bad.csv", what);
        try {
            csv_file bad{path, rows.columns()};
        } catch (const data_error& error) {
            CHECK(error.line() == line);
            CHECK(error.column() == column);
            return true;
        }
        return false;
    };
    CHECK(refused("a,kind,class\n1,x,maybe\n", 2, 3));
    CHECK(refused("a,sort,class\n1,x,no\n", 1, 2));
    CHECK(refused("a,class\n1,no\n", 1, 0));
}

TEST_CASE("csv: errors name the file, the line and the column") {
    const data_error word = failure("a,b,class\n1,2,0\n\n3,abc,1\n", classify);
    CHECK(word.line() == 4);
    CHECK(word.column() == 2);
    CHECK(std::string{word.what()}.find("data.csv:4: column 2 (b): 'abc' is not a number") != std::string::npos);

    CHECK(failure("a,b\n1,2\n1,2,3\n", regress).line() == 3);
    CHECK(failure("a,b\n1\n", regress).line() == 2);
    CHECK(failure("a,b\n1e39,2\n", regress).column() == 1);
    CHECK(failure("a,b\n1,2\ninf,2\n", regress).line() == 3);
    CHECK(failure("a,b\n1,low\n", regress).column() == 2);
    CHECK(failure("a,b\n1,0.5\n", classify).column() == 2);
    CHECK(failure("a,b\n1,1\n2,two\n", classify).line() == 3);
    CHECK(failure("a,b\n1,1\n2,1\n", classify).line() == 0);  // one class only
    CHECK(failure("a\n1\n", regress).line() == 1);            // nothing to learn from
    CHECK(failure("a,b\n", regress).message() == "holds no rows that have a target");
    CHECK(failure("", regress).message() == "holds no rows");
    CHECK(failure("a,b\n1,?\n", regress).message() == "holds no rows that have a target");

    std::string many = "a,b\n";
    for (int i = 0; i < 257; ++i) many += "name" + std::to_string(i) + ",1\n";
    CHECK(failure(many, regress).line() == 2);  // where it was taken for one
    std::string classes = "a,b\n";
    for (int i = 0; i < 4097; ++i) classes += "1," + std::to_string(i) + "\n";
    CHECK(failure(classes, classify).line() == 4098);
}

TEST_CASE("csv: a pipe cannot be read twice") {
    const scratch_files scratch;
    const std::string path = scratch.path() + "/pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const int writer = ::open(path.c_str(), O_RDWR);
    REQUIRE(writer >= 0);
    CHECK_THROWS_WITH_AS((csv_file{path, classify}), doctest::Contains("cannot be read twice"), data_error);
    ::close(writer);
}

TEST_CASE("csv: a file that changes after the survey is noticed") {
    const scratch_files scratch;
    const std::string path = scratch.write("data.csv", "a,b\n1,2\n3,4\n");
    csv_file rows{path, regress, access::any_order};
    scratch.write("data.csv", "a,b\n");
    sample s;
    CHECK_THROWS_AS(rows.read(1, s), data_error);
}
