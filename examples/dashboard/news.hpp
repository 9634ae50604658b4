// Who waits for news: event streams sleep here until something has changed, and are counted, so that there are never too many.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace dashboard {

class news {
public:
    explicit news(unsigned most_listeners) : most_{most_listeners} {}

    void tell() {
        {
            const std::lock_guard hold{guard_};
            ++count_;
        }
        changed_.notify_all();
    }
    // No more listeners from now on; those that wait go on at once.
    void end() {
        {
            const std::lock_guard hold{guard_};
            over_ = true;
        }
        changed_.notify_all();
    }
    [[nodiscard]] bool over() const {
        const std::lock_guard hold{guard_};
        return over_;
    }
    // Waits until there is more than `seen`, for at most so long. @return how much there is
    std::uint64_t wait(std::uint64_t seen, std::chrono::milliseconds longest) {
        std::unique_lock hold{guard_};
        changed_.wait_for(hold, longest, [&] { return count_ != seen || over_; });
        return count_;
    }

    // A place among the listeners, while it lives; false if all are taken.
    class place {
    public:
        explicit place(news& of) : of_{of}, taken_{of.take()} {}
        place(const place&) = delete;
        place& operator=(const place&) = delete;
        ~place() {
            if (taken_) --of_.listeners_;
        }
        [[nodiscard]] explicit operator bool() const noexcept { return taken_; }

    private:
        news& of_;
        bool taken_;
    };
    [[nodiscard]] unsigned listeners() const noexcept { return listeners_; }

private:
    bool take() {
        unsigned now = listeners_;
        while (now < most_) {
            if (listeners_.compare_exchange_weak(now, now + 1)) return true;
        }
        return false;
    }

    unsigned most_;
    std::atomic<unsigned> listeners_ = 0;
    mutable std::mutex guard_;
    std::condition_variable changed_;
    std::uint64_t count_ = 0;
    bool over_ = false;
};

}  // namespace dashboard
