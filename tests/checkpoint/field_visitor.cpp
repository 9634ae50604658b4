#include <doctest/doctest.h>

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

}  // namespace

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
    const auto entries = [](const part_operations& operations) {
        chooser part;
        std::byte room[64];
        span_sink sink{room};
        packer out{sink};
        field_codec codec;
        codec.write_to(out);
        codec.map_of("", &part, operations);
        REQUIRE(out.outcome() == status::ok);
        return static_cast<unsigned>(sink.written()[0]) & 15u;
    };
    CHECK(entries(operations_on<chooser>::table) == 2);
    CHECK(entries(operations_on<chooser, static_cast<feature_set>(feature::momentum)>::table) == 1);
}
