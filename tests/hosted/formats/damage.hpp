// What strangers' files may do to a reader: end anywhere, or have any byte changed. It answers with format_error, or with something
// whole; the sanitizers of tests/run see the rest.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include <synapse/hosted/formats/byte_string.hpp>

namespace formats_test {

// Whether the reader refuses every beginning of the file that is shorter than `whole`. Each is read from memory of its own, whose end a
// sanitizer guards.
template <class Read>
void refuses_every_truncation(const std::string& file, Read read) {
    for (std::size_t size = 0; size < file.size(); ++size) {
        const std::string cut{file.substr(0, size)};
        CAPTURE(size);
        CHECK_THROWS_AS(read(std::string_view{cut}), synapse::formats::format_error);
    }
}

// Changes every byte to a few others. @return how many of the files were refused
template <class Read>
std::size_t survives_every_change(const std::string& file, Read read) {
    std::size_t refused = 0;
    for (std::size_t at = 0; at < file.size(); ++at) {
        for (const char with : {'\x00', '\x01', '\x7f', '\x80', '\xff'}) {
            std::string changed = file;
            changed[at] = with;
            try {
                read(std::string_view{changed});
            } catch (const synapse::formats::format_error&) {
                ++refused;
            }
        }
    }
    return refused;
}

}  // namespace formats_test
