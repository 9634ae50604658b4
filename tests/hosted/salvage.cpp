// Damaged checkpoints: what is wrong is said exactly, what is left is found, and nothing that is damaged passes for sound.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "../checkpoint/oracle.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/salvage.hpp>

using namespace checkpoint_test;

namespace {

std::vector<std::byte> a_file() {
    any_learner<> model{shape{.inputs = 3, .outputs = 2, .hidden = {7, 5}, .replay = 9}};
    random_generator dice{1};
    for (int i = 0; i < 40; ++i) {
        float x[3] = {dice.symmetric(), dice.symmetric(), dice.symmetric()};
        float y[2] = {x[0], x[1] * x[2]};
        REQUIRE(model.step(x, y) == status::ok);
    }
    return saved(model, {.reason = "auto", .timestamp = 99});
}

std::string said(const salvage& s) {
    std::string text;
    for (const auto& p : s.problems) text += p + "\n";
    return text;
}
bool says(const salvage& s, const char* words) { return said(s).find(words) != std::string::npos; }

}  // namespace

TEST_CASE("salvage: a sound file has no problems, and everything in it is found") {
    const auto file = a_file();
    const salvage s = examine(file);
    CHECK(s.outcome == status::ok);
    CHECK_MESSAGE(s.problems.empty(), said(s));
    CHECK(s.payload_is_sound);
    checkpoint_reader in;
    REQUIRE(in.open(file) == status::ok);
    REQUIRE(s.tensors.size() == in.tensors().size());
    for (std::size_t i = 0; i < s.tensors.size(); ++i) {
        CHECK(s.tensors[i].name == in.tensors()[i].name);
        CHECK(s.tensors[i].whole());
    }
    REQUIRE(s.numbers.size() == in.numbers().size());
    for (std::size_t i = 0; i < s.numbers.size(); ++i) {
        CHECK(s.numbers[i].name == in.numbers()[i].name);
        CHECK(s.numbers[i].value == in.numbers()[i].value);
    }
}

TEST_CASE("salvage: every truncation is refused, and more bytes never give less") {
    const auto file = a_file();
    std::size_t tensors = 0, numbers = 0;
    for (std::size_t n = 0; n < file.size(); ++n) {
        const salvage s = examine(std::span<const std::byte>{file}.first(n));
        CHECK(s.outcome != status::ok);
        REQUIRE(!s.problems.empty());
        CHECK(s.tensors.size() >= tensors);
        CHECK(s.numbers.size() >= numbers);
        tensors = s.tensors.size();
        numbers = s.numbers.size();
        if (n >= 32) CHECK(says(s, ("cut short: " + std::to_string(n - 32) + " of the payload's " + std::to_string(file.size() - 32)).c_str()));
    }
    CHECK(says(examine(std::span<const std::byte>{file}.first(0)), "empty"));
    CHECK(says(examine(std::span<const std::byte>{file}.first(31)), "fewer than the header's 32"));
}

TEST_CASE("salvage: a single flipped bit is found where it is") {
    const auto file = a_file();
    for (std::size_t byte = 0; byte < file.size(); ++byte) {
        auto damaged = file;
        const unsigned bit = static_cast<unsigned>(byte) % 8;
        damaged[byte] ^= static_cast<std::byte>(1u << bit);
        const salvage s = examine(damaged);
        CHECK(s.outcome != status::ok);
        if (byte >= 20 && byte < 32) continue;  // the two CRCs themselves and the length
        const std::string place = "bit " + std::to_string(bit) + " of byte " + std::to_string(byte) + " had flipped";
        CHECK_MESSAGE(says(s, place.c_str()), byte << ": " << said(s));
        if (byte < 20) CHECK(says(s, "only the header is damaged"));
    }
    auto damaged = file;
    checkpoint_reader in;
    REQUIRE(in.open(file) == status::ok);
    // Row 2, column 3 of a weight: found by its bytes, which come but once.
    const auto* weight = in.find_tensor("model_state_dict/fast/layer_0/weight");
    const auto* wanted = weight->bytes.data() + (2 * 7 + 3) * 4;
    std::size_t at = 32;
    while (!std::equal(wanted, wanted + 4, file.begin() + static_cast<std::ptrdiff_t>(at))) ++at;
    damaged[at] ^= std::byte{1};
    CHECK(says(examine(damaged), "(model_state_dict/fast/layer_0/weight, row 2, column 3)"));
}

TEST_CASE("salvage: structure and numbers that are wrong under right CRCs") {
    const auto file = a_file();
    auto worse = file;
    checkpoint_reader in;
    REQUIRE(in.open(file) == status::ok);
    const auto* weight = in.find_tensor("model_state_dict/fast/layer_1/weight");
    std::size_t at = 32;
    while (!std::equal(weight->bytes.begin(), weight->bytes.begin() + 4, file.begin() + static_cast<std::ptrdiff_t>(at))) ++at;
    store_little(worse.data() + at, 0x7fc00000u);
    mend(worse);
    salvage s = examine(worse);
    CHECK(s.outcome == status::corrupt);
    CHECK(says(s, "model_state_dict/fast/layer_1/weight: 1 of 35 numbers are NaN or infinite"));

    worse = file;
    worse[32] = std::byte{0xc1};  // begins nothing
    mend(worse);
    s = examine(worse);
    CHECK(s.outcome == status::corrupt);
    CHECK(says(s, "reading stops at byte 32: a map should begin here"));
    CHECK(s.tensors.empty());

    worse = file;
    worse[7] = std::byte{9};
    store_little(worse.data() + 28, crc32c::of(std::span<const std::byte>{worse}.first(28)));
    s = examine(worse);
    CHECK(s.outcome == status::too_new);
    CHECK(says(s, "newer"));

    const std::vector<std::byte> noise(5000, std::byte{0x42});
    s = examine(noise);
    CHECK(s.outcome == status::corrupt);
    CHECK(says(s, "another kind of file"));
    int error = 0;
    CHECK(examine("/nowhere/at/all.syn", error).outcome == status::not_found);
    CHECK(error != 0);
}

TEST_CASE("salvage: a map of one key that comes twice is named as the strict reader names it") {
    std::vector<std::byte> file(32);
    for (const int c : {0x82, 0xa1, 0x61, 0x01, 0xa1, 0x61, 0x02}) file.push_back(static_cast<std::byte>(c));
    format::header h{.sequence = 1, .payload_bytes = 7, .payload_crc = crc32c::of(std::span<const std::byte>{file}.subspan(32))};
    std::byte head[format::header_bytes];
    format::encode(h, head);
    std::copy_n(head, sizeof head, file.begin());
    const salvage s = examine(file);
    CHECK(s.outcome == status::corrupt);
    CHECK(says(s, "comes twice"));
}
