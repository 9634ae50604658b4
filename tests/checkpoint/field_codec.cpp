#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "parts.hpp"

using namespace checkpoint_test;

namespace {

std::string spelled(field_name name, std::uint32_t room = 63) {
    char out[80];
    return {out, detail::spell(name, out, room)};
}

}  // namespace

TEST_CASE("field codec: keys are names with an index, cut at the room there is") {
    CHECK(spelled({"weight"}) == "weight");
    CHECK(spelled({"layer", 0}) == "layer_0");
    CHECK(spelled({"layer", 4294967294u}) == "layer_4294967294");
    CHECK(spelled({""}) == "");
    CHECK(spelled({"weight"}, 3) == "wei");
    CHECK(spelled({"layer", 123}, 7) == "layer_1");
    CHECK(spelled({"layer", 123}, 5) == "layer");
}

TEST_CASE("field codec: kinds of numbers, their sizes and their names in numpy") {
    CHECK(kind_of<bool>() == number_kind::boolean);
    CHECK(kind_of<float>() == number_kind::f32);
    CHECK(kind_of<std::byte>() == number_kind::u8);
    CHECK(kind_of<colour>() == number_kind::u8);
    CHECK(kind_of<std::uint16_t>() == number_kind::u16);
    CHECK(kind_of<std::uint32_t>() == number_kind::u32);
    CHECK(kind_of<std::uint64_t>() == number_kind::u64);
    for (const number_kind k :
         {number_kind::boolean, number_kind::u8, number_kind::u16, number_kind::u32, number_kind::u64, number_kind::f32}) {
        CHECK(array_code(k, role::state).bytes() == size_of(k));
        CHECK(array_code(k, role::state).memory_bytes() == size_of(k));
        CHECK(array_code(k, role::weights).is_float() == (k == number_kind::f32));
    }
    const auto dtype = [](number_kind k, role r) { return std::string(array_code(k, r).dtype(), array_code::dtype_length); };
    CHECK(dtype(number_kind::u8, role::state) == "|u1");
    CHECK(dtype(number_kind::boolean, role::state) == "|u1");
    CHECK(dtype(number_kind::u16, role::state) == "<u2");
    CHECK(dtype(number_kind::u32, role::state) == "<u4");
    CHECK(dtype(number_kind::u64, role::state) == "<u8");
    CHECK(dtype(number_kind::f32, role::weights) == "<f4");
    CHECK(dtype(number_kind::u8, role::packed_f32) == "<f4");
    CHECK(dtype(number_kind::u8, role::packed_f16) == "<f2");
    CHECK(array_code(number_kind::u8, role::packed_f16).is_float());
    CHECK(array_code(number_kind::u8, role::packed_f16).bytes() == 2);
    CHECK(array_code(number_kind::u8, role::packed_f16).memory_bytes() == 1);
}

TEST_CASE("field codec: elements of a machine of the other byte order are turned round, each by itself") {
    for (const std::uint32_t size : {1u, 2u, 4u, 8u}) {
        std::byte bytes[24];
        for (unsigned i = 0; i < 24; ++i) bytes[i] = static_cast<std::byte>(i);
        detail::swap_elements(bytes, sizeof bytes, size);
        for (unsigned i = 0; i < 24; ++i) CHECK(bytes[i] == static_cast<std::byte>(i / size * size + (size - 1 - i % size)));
        detail::swap_elements(bytes, sizeof bytes, size);
        for (unsigned i = 0; i < 24; ++i) CHECK(bytes[i] == static_cast<std::byte>(i));
    }
}

TEST_CASE("field codec: what one writes, one reads, and a failed field is named once") {
    std::byte room[256];
    span_sink sink{room};
    packer out{sink};
    options from{.rate = 0.25f, .every = 7};
    field_codec writer;
    writer.write_to(out);
    CHECK_FALSE(writer.reading());
    writer.map_of("", &from, operations_on<options>::table);
    REQUIRE(out.outcome() == status::ok);

    span_source source{sink.written()};
    options to;
    field_codec reader;
    reader.read_from(opened_source{source});
    CHECK(reader.reading());
    reader.map_of("", &to, operations_on<options>::table);
    CHECK(reader.good());
    CHECK(reader.at_end());
    CHECK(to.rate == 0.25f);
    CHECK(to.every == 7);

    for (std::uint32_t n = 0; n < sink.written().size(); ++n) {
        field_codec cut;
        cut.read_from(opened_source{source, n});
        options before{.rate = 3.0f};
        cut.map_of("", &before, operations_on<options>::table);
        CHECK(cut.outcome() == status::corrupt);
    }
    // The map has 12 as its first number's type: no float.
    room[6] = std::byte{12};
    field_codec wrong;
    wrong.read_from(opened_source{source});
    wrong.map_of("somewhere", &to, operations_on<options>::table);
    CHECK(wrong.outcome() == status::corrupt);
}

TEST_CASE("field codec: an index is of one field alone") {
    const auto keys = [](auto visit) {
        std::byte room[64];
        span_sink sink{room};
        packer out{sink};
        field_codec codec;
        codec.write_to(out);
        visit(codec);
        return std::string(reinterpret_cast<const char*>(sink.written().data()), sink.written().size());
    };
    CHECK(keys([](field_codec& c) {
              c.index = 12;
              c.absent("a");
              c.absent("b");
          }) ==
          "\xa4"
          "a_12\xc0\xa1"
          "b\xc0");
}
