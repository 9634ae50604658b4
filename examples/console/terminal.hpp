// What a person at a terminal sees: one line that is rewritten in place, colours if they are wanted, and only characters that it can show.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

#include "console/files.hpp"

namespace console {

namespace details {

inline std::string_view setting(const char* name) noexcept {
    const char* text = std::getenv(name);
    return text == nullptr ? std::string_view{} : std::string_view{text};
}

}  // namespace details

// True if the locale's characters are UTF-8: LC_ALL, else LC_CTYPE, else LANG, as setlocale looks for it.
inline bool utf8_locale() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view text = details::setting(name);
        if (text.empty()) continue;
        for (const std::string_view word : {"UTF-8", "utf-8", "UTF8", "utf8"}) {
            if (text.find(word) != std::string_view::npos) return true;
        }
        return false;
    }
    return false;
}

// True if a descriptor is a terminal that can move its cursor.
inline bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1 && details::setting("TERM") != "dumb"; }

// True if colours are welcome there. @source no-color.org: NO_COLOR, if it is set and not empty, forbids them
inline bool wants_colour(int descriptor) { return is_terminal(descriptor) && details::setting("NO_COLOR").empty(); }

// The letters outside ASCII that our lines hold, spelled in it.
inline std::string as_ascii(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            out += text[i];
        } else if (text.substr(i).starts_with("\u03a6")) {
            out += "Phi";
        } else if (c >= 0xc0) {
            out += text.substr(i).starts_with("\u2588") ? '#' : text.substr(i).starts_with("\u2591") ? '.' : '?';
        }
    }
    return out;
}

// The first so many characters of UTF-8 text.
inline std::string_view first_characters(std::string_view text, std::size_t count) noexcept {
    std::size_t end = 0;
    while (end < text.size()) {
        if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && count-- == 0) break;
        ++end;
    }
    return text.substr(0, end);
}

// How many characters UTF-8 text has.
inline std::size_t characters(std::string_view text) noexcept {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    return count;
}

// A bar of so many characters, filled to a share within [0, 1].
inline std::string bar(double share, std::size_t width) {
    const double filled = share > 0 ? (share < 1 ? share : 1) * static_cast<double>(width) : 0;
    std::string text;
    for (std::size_t i = 0; i < width; ++i) text += static_cast<double>(i) + 0.5 < filled ? "\u2588" : "\u2591";
    return text;
}

// The one live line of a program, on a terminal or nowhere.
class live_line {
public:
    using clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds shortest{100};  // between two states of it

    live_line() = default;
    // @param wanted  false: it shows nothing, whatever the descriptor is
    live_line(int descriptor, bool wanted)
        : descriptor_{descriptor}, shows_{wanted && is_terminal(descriptor)}, utf8_{utf8_locale()}, colour_{wants_colour(descriptor)} {}

    [[nodiscard]] bool shows() const noexcept { return shows_; }
    // True if a new state would be shown: ask before composing one.
    [[nodiscard]] bool due(clock::time_point now) const noexcept { return shows_ && (!ever_ || now - last_ >= shortest); }

    // Characters that fit.
    [[nodiscard]] std::size_t width() const noexcept { return columns() - 1; }

    // Shows a state, cut at the width of the terminal. Call only when due.
    void show(std::string_view text, clock::time_point now) {
        if (!due(now)) return;
        ever_ = up_ = true;
        last_ = now;
        const std::string spelled = utf8_ ? std::string{text} : as_ascii(text);
        std::string line = "\r";
        if (colour_) line += "\x1b[36m";
        line.append(first_characters(spelled, width()));
        if (colour_) line += "\x1b[0m";
        static_cast<void>(details::write_all(descriptor_, line + "\x1b[K"));
    }

    // Takes it away, so that other text can be written where it stood. It comes back when it is due.
    void clear() {
        if (up_) static_cast<void>(details::write_all(descriptor_, "\r\x1b[K"));
        up_ = false;
    }

private:
    [[nodiscard]] std::size_t columns() const noexcept {
        winsize size{};
        return ::ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
    }

    int descriptor_ = -1;
    bool shows_ = false;
    bool utf8_ = false;
    bool colour_ = false;
    bool ever_ = false;
    bool up_ = false;
    clock::time_point last_;
};

}  // namespace console
