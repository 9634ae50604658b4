#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <synapse/hosted/formats/tensorboard.hpp>

using namespace synapse::formats;

namespace {

// CRC32C by its polynomial, bit by bit, and TensorFlow's mask: an opinion apart from the table in checkpoint/crc32c.hpp.
std::uint32_t masked_crc(std::string_view bytes) {
    std::uint32_t crc = 0xffffffffu;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1u) != 0 ? 0x82f63b78u : 0u);
    }
    crc = ~crc;
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

}  // namespace

TEST_CASE("TensorBoard: framed records of scalars") {
    record_table t;
    t.begin(1234.5, 7);
    t.set("error", 0.25);
    t.set("loss", std::numeric_limits<double>::infinity());
    t.begin(record_table::missing, 9);
    t.set("loss", 2);
    t.begin(1300, record_table::missing);
    t.set("loss", 3);
    t.begin(1300, -1);
    t.begin(1300, 1e300);
    const std::string file = tensorboard_events(t);
    struct scalar {
        double time;
        std::uint64_t step;
        std::string tag;
        float value;
    };
    std::vector<scalar> scalars;
    std::string version;
    for (std::size_t at = 0; at < file.size();) {
        const std::uint64_t size = get_little(file, at, 8);
        CHECK(get_little(file, at + 8, 4) == masked_crc(part(file, at, 8)));
        const std::string_view event = part(file, at + 12, size);
        CHECK(get_little(file, at + 12 + event.size(), 4) == masked_crc(event));
        at += 16 + event.size();
        double time = 0;
        std::uint64_t step = 0;
        for (protobuf_reader e{event}; e.next();) {
            if (e.field() == 1) time = std::bit_cast<double>(e.number());
            if (e.field() == 2) step = e.number();
            if (e.field() == 3) version = e.text();
            if (e.field() != 5) continue;
            for (protobuf_reader s{e.text()}; s.next();) {
                scalar x{time, step, {}, 0};
                for (protobuf_reader v{s.text()}; v.next();) {
                    if (v.field() == 1) x.tag = v.text();
                    if (v.field() == 2) x.value = std::bit_cast<float>(static_cast<std::uint32_t>(v.number()));
                }
                scalars.push_back(x);
            }
        }
    }
    CHECK(version == "brain.Event:2");
    REQUIRE(scalars.size() == 2);
    CHECK(scalars[0].time == 1234.5);
    CHECK(scalars[0].step == 7);
    CHECK(scalars[0].tag == "error");
    CHECK(scalars[0].value == 0.25f);
    CHECK(scalars[1].time == 1234.5);
    CHECK(scalars[1].step == 9);
    CHECK(scalars[1].tag == "loss");
    CHECK(scalars[1].value == 2.0f);
    CHECK(tensorboard_events({}).size() == 16 + 9 + 15);  // the version alone
}
