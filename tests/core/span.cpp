#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/span.hpp>

namespace {

float sum(synapse::span<const float> numbers) {
    float total = 0.0f;
    for (const float x : numbers) total += x;
    return total;
}

// What a user's own functions ask for.
std::size_t seen(std::span<const float> numbers) { return numbers.size(); }
std::size_t filled(std::span<float> numbers) {
    for (float& x : numbers) x = 1.0f;
    return numbers.size();
}

struct base {
    int a;
};
struct derived : base {
    int b;
};

template <class From, class To>
constexpr bool becomes = std::is_convertible_v<From, synapse::span<To>>;

}  // namespace

TEST_CASE("span: all that lends consecutive numbers becomes one unasked") {
    float array[3] = {1.0f, 2.0f, 3.0f};
    const std::array<float, 3> fixed{1.0f, 2.0f, 3.0f};
    std::vector<float> vector{1.0f, 2.0f, 3.0f};
    CHECK(sum(array) == 6.0f);
    CHECK(sum(fixed) == 6.0f);
    CHECK(sum(vector) == 6.0f);
    CHECK(sum(std::span{array}) == 6.0f);
    CHECK(sum(std::span<const float>{vector}) == 6.0f);
    CHECK(sum(std::vector<float>{4.0f}) == 4.0f);
    CHECK(sum(synapse::span<float>{vector}) == 6.0f);
    CHECK(sum({array, 2}) == 3.0f);
    CHECK(sum({}) == 0.0f);
    const std::string text = "abc";
    CHECK(synapse::span<const char>{text}.size() == 3);
    CHECK(synapse::span{array}.data() == array);
    static_assert(std::is_same_v<decltype(synapse::span{fixed}), synapse::span<const float>>);
}

TEST_CASE("span: what is none does not become one") {
    static_assert(!becomes<const std::vector<float>&, float>);  // would drop const
    static_assert(!becomes<std::span<const float>, float>);
    static_assert(!becomes<const float (&)[3], float>);
    static_assert(!becomes<std::vector<double>&, const float>);  // other numbers
    static_assert(!becomes<std::int32_t (&)[3], const std::uint32_t>);
    static_assert(!becomes<std::vector<derived>&, base>);  // other strides
    static_assert(!becomes<std::vector<bool>&, bool>);     // no numbers one behind another
    static_assert(!becomes<float*, float>);                // no size
    static_assert(!becomes<std::vector<float>, float>);    // what would be written dies at once
    static_assert(becomes<std::vector<float>, const float>);
    static_assert(becomes<std::span<float>, float>);
    static_assert(becomes<const std::span<float>, float>);
    static_assert(!becomes<float, const float>);
}

TEST_CASE("span: becomes a std::span where a user's function asks for one") {
    float array[4] = {};
    synapse::span<float> view{array};
    const synapse::span<float> fixed = view;
    const synapse::span<const float> read = view;
    CHECK(seen(view) == 4);
    CHECK(seen(fixed) == 4);
    CHECK(seen(read) == 4);
    CHECK(seen(synapse::span<float>{array}) == 4);
    CHECK(seen(synapse::span<const float>{array}) == 4);
    CHECK(filled(synapse::span<float>{array}.first(1)) == 1);
    CHECK(sum(array) == 1.0f);
    CHECK(filled(view) == 4);
    CHECK(filled(fixed) == 4);
    CHECK(sum(array) == 4.0f);
    const std::span<float> copied = view;
    const std::span<float> direct{fixed};
    const std::span<float> of_temporary = view.last(2);
    CHECK(copied.data() == array);
    CHECK(direct.data() == array);
    CHECK(of_temporary.data() == array + 2);
    static_assert(!std::is_convertible_v<synapse::span<const float>, std::span<float>>);
    static_assert(!std::is_convertible_v<synapse::span<float>, std::span<float, 3>>);  // a size that nobody checked
    static_assert(!std::is_convertible_v<synapse::span<float>, std::span<double>>);
}

TEST_CASE("span: parts of it") {
    static constexpr int numbers[] = {10, 11, 12, 13};
    constexpr synapse::span<const int> all{numbers};
    static_assert(all.size() == 4 && all.size_bytes() == 16 && !all.empty());
    static_assert(all[3] == 13);
    static_assert(all.first(2).size() == 2 && all.first(2)[1] == 11);
    static_assert(all.last(1)[0] == 13);
    static_assert(all.subspan(1).size() == 3 && all.subspan(1)[0] == 11);
    static_assert(all.subspan(1, 2).size() == 2 && all.subspan(1, 2).end() == numbers + 3);
    static_assert(all.subspan(4).empty() && all.first(0).empty() && all.last(0).empty());
    static_assert(synapse::span<int>{}.empty() && synapse::span<int>{}.data() == nullptr);
}

TEST_CASE("span: as bytes") {
    std::uint16_t numbers[2] = {0x0101, 0x0202};
    const synapse::span<const std::byte> bytes = as_bytes(synapse::span{numbers});
    REQUIRE(bytes.size() == 4);
    CHECK(bytes[0] == std::byte{1});
    CHECK(bytes[3] == std::byte{2});
    CHECK(static_cast<const void*>(bytes.data()) == numbers);
}
