#include <span>

#include <doctest/doctest.h>

#include "oracle.hpp"

using namespace checkpoint_test;

namespace {

// Loads bytes that must be refused, and that leave every byte of the part as it was.
void refused(tree& t, const std::vector<std::byte>& file, status expected = status::corrupt) {
    const std::string before = t.bytes();
    const load_result r = loaded(t, file);
    REQUIRE(r.outcome == expected);
    REQUIRE_FALSE(r.torn);
    REQUIRE(t.bytes() == before);
}

// A loads what b saved, and is b then: the same bytes saved again.
bool same(const tree& a, const tree& b) { return saved(a) == saved(b); }

struct pair_of_trees {
    tree from;
    tree to;
    std::vector<std::byte> file;
    pair_of_trees() {
        from.begin(1);
        to.begin(2);
        file = saved(from);
    }
};

}  // namespace

TEST_CASE("load: what was saved comes back, to the last bit") {
    pair_of_trees p;
    CHECK_FALSE(same(p.to, p.from));
    const load_result r = loaded(p.to, p.file);
    REQUIRE(ok(r));
    CHECK(r == status::ok);
    CHECK(r.header.payload_bytes == p.file.size() - format::header_bytes);
    CHECK(same(p.to, p.from));
    CHECK(p.to.first.twice[0] == 2 * p.to.first.weight[0]);
    // Padding and rows not in use are zero.
    for (std::uint32_t i = 0; i < 4; ++i) {
        for (std::uint32_t j = 0; j < 4; ++j) {
            if (i >= 2 || j >= 3) CHECK(p.to.layers[0].weight[4 * i + j] == 0.0f);
        }
    }
}

TEST_CASE("load: a larger reservation takes in an older file; a smaller one refuses it") {
    pair_of_trees p;
    tree wide{leaf_form{.rows = 1, .reserved_rows = 9, .stride = 8}};
    wide.begin(3);
    REQUIRE(ok(loaded(wide, p.file)));
    CHECK(wide.first.rows.used == 2);
    for (std::uint32_t i = 0; i < 9; ++i) {
        for (std::uint32_t j = 0; j < 8; ++j) {
            const float expected = i < 2 && j < 3 ? p.from.first.weight[4 * i + j] : 0.0f;
            CHECK(std::bit_cast<std::uint32_t>(wide.first.weight[8 * i + j]) == std::bit_cast<std::uint32_t>(expected));
        }
    }
    tree grown{leaf_form{.rows = 7, .reserved_rows = 9, .stride = 8}};
    grown.begin(4);
    refused(p.to, saved(grown), status::wrong_shape);
    const load_result r = loaded(p.to, saved(grown));
    CHECK(std::string(r.key.text) == "weight");
    tree bare{leaf_form{.marked = false}};
    bare.begin(5);
    refused(bare, p.file, status::wrong_shape);
    CHECK(std::string(loaded(bare, p.file).key.text) == "shape");
}

TEST_CASE("load: every truncation is refused, with its header as it was or mended") {
    pair_of_trees p;
    for (std::size_t n = 0; n < p.file.size(); ++n) {
        std::vector<std::byte> cut(p.file.begin(), p.file.begin() + static_cast<std::ptrdiff_t>(n));
        refused(p.to, cut, n == 0 ? status::not_found : status::corrupt);
        if (n <= format::header_bytes) continue;
        mend(cut);
        refused(p.to, cut);
    }
}

TEST_CASE("load: every single-bit error of a whole file is refused") {
    pair_of_trees p;
    for (std::size_t bit = 0; bit < 8 * p.file.size(); ++bit) {
        p.file[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        refused(p.to, p.file);
        p.file[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    }
    CHECK(ok(loaded(p.to, p.file)));
}

TEST_CASE("load: every double-bit error of the header is refused") {
    pair_of_trees p;
    for (std::size_t a = 0; a < 256; ++a) {
        for (std::size_t b = a + 1; b < 256; ++b) {
            auto file = p.file;
            file[a / 8] ^= static_cast<std::byte>(1u << (a % 8));
            file[b / 8] ^= static_cast<std::byte>(1u << (b % 8));
            REQUIRE(loaded(p.to, file).outcome == status::corrupt);
        }
    }
}

TEST_CASE("load: every single-bit change of the payload with mended CRCs is refused whole or taken whole") {
    pair_of_trees p;
    int taken = 0;
    for (std::size_t bit = 8 * format::header_bytes; bit < 8 * p.file.size(); ++bit) {
        auto file = p.file;
        file[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        mend(file);
        const std::string before = p.to.bytes();
        const load_result r = loaded(p.to, file);
        REQUIRE_FALSE(r.torn);
        if (ok(r)) {
            ++taken;
            tree again;
            again.begin(9);
            REQUIRE(ok(loaded(again, saved(p.to))));  // what was taken is sound
        } else {
            REQUIRE(p.to.bytes() == before);
        }
    }
    CHECK(taken > 100);  // numbers that may be others
}

TEST_CASE("load: a missing key is named") {
    pair_of_trees p;
    for (const auto& [key, nth, inside] : {std::tuple{"weight", 1, "layer"}, {"label", 0, "first"}, {"flag", 2, "layer"}, {"steps", 0, ""},
                                           {"mark", 0, "first"}, {"layer_1", 0, ""}, {"schema", 0, ""}}) {
        const std::string name{key};
        std::string other = name;
        other[0] = 'X';
        const std::string head(1, static_cast<char>(0xa0 | name.size()));
        // "marked" in the shape begins like "mark": its head differs.
        const auto file = replaced(p.file, head + name, head + other, static_cast<std::size_t>(nth));
        REQUIRE_FALSE(file.empty());
        refused(p.to, file);
        const load_result r = loaded(p.to, file);
        CHECK(std::string(r.key.text) == name);
        CHECK(std::string(r.inside).substr(0, 5) == std::string(inside).substr(0, 5));
    }
}

TEST_CASE("load: any order of keys, unknown keys of any type, the longest encodings") {
    pair_of_trees p;
    const std::string payload = payload_of(p.file);
    for (const repacking how : {repacking{.reversed = true}, repacking{.strangers = true}, repacking{.wide = true},
                                repacking{.reversed = true, .strangers = true, .wide = true}}) {
        p.to.begin(7);
        REQUIRE(ok(loaded(p.to, file_of(repacked(payload, how)))));
        CHECK(same(p.to, p.from));
    }
}

TEST_CASE("load: a key that comes twice is refused in every map, known or not") {
    pair_of_trees p;
    const std::string payload = payload_of(p.file);
    int maps = 0;
    for (int target = 0;; ++target) {
        const std::string doubled = repacked(payload, {.twice = true, .target = target});
        if (doubled == payload) {
            if (target > 20) break;
            continue;  // an empty map
        }
        refused(p.to, file_of(doubled));
        const std::string twins = repacked(payload, {.stranger_twice = true, .target = target});
        refused(p.to, file_of(twins));
        ++maps;
    }
    CHECK(maps >= 5);
}

TEST_CASE("load: too many entries, nesting too deep, keys that are no names") {
    pair_of_trees p;
    const std::string payload = payload_of(p.file);
    REQUIRE(static_cast<unsigned char>(payload[0]) == 0xde);  // a map of 16 entries or more
    const auto entries = static_cast<std::uint32_t>(static_cast<unsigned char>(payload[2]));
    const auto with = [&](const std::string& more, std::uint32_t count) {
        std::string changed = payload + more;
        changed[2] = static_cast<char>(entries + count);
        return file_of(changed);
    };
    std::string more;
    for (std::uint32_t i = entries; i < format::max_map_entries; ++i) more += {'\xa2', static_cast<char>('A' + i / 16), static_cast<char>('A' + i % 16), '\x01'};
    CHECK(ok(loaded(p.to, with(more, format::max_map_entries - entries))));
    refused(p.to, with(more + "\xa1z\x01", format::max_map_entries - entries + 1));
    CHECK(ok(loaded(p.to, with(std::string("\xa1z") + std::string(7, '\x91') + '\x01', 1))));
    refused(p.to, with(std::string("\xa1z") + std::string(8, '\x91') + '\x01', 1));
    refused(p.to, with(std::string("\xa0\x01"), 1));
    refused(p.to, with(std::string("\x05\x01"), 1));
    CHECK(ok(loaded(p.to, with("\xd9\x3f" + std::string(63, 'k') + '\x01', 1))));
    refused(p.to, with("\xd9\x40" + std::string(64, 'k') + '\x01', 1));
    refused(p.to, file_of(payload + '\x01'));  // something behind the map
    refused(p.to, file_of("\x01"));
    refused(p.to, file_of("\x80"));
    refused(p.to, file_of(std::string(1, '\xc1')));
}

TEST_CASE("load: numbers that cannot be are refused: not finite, too large, of another type") {
    pair_of_trees p;
    const auto change = [&](auto set) {
        tree t;
        t.begin(1);
        set(t);
        return saved(t);
    };
    const float infinity = std::bit_cast<float>(0x7f800000u);
    const float nan = std::bit_cast<float>(0xffc00001u);
    refused(p.to, change([&](tree& t) { t.first.weight[5] = nan; }));
    refused(p.to, change([&](tree& t) { t.first.weight[0] = -infinity; }));
    refused(p.to, change([&](tree& t) { t.layers[1].weight[6] = 1000.1f; }));
    CHECK(ok(loaded(p.to, change([&](tree& t) { t.layers[1].weight[6] = -1000.0f; }))));
    CHECK(ok(loaded(p.to, change([&](tree& t) { t.layers[1].weight[3] = nan; }))));  // padding: not in the file
    refused(p.to, change([&](tree& t) { t.first.real = infinity; }));
    refused(p.to, change([&](tree& t) { t.tuning.rate = nan; }));
    refused(p.to, change([&](tree& t) { t.tuning.rate = -1.0f; }));  // what settle() says
    refused(p.to, change([&](tree& t) { t.first.mark[1] = 2; }));
    refused(p.to, change([&](tree& t) { t.first.count[2] = 100; }));
    refused(p.to, change([&](tree& t) { store_little(t.first.packed + 8, 0x7f800001u); }));
    refused(p.to, change([&](tree& t) { t.layers[0].rows.used = 3; t.layers[0].rows.reserved = 4; t.layers[0].weight[8] = infinity; }));
    for (const int at : {0, 1, 2, 4, 5, 6, 8, 9, 10}) {  // each of nine elements, an odd number
        refused(p.to, change([&](tree& t) { t.layers[0].rows.used = 3; t.layers[0].weight[at] = infinity; }));
        refused(p.to, change([&](tree& t) { t.layers[0].rows.used = 3; t.layers[0].weight[at] = -1001.0f; }));
    }
    const load_result r = loaded(p.to, change([&](tree& t) { t.first.real = infinity; }));
    CHECK(std::string(r.key.text) == "real");
    CHECK(std::string(r.inside) == "first");
    const std::string real = std::string("\xa4real\xca\x80\0\0\0", 10);
    refused(p.to, replaced(p.file, real, "\xa4real\x02"));                                // an integer for a real
    refused(p.to, replaced(p.file, real, std::string("\xa4real\xcb\0\0\0\0\0\0\0\0", 14)));  // a double for a float
    refused(p.to, replaced(p.file, "\xa6marked\xc3", "\xa6marked\x01"));
    refused(p.to, replaced(p.file, "\xa4rows\x02", "\xa4rows\xff", 1));                   // -1
    refused(p.to, replaced(p.file, "\xa4rows\x02", std::string("\xa4rows\xcf\0\0\0\1\0\0\0\2", 14), 1));
}

TEST_CASE("load: tensors that lie about their size or type are refused") {
    pair_of_trees p;
    const std::string shape_of_weight = "\xa1s\x92\x02\x03\xa1" "b\xc4\x18";
    const auto lie = [&](const std::string& with) { return replaced(p.file, shape_of_weight, with); };
    refused(p.to, lie("\xa1s\x92\x03\x02\xa1" "b\xc4\x18"), status::wrong_shape);
    refused(p.to, lie("\xa1s\x92\x02\x04\xa1" "b\xc4\x18"), status::wrong_shape);
    refused(p.to, lie("\xa1s\x92\x02\x03\xa1" "b\xc4\x14"));
    refused(p.to, lie(std::string("\xa1s\x92\xce\x80\0\0\0\xce\x80\0\0\0\xa1" "b\xc4\x18", 17)), status::wrong_shape);
    refused(p.to, lie(std::string("\xa1s\x92\xce\x40\0\0\x02\x04\xa1" "b\xc4\x18", 13)), status::wrong_shape);
    refused(p.to, lie(std::string("\xa1s\x92\xcf\0\0\0\1\0\0\0\2\x03\xa1" "b\xc4\x18", 17)), status::wrong_shape);
    refused(p.to, lie("\xa1s\x93\x02\x03\x01\xa1" "b\xc4\x18"));
    refused(p.to, lie("\xa1t\x92\x02\x03\xa1" "b\xc4\x18"));
    refused(p.to, replaced(p.file, "\xa3<f4", "\xa3<f8"), status::wrong_shape);
    refused(p.to, replaced(p.file, "\xa3<f4", "\xa3>f4"), status::wrong_shape);
    refused(p.to, replaced(p.file, "\xa3<f4", "\xa4<f4 "), status::wrong_shape);
    refused(p.to, replaced(p.file, "\x83\xa1" "d\xa3<f4", "\x82\xa1" "d\xa3<f4"));
}

TEST_CASE("load: versions") {
    pair_of_trees p;
    auto file = p.file;
    file[8] = std::byte{9};  // a newer minor
    store_little(file.data() + 28, crc32c::of(std::span{file}.first(28)));
    CHECK(ok(loaded(p.to, file)));
    file[7] = std::byte{2};
    store_little(file.data() + 28, crc32c::of(std::span{file}.first(28)));
    refused(p.to, file, status::too_new);
    refused(p.to, replaced(p.file, "\xa6schema\x01", "\xa6schema\x02"), status::too_new);
    auto padded = p.file;
    padded.resize(padded.size() + 13, std::byte{0xff});
    CHECK(ok(loaded(p.to, padded)));
}

TEST_CASE("load: the tuning can stay as it is") {
    pair_of_trees p;
    p.to.tuning = {.rate = 0.25f, .every = 99};
    p.from.tuning = {.rate = 0.75f, .every = 10};
    const auto file = saved(p.from);
    REQUIRE(ok(loaded(p.to, file, {.keep_tuning = true})));
    CHECK(p.to.tuning.rate == 0.25f);
    CHECK(p.to.tuning.every == 99);
    CHECK(p.to.steps == p.from.steps);
    REQUIRE(ok(loaded(p.to, file)));
    CHECK(p.to.tuning.rate == 0.75f);
    CHECK(p.to.tuning.every == 10);  // a default, not in the file
}

TEST_CASE("load: a source that fails at any call; only in the second pass can that be too late, and it says so") {
    struct failing {
        span_source source;
        int left;
        std::uint64_t size() { return source.size(); }
        status read(std::uint64_t offset, std::span<std::byte> out) { return left-- > 0 ? source.read(offset, out) : status::io_error; }
    };
    pair_of_trees p;
    int torn = 0;
    int untouched = 0;
    for (int k = 0;; ++k) {
        p.to.begin(2);
        const std::string before = p.to.bytes();
        failing source{span_source{p.file}, k};
        const load_result r = load(p.to, source);
        if (ok(r)) break;
        REQUIRE(r.outcome == status::io_error);
        if (r.torn) {
            ++torn;
        } else {
            ++untouched;
            REQUIRE(p.to.bytes() == before);
        }
    }
    CHECK(untouched > 20);
    CHECK(torn > 20);
}

TEST_CASE("read_about: what a file says of itself, without a learner") {
    pair_of_trees p;
    const auto file = saved(p.from, {.reason = "shutdown", .timestamp = 77});
    span_source source{file};
    leaf_form form{.rows = 55};
    checkpoint_about about;
    REQUIRE(ok(read_about(source, form, about)));
    CHECK(form.rows == 2);
    CHECK(form.marked);
    CHECK(std::string(about.reason) == "shutdown");
    CHECK(std::string(about.software) == version);
    CHECK(about.timestamp == 77);
    for (std::size_t n = 0; n < file.size(); ++n) {
        span_source cut{std::span{file}.first(n)};
        REQUIRE_FALSE(ok(read_about(cut, form, about)));
    }
    const auto nameless = replaced(file, "\xa5shape", "\xa5shapf");
    span_source other{nameless};
    const load_result r = read_about(other, form, about);
    CHECK(r.outcome == status::corrupt);
    CHECK(std::string(r.key.text) == "shape");
}
