// The desk's reader and the device's: what one accepts the other accepts, and they see the same numbers.
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "../checkpoint/oracle.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>

using namespace checkpoint_test;

namespace {

std::vector<std::byte> a_learner_file(any_learner<>& model) {
    random_generator dice{1};
    for (int i = 0; i < 40; ++i) {
        float x[3] = {dice.symmetric(), dice.symmetric(), dice.symmetric()};
        float y[2] = {x[0], x[1] * x[2]};
        REQUIRE(model.step(x, y) == status::ok);
    }
    return saved(model, {.reason = "auto", .timestamp = 99});
}

}  // namespace

TEST_CASE("checkpoint reader: every number and tensor by name") {
    any_learner<> model{shape{.inputs = 3, .outputs = 2, .hidden = {7, 5}, .replay = 9}, {.replay_ratio = 0.5f}};
    const auto file = a_learner_file(model);
    checkpoint_reader in;
    REQUIRE(in.open(file) == status::ok);
    CHECK(in.header().payload_bytes == file.size() - format::header_bytes);
    CHECK(in.value("step_count") == 40.0);
    CHECK(in.value("report/steps") == 40.0);
    CHECK(in.value("tuning/replay_ratio") == 0.5);
    CHECK(in.value("shape/hidden/1") == 5.0);
    CHECK(in.text("reason") == "auto");
    CHECK(in.text("software") == version);
    CHECK(in.text("step_count").empty());
    CHECK(in.value("reason") == std::nullopt);
    CHECK(in.value("nothing") == std::nullopt);
    CHECK(in.find("history_buffer") != nullptr);
    CHECK(in.find_tensor("nothing") == nullptr);
    const auto* weight = in.find_tensor("model_state_dict/fast/layer_1/weight");
    REQUIRE(weight != nullptr);
    CHECK(weight->dtype == "<f4");
    REQUIRE(weight->rows == 7);
    REQUIRE(weight->cols == 5);
    for (std::uint32_t r = 0; r < 7; ++r) {
        for (std::uint32_t c = 0; c < 5; ++c) CHECK((*weight)[r * 5 + c] == static_cast<double>(model.fast().layer(1).weights()(r, c)));
    }
    CHECK(in.find_tensor("replay_buffer/samples")->rows == 9);
}

TEST_CASE("checkpoint reader: elements of every type") {
    tree t;
    t.begin(3);
    checkpoint_reader in;
    REQUIRE(in.open(saved(t)) == status::ok);
    for (std::uint32_t i = 0; i < 5; ++i) CHECK((*in.find_tensor("first/label"))[i] == static_cast<double>(t.first.label[i]));
    for (std::uint32_t i = 0; i < 3; ++i) CHECK((*in.find_tensor("first/count"))[i] == static_cast<double>(t.first.count[i]));
    for (std::uint32_t i = 0; i < 2; ++i) CHECK((*in.find_tensor("first/wide"))[i] == static_cast<double>(t.first.wide[i]));
    for (std::uint32_t i = 0; i < 2; ++i) CHECK((*in.find_tensor("first/mark"))[i] == static_cast<double>(t.first.mark[i]));
    CHECK(in.value("first/flag") == (t.first.flag ? 1.0 : 0.0));
    CHECK(in.value("steps") == static_cast<double>(t.steps));
    any_learner<> halves{shape{.inputs = 2, .outputs = 1, .replay = 4, .format = sample_format::f16}};
    const float x[2] = {0.5f, -2.0f};
    const float y[1] = {1.0f};
    REQUIRE(halves.step(x, y) == status::ok);
    REQUIRE(in.open(saved(halves)) == status::ok);
    const auto* samples = in.find_tensor("replay_buffer/samples");
    REQUIRE(samples != nullptr);
    CHECK(samples->dtype == "<f2");
    CHECK((*samples)[0] == 0.5);
    CHECK((*samples)[1] == -2.0);
}

TEST_CASE("checkpoint reader: damaged files are refused and leave it empty") {
    tree t;
    t.begin(4);
    const auto file = saved(t);
    checkpoint_reader in;
    for (std::size_t n = 0; n < file.size(); ++n) {
        std::vector<std::byte> cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(n));
        REQUIRE(in.open(cut) == (n == 0 ? status::not_found : status::corrupt));
        REQUIRE(in.tensors().empty());
        REQUIRE_FALSE(in.complaint().empty());
    }
    for (std::size_t bit = 0; bit < 8 * file.size(); bit += 3) {
        auto other = file;
        other[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        REQUIRE(in.open(other) == status::corrupt);
    }
    CHECK(in.open(std::string("/no/such/file")) == status::not_found);
    CHECK(in.open(std::string("/tmp")) == status::io_error);
    const std::string payload = payload_of(file);
    CHECK(in.open(file_of(repacked(payload, {.twice = true, .target = 0}))) == status::corrupt);
    CHECK(in.open(file_of(repacked(payload, {.stranger_twice = true, .target = 2}))) == status::corrupt);
    CHECK(in.open(file_of(payload + '\x01')) == status::corrupt);
    CHECK(in.open(file_of("\x01")) == status::corrupt);
    CHECK(in.open(file_of(std::string("\xdd\x3f\xff\xff\xff", 5))) == status::corrupt);
    CHECK(in.open(file_of(std::string(20, '\x91') + '\x01')) == status::corrupt);
    CHECK(in.open(replaced(file, "\xa3<f4", "\xa3<f8")) == status::corrupt);
    CHECK(in.open(file_of(std::string("\x81\x05\x01"))) == status::corrupt);
    CHECK(in.open(file_of(repacked(payload, {.reversed = true, .strangers = true, .wide = true}))) == status::ok);
    CHECK(in.open(file) == status::ok);
}

TEST_CASE("checkpoint reader: what the device's reader takes in, the desk's does, whatever was changed") {
    tree from;
    from.begin(5);
    tree to;
    to.begin(6);
    const auto file = saved(from);
    checkpoint_reader in;
    int both = 0;
    for (std::size_t bit = 8 * format::header_bytes; bit < 8 * file.size(); ++bit) {
        auto other = file;
        other[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        mend(other);
        if (!ok(loaded(to, other))) continue;
        REQUIRE(in.open(other) == status::ok);
        ++both;
        const auto* label = in.find_tensor("first/label");
        REQUIRE(label != nullptr);
        for (std::uint32_t i = 0; i < 5; ++i) REQUIRE((*label)[i] == static_cast<double>(to.first.label[i]));
        REQUIRE(in.value("steps") == static_cast<double>(to.steps));
    }
    CHECK(both > 100);
}
