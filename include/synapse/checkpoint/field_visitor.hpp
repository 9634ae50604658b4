// Walks a part's list of fields with its types erased: the list is compiled once, for saving and loading together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/core/fields.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// How a number lies in memory.
enum class number_kind : std::uint8_t { boolean, u8, u16, u32, u64, f32 };

constexpr std::uint32_t size_of(number_kind k) noexcept {
    switch (k) {
        case number_kind::boolean:
        case number_kind::u8: return 1;
        case number_kind::u16: return 2;
        case number_kind::u32:
        case number_kind::f32: return 4;
        case number_kind::u64: return 8;
    }
    return 1;
}

template <class T>
constexpr number_kind kind_of() noexcept {
    if constexpr (std::is_enum_v<T> && !std::is_same_v<T, std::byte>) {
        return kind_of<std::underlying_type_t<T>>();
    } else if constexpr (std::is_same_v<T, bool>) {
        return number_kind::boolean;
    } else if constexpr (std::is_same_v<T, float>) {
        return number_kind::f32;
    } else {
        static_assert(std::is_same_v<T, std::byte> || std::is_unsigned_v<T>, "a checkpoint holds bool, float, std::byte and unsigned integers");
        constexpr number_kind kinds[] = {number_kind::u8, number_kind::u16, number_kind::u32, number_kind::u64};
        return kinds[sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3];
    }
}

class field_visitor;

// What can be done to a part without knowing its type. settle and restored are null if the part has none.
struct part_operations {
    void (*fields)(void* part, field_visitor& visit) noexcept;
    status (*settle)(void* part) noexcept;
    void (*restored)(void* part) noexcept;
    const void* defaults;  // of a part that is nothing but numbers and says so: those equal to these are not written; else null
};

// A name in a list of fields, with the index of one among several: "layer_3".
struct field_name {
    static constexpr std::uint32_t no_index = 0xffffffffu;
    const char* text = "";
    std::uint32_t index = no_index;
};

// The visitor that parts see. What is done with a field is up to the class derived from it; scratch never gets there.
class field_visitor {
public:
    template <class T>
    void value(const char* name, T& number) noexcept {
        numbers({name}, &number, kind_of<T>(), 1, false);
    }
    // A short fixed list of numbers.
    template <class T, std::size_t Count>
    void list(const char* name, T (&list)[Count]) noexcept {
        numbers({name}, list, kind_of<T>(), Count, true);
    }
    template <class T>
    void array(const char* name, role r, T*& data, const extent& e) noexcept {
        if (r != role::scratch && r != role::derived) tensor({name}, data, kind_of<std::remove_const_t<T>>(), r, e);
    }
    template <class Part>
    void group(const char* name, Part& part) noexcept {
        enter({name}, &part, operations_of<Part>);
    }
    template <class Part>
    void group(const char* name, std::uint32_t index, Part& part) noexcept {
        enter({name, index}, &part, operations_of<Part>);
    }

    template <class Part>
    static constexpr Part defaults_of{};
    template <class Part>
    static constexpr part_operations operations_of{
        [](void* part, field_visitor& visit) noexcept { Part::fields(*static_cast<Part*>(part), visit); },
        [] {
            status (*settle)(void*) noexcept = nullptr;
            if constexpr (requires(Part& part) { part.settle(); }) settle = [](void* part) noexcept { return static_cast<Part*>(part)->settle(); };
            return settle;
        }(),
        [] {
            void (*restored)(void*) noexcept = nullptr;
            if constexpr (requires(Part& part) { part.restored(); }) restored = [](void* part) noexcept { static_cast<Part*>(part)->restored(); };
            return restored;
        }(),
        [] {
            if constexpr (requires { Part::saved_if_not_default; }) {
                return static_cast<const void*>(&defaults_of<Part>);
            } else {
                return static_cast<const void*>(nullptr);
            }
        }()};

protected:
    field_visitor() = default;
    ~field_visitor() = default;
    field_visitor(const field_visitor&) = delete;
    field_visitor& operator=(const field_visitor&) = delete;

private:
    virtual void numbers(field_name, void*, number_kind, std::uint32_t, bool) noexcept {}
    virtual void tensor(field_name, void*, number_kind, role, const extent&) noexcept {}
    virtual void enter(field_name, void*, const part_operations&) noexcept {}
};

namespace detail {

// Characters of a field's key, "name" or "name_12", at most `room`; returns how many there are.
inline std::uint32_t spell(const field_name& name, char* out, std::uint32_t room) noexcept {
    std::uint32_t n = 0;
    for (; name.text[n] != '\0' && n < room; ++n) out[n] = name.text[n];
    if (name.index == field_name::no_index) return n;
    char digits[10];
    std::uint32_t count = 0;
    std::uint32_t rest = name.index;
    do {
        digits[count++] = static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (n < room) out[n++] = '_';
    while (count != 0 && n < room) out[n++] = digits[--count];
    return n;
}

// numpy's name of a tensor's elements, and bytes of one, for bytes that hold packed numbers too.
struct element {
    char dtype[4];
    std::uint32_t size;
    bool is_float;
};
constexpr element element_of(number_kind k, role r) noexcept {
    if (r == role::packed_f32) return {"<f4", 4, true};
    if (r == role::packed_f16) return {"<f2", 2, true};
    switch (k) {
        case number_kind::boolean:
        case number_kind::u8: return {"|u1", 1, false};
        case number_kind::u16: return {"<u2", 2, false};
        case number_kind::u32: return {"<u4", 4, false};
        case number_kind::u64: return {"<u8", 8, false};
        case number_kind::f32: return {"<f4", 4, true};
    }
    return {"|u1", 1, false};
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
