#include <span>

#include <doctest/doctest.h>

#include "oracle.hpp"

#include <synapse/learner/learner.hpp>

using namespace checkpoint_test;

namespace {

std::string text_of(const object& o) { return {o.via.str.ptr, o.via.str.size}; }

}  // namespace

TEST_CASE("save: every byte is what msgpack-cxx would have written for the same document") {
    tree t;
    t.begin(1);
    const auto file = saved(t);
    const std::string payload = payload_of(file);
    CHECK(repacked(payload, {}) == payload);
    format::header h;
    REQUIRE(format::decode(std::span{file}.first<format::header_bytes>(), h) == status::ok);
    CHECK(h.payload_bytes == payload.size());
    CHECK(h.payload_crc == crc32c::of(std::span{file}.subspan(format::header_bytes)));
}

TEST_CASE("save: the document holds what the part holds") {
    tree t;
    t.begin(2);
    t.tuning.every = 10;
    const std::string payload = payload_of(saved(t, {.reason = "auto", .timestamp = 1706123456}));
    const msgpack::object_handle handle = understood(payload);
    const object& o = handle.get();
    CHECK(at(o, {"schema"}).via.u64 == format::schema);
    CHECK(text_of(at(o, {"software"})) == version);
    CHECK(text_of(at(o, {"reason"})) == "auto");
    CHECK(at(o, {"timestamp"}).via.u64 == 1706123456);
    CHECK(at(o, {"steps"}).via.u64 == t.steps);
    CHECK(at(o, {"shape", "marked"}).via.boolean == true);
    CHECK(at(o, {"tuning"}).via.map.size == 0);  // all at their defaults
    CHECK(at(o, {"none"}).via.map.size == 0);  // all scratch
    const object weight = at(o, {"layer_1", "weight"});
    CHECK(text_of(at(weight, {"d"})) == "<f4");
    CHECK(at(weight, {"s"}).via.array.ptr[0].via.u64 == 2);
    CHECK(at(weight, {"s"}).via.array.ptr[1].via.u64 == 3);
    const object bytes = at(weight, {"b"});
    REQUIRE(bytes.via.bin.size == 24);
    for (std::uint32_t i = 0; i < 2; ++i) {
        for (std::uint32_t j = 0; j < 3; ++j) {
            const auto* in = reinterpret_cast<const std::byte*>(bytes.via.bin.ptr) + 4 * (3 * i + j);
            CHECK(load_little<std::uint32_t>(in) == std::bit_cast<std::uint32_t>(t.layers[1].weight[4 * i + j]));
        }
    }
    CHECK(text_of(at(o, {"first", "label", "d"})) == "<u2");
    CHECK(text_of(at(o, {"first", "count", "d"})) == "<u4");
    CHECK(text_of(at(o, {"first", "wide", "d"})) == "<u8");
    CHECK(text_of(at(o, {"first", "mark", "d"})) == "|u1");
    CHECK(text_of(at(o, {"first", "packed", "d"})) == "<f4");
    CHECK(at(o, {"first", "packed", "s"}).via.array.ptr[1].via.u64 == 2);
    CHECK(at(o, {"first", "real"}).type == msgpack::type::FLOAT32);
    CHECK(std::signbit(at(o, {"first", "real"}).via.f64));
    CHECK(at(o, {"first", "scratch"}).type == msgpack::type::NIL);
    CHECK(at(o, {"first", "twice"}).type == msgpack::type::NIL);
}

TEST_CASE("save: the same part gives the same bytes, and saving changes nothing") {
    tree t;
    t.begin(3);
    const std::string before = t.bytes();
    CHECK(saved(t) == saved(t));
    CHECK(t.bytes() == before);
}

TEST_CASE("save: a sink that fails at any call is reported, and gets no more") {
    struct failing {
        int left;
        bool broken = false;
        bool called_after = false;
        status write(std::span<const std::byte>) {
            called_after = called_after || broken;
            if (left-- > 0) return status::ok;
            broken = true;
            return status::no_room;
        }
    };
    tree t;
    t.begin(4);
    int calls = 0;
    for (;; ++calls) {
        failing sink{.left = calls};
        const status s = save(t, sink);
        CHECK_FALSE(sink.called_after);
        if (ok(s)) break;
        REQUIRE(s == status::no_room);
    }
    CHECK(calls > 50);
}

TEST_CASE("save: a long reason is cut to 63 bytes") {
    tree t;
    t.begin(5);
    const std::string reason(200, 'r');
    const std::string payload = payload_of(saved(t, {.reason = reason.c_str()}));
    CHECK(text_of(at(understood(payload).get(), {"reason"})).size() == 63);
}

TEST_CASE("save: a learner's file costs at most 2 % and 1 KiB over its tensors") {
    using model = learner<shape{.inputs = 6, .outputs = 3, .hidden = {32, 32}, .replay = 64, .slow = true}>;
    static fixed_arena<model::bytes> memory;
    model m{memory, {.learning_rate = 0.05f, .replay_ratio = 0.5f, .drift_threshold = 10.0f}};
    random_generator dice{1};
    float x[6];
    float y[3];
    for (int i = 0; i < 500; ++i) {
        for (float& f : x) f = dice.symmetric();
        for (float& f : y) f = x[0] * x[1];
        REQUIRE(m.step(x, y) == status::ok);
    }
    const auto file = saved(m);
    const std::string payload = payload_of(file);
    const msgpack::object_handle handle = understood(payload);
    std::size_t raw = 0;
    const std::function<void(const object&)> add = [&](const object& o) {
        if (o.type == msgpack::type::BIN) raw += o.via.bin.size;
        for (std::uint32_t i = 0; o.type == msgpack::type::MAP && i < o.via.map.size; ++i) add(o.via.map.ptr[i].val);
    };
    add(handle.get());
    MESSAGE("tensors ", raw, " bytes, file ", file.size(), " bytes");
    CHECK(raw >= 2 * 4 * (6 * 32 + 32 + 32 * 32 + 32 + 32 * 3 + 3) + 64 * 4 * 9);
    CHECK(file.size() <= raw + raw / 50 + 1024);
    CHECK(repacked(payload, {}) == payload);
    std::size_t promised = 0;
    for (std::uint32_t i = 0; i < handle.get().via.map.size; ++i) {
        for (const char* key : {"internal_state", "history_buffer", "metrics_history", "replay_buffer", "growth_history"}) {
            promised += text_of(handle.get().via.map.ptr[i].key) == key ? 1u : 0u;
        }
    }
    CHECK(promised == 5);
    CHECK(at(handle.get(), {"step_count"}).via.u64 == 500);
    CHECK(at(handle.get(), {"total_samples_seen"}).via.u64 == 500);
    CHECK(at(handle.get(), {"model_state_dict", "fast", "layer_0", "weight", "s"}).via.array.ptr[0].via.u64 == 6);
    CHECK(at(handle.get(), {"replay_buffer", "samples", "s"}).via.array.ptr[0].via.u64 == 64);
    // What is written when it is not the default must never change its default without a new schema.
    CHECK(at(handle.get(), {"tuning"}).via.map.size == 3);
}
