// Walks a part's list of fields with its types erased: the list is compiled once, for saving and loading together.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/checkpoint/number_listing.hpp>
#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

class field_visitor;

// What can be done to a part without knowing its type.
struct part_operations {
    union list {
        void (*fields)(void* part, field_visitor& visit) noexcept;
        const void* defaults;  // of a part with a listing; null if they are all zero
    };
    const char* listing;  // number_listing's; null of a part that has more than numbers
    list of;
    status (*settled)(void* part, bool all_read) noexcept;  // settle(), then restored() if all has been read; null for neither
};

// A name in a list of fields, with the index of one among several: "layer_3".
struct field_name {
    static constexpr std::uint32_t no_index = 0xffffffffu;
    const char* text = "";
    std::uint32_t index = no_index;
};

// How an array's elements lie in memory and in a file, where bytes may be packed numbers.
struct array_code {
    constexpr array_code(number_kind k, role r) noexcept
        : bits{static_cast<std::uint8_t>((static_cast<unsigned>(k) & 3u) |
                                         (r == role::packed_f32 ? 0x18u : r == role::packed_f16 ? 0x14u
                                                                                                : (static_cast<unsigned>(k) & 3u) << 2 |
                                                                                                      (k == number_kind::f32 ? 0x10u : 0u)) |
                                         (r == role::weights ? 0x20u : 0u))} {}
    [[nodiscard]] constexpr std::uint32_t memory_bytes() const noexcept { return 1u << (bits & 3u); }
    [[nodiscard]] constexpr std::uint32_t bytes() const noexcept { return 1u << (bits >> 2 & 3u); }
    [[nodiscard]] constexpr bool is_float() const noexcept { return (bits & 0x10u) != 0; }
    [[nodiscard]] constexpr bool is_weights() const noexcept { return bits >= 0x20; }
    // numpy's name of an element in the file: "<f4".
    [[nodiscard]] constexpr const char* dtype() const noexcept { return &"|u1<u2<u4<u8   <f2<f4"[3 * (bits >> 2 & 7u)]; }
    static constexpr std::uint32_t dtype_length = 3;

    std::uint8_t bits;
};

// What is done with the fields of a list. Scratch never gets there.
class field_visitor {
public:
    // For field_list alone, which is made of little else.
    SYNAPSE_OUTLINE void field(const char* name, void* x, number_code code) noexcept { numbers(name, x, code, nullptr); }
    SYNAPSE_OUTLINE void field(const char* name, void* data, array_code code, const extent& e) noexcept { tensor(name, data, code, e); }
    SYNAPSE_OUTLINE void field(const char* name, void* part, const part_operations& operations) noexcept {
        enter(name, part, operations, field_name::no_index);
    }
    void field(const char* name, std::uint32_t index, void* part, const part_operations& operations) noexcept {
        enter(name, part, operations, index);
    }

protected:
    field_visitor() = default;
    ~field_visitor() = default;
    field_visitor(const field_visitor&) = delete;
    field_visitor& operator=(const field_visitor&) = delete;

    // Visits every field of a part.
    void walk(void* part, const part_operations& operations) noexcept {
        const char* text = operations.listing;
        if (text == nullptr) return operations.of.fields(part, *this);
        const auto* defaults = static_cast<const std::byte*>(operations.of.defaults);
        for (std::size_t at = 0; *text != '\0';) {
            const number_code code{static_cast<char>(*text++ - 1)};
            const std::size_t size = size_of(code.kind());
            at = (at + size - 1) & ~(size - 1);
            numbers(text, static_cast<std::byte*>(part) + at, code, defaults == nullptr ? nullptr : defaults + at);
            at += code.count() * size;
            while (*text++ != '\0') {}
        }
    }

private:
    // initial: what a sparse number has by default; null if that is zero.
    virtual void numbers(const char* name, void* x, number_code code, const std::byte* initial) noexcept = 0;
    virtual void tensor(const char* name, void* data, array_code code, const extent& e) noexcept = 0;
    virtual void enter(const char* name, void* part, const part_operations& operations, std::uint32_t index) noexcept = 0;
};

template <class Part, feature_set Features = all_features>
struct operations_on;

// The visitor that parts see.
template <feature_set Features>
struct field_list {
    static constexpr feature_set features = Features;
    field_visitor& visitor;

    template <class T>
    void value(const char* name, T& number) noexcept {
        visitor.field(name, &number, number_code{kind_of<T>(), 0, false});
    }
    // A short fixed list of numbers.
    template <class T, std::size_t Count>
    void list(const char* name, T (&list)[Count]) noexcept {
        static_assert(Count <= number_code::longest_list);
        visitor.field(name, list, number_code{kind_of<T>(), Count, false});
    }
    template <class T>
    void array(const char* name, role r, T*& data, const extent& e) noexcept {
        if (r != role::scratch && r != role::derived) visitor.field(name, data, array_code{kind_of<std::remove_const_t<T>>(), r}, e);
    }
    template <class Part>
    void group(const char* name, Part& part) noexcept {
        visitor.field(name, &part, operations_on<Part, Features>::table);
    }
    template <class Part>
    void group(const char* name, std::uint32_t index, Part& part) noexcept {
        visitor.field(name, index, &part, operations_on<Part, Features>::table);
    }
    template <class Part>
    void scratch(const char*, Part&) noexcept {}
    void absent(const char* name) noexcept { visitor.field(name, nullptr, number_code{number_kind::absent, 0, false}); }
};

template <class Part, feature_set Features>
struct operations_on {
    static constexpr part_operations table = [] {
        part_operations made{nullptr, {.fields = nullptr}, nullptr};
        if constexpr (number_part<Part>) {
            made.listing = number_listing<Part>::text.entry;
            made.of.defaults = nullptr;
            if constexpr (Part::saved_if_not_default && !number_listing<Part>::all_zero) made.of.defaults = &default_of<Part>;
        } else {
            made.of.fields = [](void* part, field_visitor& visit) noexcept {
                field_list<Features> list{visit};
                Part::fields(*static_cast<Part*>(part), list);
            };
        }
        constexpr bool settles = requires(Part& part) { part.settle(); };
        constexpr bool restores = requires(Part& part) { part.restored(); };
        if constexpr (settles || restores) {
            made.settled = [](void* part, [[maybe_unused]] bool all_read) noexcept {
                auto& whole = *static_cast<Part*>(part);
                if constexpr (settles) {
                    if (const status s = whole.settle(); !ok(s)) return s;
                }
                if constexpr (restores) {
                    if (all_read) whole.restored();
                }
                return status::ok;
            };
        }
        return made;
    }();
};

namespace detail {

// Characters of a field's key, "name" or "name_12", at most `room`; returns how many there are.
inline std::uint32_t spell(const field_name& name, char* out, std::uint32_t room) noexcept {
    std::uint32_t n = 0;
    for (; name.text[n] != '\0' && n < room; ++n) out[n] = name.text[n];
    if (name.index == field_name::no_index) return n;
    char digits[11];
    std::uint32_t count = 0;
    for (std::uint32_t rest = name.index; count == 0 || rest != 0; rest /= 10) digits[count++] = static_cast<char>('0' + rest % 10);
    digits[count++] = '_';
    while (count != 0 && n < room) out[n++] = digits[--count];
    return n;
}

// Where this machine keeps byte i of a number, the least significant one being 0.
constexpr std::uint32_t byte_of(std::uint32_t i, std::uint32_t size) noexcept {
    return std::endian::native == std::endian::little ? i : size - 1 - i;
}

// Reverses the bytes of each element; the way between this machine's order and the file's where they differ.
inline void swap_elements(std::byte* bytes, std::size_t size, std::uint32_t element) noexcept {
    for (std::size_t at = 0; at + element <= size; at += element) {
        for (std::uint32_t i = 0; i < element / 2; ++i) {
            const std::byte b = bytes[at + i];
            bytes[at + i] = bytes[at + element - 1 - i];
            bytes[at + element - 1 - i] = b;
        }
    }
}

}  // namespace detail
}  // namespace synapse
