#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/memory/replay.hpp>

namespace {

using synapse::random_generator;
using synapse::replay_buffer;
using synapse::replay_form;
using synapse::replay_policy;
using synapse::sample_format;

struct alignas(64) line {
    std::byte bytes[64];
};

// A buffer with memory of its own. Samples are one number that also serves as their name.
struct housed {
    replay_buffer buffer;
    std::vector<line> block;
    random_generator source;

    explicit housed(const replay_form& form, std::uint64_t seed = 1)
        : buffer{form}, block(synapse::measure(buffer) / sizeof(line) + 1), source{seed} {
        REQUIRE(ok(synapse::place(buffer, std::as_writable_bytes(std::span{block}))));
    }
    std::uint32_t offer(std::uint32_t name, std::uint32_t label = 0) {
        const std::vector<float> x(buffer.form().features, static_cast<float>(name));
        const std::vector<float> target(buffer.form().targets, -2.0f * static_cast<float>(name));
        return buffer.offer(x.data(), 0.0f, 1.0f, target.data(), label, source);
    }
    std::uint32_t name_at(std::uint32_t position) const {
        std::vector<float> x(buffer.form().features);
        buffer.read(position, 0.0f, 1.0f, x.data());
        return static_cast<std::uint32_t>(x[0]);
    }
    std::vector<std::uint32_t> names() const {
        std::vector<std::uint32_t> all;
        for (std::uint32_t i = 0; i < buffer.size(); ++i) all.push_back(name_at(i));
        std::sort(all.begin(), all.end());
        return all;
    }
    // The counts of a classifier's buffer are what a recount finds.
    bool counts_agree() const {
        std::vector<std::uint32_t> stored(buffer.form().classes);
        for (std::uint32_t i = 0; i < buffer.size(); ++i) ++stored[buffer.label(i)];
        for (std::uint32_t c = 0; c < buffer.form().classes; ++c) {
            if (stored[c] != buffer.class_stored(c)) return false;
        }
        return true;
    }
};

replay_form plain(std::uint32_t capacity, replay_policy policy) {
    return {.capacity = capacity, .features = 2, .targets = 1, .classes = 0, .format = sample_format::f32, .policy = policy};
}
replay_form labelled(std::uint32_t capacity, std::uint32_t classes, replay_policy policy) {
    return {.capacity = capacity, .features = 2, .targets = 0, .classes = classes, .format = sample_format::f32, .policy = policy};
}

// Chi-square of counts whose expectation is `expected` each, over its degrees of freedom: near 1 for a fair draw.
double chi_square_share(const std::vector<std::uint32_t>& counts, double expected, double variance_share) {
    double sum = 0;
    for (const std::uint32_t c : counts) sum += (c - expected) * (c - expected) / (expected * variance_share);
    return sum / static_cast<double>(counts.size());
}

constexpr replay_policy policies[] = {replay_policy::fifo, replay_policy::reservoir, replay_policy::balanced, replay_policy::priority};

}  // namespace

TEST_CASE("each policy has a name") {
    CHECK(std::string{name(replay_policy::fifo)} == "fifo");
    CHECK(std::string{name(replay_policy::reservoir)} == "reservoir");
    CHECK(std::string{name(replay_policy::balanced)} == "balanced");
    CHECK(std::string{name(replay_policy::priority)} == "priority");
    CHECK(std::string{name(static_cast<replay_policy>(77))} == "unknown");
}

TEST_CASE("a buffer of no capacity stores nothing, takes no memory, and every call on it is harmless") {
    for (const replay_policy policy : policies) {
        replay_buffer none{plain(0, policy)};
        CHECK(synapse::measure(none) == 0);
        REQUIRE(ok(synapse::place(none, {})));
        random_generator source{1};
        const float x[2] = {};
        CHECK(none.offer(x, 0.0f, 1.0f, x, 0, source) == replay_buffer::none);
        CHECK(none.draw(source) == replay_buffer::none);
        none.rate(0, 1.0f);
        none.clear();
        none.forget_class(0);
        CHECK(none.size() == 0);
    }
}

TEST_CASE("an empty buffer draws nothing") {
    for (const replay_policy policy : policies) {
        housed b{plain(4, policy)};
        CHECK(b.buffer.draw(b.source) == replay_buffer::none);
    }
}

TEST_CASE("until it is full a buffer keeps everything, features, targets and labels, in every format and policy") {
    for (const replay_policy policy : policies) {
        for (const sample_format format : {sample_format::f32, sample_format::f16, sample_format::u8, sample_format::bit}) {
            replay_form form = plain(30, policy);
            form.features = 11;
            form.targets = 3;
            form.classes = 4;
            form.format = format;
            housed b{form};
            for (std::uint32_t i = 0; i < 30; ++i) {
                std::vector<float> x(11);
                for (std::uint32_t j = 0; j < 11; ++j) x[j] = (i + j) % 3 == 0 ? 1.0f : 0.0f;
                const float target[3] = {static_cast<float>(i), 1e15f, -0.5f};
                CHECK(b.buffer.offer(x.data(), 0.0f, 1.0f, target, i % 4, b.source) == i);
            }
            CHECK(b.buffer.size() == 30);
            CHECK(b.buffer.seen() == 30);
            for (std::uint32_t i = 0; i < 30; ++i) {
                std::vector<float> x(11);
                b.buffer.read(i, 0.0f, 1.0f, x.data());
                for (std::uint32_t j = 0; j < 11; ++j) CHECK(x[j] == ((i + j) % 3 == 0 ? 1.0f : 0.0f));
                CHECK(b.buffer.target(i)[0] == static_cast<float>(i));
                CHECK(b.buffer.target(i)[1] == 1e15f);
                CHECK(b.buffer.target(i)[2] == -0.5f);
                CHECK(b.buffer.label(i) == i % 4);
            }
            CHECK(b.counts_agree());
        }
    }
}

TEST_CASE("fifo and priority keep the newest samples") {
    for (const replay_policy policy : {replay_policy::fifo, replay_policy::priority}) {
        housed b{plain(7, policy)};
        for (std::uint32_t i = 0; i < 500; ++i) {
            REQUIRE(b.offer(i) == i % 7);
            const std::vector<std::uint32_t> names = b.names();
            REQUIRE(names.size() == (i < 7 ? i + 1 : 7));
            REQUIRE(names.back() == i);
            REQUIRE(names.front() == i + 1 - names.size());
        }
    }
}

TEST_CASE("a reservoir is a uniform sample of everything seen") {
    constexpr std::uint32_t capacity = 20;
    constexpr std::uint32_t stream = 150;
    constexpr std::uint32_t lives = 1500;
    std::vector<std::uint32_t> survived(stream);
    for (std::uint32_t life = 0; life < lives; ++life) {
        housed b{plain(capacity, replay_policy::reservoir), life + 1};
        for (std::uint32_t i = 0; i < stream; ++i) static_cast<void>(b.offer(i));
        for (const std::uint32_t name : b.names()) ++survived[name];
    }
    const double share = static_cast<double>(capacity) / stream;
    const double chi = chi_square_share(survived, lives * share, 1.0 - share);
    CHECK(chi > 0.6);
    CHECK(chi < 1.45);
}

TEST_CASE("without priorities every stored sample is drawn as often as any other") {
    for (const replay_policy policy : {replay_policy::fifo, replay_policy::reservoir, replay_policy::balanced}) {
        housed b{labelled(37, 3, policy)};
        for (std::uint32_t i = 0; i < 37; ++i) static_cast<void>(b.offer(i, i % 3));
        std::vector<std::uint32_t> drawn(37);
        for (int i = 0; i < 37000; ++i) ++drawn[b.buffer.draw(b.source)];
        const double chi = chi_square_share(drawn, 1000.0, 36.0 / 37.0);
        CHECK(chi > 0.3);
        CHECK(chi < 2.0);
    }
}

TEST_CASE("with priorities a sample is drawn in proportion to its last error, and no sample never") {
    housed b{plain(10, replay_policy::priority)};
    for (std::uint32_t i = 0; i < 10; ++i) static_cast<void>(b.offer(i));
    for (std::uint32_t i = 0; i < 10; ++i) b.buffer.rate(i, static_cast<float>(i));
    std::vector<std::uint32_t> drawn(10);
    constexpr double draws = 100000;
    for (int i = 0; i < static_cast<int>(draws); ++i) ++drawn[b.buffer.draw(b.source)];
    for (std::uint32_t i = 0; i < 10; ++i) {
        const double expected = draws * (i + 0.01) / 45.1;
        CHECK(std::fabs(drawn[i] - expected) < 5 * std::sqrt(expected) + 1);
    }
    CHECK(drawn[0] > 0);
    b.buffer.rate(0, 3e38f);  // however wrong, it does not drown the others for ever
    for (std::uint32_t i = 1; i < 10; ++i) b.buffer.rate(i, 10.0f);
    std::uint32_t others = 0;
    for (int i = 0; i < 1000; ++i) others += b.buffer.draw(b.source) != 0;
    CHECK(others > 300);
}

TEST_CASE("balanced: however uneven the stream and in whatever order, classes end up equal, or whole if they had less") {
    const std::uint32_t counts[] = {2000, 10, 3, 700, 50, 300};
    constexpr std::uint32_t capacity = 60;
    for (const bool sorted : {true, false}) {
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            housed b{labelled(capacity, 6, replay_policy::balanced), seed};
            std::vector<std::uint32_t> stream;
            for (std::uint32_t c = 0; c < 6; ++c) stream.insert(stream.end(), counts[c], c);
            if (!sorted) {
                for (std::uint32_t i = static_cast<std::uint32_t>(stream.size()); i-- > 1;)
                    std::swap(stream[i], stream[b.source.below(i + 1)]);
            }
            for (std::uint32_t i = 0; i < stream.size(); ++i) static_cast<void>(b.offer(i, stream[i]));
            CAPTURE(sorted);
            CAPTURE(seed);
            CHECK(b.buffer.size() == capacity);
            CHECK(b.counts_agree());
            // 60 = 3 + 10 + 4 * 11.75: the classes with little are whole, the others differ by what one eviction makes.
            CHECK(b.buffer.class_stored(2) == 3);
            CHECK(b.buffer.class_stored(1) >= 9);
            for (const std::uint32_t c : {0u, 3u, 4u, 5u}) {
                CHECK(b.buffer.class_stored(c) >= 11);
                CHECK(b.buffer.class_stored(c) <= 13);
            }
            for (std::uint32_t c = 0; c < 6; ++c) CHECK(b.buffer.class_seen(c) == counts[c]);
        }
    }
}

TEST_CASE("balanced: within a class every sample had the same chance") {
    constexpr std::uint32_t each = 60;
    constexpr std::uint32_t lives = 1500;
    std::vector<std::uint32_t> survived(2 * each);
    for (std::uint32_t life = 0; life < lives; ++life) {
        housed b{labelled(20, 2, replay_policy::balanced), life + 7};
        for (std::uint32_t i = 0; i < 2 * each; ++i) static_cast<void>(b.offer(i, i < each ? 0 : 1));
        for (const std::uint32_t name : b.names()) ++survived[name];
    }
    const double chi = chi_square_share(survived, lives / 6.0, 5.0 / 6.0);
    CHECK(chi > 0.6);
    CHECK(chi < 1.5);
}

TEST_CASE("balanced without classes is a reservoir") {
    housed balanced{plain(9, replay_policy::balanced), 3};
    housed reservoir{plain(9, replay_policy::reservoir), 3};
    for (std::uint32_t i = 0; i < 300; ++i) CHECK(balanced.offer(i) == reservoir.offer(i));
    CHECK(balanced.names() == reservoir.names());
}

TEST_CASE("balanced with more classes than places: no class is shut out for good") {
    housed b{labelled(4, 8, replay_policy::balanced), 5};
    std::vector<std::uint32_t> late(8);
    for (std::uint32_t i = 0; i < 4000; ++i) {
        static_cast<void>(b.offer(i, i % 8));
        REQUIRE(b.buffer.size() <= 4);
        for (std::uint32_t c = 0; c < 8 && i >= 2000; ++c) late[c] += b.buffer.class_stored(c);
    }
    CHECK(b.counts_agree());
    for (std::uint32_t c = 0; c < 8; ++c) CHECK(late[c] > 0);
}

TEST_CASE("a cleared buffer is as good as new: old experience has no say in what is kept next") {
    for (const replay_policy policy : policies) {
        CAPTURE(name(policy));
        housed b{labelled(20, 2, policy), 3};
        for (std::uint32_t i = 0; i < 50000; ++i) static_cast<void>(b.offer(i, i % 2));
        b.buffer.clear();
        CHECK(b.buffer.size() == 0);
        CHECK(b.buffer.draw(b.source) == replay_buffer::none);
        CHECK(b.counts_agree());
        for (std::uint32_t i = 0; i < 100; ++i) static_cast<void>(b.offer(i, 0));
        for (std::uint32_t i = 100; i < 400; ++i) static_cast<void>(b.offer(i, 1));
        CHECK(b.buffer.size() == 20);
        CHECK(b.counts_agree());
        CHECK(b.buffer.class_stored(1) >= 9);
        if (policy == replay_policy::balanced) CHECK(b.buffer.class_stored(0) >= 9);
    }
}

TEST_CASE("forget_class lets a class begin anew") {
    housed b{labelled(10, 2, replay_policy::balanced), 3};
    for (std::uint32_t i = 0; i < 10000; ++i) static_cast<void>(b.offer(i, i % 2));
    for (std::uint32_t i = 0; i < b.buffer.size();) {
        if (b.buffer.label(i) == 1) {
            b.buffer.remove(i);
        } else {
            ++i;
        }
    }
    b.buffer.forget_class(1);
    CHECK(b.buffer.class_seen(1) == 0);
    CHECK(b.buffer.class_seen(0) == 5000);
    for (std::uint32_t i = 0; i < 5; ++i) static_cast<void>(b.offer(20000 + i, 0));  // fills up
    for (std::uint32_t i = 0; i < 20; ++i) static_cast<void>(b.offer(30000 + i, 1));
    CHECK(b.buffer.class_stored(1) >= 4);
}

TEST_CASE("a class all of whose samples were removed one by one comes back when it is seen again") {
    housed b{labelled(10, 2, replay_policy::balanced), 3};
    for (std::uint32_t i = 0; i < 1000; ++i) static_cast<void>(b.offer(i, i % 2));
    while (b.buffer.class_stored(1) != 0) {
        std::uint32_t at = 0;
        while (b.buffer.label(at) != 1) ++at;
        b.buffer.remove(at);
    }
    while (b.buffer.size() != 10) static_cast<void>(b.offer(5000, 0));
    for (std::uint32_t i = 0; i < 200; ++i) static_cast<void>(b.offer(i, 1));
    CHECK(b.buffer.class_stored(1) > 0);
}

TEST_CASE("remove drops exactly one sample with all that belongs to it; the others stay whole") {
    for (const replay_policy policy : policies) {
        replay_form form = labelled(12, 5, policy);
        form.targets = 2;
        housed b{form, 9};
        for (std::uint32_t i = 0; i < 12; ++i) static_cast<void>(b.offer(i, i % 5));
        for (std::uint32_t i = 0; i < 12; ++i) b.buffer.rate(i, static_cast<float>(i));
        std::vector<std::uint32_t> expected = b.names();
        random_generator chance{2};
        while (b.buffer.size() != 0) {
            const std::uint32_t position = chance.below(b.buffer.size());
            const std::uint32_t name = b.name_at(position);
            b.buffer.remove(position);
            expected.erase(std::find(expected.begin(), expected.end(), name));
            REQUIRE(b.names() == expected);
            REQUIRE(b.counts_agree());
            for (std::uint32_t i = 0; i < b.buffer.size(); ++i) {
                REQUIRE(b.buffer.label(i) == b.name_at(i) % 5);
                REQUIRE(b.buffer.target(i)[1] == -2.0f * static_cast<float>(b.name_at(i)));
            }
            for (int i = 0; i < 20 && b.buffer.size() != 0; ++i) REQUIRE(b.buffer.draw(b.source) < b.buffer.size());
        }
        CHECK(b.buffer.draw(b.source) == replay_buffer::none);
        CHECK(b.offer(77, 1) == 0);
        CHECK(b.names() == std::vector<std::uint32_t>{77});
    }
}

TEST_CASE("a long random life of offers, draws, ratings, removals and clears never loses count") {
    for (const replay_policy policy : policies) {
        for (const std::uint32_t capacity : {1u, 2u, 13u}) {
            housed b{labelled(capacity, 3, policy), capacity};
            random_generator chance{capacity + 100};
            std::map<std::uint32_t, std::uint32_t> label_of;
            for (std::uint32_t i = 0; i < 4000; ++i) {
                const std::uint32_t what = chance.below(100);
                if (what < 80) {
                    const std::uint32_t label = chance.below(3);
                    label_of[i] = label;
                    const std::uint32_t position = b.offer(i, label);
                    if (position != replay_buffer::none) REQUIRE(b.name_at(position) == i);
                } else if (what < 90 && b.buffer.size() != 0) {
                    b.buffer.remove(chance.below(b.buffer.size()));
                } else if (what < 99 && b.buffer.size() != 0) {
                    const std::uint32_t position = b.buffer.draw(b.source);
                    REQUIRE(position < b.buffer.size());
                    b.buffer.rate(position, chance.uniform());
                } else if (what == 99) {
                    b.buffer.clear();
                }
                REQUIRE(b.buffer.size() <= capacity);
                REQUIRE(b.counts_agree());
            }
            for (std::uint32_t i = 0; i < b.buffer.size(); ++i) CHECK(b.buffer.label(i) == label_of[b.name_at(i)]);
        }
    }
}

TEST_CASE("the largest label that fits is kept") {
    housed b{labelled(3, 65535, replay_policy::fifo)};
    static_cast<void>(b.offer(1, 65534));
    CHECK(b.buffer.label(0) == 65534);
    CHECK(b.buffer.class_stored(65534) == 1);
}
