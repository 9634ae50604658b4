// Numbers into and out of strings of bytes, for the file formats of other programs.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace synapse::formats {

// A file of another program that breaks its format's rules, or uses what is not read here; what() is a sentence.
class format_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Appends the lowest `size` bytes of n, the least first.
inline void put_little(std::string& out, std::uint64_t n, unsigned size) {
    for (unsigned i = 0; i < size; ++i) out += static_cast<char>(n >> (8 * i) & 0xffu);
}
inline void put(std::string& out, float x) { put_little(out, std::bit_cast<std::uint32_t>(x), 4); }
inline void put(std::string& out, double x) { put_little(out, std::bit_cast<std::uint64_t>(x), 8); }

// The `size` bytes at `at`. Throws format_error beyond the end.
inline std::uint64_t get_little(std::string_view in, std::size_t at, unsigned size) {
    if (at > in.size() || in.size() - at < size) throw format_error{"the file ends too early"};
    std::uint64_t n = 0;
    for (unsigned i = 0; i < size; ++i) n |= std::uint64_t{static_cast<unsigned char>(in[at + i])} << (8 * i);
    return n;
}

inline std::string_view part(std::string_view in, std::size_t at, std::uint64_t size) {
    if (at > in.size() || in.size() - at < size) throw format_error{"the file ends too early"};
    return in.substr(at, static_cast<std::size_t>(size));
}

// The same memory as characters.
inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace synapse::formats
