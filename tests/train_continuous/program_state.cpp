#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>

#include "train_continuous/program_state.hpp"

using namespace train_continuous;

namespace {

struct growing_sink {
    std::vector<std::byte> bytes;
    synapse::status write(std::span<const std::byte> more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return synapse::status::ok;
    }
};

program_state some_state() {
    program_state s;
    s.steps = std::uint64_t{1} << 60;
    s.nanoseconds = 7;
    s.refused = 3;
    s.refused_in_a_row = 2;
    s.sleep_left = 11;
    s.examination_due = true;
    s.seed = ~std::uint64_t{0};
    s.replay_ratio = 0.8f;
    s.experience = {1, ~std::uint64_t{0}, 0x7ff0000000000000};
    s.examinations = {5};
    return s;
}

bool equal(const program_state& a, const program_state& b) {
    return a.steps == b.steps && a.nanoseconds == b.nanoseconds && a.refused == b.refused && a.refused_in_a_row == b.refused_in_a_row &&
           a.sleep_left == b.sleep_left && a.examination_due == b.examination_due && a.seed == b.seed && a.replay_ratio == b.replay_ratio &&
           a.experience == b.experience && a.examinations == b.examinations;
}

synapse::shape small_shape() {
    synapse::shape form;
    form.inputs = 2;
    form.outputs = 1;
    form.hidden[0] = 3;
    form.replay = 4;
    return form;
}

}  // namespace

TEST_CASE("program_state: words come back as they went in") {
    std::vector<std::uint64_t> words;
    word_writer out{words};
    const unsigned char bytes[11] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    out.put(42);
    out.put_real(-0.0);
    out.put_bytes(bytes, sizeof bytes);
    out.put_real(std::numeric_limits<double>::quiet_NaN());
    CHECK(words.size() == 5);

    word_reader in{words};
    CHECK(in.get() == 42);
    CHECK(std::bit_cast<std::uint64_t>(in.get_real()) == std::uint64_t{1} << 63);
    unsigned char back[11] = {};
    in.get_bytes(back, sizeof back);
    CHECK(std::equal(bytes, bytes + 11, back));
    CHECK(in.left() == 1);
    CHECK(in.get_real() != 0.0);
    CHECK(in.good());
}

TEST_CASE("program_state: after the end come zeros, and it is known") {
    const std::vector<std::uint64_t> words{9};
    word_reader in{words};
    unsigned char bytes[9] = {7, 7, 7, 7, 7, 7, 7, 7, 7};
    in.get_bytes(bytes, sizeof bytes);
    CHECK_FALSE(in.good());
    CHECK(bytes[0] == 7);
    CHECK(in.get() == 9);
    CHECK(in.get() == 0);
    CHECK(in.get_real() == 0.0);
    CHECK_FALSE(in.good());
}

TEST_CASE("program_state: a learner and a program's part are one checkpoint, and each is read without the other") {
    model_type model{small_shape()};
    const float x[2] = {1, 2};
    const float y[1] = {3};
    for (int i = 0; i < 10; ++i) REQUIRE(synapse::ok(model.step(x, y)));
    program_state state = some_state();
    const whole_life all{model, state};
    growing_sink file;
    REQUIRE(synapse::ok(synapse::save(all, file)));
    CHECK(equal(state, some_state()));

    synapse::span_source source{file.bytes};
    program_part part;
    REQUIRE(ok(synapse::load(part, source)));
    CHECK(equal(part.state, some_state()));
    model_type other{small_shape()};
    REQUIRE(ok(synapse::load(other, source)));
    CHECK(synapse::weights_hash(other) == synapse::weights_hash(model));
    CHECK(other.latest().steps == 10);

    // The learner's own bytes are the same whoever saves it.
    growing_sink alone;
    REQUIRE(synapse::ok(synapse::save(model, alone)));
    CHECK(alone.bytes.size() < file.bytes.size());
    synapse::span_source device{alone.bytes};
    program_part nothing;
    const synapse::load_result read = synapse::load(nothing, device);
    CHECK(read.outcome == synapse::status::corrupt);
    CHECK(std::string{read.key.text} == "program");
    CHECK(nothing.state.steps == 0);
}

TEST_CASE("program_state: lists longer than any life writes are refused, and so is every damaged byte") {
    program_part part;
    part.state = some_state();
    growing_sink file;
    REQUIRE(synapse::ok(synapse::save(part, file)));
    for (std::size_t at = 0; at < file.bytes.size(); ++at) {
        std::vector<std::byte> damaged = file.bytes;
        damaged[at] ^= std::byte{0x10};
        synapse::span_source source{damaged};
        program_part read;
        REQUIRE_FALSE(ok(synapse::load(read, source)));
        REQUIRE(equal(read.state, program_state{}));
    }
    // "experience_words" says far more than there are; both sums are right.
    std::vector<std::byte> damaged = file.bytes;
    const char key[] = "experience_words";
    const auto found = std::search(damaged.begin(), damaged.end(), reinterpret_cast<const std::byte*>(key),
                                   reinterpret_cast<const std::byte*>(key) + sizeof key - 1);
    REQUIRE(found != damaged.end());
    for (const std::uint32_t count : {0x7fu, 0xfffffffeu}) {
        std::vector<std::byte> longer{damaged.begin(), found + (sizeof key - 1)};
        longer.push_back(std::byte{0xce});
        for (int shift = 24; shift >= 0; shift -= 8) longer.push_back(static_cast<std::byte>(count >> shift & 0xffu));
        longer.insert(longer.end(), found + sizeof key, damaged.end());
        synapse::format::header h{.sequence = 1};
        const std::span<const std::byte> payload = std::span{longer}.subspan(synapse::format::header_bytes);
        h.payload_bytes = static_cast<std::uint32_t>(payload.size());
        h.payload_crc = synapse::crc32c::of(payload);
        std::byte head[synapse::format::header_bytes];
        synapse::format::encode(h, head);
        std::copy_n(head, sizeof head, longer.begin());
        synapse::span_source source{longer};
        program_part read;
        CHECK(synapse::load(read, source).outcome == synapse::status::wrong_shape);
        CHECK(equal(read.state, program_state{}));
    }
}
