// A file of the page, compiled into the program.
#pragma once

#include <string_view>

namespace dashboard {

struct page_file {
    std::string_view name;  // as in /page/NAME
    std::string_view type;  // of its content
    std::string_view bytes;
};

}  // namespace dashboard
