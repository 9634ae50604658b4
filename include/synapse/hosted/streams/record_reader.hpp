// Cuts text into records of fields: comma-separated values with quotes, or plain rows of numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <synapse/hosted/streams/byte_reader.hpp>
#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/hosted/streams/number.hpp>

namespace synapse::streams {

// One line of data (or several, where a quoted field holds line ends). Reused from row to row, so reading allocates nothing in the long run.
class record {
public:
    [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
    // Field i, blanks around it cut off unless they were quoted. i < size().
    [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept {
        return std::string_view{text_}.substr(fields_[i].begin, fields_[i].length);
    }
    // True if the field was written in quotes: "" is then a value, not a missing one.
    [[nodiscard]] bool in_quotes(std::size_t i) const noexcept { return fields_[i].quoted; }
    [[nodiscard]] bool missing(std::size_t i) const noexcept { return !fields_[i].quoted && is_missing((*this)[i]); }
    // Where it begins: the line, from 1, and the byte, from 0.
    [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

private:
    friend class record_reader;
    struct field {
        std::size_t begin;
        std::size_t length;
        bool quoted;
    };
    std::string text_;
    std::vector<field> fields_;
    std::uint64_t line_ = 0;
    std::uint64_t offset_ = 0;
};

// How fields are told apart.
enum class separator : std::uint8_t {
    detect,  // the first of , ; tab that the first line holds outside quotes; a line with none is one field
    comma,
    semicolon,
    tab,
    rows,  // commas or runs of blanks, no quotes: what programs print
};

// @source RFC 4180, with LF, CR or CR LF as line ends, blank lines skipped and a byte-order mark allowed.
class record_reader {
public:
    static constexpr std::size_t longest_record = std::size_t{1} << 20;  // bytes: beyond it a quote was left open

    record_reader(byte_reader& bytes, separator between) : bytes_{&bytes}, between_{between} {}

    // Reads the next record that is not blank.
    // @return false at the end of the data. Throws data_error: a quote left open, text after a closing quote, a record too long.
    bool next(record& out) {
        if (bytes_->position() == 0) skip_mark();
        for (;;) {
            out.text_.clear();
            out.fields_.clear();
            out.line_ = line_;
            out.offset_ = bytes_->position();
            if (bytes_->peek() < 0) return false;
            if (between_ == separator::rows) {
                read_row(out);
            } else {
                read_values(out);
            }
            const bool blank = out.fields_.empty() || (out.fields_.size() == 1 && out[0].empty() && !out.fields_[0].quoted);
            if (!blank) return true;
        }
    }

    // Goes on at a record whose place is known. Only for a seekable file.
    void seek(std::uint64_t offset, std::uint64_t line) {
        bytes_->seek(offset);
        line_ = line;
    }

    // Of the next record, from 1.
    [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
    // What detection settled on.
    [[nodiscard]] separator found() const noexcept { return between_; }
    [[nodiscard]] const std::string& name() const noexcept { return bytes_->name(); }

private:
    void skip_mark() {
        if (bytes_->peek() != 0xef) return;
        bytes_->get();
        if (bytes_->get() != 0xbb || bytes_->get() != 0xbf) throw data_error{name(), 1, "not text: a damaged byte-order mark"};
    }

    [[nodiscard]] char mark() const noexcept { return between_ == separator::semicolon ? ';' : between_ == separator::tab ? '\t' : ','; }

    // Takes one byte of a record that began at out.line_.
    void keep(record& out, int c) const {
        if (out.text_.size() >= longest_record) throw data_error{name(), out.line_, "a record of more than 1 MiB: is a quote left open?"};
        if (c == 0) throw data_error{name(), out.line_, "a zero byte: this is not text"};
        out.text_ += static_cast<char>(c);
    }

    // True if c ends a line; the LF of a CR LF is taken too.
    bool ends_line(int c) {
        if (c == '\r' && bytes_->peek() == '\n') c = bytes_->get();
        if (c != '\n' && c != '\r') return false;
        ++line_;
        return true;
    }

    // A separator that detection may settle on, if this is one.
    void detect(int c) noexcept {
        if (c == ',') between_ = separator::comma;
        if (c == ';') between_ = separator::semicolon;
        if (c == '\t') between_ = separator::tab;
    }

    void read_values(record& out) {
        for (;;) {
            const std::size_t begin = out.text_.size();
            int c = bytes_->get();
            while (c == ' ' || (c == '\t' && between_ != separator::tab && between_ != separator::detect)) c = bytes_->get();
            const bool in_quotes = c == '"';
            if (in_quotes) {
                read_quoted(out);
                c = bytes_->get();
                while (c == ' ' || (c == '\t' && between_ != separator::tab && between_ != separator::detect)) c = bytes_->get();
                out.fields_.push_back({begin, out.text_.size() - begin, true});
            }
            bool line_over = false;
            for (;; c = bytes_->get()) {
                if (between_ == separator::detect) detect(c);
                line_over = c < 0 || ends_line(c);
                if (line_over || (c == mark() && between_ != separator::detect)) break;
                if (in_quotes) {
                    throw data_error{name(), line_, static_cast<std::uint32_t>(out.fields_.size()), {}, "text after the closing quote"};
                }
                keep(out, c);
            }
            if (!in_quotes) {
                std::size_t length = out.text_.size() - begin;
                while (length > 0 && (out.text_[begin + length - 1] == ' ' || out.text_[begin + length - 1] == '\t')) --length;
                out.fields_.push_back({begin, length, false});
            }
            if (line_over) return;
        }
    }

    // The rest of a field after its opening quote; two quotes stand for one.
    void read_quoted(record& out) {
        const std::uint64_t opened = line_;
        for (;;) {
            const int c = bytes_->get();
            if (c < 0) throw data_error{name(), opened, static_cast<std::uint32_t>(out.fields_.size() + 1), {}, "a quote is left open"};
            if (c == '"') {
                if (bytes_->peek() != '"') return;
                bytes_->get();
            }
            if (c == '\n') ++line_;
            keep(out, c);
        }
    }

    void read_row(record& out) {
        for (int c = bytes_->get(); c >= 0 && !ends_line(c); c = bytes_->get()) keep(out, c);
        const std::string_view text = out.text_;
        std::size_t at = 0;
        bool after_comma = false;
        for (;;) {
            while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
            if (at == text.size()) {
                if (after_comma) out.fields_.push_back({at, 0, false});
                return;
            }
            const std::size_t begin = at;
            while (at < text.size() && text[at] != ',' && text[at] != ' ' && text[at] != '\t') ++at;
            out.fields_.push_back({begin, at - begin, false});
            while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
            after_comma = at < text.size() && text[at] == ',';
            if (after_comma) ++at;
        }
    }

    byte_reader* bytes_;
    separator between_;
    std::uint64_t line_ = 1;
};

}  // namespace synapse::streams
