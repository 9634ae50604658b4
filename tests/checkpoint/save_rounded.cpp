#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "oracle.hpp"

#include <synapse/checkpoint/save_rounded.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>

using namespace checkpoint_test;

namespace {

struct growing_sink {
    std::vector<std::byte> bytes;
    status write(std::span<const std::byte> more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return status::ok;
    }
};

template <class Model>
std::vector<std::byte> rounded(const Model& model, rounding how) {
    growing_sink sink;
    REQUIRE(save_rounded(model, sink, how, {.reason = "home"}) == status::ok);
    return sink.bytes;
}

struct trained : any_learner<> {
    explicit trained(bool slow)
        : any_learner<>{shape{.inputs = 5, .outputs = 3, .hidden = {40, 37}, .replay = 10, .slow = slow}, {.replay_ratio = 0.5f}} {
        random_generator dice{8};
        for (int i = 0; i < 300; ++i) {
            float x[5];
            for (float& f : x) f = dice.symmetric();
            const float y[3] = {x[0] * x[1], x[2], x[3] - x[4]};
            REQUIRE(step(x, y) == status::ok);
        }
    }
};

void compare(const checkpoint_reader& file, const std::string& net, const dense& layer, std::uint32_t l, rounding how) {
    const std::string group = "model_state_dict/" + net + "/layer_" + std::to_string(l) + "/";
    const auto one = [&](const char* name, const matrix_view<const float>& m) {
        const auto* t = file.find_tensor(group + name);
        REQUIRE(t != nullptr);
        CHECK(t->dtype == (how == rounding::f16 ? "<f2" : "|u1"));
        REQUIRE(t->rows == m.rows);
        REQUIRE(t->cols == m.cols);
        double low = 1e30;
        double high = -1e30;
        for (std::uint32_t r = 0; r < m.rows; ++r) {
            for (std::uint32_t c = 0; c < m.cols; ++c) {
                low = std::min(low, static_cast<double>(m(r, c)));
                high = std::max(high, static_cast<double>(m(r, c)));
            }
        }
        if (how == rounding::u8) {
            CHECK(file.value(group + name + "_range/0") == low);
            CHECK(file.value(group + name + "_range/1") == high);
        }
        for (std::uint32_t r = 0; r < m.rows; ++r) {
            for (std::uint32_t c = 0; c < m.cols; ++c) {
                const auto exact = static_cast<double>(m(r, c));
                const double error = std::abs((*t)[std::size_t{r} * m.cols + c] - exact);
                REQUIRE(error <= (how == rounding::f16 ? std::abs(exact) / 2048 + 3e-8 : 0.501 * (high - low) / 255 + 1e-7));
            }
        }
    };
    one("weight", layer.weights());
    one("bias", {layer.bias(), 1, layer.outputs().used, layer.stride()});
}

}  // namespace

TEST_CASE("save_rounded: weights come home to within the rounding, everything else exactly") {
    const trained m{true};
    const auto exact = saved(m);
    checkpoint_reader whole;
    REQUIRE(whole.open(exact) == status::ok);
    for (const rounding how : {rounding::f16, rounding::u8}) {
        const auto file = rounded(m, how);
        CHECK(file.size() < exact.size() * (how == rounding::f16 ? 60 : 40) / 100);
        CHECK(repacked(payload_of(file), {}) == payload_of(file));
        checkpoint_reader reader;
        REQUIRE(reader.open(file) == status::ok);
        CHECK(reader.header().flags == format::flag_rounded);
        CHECK(reader.text("reason") == "home");
        for (std::uint32_t l = 0; l < 3; ++l) {
            compare(reader, "fast", m.fast().layer(l), l, how);
            compare(reader, "slow", m.slow().layer(l), l, how);
        }
        REQUIRE(reader.tensors().size() == whole.tensors().size());
        for (std::size_t i = 0; i < whole.tensors().size(); ++i) {
            const auto& a = whole.tensors()[i];
            const auto& b = reader.tensors()[i];
            CHECK(a.name == b.name);
            if (a.name.starts_with("model_state_dict")) continue;
            CHECK(a.dtype == b.dtype);
            CHECK(std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end()));
        }
    }
}

TEST_CASE("save_rounded: no learner takes it in, whatever its header says, and none is changed by trying") {
    const trained m{false};
    any_learner<> other{m.form(), {.seed = 9}};
    const auto before = saved(other);
    for (const rounding how : {rounding::f16, rounding::u8}) {
        auto file = rounded(m, how);
        const load_result r = loaded(other, file);
        CHECK(r.outcome == status::wrong_shape);
        CHECK((r.header.flags & format::flag_rounded) != 0);
        CHECK_FALSE(r.torn);
        mend(file);  // which forgets the flag
        CHECK(loaded(other, file).outcome == status::wrong_shape);
        CHECK(saved(other) == before);
        span_source source{file};
        shape form;
        checkpoint_about about;
        REQUIRE(ok(read_about(source, form, about)));
        CHECK(about.steps == 300);
        CHECK(form.inputs == 5);
    }
}

TEST_CASE("save_rounded: tensors of one value, and weights that no half holds") {
    tree t;
    t.begin(3);
    for (int i = 0; i < 16; ++i) t.first.weight[i] = -2.5f;
    t.layers[0].weight[0] = 70000.0f;
    checkpoint_reader reader;
    REQUIRE(reader.open(rounded(t, rounding::u8)) == status::ok);
    const auto* all_the_same = reader.find_tensor("first/weight");
    REQUIRE(all_the_same != nullptr);
    for (std::size_t i = 0; i < 6; ++i) CHECK((*all_the_same)[i] == -2.5);
    CHECK((*reader.find_tensor("layer_0/weight"))[0] == doctest::Approx(70000.0));
    REQUIRE(reader.open(rounded(t, rounding::f16)) == status::ok);
    CHECK(reader.find_tensor("layer_0/weight")->dtype == "<f4");
    CHECK((*reader.find_tensor("layer_0/weight"))[0] == 70000.0);
    CHECK(reader.find_tensor("layer_1/weight")->dtype == "<f2");
}

TEST_CASE("save_rounded: a sink that fails is reported") {
    struct full {
        int left;
        status write(std::span<const std::byte>) { return left-- > 0 ? status::ok : status::no_room; }
    };
    const trained m{false};
    for (const int left : {0, 1, 5, 60}) {
        full sink{left};
        CHECK(save_rounded(m, sink, rounding::u8) == status::no_room);
    }
}
