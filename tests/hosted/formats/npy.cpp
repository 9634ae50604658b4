#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <synapse/hosted/formats/npy.hpp>

#include "damage.hpp"

using namespace synapse::formats;

namespace {

stored_array floats_of(const std::vector<float>& values, std::vector<std::uint64_t> shape) {
    stored_array a{"w", "<f4", std::move(shape), {}};
    for (const float x : values) put(a.bytes, x);
    return a;
}

// A file with a head of the caller's own, as other programs write it.
std::string file_of(const std::string& head, const std::string& data, int major = 1) {
    std::string out = "\x93NUMPY";
    out += static_cast<char>(major);
    out += '\0';
    put_little(out, head.size(), major == 1 ? 2 : 4);
    return out + head + data;
}

}  // namespace

TEST_CASE("npy: read back as written, the data at a multiple of 64") {
    for (const auto& shape : {std::vector<std::uint64_t>{}, {1}, {6}, {2, 3}, {1, 2, 3}, {0}, {0, 3}}) {
        std::uint64_t n = 1;
        for (const std::uint64_t extent : shape) n *= extent;
        std::vector<float> values;
        for (std::uint64_t i = 0; i < n; ++i) values.push_back(0.5f * static_cast<float>(i) - 1.0f);
        const std::string file = npy(floats_of(values, shape));
        CHECK((file.size() - 4 * values.size()) % 64 == 0);
        const array a = read_npy(file, "name");
        CHECK(a.name == "name");
        CHECK(a.shape == shape);
        CHECK(a.values == values);
    }
    CHECK(npy(floats_of({1.0f}, {1})).substr(10, 57) == "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }");
}

TEST_CASE("npy: heads of other programs and versions, and columns first") {
    std::string data;
    for (const float x : {1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f}) put(data, x);
    CHECK(read_npy(file_of("{\"x\": 1, 'shape':(2,3),'fortran_order':True, 'descr':'<f4'}", data, 2), "w").values ==
          std::vector<float>{1, 3, 5, 2, 4, 6});
    CHECK(read_npy(file_of("{'descr': '<f4', 'fortran_order': True, 'shape': (6,)}", data, 3), "w").values ==
          std::vector<float>{1, 2, 3, 4, 5, 6});
    CHECK(read_npy(file_of("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", "\x05\xff"), "w").values ==
          std::vector<float>{5, 255});
    CHECK_THROWS_AS(read_npy(file_of("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2, 3)}", data), "w"), format_error);
    CHECK_THROWS_AS(read_npy(file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (6)", data, 4), "w"), format_error);
}

TEST_CASE("npy: what is not read is named") {
    const std::string data(64, '\0');
    for (const char* head : {
             "{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}",
             "{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}",
             "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
             "{'descr': '<U3', 'fortran_order': False, 'shape': (2,)}",
             "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
             "{'descr': '<f4', 'fortran_order': False}",
             "{'descr': '<f4', 'shape': (2,)}",
             "{'fortran_order': False, 'shape': (2,)}",
             "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
             "{'descr': '<f4', 'fortran_order': False, 'shape': (17,)}",
             "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
             "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,)}",
             "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 99999999999)}",
             "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
             "{'descr': '<f4', 'fortran_order': False, 'shape': (x,)}",
             "{'descr': '<f3', 'fortran_order': False, 'shape': (2,)}",
             "{'descr': '",
             "{'shape': ",
             "",
         }) {
        CAPTURE(head);
        CHECK_THROWS_AS(read_npy(file_of(head, data), "w"), format_error);
    }
    CHECK_THROWS_AS(read_npy("no numpy file at all", "w"), format_error);
}

TEST_CASE("npy: cut anywhere, changed anywhere") {
    const std::string file = npy(floats_of({1, 2, 3, 4, 5, 6}, {2, 3}));
    const auto read = [](std::string_view bytes) { return read_npy(bytes, "w"); };
    formats_test::refuses_every_truncation(file, read);
    CHECK(formats_test::survives_every_change(file, read) > 100);
}
