// The wire format of Protocol Buffers, as far as ONNX models and TensorBoard events need it.
// @source the encoding's public description
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <synapse/hosted/formats/byte_string.hpp>

namespace synapse::formats {

// One message, field by field.
class protobuf_writer {
public:
    protobuf_writer& whole(unsigned field, std::uint64_t n) {
        varint(std::uint64_t{field} << 3);
        varint(n);
        return *this;
    }
    protobuf_writer& real(unsigned field, double x) {
        varint(std::uint64_t{field} << 3 | 1);
        put(bytes_, x);
        return *this;
    }
    protobuf_writer& single(unsigned field, float x) {
        varint(std::uint64_t{field} << 3 | 5);
        put(bytes_, x);
        return *this;
    }
    protobuf_writer& text(unsigned field, std::string_view s) {
        varint(std::uint64_t{field} << 3 | 2);
        varint(s.size());
        bytes_ += s;
        return *this;
    }
    protobuf_writer& message(unsigned field, const protobuf_writer& m) { return text(field, m.bytes()); }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    void varint(std::uint64_t n) {
        for (; n >= 0x80; n >>= 7) bytes_ += static_cast<char>((n & 0x7fu) | 0x80u);
        bytes_ += static_cast<char>(n);
    }
    std::string bytes_;
};

// Walks the fields of one message: while (in.next()) switch (in.field()) ...  Throws format_error.
class protobuf_reader {
public:
    explicit protobuf_reader(std::string_view bytes) : in_{bytes} {}

    bool next() {
        if (at_ == in_.size()) return false;
        const std::uint64_t key = varint();
        field_ = static_cast<unsigned>(key >> 3);
        if (field_ == 0) throw format_error{"no protocol buffer"};
        number_ = 0;
        text_ = {};
        has_text_ = (key & 7u) == 2;
        switch (key & 7u) {
            case 0: number_ = varint(); return true;
            case 1: number_ = take(8); return true;
            case 2: {
                const std::uint64_t size = varint();
                text_ = part(in_, at_, size);
                at_ += text_.size();
                return true;
            }
            case 5: number_ = take(4); return true;
            default: throw format_error{"no protocol buffer"};
        }
    }
    [[nodiscard]] unsigned field() const noexcept { return field_; }
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }  // a float as its bits
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] bool has_text() const noexcept { return has_text_; }  // or a message, or packed numbers

    // Numbers in a row, as a packed field holds them.
    std::uint64_t varint() {
        std::uint64_t n = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint64_t b = get_little(in_, at_++, 1);
            n |= (b & 0x7fu) << shift;
            if (b < 0x80) return n;
        }
        throw format_error{"no protocol buffer"};
    }
    [[nodiscard]] bool at_end() const noexcept { return at_ == in_.size(); }

private:
    std::uint64_t take(unsigned size) {
        const std::uint64_t n = get_little(in_, at_, size);
        at_ += size;
        return n;
    }
    std::string_view in_;
    std::size_t at_ = 0;
    unsigned field_ = 0;
    std::uint64_t number_ = 0;
    bool has_text_ = false;
    std::string_view text_;
};

}  // namespace synapse::formats
