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

TEST_CASE("field visitor: keys are names with an index, cut at the room there is") {
    CHECK(spelled({"weight"}) == "weight");
    CHECK(spelled({"layer", 0}) == "layer_0");
    CHECK(spelled({"layer", 4294967294u}) == "layer_4294967294");
    CHECK(spelled({""}) == "");
    CHECK(spelled({"weight"}, 3) == "wei");
    CHECK(spelled({"layer", 123}, 7) == "layer_1");
    CHECK(spelled({"layer", 123}, 5) == "layer");
}

TEST_CASE("field visitor: kinds of numbers, their sizes and their names in numpy") {
    CHECK(kind_of<bool>() == number_kind::boolean);
    CHECK(kind_of<float>() == number_kind::f32);
    CHECK(kind_of<std::byte>() == number_kind::u8);
    CHECK(kind_of<colour>() == number_kind::u8);
    CHECK(kind_of<std::uint16_t>() == number_kind::u16);
    CHECK(kind_of<std::uint32_t>() == number_kind::u32);
    CHECK(kind_of<std::uint64_t>() == number_kind::u64);
    for (const number_kind k : {number_kind::boolean, number_kind::u8, number_kind::u16, number_kind::u32, number_kind::u64, number_kind::f32}) {
        CHECK(detail::element_of(k, role::state).size == size_of(k));
    }
    CHECK(std::string(detail::element_of(number_kind::u8, role::packed_f32).dtype) == "<f4");
    CHECK(std::string(detail::element_of(number_kind::u8, role::packed_f16).dtype) == "<f2");
    CHECK(detail::element_of(number_kind::u8, role::packed_f16).is_float);
}

TEST_CASE("field visitor: elements of a machine of the other byte order are turned round, each by itself") {
    for (const std::uint32_t size : {1u, 2u, 4u, 8u}) {
        std::byte bytes[24];
        for (unsigned i = 0; i < 24; ++i) bytes[i] = static_cast<std::byte>(i);
        detail::swap_elements(bytes, sizeof bytes, size);
        for (unsigned i = 0; i < 24; ++i) CHECK(bytes[i] == static_cast<std::byte>(i / size * size + (size - 1 - i % size)));
        detail::swap_elements(bytes, sizeof bytes, size);
        for (unsigned i = 0; i < 24; ++i) CHECK(bytes[i] == static_cast<std::byte>(i));
    }
}

TEST_CASE("field visitor: a part's hooks and defaults are found where it has them") {
    constexpr auto& with = field_visitor::operations_of<leaf>;
    CHECK((with.settle != nullptr));
    CHECK((with.restored != nullptr));
    CHECK((with.defaults == nullptr));
    constexpr auto& numbers = field_visitor::operations_of<options>;
    CHECK((numbers.settle != nullptr));
    CHECK((numbers.restored == nullptr));
    REQUIRE((numbers.defaults != nullptr));
    CHECK(static_cast<const options*>(numbers.defaults)->every == 10);
    constexpr auto& neither = field_visitor::operations_of<empty_part>;
    CHECK((neither.settle == nullptr));
    CHECK((neither.restored == nullptr));
}
