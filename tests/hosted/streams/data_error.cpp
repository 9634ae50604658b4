#include <doctest/doctest.h>

#include <string>

#include <synapse/hosted/streams/data_error.hpp>

using namespace synapse::streams;

TEST_CASE("data_error: one line that names what is known of the place") {
    CHECK(std::string{data_error{"f", "why"}.what()} == "f: why");
    CHECK(std::string{data_error{"f", 3, "why"}.what()} == "f:3: why");
    CHECK(std::string{data_error{"f", 3, 2, "", "why"}.what()} == "f:3: column 2: why");
    const data_error full{"f", 3, 2, "speed", "why"};
    CHECK(std::string{full.what()} == "f:3: column 2 (speed): why");
    CHECK(full.file() == "f");
    CHECK(full.message() == "why");
    CHECK(full.line() == 3);
    CHECK(full.column() == 2);
}

TEST_CASE("data_error: a quoted cell is short and printable") {
    CHECK(cited("a b") == "'a b'");
    CHECK(cited("a\nb\x7f") == "'a?b?'");
    CHECK(cited(std::string(41, 'x')) == "'" + std::string(40, 'x') + "...'");
}
