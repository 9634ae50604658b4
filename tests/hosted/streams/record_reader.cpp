#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <synapse/hosted/streams/record_reader.hpp>

#include "scratch_files.hpp"

using namespace synapse::streams;

namespace {

using rows_of_text = std::vector<std::vector<std::string>>;

rows_of_text all(const std::string& text, separator between = separator::detect) {
    const scratch_files scratch;
    byte_reader bytes{scratch.write("data", text)};
    record_reader records{bytes, between};
    rows_of_text rows;
    for (record row; records.next(row);) {
        rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) rows.back().emplace_back(row[i]);
    }
    return rows;
}

data_error failure(const std::string& text, separator between = separator::detect) {
    try {
        all(text, between);
    } catch (const data_error& error) {
        return error;
    }
    FAIL("no error");
    return {"", ""};
}

}  // namespace

TEST_CASE("record_reader: values, quotes and line ends") {
    CHECK(all("a,b\n1,2\n") == rows_of_text{{"a", "b"}, {"1", "2"}});
    CHECK(all("a,b\r\n1,2") == rows_of_text{{"a", "b"}, {"1", "2"}});
    CHECK(all("a,b\r1,2\r") == rows_of_text{{"a", "b"}, {"1", "2"}});
    CHECK(all("\n\na,b\n\n  \n1,2\n\n") == rows_of_text{{"a", "b"}, {"1", "2"}});
    CHECK(all(" a , b c\t,\n") == rows_of_text{{"a", "b c", ""}});
    CHECK(all("\"a,\"\"b\"\"\nc\" , d\n") == rows_of_text{{"a,\"b\"\nc", "d"}});
    CHECK(all("\" a \",5\" disk\n") == rows_of_text{{" a ", "5\" disk"}});
    CHECK(all("\xef\xbb\xbf"
              "a,b\n") == rows_of_text{{"a", "b"}});
    CHECK(all("").empty());
    CHECK(all("\n\r\n").empty());
    CHECK(all("\"\"\n") == rows_of_text{{""}});
}

TEST_CASE("record_reader: the separator is found in the first line, outside quotes") {
    CHECK(all("a;b\n1,5;2\n") == rows_of_text{{"a", "b"}, {"1,5", "2"}});
    CHECK(all("a\tb c\n\t2\n") == rows_of_text{{"a", "b c"}, {"", "2"}});
    CHECK(all("\"a;b\",c\n") == rows_of_text{{"a;b", "c"}});
    CHECK(all("a\n1,2\n") == rows_of_text{{"a"}, {"1", "2"}});
}

TEST_CASE("record_reader: rows of numbers between commas or blanks") {
    CHECK(all("1 2\t 3\n", separator::rows) == rows_of_text{{"1", "2", "3"}});
    CHECK(all("  1, 2 ,3  \n4,,5\n", separator::rows) == rows_of_text{{"1", "2", "3"}, {"4", "", "5"}});
    CHECK(all("1,\n,1\n", separator::rows) == rows_of_text{{"1", ""}, {"", "1"}});
}

TEST_CASE("record_reader: every row is given its line and its place in the file") {
    const scratch_files scratch;
    byte_reader bytes{scratch.write("data", "a,b\n\n\"x\ny\",1\nz,2\n")};
    record_reader records{bytes, separator::detect};
    record row;
    REQUIRE(records.next(row));
    REQUIRE(records.next(row));
    CHECK(row.line() == 3);
    CHECK(row.offset() == 5);
    CHECK(row.in_quotes(0));
    REQUIRE(records.next(row));
    CHECK(row.line() == 5);
    CHECK_FALSE(records.next(row));
    records.seek(5, 3);
    REQUIRE(records.next(row));
    CHECK(row[0] == "x\ny");
    CHECK(row.line() == 3);
}

TEST_CASE("record_reader: what is no table is refused with its place") {
    CHECK(failure("a,b\n1,\"2\n3,4\n").line() == 2);
    CHECK(failure("a,b\n1,\"2\n3,4\n").column() == 2);
    const data_error after = failure("a,b\n\"1\"x,2\n");
    CHECK(after.line() == 2);
    CHECK(after.column() == 1);
    CHECK(failure(std::string{"a,b\n1,\0\n", 8}).line() == 2);
    CHECK(failure("\xef\xbb"
                  "a")
              .line() == 1);
    CHECK(failure("a\n" + std::string(record_reader::longest_record + 1, 'x')).line() == 2);
    CHECK(all("a\n" + std::string(record_reader::longest_record, 'x')).size() == 2);
}

TEST_CASE("byte_reader: what cannot be opened is named") {
    const scratch_files scratch;
    CHECK_THROWS_WITH_AS(byte_reader{scratch.path() + "/none"}, doctest::Contains("/none: No such file"), data_error);
    CHECK_THROWS_AS(byte_reader{scratch.path()}, data_error);
}

TEST_CASE("byte_reader: reads across its buffer, there and back") {
    const scratch_files scratch;
    std::string text;
    for (int i = 0; i < 200000; ++i) text += static_cast<char>('a' + i % 23);
    byte_reader bytes{scratch.write("data", text)};
    CHECK(bytes.size() == text.size());
    std::string read;
    for (int c = bytes.get(); c >= 0; c = bytes.get()) read += static_cast<char>(c);
    CHECK(read == text);
    for (const std::size_t at : {std::size_t{199999}, std::size_t{0}, std::size_t{70000}, std::size_t{70001}, std::size_t{3}}) {
        bytes.seek(at);
        CHECK(bytes.position() == at);
        CHECK(bytes.peek() == text[at]);
        CHECK(bytes.get() == text[at]);
    }
    bytes.seek(text.size());
    CHECK(bytes.get() == -1);
}
