// A part of nothing but numbers, as one string that is made when it is compiled: no code for any of its fields.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/table.hpp>

namespace synapse {

// How a number lies in memory. The low two bits are the logarithm of its size.
enum class number_kind : std::uint8_t { u8 = 0, u16 = 1, u32 = 2, u64 = 3, boolean = 4, f32 = 6 };

constexpr std::uint32_t size_of(number_kind k) noexcept { return 1u << (static_cast<unsigned>(k) & 3u); }

template <class T>
constexpr number_kind kind_of() noexcept {
    if constexpr (std::is_enum_v<T> && !std::is_same_v<T, std::byte>) {
        return kind_of<std::underlying_type_t<T>>();
    } else if constexpr (std::is_same_v<T, bool>) {
        return number_kind::boolean;
    } else if constexpr (std::is_same_v<T, float>) {
        return number_kind::f32;
    } else {
        static_assert(std::is_same_v<T, std::byte> || std::is_unsigned_v<T>,
                      "a checkpoint holds bool, float, std::byte and unsigned integers");
        return static_cast<number_kind>(std::bit_width(sizeof(T)) - 1);
    }
}

// What a field of numbers is: their kind, how many stand in a list (0: it is one number, no list), and whether it is left out of
// a checkpoint when it has its default.
struct number_code {
    static constexpr std::uint32_t longest_list = 15;

    constexpr number_code(number_kind k, std::uint32_t in_list, bool is_sparse) noexcept
        : bits{static_cast<std::uint8_t>((is_sparse ? 0x80u : 0u) | static_cast<std::uint32_t>(k) << 4 | in_list)} {}
    explicit constexpr number_code(char c) noexcept : bits{static_cast<std::uint8_t>(c)} {}

    [[nodiscard]] constexpr number_kind kind() const noexcept { return static_cast<number_kind>(bits >> 4 & 7u); }
    [[nodiscard]] constexpr bool sparse() const noexcept { return bits >= 0x80; }
    [[nodiscard]] constexpr std::uint32_t listed() const noexcept { return bits & 15u; }
    [[nodiscard]] constexpr std::uint32_t count() const noexcept { return listed() == 0 ? 1 : listed(); }

    std::uint8_t bits;
};

// A part that says whether its defaults are saved is nothing but numbers.
template <class Part>
concept number_part = requires {
    Part::saved_if_not_default;
};

// A listing is a stream of bits, most significant first. For each number of a part its number_code plus one (8 bits) and its name: 5 bits
// for each character, 'a' being 1, '_' 27; 28 and 8 bits for any other; 0 for the end. Then 8 zeros. Numbers are listed as they lie in
// memory, so that nothing need be said of where they are.
namespace detail {
inline constexpr std::uint32_t listed_underscore = 27;
inline constexpr std::uint32_t listed_other = 28;
}  // namespace detail

class listing_reader {
public:
    explicit constexpr listing_reader(const std::uint8_t* text) noexcept : text_{text} {}

    // The next number's code plus one; 0 at the end.
    constexpr std::uint32_t code() noexcept { return take(8); }
    // Its name, zero-terminated, of which at most `room` - 1 characters are kept.
    constexpr void name(char* out, std::uint32_t room) noexcept {
        for (;;) {
            std::uint32_t c = take(5);
            if (c == 0) break;
            c = c == detail::listed_other ? take(8) : c == detail::listed_underscore ? '_' : 'a' - 1 + c;
            if (room > 1) {
                *out++ = static_cast<char>(c);
                --room;
            }
        }
        *out = '\0';
    }

private:
    SYNAPSE_OUTLINE constexpr std::uint32_t take(std::uint32_t bits) noexcept {
        std::uint32_t n = 0;
        for (; bits != 0; --bits, ++at_) n = n << 1 | (static_cast<std::uint32_t>(text_[at_ / 8]) >> (7 - at_ % 8) & 1u);
        return n;
    }

    const std::uint8_t* text_;
    std::uint32_t at_ = 0;
};

template <number_part Part>
class number_listing {
    // Visits a part at compile time. Sets every byte of field `marked` to 1, of the others to 0.
    struct visitor {
        std::uint8_t* text = nullptr;  // null: only measures
        std::size_t marked = ~std::size_t{0};
        std::size_t length = 0;  // bits
        std::size_t field = 0;
        std::size_t end = 0;  // of the last field in memory
        std::size_t marked_at = 0;
        std::size_t marked_end = 0;
        bool all_zero = true;  // before

        template <class T>
        constexpr void value(const char* name, T& number) {
            add<T>(name, 0);
            set(number);
            ++field;
        }
        template <class T, std::size_t Count>
        constexpr void list(const char* name, T (&numbers)[Count]) {
            static_assert(Count <= number_code::longest_list, "a list of numbers in a checkpoint has at most 15");
            add<T>(name, Count);
            for (T& n : numbers) set(n);
            ++field;
        }

        template <class T>
        constexpr void add(const char* name, std::uint32_t listed) {
            const number_code code{kind_of<T>(), listed, Part::saved_if_not_default};
            put(code.bits + 1u, 8);
            for (; *name != '\0'; ++name) {
                const char c = *name;
                if (c >= 'a' && c <= 'z') {
                    put(static_cast<std::uint32_t>(c - 'a') + 1, 5);
                } else if (c == '_') {
                    put(detail::listed_underscore, 5);
                } else {
                    put(detail::listed_other, 5);
                    put(static_cast<std::uint8_t>(c), 8);
                }
            }
            put(0, 5);
            const std::size_t start = (end + sizeof(T) - 1) / sizeof(T) * sizeof(T);
            end = start + code.count() * sizeof(T);
            if (field == marked) {
                marked_at = start;
                marked_end = end;
            }
        }
        constexpr void put(std::uint32_t n, std::uint32_t bits) {
            for (; bits != 0; ++length) {
                --bits;
                if (text != nullptr && (n >> bits & 1u) != 0) text[length / 8] |= static_cast<std::uint8_t>(0x80u >> length % 8);
            }
        }
        template <class T>
        constexpr void set(T& number) {
            using image = detail::table<std::uint8_t, sizeof(T)>;
            for (const std::uint8_t b : std::bit_cast<image>(number).entry) all_zero = all_zero && b == 0;
            image bytes{};
            for (auto& b : bytes.entry) b = field == marked ? 1 : 0;
            number = std::bit_cast<T>(bytes);
        }
    };

    static constexpr visitor seen(visitor visit) {
        Part part{};
        Part::fields(part, visit);
        return visit;
    }

    static constexpr bool in_order() {
        for (std::size_t marked = 0; marked < seen({}).field; ++marked) {
            Part part{};
            visitor visit{.marked = marked};
            Part::fields(part, visit);
            const auto bytes = std::bit_cast<detail::table<std::byte, sizeof(Part)>>(part);
            for (std::size_t i = visit.marked_at; i < visit.marked_end; ++i) {
                if (bytes[i] != std::byte{1}) return false;
            }
        }
        return true;
    }
    static_assert(in_order(), "a part with saved_if_not_default lists all its members, numbers alone, in the order of their declaration");

public:
    static constexpr auto text = [] {
        detail::table<std::uint8_t, (seen({}).length + 8 + 7) / 8> out{};
        seen({.text = out.entry});
        return out;
    }();
    static constexpr bool all_zero = seen({}).all_zero;
};

}  // namespace synapse
