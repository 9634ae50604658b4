#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "dashboard/news.hpp"

using std::chrono::milliseconds;

TEST_CASE("news: wakes who waits, and says how much there was") {
    dashboard::news n{2};
    CHECK(n.wait(0, milliseconds{1}) == 0);
    n.tell();
    CHECK(n.wait(0, milliseconds{60000}) == 1);
    std::thread other{[&] { n.tell(); }};
    CHECK(n.wait(1, milliseconds{60000}) == 2);
    other.join();
    n.end();
    CHECK(n.wait(2, milliseconds{60000}) == 2);
    CHECK(n.over());
}

TEST_CASE("news: no more listeners than places, and a place is free again") {
    dashboard::news n{2};
    const dashboard::news::place a{n};
    {
        const dashboard::news::place b{n};
        CHECK(bool{a});
        CHECK(bool{b});
        const dashboard::news::place c{n};
        CHECK_FALSE(bool{c});
        CHECK(n.listeners() == 2);
    }
    CHECK(n.listeners() == 1);
    const dashboard::news::place d{n};
    CHECK(bool{d});
}
