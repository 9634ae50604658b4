// What a device wrote down of its calls.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <synapse/learner/shape.hpp>

namespace twin {

struct input_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct call {
    enum class kind : std::uint8_t { step, sleep, hash };
    kind is = kind::step;
    std::uint32_t line = 0;    // in the file, from 1
    std::size_t first = 0;     // step: its numbers begin there
    std::uint64_t number = 0;  // sleep: samples; hash: the step
    std::uint64_t hash = 0;
};

struct device_log {
    std::vector<call> calls;
    std::vector<float> numbers;
};

namespace details {

[[noreturn]] inline void refuse(const std::string& path, std::uint32_t line, const std::string& why) {
    throw input_error{path + ":" + std::to_string(line) + ": " + why};
}

inline std::string_view next_word(std::string_view& text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    const std::size_t end = std::min(text.find_first_of(" \t", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    return word;
}

template <class Number>
bool whole(std::string_view word, Number& out, int base = 10) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out, base);
    return error == std::errc{} && end == word.data() + word.size() && !word.empty();
}

}  // namespace details

// Throws input_error, which names the line.
inline device_log read_log(const std::string& path, const synapse::shape& form) {
    std::ifstream file{path};
    if (!file) throw input_error{path + ": cannot be read"};
    device_log log;
    const bool classifies = form.learns == synapse::task::classification;
    const std::size_t width = form.inputs + (classifies ? 1 : form.outputs);
    std::string text;
    for (std::uint32_t line = 1; std::getline(file, text); ++line) {
        std::string_view rest = text;
        if (rest.ends_with('\r')) rest.remove_suffix(1);
        if (rest.find_first_not_of(" \t") == std::string_view::npos) continue;
        call c;
        c.line = line;
        if (rest.front() == '#') {
            rest.remove_prefix(1);
            const std::string_view what = details::next_word(rest);
            if (what == "sleep") {
                c.is = call::kind::sleep;
                if (!details::whole(details::next_word(rest), c.number)) details::refuse(path, line, "# sleep SAMPLES");
            } else if (what == "hash") {
                c.is = call::kind::hash;
                const bool good =
                    details::whole(details::next_word(rest), c.number) && details::whole(details::next_word(rest), c.hash, 16);
                if (!good) details::refuse(path, line, "# hash STEP and 16 hexadecimal digits");
            } else {
                continue;
            }
        } else {
            c.first = log.numbers.size();
            for (bool more = true; more;) {
                const std::size_t comma = std::min(rest.find(','), rest.size());
                std::string_view cell = rest.substr(0, comma);
                const std::string_view word = details::next_word(cell);
                float x = 0.0f;
                const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), x);
                if (word.empty() || end != word.data() + word.size() || (error != std::errc{} && error != std::errc::result_out_of_range)) {
                    details::refuse(path, line, "'" + std::string{rest.substr(0, comma)} + "' is no number");
                }
                log.numbers.push_back(x);
                more = comma < rest.size();
                if (more) rest.remove_prefix(comma + 1);
            }
            const std::size_t have = log.numbers.size() - c.first;
            if (have != width) {
                details::refuse(path, line,
                                std::to_string(have) + " numbers; the learner in the checkpoint takes " + std::to_string(width));
            }
            const float label = log.numbers.back();
            if (classifies && !(label >= 0.0f && label < static_cast<float>(form.outputs) && label == std::floor(label))) {
                details::refuse(path, line, "the last number is no label below " + std::to_string(form.outputs));
            }
        }
        log.calls.push_back(c);
    }
    return log;
}

}  // namespace twin
