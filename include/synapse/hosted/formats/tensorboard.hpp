// TensorBoard event files.
// @source tensorflow's event.proto and summary.proto; records are framed with masked CRC32C
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/hosted/formats/byte_string.hpp>
#include <synapse/hosted/formats/protobuf.hpp>
#include <synapse/hosted/formats/record_table.hpp>

namespace synapse::formats {

// Every number of the table as a scalar. Rows without a step are left out; those without a time have the earliest of the others.
inline std::string tensorboard_events(const record_table& t) {
    std::string out;
    const auto record = [&](const protobuf_writer& event) {
        const auto masked = [](std::string_view bytes) {
            const std::uint32_t crc = crc32c::of(std::as_bytes(std::span{bytes.data(), bytes.size()}));
            return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
        };
        std::string length;
        put_little(length, event.bytes().size(), 8);
        out += length;
        put_little(out, masked(length), 4);
        out += event.bytes();
        put_little(out, masked(event.bytes()), 4);
    };
    const double begin = std::isnan(t.first_time()) ? 0.0 : t.first_time();
    protobuf_writer version;
    record(version.real(1, begin).text(3, "brain.Event:2"));
    for (std::size_t r = 0; r < t.rows().size(); ++r) {
        const auto& row = t.rows()[r];
        if (!(row.step >= 0 && row.step < 0x1p63)) continue;
        protobuf_writer summary;
        for (std::size_t c = 0; c < t.columns().size(); ++c) {
            if (!(std::fabs(t.at(r, c)) <= 3e38)) continue;
            protobuf_writer value;
            summary.message(1, value.text(1, t.columns()[c]).single(2, static_cast<float>(t.at(r, c))));
        }
        protobuf_writer event;
        record(event.real(1, std::isnan(row.time) ? begin : row.time).whole(2, static_cast<std::uint64_t>(row.step)).message(5, summary));
    }
    return out;
}

}  // namespace synapse::formats
