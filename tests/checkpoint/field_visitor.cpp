#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "parts.hpp"

using namespace checkpoint_test;

namespace {

struct chooser {
    std::uint32_t always = 1;
    std::uint32_t sometimes = 2;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("always", self.always);
        if (sees<Visitor>(feature::slow)) visit.value("sometimes", self.sometimes);
    }
};

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
    constexpr auto& with = operations_on<leaf>::table;
    CHECK((with.settled != nullptr));
    CHECK((with.listing == nullptr));
    constexpr auto& numbers = operations_on<options>::table;
    CHECK((numbers.settled != nullptr));
    REQUIRE((numbers.listing != nullptr));
    REQUIRE((numbers.of.defaults != nullptr));
    CHECK(static_cast<const options*>(numbers.of.defaults)->every == 10);
    options dead{.rate = -1.0f};
    CHECK(numbers.settled(&dead, false) == status::corrupt);
    constexpr auto& neither = operations_on<empty_part>::table;
    CHECK((neither.settled == nullptr));
}

TEST_CASE("field visitor: a list that asks leaves out what the visitor's shape has not") {
    struct counter final : field_visitor {
        int seen = 0;
        void walk_over(void* part, const part_operations& operations) { walk(part, operations); }

    private:
        void numbers(const char*, void*, number_code, const std::byte*) noexcept override { ++seen; }
        void tensor(const char*, void*, array_code, const extent&) noexcept override { ++seen; }
        void enter(const char*, void*, const part_operations&, std::uint32_t) noexcept override { ++seen; }
    };
    chooser part;
    counter all;
    all.walk_over(&part, operations_on<chooser>::table);
    CHECK(all.seen == 2);
    counter few;
    few.walk_over(&part, operations_on<chooser, static_cast<feature_set>(feature::momentum)>::table);
    CHECK(few.seen == 1);
}
