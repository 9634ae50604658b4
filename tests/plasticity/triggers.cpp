#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/bytes.hpp>
#include <synapse/core/random.hpp>
#include <synapse/plasticity/triggers.hpp>

#include "slowly_changing.hpp"

using plasticity_test::owned;
using synapse::error_windows;
using synapse::layer_pulse;
using synapse::slots;
using synapse::unit_records;

TEST_CASE("windows: a rise is certain only if chance would not show it") {
    error_windows noisy;
    synapse::random_generator source{1};
    int windows = 0, alarms = 0;
    for (int i = 0; i < 200000; ++i) {
        const float u = source.uniform();
        if (!noisy.add(u * u * u, 200)) continue;
        ++windows;
        alarms += noisy.certain() ? 1 : 0;
    }
    CHECK(windows == 999);
    CHECK(alarms == 0);
    error_windows rising;
    for (int i = 0; i < 200; ++i) CHECK_FALSE(rising.add(source.uniform(), 200));
    for (int i = 0; i < 199; ++i) CHECK_FALSE(rising.add(1.5f * source.uniform(), 200));
    CHECK(rising.add(0.75f, 200));
    CHECK(rising.certain());
    CHECK(rising.ratio() == doctest::Approx(1.5).epsilon(0.15));
    CHECK(rising.recent() == doctest::Approx(0.75).epsilon(0.1));
    for (int i = 0; i < 200; ++i) static_cast<void>(rising.add(0.1f * source.uniform(), 200));
    CHECK_FALSE(rising.certain());  // it fell
    CHECK(ok(rising.settle()));
}

TEST_CASE("windows: enormous errors and errors of nothing stay numbers") {
    error_windows w;
    for (int i = 0; i < 1000; ++i) static_cast<void>(w.add(i % 100 < 50 ? 3e38f : 0.0f, 50));
    CHECK(w.recent() >= 0.0f);
    CHECK(w.ratio() == w.ratio());
    CHECK(ok(w.settle()));
}

TEST_CASE("windows: numbers that would leave the finite ones are not taken from a file, others go on as numbers") {
    struct setter {
        std::string_view name;
        double to;
        bool all_finite = true;
        void value(std::string_view field, float& x) {
            if (field == name) x = static_cast<float>(to);
            all_finite = all_finite && synapse::is_finite(x);
        }
        void value(std::string_view field, std::uint32_t& n) const {
            if (field == name) n = static_cast<std::uint32_t>(to);
        }
    };
    const auto with = [](const char* name, double to) {
        error_windows w;
        setter set{name, to};
        error_windows::fields(w, set);
        return w;
    };
    CHECK(with("count", 4294967295.0).settle() == synapse::status::corrupt);
    CHECK(with("mean", 1e20).settle() == synapse::status::corrupt);
    CHECK(with("mean", -1e20).settle() == synapse::status::corrupt);
    CHECK(with("squares", 1e37).settle() == synapse::status::corrupt);
    CHECK(with("squares", -1.0).settle() == synapse::status::corrupt);
    CHECK(with("older_mean", -1.0).settle() == synapse::status::corrupt);
    for (auto [name, to] : {std::pair{"count", 1e9}, {"mean", 1e12}, {"squares", 1e36}, {"older_mean", 3e38}, {"older_spread", 3e38}}) {
        error_windows w = with(name, to);
        REQUIRE(ok(w.settle()));
        for (int i = 0; i < 1000; ++i) {
            static_cast<void>(w.add(i % 3 == 0 ? 3e38f : 0.0f, 400));
            setter look{"", 0.0};
            error_windows::fields(w, look);
            REQUIRE(look.all_finite);
        }
    }
}

TEST_CASE("pulse: the share of active units") {
    owned<unit_records> units{slots{4, 4}};
    owned<layer_pulse> pulse{slots{4, 4}};
    units.part.begin();
    for (int i = 0; i < 2000; ++i) {
        const float h[4] = {1.0f, i % 2 == 0 ? 0.0f : 2.0f, 0.0f, -0.4f};
        units.part.observe(h);
        pulse.part.observe(h, 0.0f, units.part);
    }
    CHECK(pulse.part.active() == doctest::Approx(0.625).epsilon(0.02));
}

TEST_CASE("pulse: the rank of independent units is their number, that of copies is one") {
    for (const bool copies : {false, true}) {
        owned<unit_records> units{slots{12, 20}};
        owned<layer_pulse> pulse{slots{12, 20}};
        units.part.begin();
        synapse::random_generator source{2};
        CHECK(pulse.part.rank_share(12) == 0.0f);
        std::vector<float> h(12);
        for (int i = 0; i < 20000; ++i) {
            for (std::size_t j = 0; j < 12; ++j) h[j] = copies && j != 0 ? h[0] : source.symmetric();
            units.part.observe(h.data());
            pulse.part.observe(h.data(), 0.0f, units.part);
        }
        const float share = pulse.part.rank_share(12);
        CAPTURE(share);
        if (copies) {
            CHECK(share < 0.15f);
        } else {
            CHECK(share > 0.7f);
        }
        CHECK(ok(pulse.part.settle()));
        pulse.part.grow(3);
        CHECK(pulse.part.units().used == 15);
        CHECK(pulse.part.rank_share(15) == 0.0f);
        CHECK(pulse.part.active() == 0.0f);
    }
    CHECK(layer_pulse{slots{3, 2}}.settle() == synapse::status::wrong_shape);
}
