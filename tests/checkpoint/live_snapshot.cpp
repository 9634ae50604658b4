// Snapshots taken in one thread and shipped by another are whole. tests/run builds this file with the thread sanitizer too.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/checkpoint/live_snapshot.hpp>
#include <synapse/checkpoint/load.hpp>
#include <synapse/hosted/any_learner.hpp>

namespace {

using synapse::status;

// A part whose two numbers always agree.
struct pair_part {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("first", self.first);
        visit.value("second", self.second);
    }
};

constexpr synapse::shape small{.inputs = 3, .outputs = 1, .hidden = {4}, .replay = 8};

struct vector_sink {
    status write(std::span<const std::byte> bytes) {
        if (broken) return status::io_error;
        data.insert(data.end(), bytes.begin(), bytes.end());
        return status::ok;
    }
    std::vector<std::byte> data;
    bool broken = false;
};

// The value of the key in a checkpoint of pair_part: its 9-byte unsigned integer, or a short one, behind the key's text.
std::uint64_t number_after(std::span<const std::byte> bytes, const char* key) {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const std::size_t at = text.find(key) + std::string_view{key}.size();
    const auto tag = static_cast<unsigned>(text[at]) & 0xff;
    if (tag < 0x80) return tag;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < (std::size_t{1} << (tag - 0xcc)); ++i) value = value << 8 | (static_cast<unsigned>(text[at + 1 + i]) & 0xff);
    return value;
}

}  // namespace

TEST_CASE("a million snapshots change hands and each is whole") {
    std::vector<std::byte> a(1024);
    std::vector<std::byte> b(1024);
    synapse::live_snapshot snapshot{a, b};
    constexpr std::uint64_t hand_offs = 1000000;
    std::thread learner{[&] {
        pair_part part;
        for (std::uint64_t taken = 0; taken < hand_offs;) {
            ++part.first;
            ++part.second;
            if (ok(snapshot.take(part))) {
                ++taken;
            } else {
                std::this_thread::yield();
            }
        }
    }};
    std::uint64_t torn = 0;
    std::uint64_t last = 0;
    for (std::uint64_t shipped = 0; shipped < hand_offs;) {
        const auto whole = snapshot.waiting();
        if (whole.empty()) {
            std::this_thread::yield();
            continue;
        }
        const std::uint64_t first = number_after(whole, "\xa5" "first");
        const std::uint64_t second = number_after(whole, "\xa6" "second");
        if (first != second || first <= last) ++torn;
        last = first;
        snapshot.release();
        ++shipped;
    }
    learner.join();
    CHECK(torn == 0);
    CHECK(snapshot.waiting().empty());
}

TEST_CASE("a learner goes on while its snapshot is shipped in pieces, and loads elsewhere as it was") {
    synapse::any_learner<> model{small};
    synapse::any_learner<> copy{small};
    std::vector<std::byte> a(16384);
    std::vector<std::byte> b(16384);
    synapse::live_snapshot snapshot{a, b};
    std::atomic<bool> stop{false};
    std::uint64_t steps_when_loaded = 0;
    std::uint32_t loaded = 0;
    std::thread shipping{[&] {
        vector_sink sink;
        while (loaded < 200) {
            const auto done = snapshot.poll(sink, 100);
            if (!done.finished) {
                std::this_thread::yield();
                continue;
            }
            synapse::span_source source{sink.data};
            if (synapse::load(copy, source) != status::ok) break;
            if (copy.latest().steps <= steps_when_loaded) break;
            steps_when_loaded = copy.latest().steps;
            sink.data.clear();
            ++loaded;
        }
        stop = true;
    }};
    synapse::random_generator source{4};
    while (!stop) {
        const float x[3] = {source.symmetric(), source.symmetric(), source.symmetric()};
        const float y[1] = {x[0]};
        if (!ok(model.step(x, y))) break;
        static_cast<void>(snapshot.take(model) == status::ok);
    }
    shipping.join();
    CHECK(loaded == 200);
}

TEST_CASE("two wait at most; a buffer too small is refused; a failed shipment begins anew") {
    synapse::any_learner<> model{small};
    std::vector<std::byte> a(synapse::saved_bytes(model));
    std::vector<std::byte> b(a.size());
    synapse::live_snapshot snapshot{a, b};
    vector_sink sink;
    CHECK(snapshot.waiting().empty());
    snapshot.release();  // of nothing
    CHECK_FALSE(snapshot.poll(sink, 10).finished);
    CHECK(snapshot.take(model) == status::ok);
    CHECK(snapshot.take(model) == status::ok);
    CHECK(snapshot.take(model) == status::busy);
    CHECK(snapshot.waiting().size() == a.size());

    CHECK_FALSE(snapshot.poll(sink, 10).finished);
    sink.broken = true;
    CHECK(snapshot.poll(sink, 10).outcome == status::io_error);
    sink.broken = false;
    sink.data.clear();
    int calls = 1;
    while (!snapshot.poll(sink, 100).finished) ++calls;
    CHECK(calls == static_cast<int>((a.size() + 99) / 100));
    CHECK(sink.data == a);
    CHECK(snapshot.take(model) == status::ok);

    std::vector<std::byte> tiny(a.size() - 1);
    synapse::live_snapshot cramped{tiny, tiny};
    CHECK(cramped.take(model) == status::no_room);
    CHECK(cramped.waiting().empty());
}
