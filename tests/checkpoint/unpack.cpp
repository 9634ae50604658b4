#include <doctest/doctest.h>

#define MSGPACK_NO_BOOST
#include <bit>
#include <functional>
#include <msgpack.hpp>
#include <span>
#include <string>
#include <vector>

#include <synapse/checkpoint/unpack.hpp>
#include <synapse/core/random.hpp>

using namespace synapse;

namespace {

span_source over(const std::string& text) { return span_source{std::as_bytes(std::span{text.data(), text.size()})}; }

status skipped(unpacker& in, std::uint32_t depth = 0) {
    in.skip(depth);
    return in.outcome();
}

// Reads one object at the reader's place and compares it with what msgpack-cxx made of it.
void same(unpacker& in, const msgpack::object& o) {
    pack_item item;
    in.next(item);
    REQUIRE(in.outcome() == status::ok);
    const auto body_is = [&](const char* data, std::size_t size) {
        REQUIRE(item.length == size);
        std::vector<std::byte> got(size);
        in.bytes(got.data(), got.size());
        REQUIRE(in.outcome() == status::ok);
        REQUIRE(std::string(reinterpret_cast<const char*>(got.data()), size) == std::string(data, size));
    };
    switch (o.type) {
        case msgpack::type::NIL: REQUIRE(item.type == pack_type::nil); break;
        case msgpack::type::BOOLEAN:
            REQUIRE(item.type == pack_type::boolean);
            REQUIRE((item.value == 1) == o.via.boolean);
            break;
        case msgpack::type::POSITIVE_INTEGER:
            REQUIRE(item.type == pack_type::unsigned_integer);
            REQUIRE(item.value == o.via.u64);
            break;
        case msgpack::type::NEGATIVE_INTEGER:
            REQUIRE(item.type == pack_type::negative_integer);
            REQUIRE(static_cast<std::int64_t>(item.value) == o.via.i64);
            break;
        case msgpack::type::FLOAT32:
            REQUIRE(item.type == pack_type::float32);
            REQUIRE(item.value == std::bit_cast<std::uint32_t>(static_cast<float>(o.via.f64)));
            break;
        case msgpack::type::FLOAT64:
            REQUIRE(item.type == pack_type::float64);
            REQUIRE(item.value == std::bit_cast<std::uint64_t>(o.via.f64));
            break;
        case msgpack::type::STR:
            REQUIRE(item.type == pack_type::text);
            body_is(o.via.str.ptr, o.via.str.size);
            break;
        case msgpack::type::BIN:
            REQUIRE(item.type == pack_type::binary);
            body_is(o.via.bin.ptr, o.via.bin.size);
            break;
        case msgpack::type::EXT:
            REQUIRE(item.type == pack_type::extension);
            body_is(o.via.ext.ptr, o.via.ext.size + 1);
            break;
        case msgpack::type::ARRAY:
            REQUIRE(item.type == pack_type::array);
            REQUIRE(item.length == o.via.array.size);
            for (std::uint32_t i = 0; i < o.via.array.size; ++i) same(in, o.via.array.ptr[i]);
            break;
        case msgpack::type::MAP:
            REQUIRE(item.type == pack_type::map);
            REQUIRE(item.length == o.via.map.size);
            for (std::uint32_t i = 0; i < o.via.map.size; ++i) {
                same(in, o.via.map.ptr[i].key);
                same(in, o.via.map.ptr[i].val);
            }
            break;
    }
}

void random_object(msgpack::packer<msgpack::sbuffer>& p, random_generator& dice, std::uint32_t depth) {
    const std::uint32_t kind = dice.below(depth > 0 ? 12 : 10);
    const std::uint32_t bits = dice.below(64);
    const std::uint64_t n = (static_cast<std::uint64_t>(dice.next()) << 32 | dice.next()) >> bits;
    const std::string text(dice.below(10) == 0 ? dice.below(70000) : dice.below(40), static_cast<char>(dice.below(256)));
    const auto size = static_cast<std::uint32_t>(text.size());
    switch (kind) {
        case 0: p.pack_nil(); break;
        case 1: p.pack(dice.below(2) == 0); break;
        case 2: p.pack_uint64(n); break;
        case 3: p.pack_int64(static_cast<std::int64_t>(n)); break;
        case 4: p.pack_int64(-static_cast<std::int64_t>(n >> 1)); break;
        case 5: p.pack_float(dice.symmetric()); break;
        case 6: p.pack_double(static_cast<double>(dice.symmetric()) / 3); break;
        case 7: p.pack_str(size).pack_str_body(text.data(), size); break;
        case 8: p.pack_bin(size).pack_bin_body(text.data(), size); break;
        case 9: p.pack_ext(size, 5).pack_ext_body(text.data(), size); break;
        default: {
            const std::uint32_t entries = dice.below(20);
            if (kind == 10) p.pack_array(entries); else p.pack_map(entries);
            for (std::uint32_t i = 0; i < entries * (kind == 10 ? 1 : 2); ++i) random_object(p, dice, depth - 1);
        }
    }
}

std::string nested(std::uint32_t depth) { return std::string(depth, '\x91') + '\x01'; }

}  // namespace

TEST_CASE("unpack: reads what msgpack-cxx reads, and skips exactly one object") {
    random_generator dice{4};
    for (int round = 0; round < 1500; ++round) {
        msgpack::sbuffer buffer;
        msgpack::packer<msgpack::sbuffer> p{buffer};
        random_object(p, dice, 4);
        const std::string text(buffer.data(), buffer.size());
        const msgpack::object_handle handle = msgpack::unpack(text.data(), text.size());
        auto source = over(text);
        unpacker in{source, 0, static_cast<std::uint32_t>(text.size())};
        same(in, handle.get());
        REQUIRE(in.position() == text.size());
        in.seek(0);
        REQUIRE(skipped(in) == status::ok);
        REQUIRE(in.position() == text.size());
    }
}

TEST_CASE("unpack: every truncation of a document is refused, none reads beyond the end") {
    random_generator dice{5};
    for (int round = 0; round < 60; ++round) {
        msgpack::sbuffer buffer;
        msgpack::packer<msgpack::sbuffer> p{buffer};
        random_object(p, dice, 3);
        if (buffer.size() > 4000) continue;
        for (std::size_t n = 0; n < buffer.size(); ++n) {
            const std::vector<char> cut(buffer.data(), buffer.data() + n);  // exactly n bytes, so that a sanitizer sees an overrun
            span_source source{std::as_bytes(std::span{cut})};
            unpacker in{source, 0, static_cast<std::uint32_t>(n)};
            REQUIRE(skipped(in) == status::corrupt);
        }
    }
}

TEST_CASE("unpack: lengths that lie are refused at the head") {
    for (const char* text : {"\xdd\xff\xff\xff\xff", "\xdf\xff\xff\xff\xff", "\xdf\x80\x00\x00\x00", "\xc6\xff\xff\xff\xff", "\xc9\xff\xff\xff\xff", "\xdb\xff\xff\xff\xff", "\xc9\xff\xff\xff\xfe"}) {
        const std::string bytes(text, 5);
        auto source = over(bytes);
        unpacker in{source, 0, static_cast<std::uint32_t>(bytes.size())};
        pack_item item;
        in.next(item);
        CHECK(in.outcome() == status::corrupt);
        CHECK(item.length == 0);
    }
    const std::string never("\xc1", 1);
    auto source = over(never);
    unpacker in{source, 0, 1};
    pack_item item;
    in.next(item);
    CHECK(in.outcome() == status::corrupt);
}

TEST_CASE("unpack: nesting is held to eight, counted from where the skip begins") {
    for (std::uint32_t depth = 0; depth < 40; ++depth) {
        const std::string text = nested(depth);
        auto source = over(text);
        unpacker in{source, 0, static_cast<std::uint32_t>(text.size())};
        CHECK(ok(skipped(in)) == (depth <= format::max_depth));
        in.restart(0);
        CHECK(ok(skipped(in, 3)) == (depth + 3 <= format::max_depth));
    }
}

TEST_CASE("unpack: a skip passes a bounded number of objects") {
    for (const std::uint32_t n : {format::max_skipped_objects, format::max_skipped_objects + 1}) {
        std::string text{'\xdd', '\0', '\x01', '\0', static_cast<char>(n - 65536)};
        text += std::string(n, '\xc0');
        auto source = over(text);
        unpacker in{source, 0, static_cast<std::uint32_t>(text.size())};
        CHECK(ok(skipped(in)) == (n <= format::max_skipped_objects));
    }
}

TEST_CASE("unpack: a failing source is reported as it is, and read again when asked again") {
    struct flaky {
        std::string text = std::string("\x93\x01\x02\x03", 4);
        int fail = 1;
        std::uint64_t size() { return text.size(); }
        status read(std::uint64_t offset, std::span<std::byte> out) {
            if (fail-- > 0) return status::io_error;
            return span_source{std::as_bytes(std::span{text.data(), text.size()})}.read(offset, out);
        }
    } source;
    unpacker in{source, 0, 4};
    CHECK(skipped(in) == status::io_error);
    in.seek(0);
    CHECK(skipped(in) == status::io_error);  // nothing more is read
    in.restart(0);
    CHECK(skipped(in) == status::ok);
    source.fail = 1;
    std::byte out[2];
    in.seek(1);
    in.bytes(out, sizeof out);
    CHECK(in.outcome() == status::io_error);
    in.refuse(status::too_new);
    CHECK(in.outcome() == status::io_error);  // the first stays
    in.restart(3);
    in.bytes(out, sizeof out);
    CHECK(in.outcome() == status::corrupt);
    source.text[0] = '\xc1';
    in.restart(0);
    CHECK(skipped(in) == status::corrupt);
    in.restart(1);
    in.shorten(2);
    CHECK(skipped(in) == status::ok);
    CHECK(skipped(in) == status::corrupt);
}
