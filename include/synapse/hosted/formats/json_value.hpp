// JSON read into a tree, strictly and boundedly: the heads of safetensors files, and the lines of a metrics file.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <synapse/hosted/formats/byte_string.hpp>

namespace synapse::formats {

class json_value {
public:
    using list = std::vector<json_value>;
    using members = std::vector<std::pair<std::string, json_value>>;  // in the order of the file

    static constexpr int deepest = 32;
    // @cost up to 40 bytes of memory for each of the text: bound what comes from strangers. Throws format_error: no JSON, deeper than
    // `deepest`, or something behind the value.
    static json_value parse(std::string_view text) {
        std::size_t at = 0;
        json_value v = read(text, at, 0);
        skip(text, at);
        if (at != text.size()) fail(at);
        return v;
    }

    [[nodiscard]] bool null() const noexcept { return std::holds_alternative<std::monostate>(value_); }
    [[nodiscard]] const bool* boolean() const noexcept { return std::get_if<bool>(&value_); }
    [[nodiscard]] const double* number() const noexcept { return std::get_if<double>(&value_); }
    [[nodiscard]] const std::string* text() const noexcept { return std::get_if<std::string>(&value_); }
    [[nodiscard]] const list* array() const noexcept { return std::get_if<list>(&value_); }
    [[nodiscard]] const members* object() const noexcept { return std::get_if<members>(&value_); }

    // A member of an object; null if this is none or has none of that name.
    [[nodiscard]] const json_value* find(std::string_view name) const noexcept {
        if (const members* all = object()) {
            for (const auto& [key, v] : *all) {
                if (key == name) return &v;
            }
        }
        return nullptr;
    }
    [[nodiscard]] std::optional<double> number_at(std::string_view name) const noexcept {
        const json_value* v = find(name);
        return v != nullptr && v->number() != nullptr ? std::optional<double>{*v->number()} : std::nullopt;
    }

private:
    [[noreturn]] static void fail(std::size_t at) { throw format_error{"no JSON at byte " + std::to_string(at)}; }
    static void skip(std::string_view t, std::size_t& at) noexcept {
        while (at < t.size() && (t[at] == ' ' || t[at] == '\t' || t[at] == '\n' || t[at] == '\r')) ++at;
    }
    static void want(std::string_view t, std::size_t& at, std::string_view word) {
        if (t.substr(at, word.size()) != word) fail(at);
        at += word.size();
    }

    static json_value read(std::string_view t, std::size_t& at, int depth) {
        if (depth > deepest) fail(at);
        skip(t, at);
        if (at >= t.size()) fail(at);
        json_value v;
        switch (t[at]) {
            case '{': v.value_ = read_members(t, at, depth); return v;
            case '[': v.value_ = read_list(t, at, depth); return v;
            case '"': v.value_ = read_text(t, at); return v;
            case 't':
                want(t, at, "true");
                v.value_ = true;
                return v;
            case 'f':
                want(t, at, "false");
                v.value_ = false;
                return v;
            case 'n': want(t, at, "null"); return v;
            default: v.value_ = read_number(t, at); return v;
        }
    }

    static members read_members(std::string_view t, std::size_t& at, int depth) {
        members all;
        ++at;
        skip(t, at);
        if (at < t.size() && t[at] == '}') return ++at, all;
        for (;;) {
            skip(t, at);
            if (at >= t.size() || t[at] != '"') fail(at);
            std::string key = read_text(t, at);
            skip(t, at);
            want(t, at, ":");
            all.emplace_back(std::move(key), read(t, at, depth + 1));
            skip(t, at);
            if (at < t.size() && t[at] == '}') return ++at, all;
            want(t, at, ",");
        }
    }
    static list read_list(std::string_view t, std::size_t& at, int depth) {
        list all;
        ++at;
        skip(t, at);
        if (at < t.size() && t[at] == ']') return ++at, all;
        for (;;) {
            all.push_back(read(t, at, depth + 1));
            skip(t, at);
            if (at < t.size() && t[at] == ']') return ++at, all;
            want(t, at, ",");
        }
    }

    static double read_number(std::string_view t, std::size_t& at) {
        std::size_t i = at;
        const auto digits = [&] {
            const std::size_t first = i;
            while (i < t.size() && t[i] >= '0' && t[i] <= '9') ++i;
            if (i == first) fail(at);
            return first;
        };
        if (t[i] == '-') ++i;
        if (const std::size_t first = digits(); t[first] == '0' && i != first + 1) fail(at);
        if (i < t.size() && t[i] == '.') {
            ++i;
            digits();
        }
        if (i < t.size() && (t[i] == 'e' || t[i] == 'E')) {
            ++i;
            if (i < t.size() && (t[i] == '+' || t[i] == '-')) ++i;
            digits();
        }
        double x = 0;
        const auto [end, error] = std::from_chars(t.data() + at, t.data() + i, x);
        if (error != std::errc{} || end != t.data() + i || !std::isfinite(x)) fail(at);
        at = i;
        return x;
    }

    static void put_utf8(std::string& out, std::uint32_t c) {
        if (c < 0x80) {
            out += static_cast<char>(c);
        } else if (c < 0x800) {
            out += static_cast<char>(0xc0 | c >> 6);
            out += static_cast<char>(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            out += static_cast<char>(0xe0 | c >> 12);
            out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
            out += static_cast<char>(0x80 | (c & 0x3f));
        } else {
            out += static_cast<char>(0xf0 | c >> 18);
            out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
            out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
            out += static_cast<char>(0x80 | (c & 0x3f));
        }
    }
    static std::uint32_t read_hex(std::string_view t, std::size_t& at) {
        std::uint32_t n = 0;
        if (t.size() - at < 4) fail(at);
        const auto [end, error] = std::from_chars(t.data() + at, t.data() + at + 4, n, 16);
        if (error != std::errc{} || end != t.data() + at + 4) fail(at);
        at += 4;
        return n;
    }
    static std::string read_text(std::string_view t, std::size_t& at) {
        std::string out;
        for (++at; at < t.size();) {
            const char c = t[at++];
            if (c == '"') return out;
            if (static_cast<unsigned char>(c) < 0x20) fail(at - 1);
            if (c != '\\') {
                out += c;
                continue;
            }
            if (at >= t.size()) break;
            const char e = t[at++];
            constexpr std::string_view names = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
            if (const std::size_t i = names.find(e); i != std::string_view::npos) {
                out += meant[i];
            } else if (e == 'u') {
                std::uint32_t n = read_hex(t, at);
                if (n >= 0xd800 && n < 0xdc00 && t.substr(at, 2) == "\\u") {
                    at += 2;
                    const std::uint32_t low = read_hex(t, at);
                    if (low < 0xdc00 || low > 0xdfff) fail(at);
                    n = 0x10000 + ((n - 0xd800) << 10) + (low - 0xdc00);
                } else if (n >= 0xd800 && n < 0xe000) {
                    fail(at);
                }
                put_utf8(out, n);
            } else {
                fail(at - 1);
            }
        }
        fail(at);
    }

    std::variant<std::monostate, bool, double, std::string, list, members> value_;
};

}  // namespace synapse::formats
