#include <doctest/doctest.h>

#define MSGPACK_NO_BOOST
#include <bit>
#include <limits>
#include <msgpack.hpp>
#include <span>
#include <string>
#include <vector>

#include <synapse/checkpoint/pack.hpp>
#include <synapse/core/random.hpp>

using namespace synapse;

namespace {

struct string_sink {
    std::string text;
    status write(std::span<const std::byte> bytes) {
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return status::ok;
    }
};

struct failing_sink {
    int calls = 0;
    int good = 0;
    status write(std::span<const std::byte>) { return calls++ < good ? status::ok : status::no_room; }
};

template <class Ours, class Theirs>
void compare(Ours ours, Theirs theirs) {
    string_sink mine;
    packer out{mine};
    ours(out);
    REQUIRE(out.outcome() == status::ok);
    msgpack::sbuffer other;
    msgpack::packer<msgpack::sbuffer> oracle{other};
    theirs(oracle);
    REQUIRE(mine.text == std::string(other.data(), other.size()));
}

std::vector<std::uint64_t> edges() {
    std::vector<std::uint64_t> out;
    for (unsigned bit = 0; bit < 64; ++bit) {
        const std::uint64_t power = 1ull << bit;
        for (const std::uint64_t n : {power - 1, power, power + 1}) out.push_back(n);
    }
    out.push_back(std::numeric_limits<std::uint64_t>::max());
    return out;
}

}  // namespace

TEST_CASE("pack: every integer, length and container head is msgpack-cxx's, byte for byte") {
    for (const std::uint64_t n : edges()) {
        compare([&](packer& p) { p.unsigned_integer(n); }, [&](auto& p) { p.pack_uint64(n); });
        const auto length = static_cast<std::uint32_t>(n & 0xffffffffu);
        compare([&](packer& p) { p.array(length); }, [&](auto& p) { p.pack_array(length); });
        compare([&](packer& p) { p.map(length); }, [&](auto& p) { p.pack_map(length); });
        compare([&](packer& p) { p.binary(length); }, [&](auto& p) { p.pack_bin(length); });
        if (n <= 70000) {
            const std::string text(static_cast<std::size_t>(n), 'x');
            compare(
                [&](packer& p) { p.text(text.data(), static_cast<std::uint32_t>(text.size())); },
                [&](auto& p) {
                    p.pack_str(static_cast<std::uint32_t>(text.size())).pack_str_body(text.data(), static_cast<std::uint32_t>(text.size()));
                });
        }
    }
    compare(
        [](packer& p) {
            p.nil();
            p.boolean(true);
            p.boolean(false);
        },
        [](auto& p) {
            p.pack_nil();
            p.pack_true();
            p.pack_false();
        });
}

TEST_CASE("pack: random documents are msgpack-cxx's, byte for byte") {
    random_generator dice{9};
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::uint32_t> script(1 + dice.below(40));
        for (auto& s : script) s = dice.next();
        compare(
            [&](packer& p) {
                for (const auto s : script) {
                    const std::uint32_t n = s >> (8 + s % 24);
                    switch (s % 5) {
                        case 0: p.unsigned_integer(n); break;
                        case 1: p.text("synapse", n % 8); break;
                        case 2: p.array(n); break;
                        case 3: p.map(n); break;
                        default: p.nil();
                    }
                }
            },
            [&](auto& p) {
                for (const auto s : script) {
                    const std::uint32_t n = s >> (8 + s % 24);
                    switch (s % 5) {
                        case 0: p.pack_uint32(n); break;
                        case 1: p.pack_str(n % 8).pack_str_body("synapse", n % 8); break;
                        case 2: p.pack_array(n); break;
                        case 3: p.pack_map(n); break;
                        default: p.pack_nil();
                    }
                }
            });
    }
}

TEST_CASE("pack: a float keeps its type and its bits") {
    for (const float x :
         {0.0f, -0.0f, 1.0f, 2.0f, -7.0f, 0.1f, 1e-40f, std::numeric_limits<float>::max(), std::numeric_limits<float>::infinity()}) {
        string_sink mine;
        packer out{mine};
        out.real(x);
        REQUIRE(mine.text.size() == 5);
        CHECK(static_cast<unsigned char>(mine.text[0]) == 0xca);
        const msgpack::object_handle read = msgpack::unpack(mine.text.data(), mine.text.size());
        REQUIRE(read.get().type == msgpack::type::FLOAT32);
        CHECK(std::bit_cast<std::uint32_t>(static_cast<float>(read.get().via.f64)) == std::bit_cast<std::uint32_t>(x));
    }
}

TEST_CASE("pack: the first failure of the sink stays, and nothing is written after it") {
    failing_sink sink{.good = 2};
    packer out{sink};
    out.nil();
    out.nil();
    CHECK(out.outcome() == status::ok);
    out.map(3);
    CHECK(out.outcome() == status::no_room);
    out.text("more");
    out.real(1.0f);
    CHECK(out.outcome() == status::no_room);
    CHECK(sink.calls == 3);
}

TEST_CASE("pack: without a sink bytes are counted and summed up, and nothing fails") {
    std::byte room[64];
    span_sink sink{room};
    packer to_memory{sink};
    packer nowhere;
    for (packer* p : {&to_memory, &nowhere}) {
        p->map(2);
        p->text("key");
        p->real(1.5f);
        p->text("");
        p->unsigned_integer(70000);
        CHECK(p->outcome() == status::ok);
    }
    CHECK(nowhere.size() == sink.written().size());
    CHECK(nowhere.crc() == crc32c::of(sink.written()));
}
