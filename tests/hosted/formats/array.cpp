#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "../../checkpoint/oracle.hpp"

#include <synapse/checkpoint/save_rounded.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/formats/array.hpp>

using namespace checkpoint_test;
using namespace synapse::formats;

namespace {

const stored_array* find(const std::vector<stored_array>& all, const char* name) {
    const auto it = std::find_if(all.begin(), all.end(), [&](const stored_array& a) { return a.name == name; });
    return it == all.end() ? nullptr : &*it;
}

}  // namespace

TEST_CASE("arrays: a shape's product is bounded before it is multiplied") {
    CHECK(elements({}, 10, "x") == 1);
    CHECK(elements({2, 3}, 6, "x") == 6);
    CHECK(elements({0, 7}, 6, "x") == 0);
    CHECK_THROWS_AS(elements({2, 4}, 7, "x"), format_error);
    CHECK_THROWS_AS(elements({0xffffffffffffffffu, 0xffffffffffffffffu}, 100, "x"), format_error);
    CHECK_THROWS_AS(elements({0, 0x100000000u}, 100, "x"), format_error);
    CHECK_THROWS_AS(elements({1u << 31, 1u << 31, 4}, ~std::uint64_t{0}, "x"), format_error);
}

TEST_CASE("arrays: every type of number as floats") {
    std::string b;
    put_little(b, 0xfffe, 2);
    CHECK(as_floats(b, 'i', 2, "x") == std::vector<float>{-2.0f});
    CHECK(as_floats(b, 'u', 2, "x") == std::vector<float>{65534.0f});
    CHECK(std::isnan(as_floats(b, 'f', 2, "x")[0]));
    CHECK(as_floats(b, 'i', 1, "x") == std::vector<float>{-2.0f, -1.0f});
    CHECK(as_floats(b, 'b', 1, "x") == std::vector<float>{254.0f, 255.0f});
    b.clear();
    put_little(b, 0x3c00, 2);
    put_little(b, 0xc000, 2);
    CHECK(as_floats(b, 'f', 2, "x") == std::vector<float>{1.0f, -2.0f});
    b.clear();
    put(b, 0.1);
    put(b, 1e300);
    CHECK(as_floats(b, 'f', 8, "x") == std::vector<float>{0.1f, std::numeric_limits<float>::infinity()});
    CHECK(as_floats({}, 'f', 4, "x").empty());
    for (const unsigned size : {0u, 3u, 5u, 9u}) CHECK_THROWS_AS(as_floats(b, 'i', size, "x"), format_error);
    CHECK_THROWS_AS(as_floats(b, 'f', 1, "x"), format_error);
    CHECK_THROWS_AS(as_floats(b, 'c', 8, "x"), format_error);
}

TEST_CASE("arrays: all that is numeric in a checkpoint, and rounded weights as the floats that they stand for") {
    any_learner<> model{shape{.inputs = 3, .outputs = 2, .hidden = {7}, .replay = 9, .format = sample_format::u8}};
    random_generator dice{1};
    for (int i = 0; i < 30; ++i) {
        const float x[3] = {dice.symmetric(), dice.symmetric(), dice.symmetric()}, y[2] = {x[0], x[1] * x[2]};
        REQUIRE(model.step(x, y) == status::ok);
    }
    checkpoint_reader in;
    REQUIRE(in.open(saved(model)) == status::ok);
    const auto all = arrays_of(in);
    for (const auto& t : in.tensors()) {
        const stored_array* a = find(all, t.name.c_str());
        REQUIRE(a != nullptr);
        CHECK(a->dtype == t.dtype);
        CHECK(a->bytes == as_text(t.bytes));
        CHECK(elements(a->shape, 1000, a->name) * t.size_of_element() == t.bytes.size());
    }
    CHECK(find(all, "model_state_dict/fast/layer_0/weight")->shape == std::vector<std::uint64_t>{3, 7});
    CHECK(find(all, "model_state_dict/fast/layer_0/bias")->shape == std::vector<std::uint64_t>{7});
    const stored_array* steps = find(all, "step_count");
    REQUIRE(steps != nullptr);
    CHECK(steps->shape.empty());
    CHECK(steps->dtype == "<u8");
    CHECK(get_little(steps->bytes, 0, 8) == 30);
    CHECK(find(all, "reason") == nullptr);  // a word

    struct sink {
        std::vector<std::byte> bytes;
        status write(std::span<const std::byte> more) {
            bytes.insert(bytes.end(), more.begin(), more.end());
            return status::ok;
        }
    } out;
    REQUIRE(save_rounded(model, out, rounding::u8) == status::ok);
    REQUIRE(in.open(out.bytes) == status::ok);
    const auto rounded = arrays_of(in);
    const stored_array* weight = find(rounded, "model_state_dict/fast/layer_0/weight");
    REQUIRE(weight != nullptr);
    CHECK(weight->dtype == "<f4");
    const auto near = as_floats(weight->bytes, 'f', 4, "x"),
               exact = as_floats(find(all, "model_state_dict/fast/layer_0/weight")->bytes, 'f', 4, "x");
    REQUIRE(near.size() == exact.size());
    for (std::size_t i = 0; i < near.size(); ++i) CHECK(std::fabs(near[i] - exact[i]) < 0.02f);
}
