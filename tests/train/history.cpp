#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "train/history.hpp"

using train::history;
using train_continuous::word_reader;
using train_continuous::word_writer;

TEST_CASE("history: an epoch's error is the mean over its samples; the best is the first with the lowest held-out error") {
    history past;
    CHECK(past.error() == 0);
    past.add(1);
    past.add(0.5);
    CHECK(past.samples() == 2);
    CHECK(past.finish(0.9, 1.5));
    CHECK(past.epochs()[0].error == 0.75);
    CHECK(past.epochs()[0].score() == 0.9);
    CHECK(past.samples() == 0);
    past.add(0.1);
    CHECK(past.finish(0.8, 1));
    CHECK_FALSE(past.finish(0.8, 1));
    CHECK(past.best() == 1);
    CHECK(past.epochs()[2].error == 0);
}

TEST_CASE("history: without held-out data the epoch's own error counts") {
    history past;
    past.add(0.5);
    CHECK(past.finish(std::nullopt, 1));
    past.add(0.6);
    CHECK_FALSE(past.finish(std::nullopt, 1));
    CHECK(past.best() == 0);
}

TEST_CASE("history: is saved and goes on; words that are no history change nothing") {
    history past;
    past.add(0.25);
    past.finish(0.5, 2);
    past.add(0.125);
    past.finish(std::nullopt, 3);
    past.add(0.75);
    std::vector<std::uint64_t> words;
    word_writer out{words};
    past.save(out);

    history again;
    word_reader in{words};
    REQUIRE(again.go_on_from(in));
    CHECK(in.left() == 0);
    CHECK(again.samples() == 1);
    CHECK(again.error() == 0.75);
    REQUIRE(again.epochs().size() == 2);
    CHECK(again.epochs()[0].test_error == 0.5);
    CHECK_FALSE(again.epochs()[1].test_error);
    CHECK(again.epochs()[1].seconds == 3);
    CHECK(again.best() == past.best());

    const auto refused = [&](std::vector<std::uint64_t> damaged) {
        word_reader from{damaged};
        history stays = past;
        const bool taken = stays.go_on_from(from);
        CHECK(stays.epochs().size() == 2);
        return !taken;
    };
    CHECK(refused({}));
    for (std::size_t n = 0; n < words.size(); ++n) CHECK(refused({words.begin(), words.begin() + static_cast<std::ptrdiff_t>(n)}));
    std::vector<std::uint64_t> damaged = words;
    damaged[3] = ~std::uint64_t{0};  // epochs
    CHECK(refused(damaged));
    damaged = words;
    damaged[2] = 2;  // the best of them
    CHECK(refused(damaged));
}
