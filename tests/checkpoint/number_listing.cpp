#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include <synapse/checkpoint/number_listing.hpp>
#include <synapse/learner/report.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>

using namespace synapse;

namespace {

enum class mood : std::uint16_t { calm, wild };

// Gaps before and after, an enumeration, a list.
struct mixed {
    bool flag = false;
    std::uint64_t large = 7;
    mood feeling = mood::calm;
    float list_[3] = {};
    std::uint8_t small = 0;
    static constexpr bool saved_if_not_default = true;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("flag", self.flag);
        visit.value("large", self.large);
        visit.value("feeling_B2", self.feeling);
        visit.list("list", self.list_);
        visit.value("small", self.small);
    }
};

struct zeros {
    std::uint32_t n = 0;
    float x = 0.0f;
    static constexpr bool saved_if_not_default = false;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("n", self.n);
        visit.value("x", self.x);
    }
};

}  // namespace

TEST_CASE("number listing: codes hold a kind, a length and whether a default is left out") {
    for (const number_kind k :
         {number_kind::u8, number_kind::u16, number_kind::u32, number_kind::u64, number_kind::boolean, number_kind::f32}) {
        for (const std::uint32_t n : {std::uint32_t{0}, std::uint32_t{1}, std::uint32_t{7}, std::uint32_t{number_code::longest_list}}) {
            for (const bool sparse : {false, true}) {
                const number_code made{k, n, sparse};
                const number_code read{static_cast<char>(made.bits)};
                CHECK(read.kind() == k);
                CHECK(read.listed() == n);
                CHECK(read.count() == (n == 0 ? 1 : n));
                CHECK(read.sparse() == sparse);
                CHECK(static_cast<char>(made.bits + 1) != '\0');
            }
        }
    }
}

TEST_CASE("number listing: names and kinds in order, to the last bit") {
    struct {
        number_kind kind;
        std::uint32_t listed;
        const char* name;
    } const expected[] = {{number_kind::boolean, 0, "flag"},
                          {number_kind::u64, 0, "large"},
                          {number_kind::u16, 0, "feeling_B2"},
                          {number_kind::f32, 3, "list"},
                          {number_kind::u8, 0, "small"}};
    listing_reader listing{number_listing<mixed>::text.entry};
    for (const auto& e : expected) {
        CHECK(listing.code() == number_code{e.kind, e.listed, true}.bits + 1u);
        char name[16];
        listing.name(name, sizeof name);
        CHECK(std::string(name) == e.name);
    }
    CHECK(listing.code() == 0);
    // Five codes and a zero of 8 bits, 28 characters of 5 and 5 ends, 2 characters of 13; rounded up to bytes.
    CHECK(sizeof number_listing<mixed>::text == (6 * 8 + (26 + 5) * 5 + 2 * 13 + 7) / 8);
}

TEST_CASE("number listing: a name longer than its room is cut, and the next is read all the same") {
    listing_reader listing{number_listing<mixed>::text.entry};
    char name[4] = {'x', 'x', 'x', 'x'};
    CHECK(listing.code() != 0);
    listing.name(name, 3);
    CHECK(std::string(name) == "fl");
    CHECK(name[3] == 'x');
    CHECK(listing.code() == number_code{number_kind::u64, 0, true}.bits + 1u);
    listing.name(name, sizeof name);
    CHECK(std::string(name) == "lar");
}

TEST_CASE("number listing: defaults") {
    CHECK(synapse::default_of<mixed>.large == 7);
    CHECK_FALSE(number_listing<mixed>::all_zero);
    CHECK(number_listing<zeros>::all_zero);
    CHECK(number_listing<report>::all_zero);
    CHECK_FALSE(number_listing<tuning>::all_zero);
    CHECK_FALSE(number_listing<shape>::all_zero);
}
