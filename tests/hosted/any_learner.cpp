#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/arena.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/learner/learner.hpp>

#include "../learner/rig.hpp"

namespace {

using synapse::any_learner;
using synapse::default_kernels;
using synapse::shape;
using synapse::task;

constexpr shape form{.inputs = 6,
                     .outputs = 4,
                     .hidden = {20, 10},
                     .replay = 30,
                     .learns = task::classification,
                     .batch = 4,
                     .slow = true,
                     .pending = 3,
                     .momentum = true,
                     .format = synapse::sample_format::u8,
                     .policy = synapse::replay_policy::balanced};
constexpr synapse::tuning numbers{.replay_ratio = 0.6f, .momentum = 0.4f, .seed = 8, .gate_margin = 2.0f, .drift_threshold = 10.0f};

// What an allocator was asked for.
struct ledger {
    std::size_t allocations = 0;
    std::size_t deallocations = 0;
    std::size_t bytes = 0;
    std::size_t returned = 0;
    std::size_t most = static_cast<std::size_t>(-1);  // larger requests fail
};

template <class T>
struct counting_allocator {
    using value_type = T;
    ledger* book;

    explicit counting_allocator(ledger& l) noexcept : book{&l} {}
    template <class U>
    counting_allocator(const counting_allocator<U>& other) noexcept : book{other.book} {}

    T* allocate(std::size_t n) {
        ++book->allocations;
        if (n > book->most / sizeof(T)) throw std::bad_alloc{};
        book->bytes += n * sizeof(T);
        return std::allocator<T>{}.allocate(n);
    }
    void deallocate(T* p, std::size_t n) noexcept {
        ++book->deallocations;
        book->returned += n * sizeof(T);
        std::allocator<T>{}.deallocate(p, n);
    }
    template <class U>
    bool operator==(const counting_allocator<U>& other) const noexcept {
        return book == other.book;
    }
};

using counting_learner = any_learner<default_kernels, counting_allocator<std::byte>>;

template <class Learner>
void live(Learner& model, int steps) {
    rig::clouds world{6, 4, 0.6f, 3};
    for (int i = 0; i < steps; ++i) {
        const std::uint32_t label = world.source.below(4);
        const auto x = world(label);
        REQUIRE(ok(model.step(x, label)));
        if (i % 7 == 0) REQUIRE(ok(model.observe(x)));
        if (i % 5 == 0) {
            const auto held = model.hold(x);
            REQUIRE(ok(held));
            REQUIRE(ok(model.resolve(*held, label)));
        }
        if (i % 50 == 0) static_cast<void>(model.sleep(10));
        if (i % 100 == 99) REQUIRE(ok(model.forget(3u)));
    }
}

std::string reason(const shape& s, const synapse::tuning& t) {
    try {
        any_learner<> model{s, t};
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
    return "";
}

}  // namespace

TEST_CASE("one allocation at construction, none after, and the same block back at destruction") {
    ledger book;
    {
        counting_learner model{form, numbers, counting_allocator<std::byte>{book}};
        CHECK(book.allocations == 1);
        CHECK(book.bytes == model.bytes());
        live(model, 300);
        std::vector<float> p(4);
        REQUIRE(ok(model.predict(std::vector<float>(6), p)));
        REQUIRE(ok(model.classify(std::vector<float>(6))));
        REQUIRE(ok(model.retune(numbers)));
        CHECK_FALSE(ok(model.step(std::vector<float>(7), 1u)));
        CHECK(book.allocations == 1);
        CHECK(book.deallocations == 0);
    }
    CHECK(book.deallocations == 1);
    CHECK(book.returned == book.bytes);
}

TEST_CASE("the block is what the shape measures, rounded up to whole lines") {
    const any_learner<> model{form};
    const std::size_t exact = synapse::measure(synapse::learner_body<default_kernels>{form});
    CHECK(model.bytes() >= exact);
    CHECK(model.bytes() < exact + synapse::config::block_alignment);
    CHECK(model.bytes() % synapse::config::block_alignment == 0);
}

TEST_CASE("a learner of a run-time shape and one of a compile-time shape agree in every bit of their state") {
    static synapse::fixed_arena<synapse::learner<form>::bytes> memory;
    synapse::learner<form> fixed{memory, numbers};
    any_learner<> sized{form, numbers};
    CHECK(rig::state(fixed).bytes == rig::state(sized).bytes);
    live(fixed, 500);
    live(sized, 500);
    CHECK(rig::state(fixed).bytes == rig::state(sized).bytes);
    CHECK(synapse::weights_hash(fixed) == synapse::weights_hash(sized));
}

TEST_CASE("works over std::pmr, and out of a buffer that allows no byte more") {
    std::vector<rig::line> buffer(form.replay + synapse::learner<form>::bytes / sizeof(rig::line));
    std::pmr::monotonic_buffer_resource resource{buffer.data(), buffer.size() * sizeof(rig::line), std::pmr::null_memory_resource()};
    any_learner<default_kernels, std::pmr::polymorphic_allocator<std::byte>> model{form, numbers, &resource};
    any_learner<> plain{form, numbers};
    live(model, 100);
    live(plain, 100);
    CHECK(synapse::weights_hash(model) == synapse::weights_hash(plain));

    std::pmr::monotonic_buffer_resource short_of_memory{buffer.data(), sizeof(rig::line), std::pmr::null_memory_resource()};
    using pmr_learner = any_learner<default_kernels, std::pmr::polymorphic_allocator<std::byte>>;
    CHECK_THROWS_AS(pmr_learner(form, numbers, &short_of_memory), std::bad_alloc);
}

TEST_CASE("an allocator that has no such block: bad_alloc, and nothing is kept or returned") {
    ledger book;
    book.most = 1000;
    CHECK_THROWS_AS(counting_learner(form, numbers, counting_allocator<std::byte>{book}), std::bad_alloc);
    CHECK(book.allocations == 1);
    CHECK(book.deallocations == 0);
    shape huge{.inputs = 1u << 24, .outputs = 1u << 24, .hidden = {1u << 24, 1u << 24}, .replay = 1u << 30, .batch = 0xffffffffu};
    REQUIRE(huge.flaw() == nullptr);
    CHECK_THROWS_AS(counting_learner(huge, numbers, counting_allocator<std::byte>{book}), std::bad_alloc);
    CHECK(book.deallocations == 0);
}

TEST_CASE("a shape or tuning with a flaw is refused before any memory is asked for; the text is the flaw") {
    ledger book;
    shape flawed = form;
    flawed.outputs = 1;
    CHECK_THROWS_AS(counting_learner(flawed, numbers, counting_allocator<std::byte>{book}), std::invalid_argument);
    CHECK_THROWS_AS(counting_learner(form, {.learning_rate = 0.0f}, counting_allocator<std::byte>{book}), std::invalid_argument);
    CHECK(book.allocations == 0);
    CHECK(reason(flawed, numbers) == flawed.flaw());
    CHECK(reason(shape{}, numbers).find("inputs") != std::string::npos);
    CHECK(reason(form, {.replay_ratio = 1.0f}).find("replay_ratio") != std::string::npos);
    CHECK(reason(form, {.error_clip = rig::not_a_number}).find("error_clip") != std::string::npos);
    CHECK(reason(form, numbers).empty());
}
