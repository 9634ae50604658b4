// save_rounded(model, to, rounding): a checkpoint for shipping home, whose weights are rounded. It is read at the desk, by
// checkpoint_reader or Python, and no learner takes it in: its header says so.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <synapse/checkpoint/field_codec.hpp>
#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/status.hpp>
#include <synapse/memory/codec.hpp>

namespace synapse {

enum class rounding : std::uint8_t {
    f16,  // IEEE halves: 11 bits. A tensor with a weight beyond 65504 is not rounded
    u8,   // 256 levels between a tensor's smallest and largest weight, which stand beside it as "weight_range": [low, high]
};

namespace detail {

class rounded_weights {
public:
    static bool write(const void* way, field_codec& writer, const char* name, const void* data, array_code code, const extent& e) noexcept {
        const rounding how = *static_cast<const rounding*>(way);
        if (!code.is_weights()) return false;
        const auto* weights = static_cast<const float*>(data);
        float low = 0.0f;
        float high = 0.0f;
        for (std::uint32_t i = 0; i < e.rows; ++i) {
            for (std::uint32_t j = 0; j < e.cols; ++j) {
                const float w = weights[std::size_t{i} * e.stride + j];
                if (i + j == 0 || w < low) low = w;
                if (i + j == 0 || w > high) high = w;
            }
        }
        const bool halves = how == rounding::f16;
        if (halves && !(low >= -65504.0f && high <= 65504.0f)) return false;
        if (!halves) write_range(writer, name, low, high);
        if (!writer.find(name)) return true;
        writer.head(e.rows, e.cols, halves ? array_code{number_kind::u8, role::packed_f16} : array_code{number_kind::u8, role::state});
        if (!(low < high)) high = low + 1.0f;  // all the same: level 0
        const sample_format format = halves ? sample_format::f16 : sample_format::u8;
        constexpr std::uint32_t most = 32;
        std::byte bytes[2 * most];
        for (std::uint32_t i = 0; i < e.rows; ++i) {
            const float* row = weights + std::size_t{i} * e.stride;
            for (std::uint32_t left = e.cols; left != 0;) {
                const std::uint32_t n = left < most ? left : most;
                codec::encode(format, n, row, low, high, bytes);
                writer.out().raw(bytes, codec::bytes(format, n));
                row += n;
                left -= n;
            }
        }
        return true;
    }

private:
    static void write_range(field_codec& writer, const char* name, float low, float high) noexcept {
        constexpr char suffix[] = "_range";
        char key[format::max_key_bytes + 1];
        std::uint32_t n = length_of(name, format::max_key_bytes + 1 - sizeof suffix);
        for (std::uint32_t i = 0; i < n; ++i) key[i] = name[i];
        for (const char c : suffix) key[n++] = c;
        if (!writer.find(key)) return;
        writer.out().array(2);
        writer.out().real(low);
        writer.out().real(high);
    }
};

}  // namespace detail

// Saves a learner with its weights rounded: about half the bytes with f16, a quarter with u8. All else is as save() writes it.
// to      a byte sink. Not a store: what cannot be loaded must not become the newest checkpoint there
// ok      saved; others: what the sink said
// @cost three reads of the weights (f16, u8: one more to find the range), no heap, about 1.2 KiB of stack
template <class Model, byte_sink To>
status save_rounded(const Model& model, To& to, rounding how, const save_info& info = {}) noexcept {
    static_assert(!checkpoint_store<To>, "a rounded checkpoint cannot be loaded: it does not belong into a store of checkpoints");
    detail::document d = detail::describe<detail::sizeless_t<Model>, detail::features_of<Model>>(model);
    detail::destination where = detail::destination_of(to);
    return detail::save_document(d, info, where, format::flag_rounded, detail::rounded_weights::write, &how);
}

}  // namespace synapse
