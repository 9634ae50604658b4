// What a stream says when its data cannot be used: which file, which line, which column, and why.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace synapse::streams {

// Thrown by every stream. what() is one line for a person: `elec2.csv:17: column 3 (vicprice): 'abc' is not a number`.
class data_error : public std::runtime_error {
public:
    // line and column count from 1; 0 where there is none (a binary file, a missing file).
    data_error(std::string_view file, std::uint64_t line, std::uint32_t column, std::string_view column_name, std::string_view message)
        : std::runtime_error{compose(file, line, column, column_name, message)},
          file_{file},
          message_{message},
          line_{line},
          column_{column} {}
    data_error(std::string_view file, std::uint64_t line, std::string_view message) : data_error{file, line, 0, {}, message} {}
    data_error(std::string_view file, std::string_view message) : data_error{file, 0, 0, {}, message} {}

    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    // Without the place.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
    [[nodiscard]] std::uint32_t column() const noexcept { return column_; }

private:
    static std::string compose(std::string_view file, std::uint64_t line, std::uint32_t column, std::string_view column_name,
                               std::string_view message) {
        std::string text{file};
        if (line != 0) (text += ':') += std::to_string(line);
        text += ": ";
        if (column != 0) {
            (text += "column ") += std::to_string(column);
            if (!column_name.empty()) (text += " (").append(column_name) += ")";
            text += ": ";
        }
        return text.append(message);
    }

    std::string file_;
    std::string message_;
    std::uint64_t line_;
    std::uint32_t column_;
};

// A cell or a name as an error message quotes it: in quotes, cut at 40 bytes, control characters shown as '?'.
inline std::string cited(std::string_view text) {
    constexpr std::size_t longest = 40;
    std::string out = "'";
    for (const char c : text.substr(0, longest)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out += text.size() > longest ? "...'" : "'";
}

}  // namespace synapse::streams
