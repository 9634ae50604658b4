#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <synapse/hosted/formats/safetensors.hpp>

#include "damage.hpp"

using namespace synapse::formats;

namespace {

std::vector<stored_array> some() {
    stored_array a{"layer \"0\"\\weight", "<f4", {2, 3}, {}}, b{"labels", "|u1", {3}, {}}, c{"steps", "<u8", {}, {}};
    for (const float x : {1.0f, -2.0f, 3.5f, 0.0f, 5.0f, 6.0f}) put(a.bytes, x);
    b.bytes = "\x01\x02\xff";
    put_little(c.bytes, 77, 8);
    return {a, b, c};
}

std::string file_of(const std::string& head, const std::string& data) {
    std::string out;
    put_little(out, head.size(), 8);
    return out + head + data;
}

}  // namespace

TEST_CASE("safetensors: read back as written, wide elements first") {
    const std::string file = safetensors(some());
    CHECK(get_little(file, 0, 8) % 8 == 0);
    const auto read = read_safetensors(file);
    REQUIRE(read.size() == 3);
    CHECK(read[0].name == "steps");
    CHECK(read[0].shape.empty());
    CHECK(read[0].values == std::vector<float>{77});
    CHECK(read[1].name == "layer \"0\"\\weight");
    CHECK(read[1].shape == std::vector<std::uint64_t>{2, 3});
    CHECK(read[1].values == std::vector<float>{1, -2, 3.5, 0, 5, 6});
    CHECK(read[2].values == std::vector<float>{1, 2, 255});
    CHECK(read_safetensors(safetensors({})).empty());
}

TEST_CASE("safetensors: other types of floats") {
    std::string data;
    put_little(data, 0x3fc0, 2);  // 1.5, the upper half of its float
    put_little(data, 0x3e00, 2);  // 1.5, as a half
    put(data, 1.5);
    const auto read = read_safetensors(
        file_of(R"({"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"F16","shape":[1,1],"data_offsets":[2,4]},)"
                R"("c":{"dtype":"F64","shape":[],"data_offsets":[4,12]}})",
                data));
    for (const array& a : read) CHECK(a.values == std::vector<float>{1.5f});
}

TEST_CASE("safetensors: what breaks the rules is refused") {
    const std::string data(16, '\0');
    for (
        const char* head : {
            R"([])",
            R"({"a":1})",
            R"({"a":{"dtype":"F32","shape":[4]}})",
            R"({"a":{"shape":[4],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,17]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[-16,0]}})",
            R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[4.5],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":["4"],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})",
            R"({"a":{"dtype":"F32","shape":[1e300],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[1e18,1e19]}})",
            R"({"a":{"dtype":"F8_E4M3","shape":[16],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})",  // on each other: a bomb
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}x)",
            R"({"a")",
            "",
        }) {
        CAPTURE(head);
        CHECK_THROWS_AS(read_safetensors(file_of(head, data)), format_error);
    }
    std::string giant;
    put_little(giant, 0xffffffffffffffffu, 8);
    CHECK_THROWS_AS(read_safetensors(giant + "{}"), format_error);
    CHECK_THROWS_AS(read_safetensors(file_of(std::string(100000, '['), data)), format_error);  // deep
}

TEST_CASE("safetensors: cut anywhere, changed anywhere") {
    const std::string file = safetensors(some());
    formats_test::refuses_every_truncation(file, [](std::string_view bytes) { return read_safetensors(bytes); });
    CHECK(formats_test::survives_every_change(file, [](std::string_view bytes) { return read_safetensors(bytes); }) > 200);
}
