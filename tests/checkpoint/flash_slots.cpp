// What the flash store promises, shown by cutting the power at every byte that it programs or erases: the newest checkpoint
// reported saved is found again. And that this test would notice: each wrong store below loses some.
#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <span>
#include <vector>

#include <synapse/checkpoint/flash_fault_injector.hpp>
#include <synapse/checkpoint/flash_slots.hpp>

using namespace synapse;

namespace {

constexpr std::uint32_t region = 768;
constexpr std::uint32_t block = 64;
constexpr std::uint32_t largest_unit = 64;
using chip = simulated_flash<region>;
using injector = flash_fault_injector<chip>;

template <class Policy, std::uint32_t Slots = 3>
using store = flash_slots<injector, Slots, Policy, largest_unit>;

// The payload of save number n: its length and every byte depend on n.
struct payload {
    std::array<std::byte, 160> bytes;
    std::uint32_t size;
    explicit payload(std::uint32_t n) : size{40 + (n * 37) % 110} {
        random_generator dice{n};
        for (std::uint32_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(dice.next() & 255u);
    }
    [[nodiscard]] std::span<const std::byte> span() const { return {bytes.data(), size}; }
};

template <class Store>
status save(Store& s, std::uint32_t n) {
    const payload p{n};
    if (const status why = s.begin({.payload_bytes = p.size, .payload_crc = crc32c::of(p.span())}); !ok(why)) return why;
    // In three uneven pieces, so that units are filled across calls.
    const std::size_t a = n % 7;
    const std::size_t b = p.size / 2 + n % 5;
    if (const status why = s.write(p.span().first(a)); !ok(why)) return why;
    if (const status why = s.write(p.span().subspan(a, b - a)); !ok(why)) return why;
    if (const status why = s.write(p.span().subspan(b)); !ok(why)) return why;
    return s.commit();
}

constexpr std::uint32_t nothing = 0xffffffffu;

// Which of the saves `from` to `to` the store holds, byte for byte; nothing if none of them.
template <class Store>
std::uint32_t held(Store& s, std::uint32_t from, std::uint32_t to) {
    std::array<std::byte, 512> read;
    if (s.size() < format::header_bytes || s.size() > read.size()) return nothing;
    const auto n = static_cast<std::size_t>(s.size());
    if (!ok(s.read(0, std::span{read}.first(n)))) return nothing;
    for (std::uint32_t i = from; i <= to; ++i) {
        const payload p{i};
        if (n == format::header_bytes + p.size && std::memcmp(read.data() + format::header_bytes, p.bytes.data(), p.size) == 0) return i;
    }
    return nothing;
}

struct setting {
    std::uint32_t unit;
    tear kind;
    std::byte erased;
    bool blank;
};

std::vector<setting> all_settings() {
    std::vector<setting> out;
    bool blank = false;
    for (const std::uint32_t unit : {1u, 2u, 8u, 32u, 64u}) {
        for (const tear kind : all_tears) {
            for (const std::byte erased : {std::byte{0xff}, std::byte{0}}) out.push_back({unit, kind, erased, blank = !blank});
        }
    }
    return out;
}

chip fresh(const setting& s, std::uint64_t seed) {
    chip c{.erase_block = block, .program_unit = s.unit, .erased = s.erased};
    random_generator dice{seed};
    for (std::uint32_t i = 0; i < region; ++i) {
        c.memory[i] = s.blank ? s.erased : static_cast<std::byte>(dice.next() & 255u);
        c.programmed[i] = !s.blank;
    }
    return c;
}

struct tally {
    std::uint64_t cuts = 0;
    std::uint64_t lost = 0;
    std::uint64_t misuses = 0;
};

// After the cuts: the power is on; the store must hold one of the saves from `oldest` on, take another one, and keep it.
template <class Policy, std::uint32_t Slots>
bool survives(injector& flash, std::uint32_t oldest, std::uint32_t next) {
    {
        store<Policy, Slots> s{flash};
        if (oldest != 0 && held(s, oldest, next - 1) == nothing) return false;
        if (!ok(save(s, next)) || held(s, next, next) != next) return false;
    }
    flash.power_on();
    store<Policy, Slots> s{flash};
    return held(s, next, next) == next;
}

// An emulated board takes every seventh of the cuts, which lie at all places within blocks and units: their sizes are no multiples of it.
constexpr std::uint64_t each = config::microcontroller ? 7 : 1;

// A life of `saves` checkpoints, each cut at every byte.
template <class Policy, std::uint32_t Slots>
void single_cuts(const setting& how, std::uint32_t saves, tally& t) {
    chip before = fresh(how, 100 + how.unit);
    for (std::uint32_t n = 1; n <= saves; ++n) {
        chip after = before;
        injector whole{after};
        store<Policy, Slots> uncut{whole};
        const bool saved = ok(save(uncut, n));
        const std::uint64_t points = whole.work();
        for (std::uint64_t k = n % each; k < points; k += each) {
            chip torn = before;
            injector flash{torn};
            flash.cut_after(k, how.kind, k + n * 1000);
            {
                store<Policy, Slots> s{flash};
                static_cast<void>(save(s, n));
            }
            flash.power_on();
            ++t.cuts;
            if (!survives<Policy, Slots>(flash, n - 1, n + 1)) ++t.lost;
            t.misuses += torn.misuses;
        }
        if (!saved) ++t.lost;
        before = after;
    }
}

// One save cut at every byte, and the save after it cut at every `stride`-th.
template <class Policy, std::uint32_t Slots>
void double_cuts(const setting& how, std::uint32_t first, std::uint32_t stride, tally& t) {
    chip before = fresh(how, 200 + how.unit);
    {
        injector flash{before};
        store<Policy, Slots> s{flash};
        for (std::uint32_t n = 1; n < first; ++n) {
            if (!ok(save(s, n))) ++t.lost;
        }
    }
    chip after = before;
    injector whole{after};
    {
        store<Policy, Slots> s{whole};
        static_cast<void>(save(s, first));
    }
    for (std::uint64_t k = first % each; k < whole.work(); k += each) {
        for (std::uint64_t j = k % stride; j < block * (region / Slots / block) + 200; j += stride) {
            chip torn = before;
            injector flash{torn};
            flash.cut_after(k, how.kind, k * 7 + j);
            {
                store<Policy, Slots> s{flash};
                static_cast<void>(save(s, first));
            }
            flash.power_on();
            flash.cut_after(j, how.kind, j * 11 + k);
            {
                store<Policy, Slots> s{flash};
                static_cast<void>(save(s, first + 1));
            }
            if (!flash.dead()) break;  // the second save was over before the cut
            flash.power_on();
            ++t.cuts;
            if (!survives<Policy, Slots>(flash, first - 1, first + 2)) ++t.lost;
            t.misuses += torn.misuses;
        }
    }
}

struct spares_nothing : flash_policy { static constexpr bool spare_newest = false; };
struct erases_if_not_blank : flash_policy { static constexpr bool always_erase = false; };
struct trusts_the_header : flash_policy { static constexpr bool check_payload = false; };
struct trusts_any_header : trusts_the_header { static constexpr bool check_header = false; };
struct header_first : trusts_the_header { static constexpr bool header_last = false; };
struct counts_nothing : flash_policy { static constexpr bool raise_sequence = false; };
struct erases_one_block : flash_policy { static constexpr bool erase_whole_slot = false; };
struct never_looks_back : flash_policy { static constexpr bool read_back = false; };

// What a wrong store loses in single and double cuts.
template <class Policy>
std::uint64_t losses() {
    tally t;
    for (const setting& how : all_settings()) {
        single_cuts<Policy, 3>(how, 4, t);
        double_cuts<Policy, 3>(how, 5, 211, t);
    }
    return t.lost;
}

}  // namespace

TEST_CASE("flash slots: at least 240,000 single power cuts lose nothing, on an emulated board a seventh") {
    tally three;
    for (const setting& how : all_settings()) single_cuts<flash_policy, 3>(how, 13, three);
    MESSAGE("3 slots: ", three.cuts, " cuts");
    CHECK(three.lost == 0);
    CHECK(three.misuses == 0);
    tally two;
    for (const setting& how : all_settings()) single_cuts<flash_policy, 2>(how, 10, two);
    MESSAGE("2 slots: ", two.cuts, " cuts");
    CHECK(two.lost == 0);
    CHECK(two.misuses == 0);
    CHECK(two.cuts >= 240000 / each);
    CHECK(three.cuts >= 240000 / each);
}

TEST_CASE("flash slots: at least 500,000 double power cuts lose nothing with three slots, on an emulated board a seventh") {
    tally t;
    for (const setting& how : all_settings()) {
        double_cuts<flash_policy, 3>(how, 2, 16, t);
        double_cuts<flash_policy, 3>(how, 6, 16, t);
    }
    MESSAGE(t.cuts, " double cuts");
    CHECK(t.cuts >= 500000 / each);
    CHECK(t.lost == 0);
    CHECK(t.misuses == 0);
}

TEST_CASE("flash slots: this test sees what wrong stores lose") {
    CHECK(losses<flash_policy>() == 0);
    CHECK(losses<spares_nothing>() > 0);
    CHECK(losses<erases_if_not_blank>() > 0);
    CHECK(losses<trusts_the_header>() > 0);
    CHECK(losses<trusts_any_header>() > 0);
    CHECK(losses<header_first>() > 0);
    CHECK(losses<counts_nothing>() > 0);
    CHECK(losses<erases_one_block>() > 0);
    MESSAGE("newest as victim ", losses<spares_nothing>(), ", erase only if not blank ", losses<erases_if_not_blank>(), ", no payload check ",
            losses<trusts_the_header>(), ", no check at all ", losses<trusts_any_header>(), ", header first ", losses<header_first>(),
            ", sequence not raised ", losses<counts_nothing>(), ", one block erased ", losses<erases_one_block>());
}

TEST_CASE("flash slots: memory without erase keeps the promise too") {
    tally t;
    for (const std::uint32_t unit : {1u, 2u, 8u, 32u, 64u}) {
        for (const tear kind : all_tears) {
            chip before{.erase_block = block, .program_unit = unit, .needs_erase = false};
            for (std::uint32_t n = 1; n <= 6; ++n) {
                chip after = before;
                injector whole{after};
                store<flash_policy> s{whole};
                REQUIRE(save(s, n) == status::ok);
                for (std::uint64_t k = n % each; k < whole.work(); k += each) {
                    chip torn = before;
                    injector flash{torn};
                    flash.cut_after(k, kind, k + n);
                    {
                        store<flash_policy> cut{flash};
                        static_cast<void>(save(cut, n));
                    }
                    flash.power_on();
                    ++t.cuts;
                    if (!survives<flash_policy, 3>(flash, n - 1, n + 1)) ++t.lost;
                    t.misuses += torn.misuses;
                }
                before = after;
            }
        }
    }
    CHECK(t.cuts > 10000 / each);
    CHECK(t.lost == 0);
    CHECK(t.misuses == 0);
}

namespace {

// Saves for years on a chip with one worn byte; how many checkpoints reported saved were not there after the next power-up.
template <class Policy>
std::uint32_t lost_to_wear(std::uint32_t address, std::uint32_t& refused) {
    chip c{.erase_block = block, .program_unit = 8};
    injector flash{c};
    flash.wear(address);
    std::uint32_t lost = 0;
    std::uint32_t last = 0;
    for (std::uint32_t n = 1; n <= 12; ++n) {
        {
            store<Policy> s{flash};
            if (ok(save(s, n))) {
                last = n;
            } else {
                ++refused;
                if (ok(save(s, n + 100))) last = n + 100;  // the next try takes another slot
            }
        }
        store<Policy> s{flash};
        if (last != 0 && held(s, last, last) != last) ++lost;
    }
    return lost;
}

}  // namespace

TEST_CASE("flash slots: a worn cell is noticed before a checkpoint is reported saved, and its slot avoided") {
    std::uint32_t refused = 0;
    std::uint32_t lost = 0;
    std::uint32_t lost_blindly = 0;
    for (std::uint32_t address = 0; address < region; address += 5) {
        lost += lost_to_wear<flash_policy>(address, refused);
        std::uint32_t ignored = 0;
        lost_blindly += lost_to_wear<never_looks_back>(address, ignored);
    }
    CHECK(lost == 0);
    CHECK(refused > 0);
    CHECK(lost_blindly > 0);
}

TEST_CASE("flash slots: after a failed save the same store saves elsewhere") {
    chip c{.erase_block = block, .program_unit = 8};
    injector flash{c};
    store<flash_policy> s{flash};
    for (std::uint32_t n = 1; n <= 3; ++n) REQUIRE(save(s, n) == status::ok);
    flash.wear(40);  // in the first slot, the next victim
    CHECK(save(s, 4) == status::io_error);
    CHECK(held(s, 3, 3) == 3);
    CHECK(save(s, 5) == status::ok);
    CHECK(save(s, 6) == status::ok);
    CHECK(held(s, 6, 6) == 6);
}

TEST_CASE("flash slots: wrong calls and full slots") {
    chip c{.erase_block = block, .program_unit = 8};
    injector flash{c};
    store<flash_policy> s{flash};
    CHECK(s.empty());
    CHECK(s.size() == 0);
    CHECK(s.sequence() == 0);
    CHECK(s.capacity() == 256 - format::header_bytes);
    std::array<std::byte, 300> bytes{};
    CHECK(s.read(0, std::span{bytes}.first(1)) == status::io_error);
    CHECK(s.write(bytes) == status::busy);
    CHECK(s.commit() == status::busy);
    CHECK(s.begin({.payload_bytes = 0}) == status::no_room);
    CHECK(s.begin({.payload_bytes = 225}) == status::no_room);
    CHECK(flash.work() == 0);

    REQUIRE(save(s, 1) == status::ok);
    const auto head = std::span<const std::byte>{bytes}.first(224);
    REQUIRE(s.begin({.payload_bytes = 224, .payload_crc = crc32c::of(head)}) == status::ok);
    CHECK(s.write(bytes) == status::no_room);  // more than announced
    CHECK(s.commit() == status::busy);
    CHECK(held(s, 1, 1) == 1);

    REQUIRE(s.begin({.payload_bytes = 224, .payload_crc = crc32c::of(head)}) == status::ok);
    CHECK(s.write(head.first(223)) == status::ok);
    CHECK(s.commit() == status::corrupt);  // less than announced
    REQUIRE(s.begin({.payload_bytes = 224, .payload_crc = 1}) == status::ok);
    CHECK(s.write(head) == status::ok);
    CHECK(s.commit() == status::corrupt);  // other bytes than announced
    CHECK(held(s, 1, 1) == 1);

    REQUIRE(s.begin({.payload_bytes = 224, .payload_crc = crc32c::of(head)}) == status::ok);
    CHECK(s.write(head) == status::ok);
    CHECK(s.commit() == status::ok);  // exactly full
    CHECK(s.size() == 256);
    CHECK(s.sequence() == 2);
    CHECK(s.read(255, std::span{bytes}.first(2)) == status::io_error);
    CHECK(s.read(0xffffffffffffffffu, std::span{bytes}.first(1)) == status::io_error);
    CHECK(c.misuses == 0);
}

TEST_CASE("flash slots: drivers whose numbers cannot be are refused, not obeyed") {
    const auto refused = [](std::uint32_t erase_block, std::uint32_t unit) {
        chip c{.erase_block = erase_block, .program_unit = unit};
        injector flash{c};
        store<flash_policy> s{flash};
        return !s.usable() && s.capacity() == 0 && s.begin({.payload_bytes = 1}) == status::no_room && flash.work() == 0;
    };
    CHECK(refused(0, 8));
    CHECK(refused(64, 0));
    CHECK(refused(64, 3));
    CHECK(refused(64, 128));
    CHECK(refused(36, 8));
    CHECK(refused(1024, 8));
    CHECK(refused(32, 8) == false);
}

TEST_CASE("flash slots: a driver that fails at its k-th call loses nothing") {
    struct failing : chip {
        int left = 1 << 30;
        status read(std::uint32_t a, std::span<std::byte> out) { return left-- > 0 ? chip::read(a, out) : status::io_error; }
        status program(std::uint32_t a, std::span<const std::byte> in) { return left-- > 0 ? chip::program(a, in) : status::io_error; }
        status erase(std::uint32_t a) { return left-- > 0 ? chip::erase(a) : status::io_error; }
    };
    for (int k = 0; k < 200; ++k) {
        failing c;
        c.erase_block = block;
        c.program_unit = 8;
        flash_slots<failing> s{c};
        REQUIRE(save(s, 1) == status::ok);
        REQUIRE(save(s, 2) == status::ok);
        c.left = k;
        const status why = save(s, 3);
        REQUIRE((ok(why) || why == status::io_error));
        c.left = 1 << 30;
        REQUIRE(held(s, 2, 3) == (ok(why) ? 3 : 2));
        s.mount();
        REQUIRE(held(s, ok(why) ? 3 : 2, 3) != nothing);
    }
}
