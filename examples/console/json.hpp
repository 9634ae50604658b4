// Strict JSON, written front to back: no NaN, no trailing comma, UTF-8 in and out.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace console {

// A writer of one value. What is not known is written as null: an empty optional, and any number that is not finite.
//     json out;
//     out.open('{').key("steps").value(12).key("phi").value(std::optional<double>{}).close('}');
class json {
public:
    // '{' or '['; to be closed by its partner.
    json& open(char bracket) {
        separate();
        text_ += bracket;
        first_ = true;
        return *this;
    }
    json& close(char bracket) {
        text_ += bracket;
        first_ = false;
        return *this;
    }
    json& key(std::string_view name) {
        separate();
        quote(name);
        text_ += ": ";
        first_ = true;
        return *this;
    }

    json& null() { return raw("null"); }
    json& value(bool b) { return raw(b ? "true" : "false"); }
    template <std::integral Integer>
    json& value(Integer n) {
        return raw(std::to_string(n));
    }
    // The shortest digits that read back as the same number.
    json& value(double x) {
        if (!std::isfinite(x)) return null();
        char digits[32];
        const auto [end, error] = std::to_chars(digits, digits + sizeof digits, x);
        return error == std::errc{} ? raw({digits, static_cast<std::size_t>(end - digits)}) : null();
    }
    json& value(float x) {
        if (!std::isfinite(x)) return null();
        char digits[32];
        const auto [end, error] = std::to_chars(digits, digits + sizeof digits, x);
        return error == std::errc{} ? raw({digits, static_cast<std::size_t>(end - digits)}) : null();
    }
    json& value(std::string_view text) {
        separate();
        quote(text);
        return *this;
    }
    json& value(const char* text) { return value(std::string_view{text}); }
    json& value(const std::string& text) { return value(std::string_view{text}); }
    template <class Value>
    json& value(const std::optional<Value>& maybe) {
        return maybe ? value(*maybe) : null();
    }

    // key(name).value(v)
    template <class Value>
    json& member(std::string_view name, const Value& v) {
        return key(name).value(v);
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    json& raw(std::string_view token) {
        separate();
        text_.append(token);
        return *this;
    }

    // A comma before every value but the first, and none between a key and its value.
    void separate() {
        if (!first_ && !text_.empty()) text_ += ", ";
        first_ = false;
    }

    void quote(std::string_view text) {
        constexpr char hex[] = "0123456789abcdef";
        text_ += '"';
        for (std::size_t i = 0; i < text.size();) {
            const auto c = static_cast<unsigned char>(text[i]);
            const std::size_t length = sequence(text.substr(i));
            if (c == '"' || c == '\\') {
                text_ += '\\';
                text_ += text[i];
            } else if (c < 0x20 || c == 0x7f) {
                text_ += "\\u00";
                text_ += hex[c >> 4];
                text_ += hex[c & 15];
            } else if (length == 0) {
                text_ += "\\ufffd";  // a byte that is no UTF-8, as in a file name
            } else {
                text_.append(text.substr(i, length));
            }
            i += length == 0 ? 1 : length;
        }
        text_ += '"';
    }

    // Bytes of the UTF-8 character that text begins with; 0 if it is none.
    static std::size_t sequence(std::string_view text) noexcept {
        const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
        const unsigned char c = at(0);
        const std::size_t length = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
        if (length > text.size()) return 0;
        for (std::size_t i = 1; i < length; ++i) {
            if ((at(i) & 0xc0) != 0x80) return 0;
        }
        if (length > 2) {
            const unsigned char d = at(1);
            if ((c == 0xe0 && d < 0xa0) || (c == 0xed && d >= 0xa0) || (c == 0xf0 && d < 0x90) || (c == 0xf4 && d >= 0x90)) return 0;
        }
        return length;
    }

    std::string text_;
    bool first_ = true;
};

}  // namespace console
