#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <span>
#include <vector>

#include <synapse/checkpoint/flash_fault_injector.hpp>

using namespace synapse;

namespace {

using chip = simulated_flash<256>;
using bytes16 = std::array<std::byte, 16>;

constexpr bytes16 pattern = [] {
    bytes16 b{};
    for (unsigned i = 0; i < 16; ++i) b[i] = static_cast<std::byte>(0x11 * i);
    return b;
}();

bytes16 at(auto& flash, std::uint32_t address) {
    bytes16 out{};
    REQUIRE(flash.read(address, out) == status::ok);
    return out;
}

chip erased_chip() {
    chip c{.erase_block = 64, .program_unit = 8};
    for (std::uint32_t a = 0; a < 256; a += 64) REQUIRE(c.erase(a) == status::ok);
    return c;
}

bytes16 all(unsigned char value) {
    bytes16 b;
    b.fill(static_cast<std::byte>(value));
    return b;
}

}  // namespace

static_assert(flash_driver<chip> && flash_driver<flash_fault_injector<chip>>);

TEST_CASE("simulated flash: bits leave the erased value by programming and return by erasing") {
    for (const std::byte erased : {std::byte{0xff}, std::byte{0}}) {
        chip c{.erase_block = 64, .program_unit = 8, .erased = erased};
        REQUIRE(c.erase(0) == status::ok);
        REQUIRE(c.program(0, pattern) == status::ok);
        CHECK(at(c, 0) == pattern);
        CHECK(c.misuses == 0);
        REQUIRE(c.program(0, all(0x3c)) == status::ok);  // a second time: mixed, and noted
        CHECK(c.misuses == 16);
        for (unsigned i = 0; i < 16; ++i) {
            const std::byte mixed = erased == std::byte{0} ? pattern[i] | std::byte{0x3c} : pattern[i] & std::byte{0x3c};
            CHECK(at(c, 0)[i] == mixed);
        }
        REQUIRE(c.erase(0) == status::ok);
        CHECK(at(c, 0) == all(static_cast<unsigned char>(erased)));
    }
}

TEST_CASE("simulated flash: what a chip would not take") {
    chip c = erased_chip();
    std::array<std::byte, 257> large{};
    CHECK(c.read(0, large) == status::io_error);
    CHECK(c.read(250, std::span{large}.first(8)) == status::io_error);
    CHECK(c.program(4, pattern) == status::io_error);
    CHECK(c.program(0, std::span{pattern}.first(7)) == status::io_error);
    CHECK(c.program(248, pattern) == status::io_error);
    CHECK(c.erase(32) == status::io_error);
    CHECK(c.erase(256) == status::io_error);
    CHECK(c.misuses == 7);
}

TEST_CASE("fault injector: without a cut it is the driver") {
    chip c = erased_chip();
    flash_fault_injector flash{c};
    REQUIRE(flash.program(16, pattern) == status::ok);
    CHECK(at(flash, 16) == pattern);
    REQUIRE(flash.erase(0) == status::ok);
    CHECK(at(flash, 16) == all(0xff));
    CHECK(flash.work() == 16 + 64);
    CHECK_FALSE(flash.dead());
}

TEST_CASE("fault injector: a cut program leaves whole units before it, and of the unit under way what the kind says") {
    for (const tear kind : all_tears) {
        chip c = erased_chip();
        flash_fault_injector flash{c};
        flash.cut_after(11, kind, 5);  // in the second unit, after 3 bytes of it
        CHECK(flash.program(0, pattern) == status::io_error);
        CHECK(flash.dead());
        bytes16 out{};
        CHECK(flash.read(0, out) == status::io_error);
        CHECK(flash.program(32, pattern) == status::io_error);
        CHECK(flash.erase(0) == status::io_error);
        const bytes16 before = at(c, 0);
        flash.power_on();
        const bytes16 now = at(flash, 0);
        CHECK(std::memcmp(now.data(), pattern.data(), 8) == 0);
        CHECK(at(flash, 32) == all(0xff));
        switch (kind) {
            case tear::nothing:
                for (unsigned i = 8; i < 16; ++i) CHECK(now[i] == std::byte{0xff});
                break;
            case tear::prefix:
                for (unsigned i = 8; i < 16; ++i) CHECK(now[i] == (i < 11 ? pattern[i] : std::byte{0xff}));
                break;
            case tear::bits:
                for (unsigned i = 8; i < 16; ++i) CHECK((now[i] & pattern[i]) == pattern[i]);  // only bits that were to go have gone
                CHECK(now != pattern);
                break;
            case tear::garbage: CHECK(now != pattern); break;
            case tear::weak:
                CHECK(before == pattern);  // it reads well until the power comes back
                CHECK(now != pattern);
                CHECK(at(flash, 0) == now);
                break;
        }
        REQUIRE(flash.erase(0) == status::ok);
        REQUIRE(flash.program(0, pattern) == status::ok);
        flash.power_on();
        CHECK(at(flash, 0) == pattern);  // an erase heals
    }
}

TEST_CASE("fault injector: a cut erase") {
    for (const tear kind : all_tears) {
        chip c = erased_chip();
        flash_fault_injector flash{c};
        REQUIRE(flash.program(0, pattern) == status::ok);
        flash.cut_after(5, kind, 9);
        CHECK(flash.erase(0) == status::io_error);
        flash.power_on();
        const bytes16 now = at(flash, 0);
        switch (kind) {
            case tear::nothing: CHECK(now == pattern); break;
            case tear::prefix:
                for (unsigned i = 0; i < 16; ++i) CHECK(now[i] == (i < 5 ? std::byte{0xff} : pattern[i]));
                break;
            case tear::bits:
                for (unsigned i = 0; i < 16; ++i) CHECK((now[i] & pattern[i]) == pattern[i]);
                CHECK(now != pattern);
                break;
            case tear::garbage: CHECK(now != pattern); break;
            case tear::weak: {
                CHECK(now == all(0xff));  // blank, and programs well,
                REQUIRE(flash.program(0, pattern) == status::ok);
                CHECK(at(flash, 0) == pattern);
                flash.power_on();
                CHECK(at(flash, 0) != pattern);  // but does not keep it
                break;
            }
        }
    }
}

TEST_CASE("fault injector: a worn byte keeps its erased value") {
    chip c = erased_chip();
    flash_fault_injector flash{c};
    flash.wear(19);
    REQUIRE(flash.program(16, pattern) == status::ok);
    bytes16 expected = pattern;
    expected[3] = std::byte{0xff};
    CHECK(at(flash, 16) == expected);
    flash.wear(flash.nowhere);
    REQUIRE(flash.program(32, pattern) == status::ok);
    CHECK(at(flash, 32) == pattern);
}

TEST_CASE("fault injector: units that it could not tear are refused, and the driver is not touched") {
    simulated_flash<8192> chip{.erase_block = 2048, .program_unit = 512};
    flash_fault_injector<decltype(chip)> flash{chip};
    const std::vector<std::byte> data(512, std::byte{0x5a});
    CHECK(flash.program(0, data) == status::out_of_range);
    flash.program_unit = 0;
    CHECK(flash.program(0, data) == status::out_of_range);
    CHECK(flash.work() == 0);
    CHECK(chip.memory[0] == std::byte{0});
    simulated_flash<8192> fine{.erase_block = 2048, .program_unit = 256};
    flash_fault_injector<decltype(fine)> taken{fine};
    REQUIRE(taken.erase(0) == status::ok);
    CHECK(taken.program(0, std::span{data}.first(255)) == status::wrong_size);
    CHECK(fine.memory[0] == std::byte{0xff});
    CHECK(taken.program(0, data) == status::ok);
    CHECK(fine.memory[511] == std::byte{0x5a});
    CHECK(fine.misuses == 0);
}
