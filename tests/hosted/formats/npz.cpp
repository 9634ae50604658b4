#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <synapse/hosted/formats/npz.hpp>

#include "damage.hpp"

using namespace synapse::formats;

namespace {

std::vector<stored_array> some() {
    stored_array a{"layer/weight", "<f4", {2, 3}, {}}, b{"steps", "<u8", {}, {}};
    for (const float x : {1.0f, -2.0f, 3.5f, 0.0f, 5.0f, 6.0f}) put(a.bytes, x);
    put_little(b.bytes, 77, 8);
    return {a, b};
}

}  // namespace

TEST_CASE("npz: read back as written") {
    const auto read = read_npz(npz(some()));
    REQUIRE(read.size() == 2);
    CHECK(read[0].name == "layer/weight");
    CHECK(read[0].shape == std::vector<std::uint64_t>{2, 3});
    CHECK(read[0].values == std::vector<float>{1, -2, 3.5, 0, 5, 6});
    CHECK(read[1].name == "steps");
    CHECK(read[1].values == std::vector<float>{77});
    CHECK(read_npz(npz({})).empty());
}

TEST_CASE("npz: CRC32 as ZIP has it") { CHECK(detail::crc32("123456789") == 0xcbf43926u); }

TEST_CASE("npz: cut anywhere, changed anywhere") {
    const std::string file = npz(some());
    formats_test::refuses_every_truncation(file, [](std::string_view bytes) { return read_npz(bytes); });
    CHECK(formats_test::survives_every_change(file, [](std::string_view bytes) { return read_npz(bytes); }) > 500);
}

TEST_CASE("npz: a bomb of files that lie on each other is refused before it goes off") {
    // One file of 1000 bytes, named 10,000 times by the directory.
    const std::string content = npy({"x", "|u1", {1000}, std::string(1000, 'x')});
    std::string file = zip({{"x.npy", content}});
    const std::size_t begin = file.find("PK\x01\x02"), end = file.find("PK\x05\x06");
    const std::string entry = file.substr(begin, end - begin);
    std::string bomb = file.substr(0, begin);
    for (int i = 0; i < 10000; ++i) bomb += entry;
    std::string tail = file.substr(end);
    std::string fields;
    put_little(fields, 10000, 2);
    put_little(fields, 10000, 2);
    put_little(fields, entry.size() * 10000, 4);
    put_little(fields, begin, 4);
    tail.replace(8, 12, fields);
    CHECK_THROWS_WITH_AS(read_npz(bomb + tail), "files that lie on each other in a ZIP archive", format_error);
}

TEST_CASE("npz: compressed files are refused by name, whatever size they claim") {
    std::string file = npz(some());
    const std::size_t entry = file.find("PK\x01\x02");
    file[entry + 10] = 8;  // deflate
    for (std::size_t i = 0; i < 4; ++i) file[entry + 24 + i] = '\x7f';
    CHECK_THROWS_WITH_AS(read_npz(file),
                         "layer/weight.npy is compressed, which is not read: save it with numpy.savez, not savez_compressed", format_error);
    CHECK_THROWS_AS(read_npz("PK\x03\x04 no archive"), format_error);
    CHECK_THROWS_AS(read_npz(""), format_error);
}
