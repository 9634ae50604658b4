// How the ranks of MPI meet: rank 0 gathers what each device knows and gives back one answer. A rank that does not come is named.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

namespace fleet {

// Some ranks did not come; what() names them.
class rank_lost : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class meeting {
public:
    explicit meeting(double timeout_seconds) : timeout_{timeout_seconds} {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
        MPI_Comm_size(MPI_COMM_WORLD, &ranks_);
    }
    [[nodiscard]] int rank() const noexcept { return rank_; }
    [[nodiscard]] int ranks() const noexcept { return ranks_; }
    // Who looks after a device.
    [[nodiscard]] int home_of(std::uint32_t device) const noexcept { return static_cast<int>(device % static_cast<std::uint32_t>(ranks_)); }

    // At rank 0: what every device brought, in the order of the devices; elsewhere nothing. Each brings as many numbers.
    // @param own  of this rank's devices, ascending. Throws rank_lost at rank 0.
    std::vector<std::vector<float>> gather(const std::vector<std::vector<float>>& own, std::uint32_t devices, std::size_t numbers, std::uint64_t round) {
        std::vector<std::vector<float>> all;
        std::vector<MPI_Request> open;
        if (rank_ != 0) {
            open.resize(own.size());
            std::size_t i = 0;
            for (std::uint32_t d = 0; d < devices; ++d) {
                if (home_of(d) != rank_) continue;
                MPI_Isend(own[i].data(), static_cast<int>(numbers), MPI_FLOAT, 0, static_cast<int>(d), MPI_COMM_WORLD, &open[i]);
                ++i;
            }
            MPI_Waitall(static_cast<int>(open.size()), open.data(), MPI_STATUSES_IGNORE);
            return all;
        }
        all.resize(devices);
        std::vector<int> from;
        std::size_t mine = 0;
        for (std::uint32_t d = 0; d < devices; ++d) {
            if (home_of(d) == 0) {
                all[d] = own[mine++];
                continue;
            }
            all[d].resize(numbers);
            open.emplace_back();
            from.push_back(home_of(d));
            MPI_Irecv(all[d].data(), static_cast<int>(numbers), MPI_FLOAT, home_of(d), static_cast<int>(d), MPI_COMM_WORLD, &open.back());
        }
        wait(open, from, round);
        return all;
    }

    // Rank 0's numbers to everybody, each by a message of its own: in a tree one lost rank would hide others. Throws rank_lost at rank 0.
    void spread(std::vector<float>& numbers, std::uint64_t round) {
        answer(numbers.data(), static_cast<int>(numbers.size()), MPI_FLOAT, round);
    }

    // Until everybody has come. Throws rank_lost at rank 0.
    void all_here(std::uint64_t round) {
        char word = 0;
        if (rank_ != 0) {
            MPI_Send(&word, 1, MPI_CHAR, 0, here, MPI_COMM_WORLD);
        } else {
            std::vector<MPI_Request> open(static_cast<std::size_t>(ranks_ - 1));
            std::vector<char> words(open.size());
            std::vector<int> from;
            for (std::size_t i = 0; i < open.size(); ++i) {
                from.push_back(static_cast<int>(i) + 1);
                MPI_Irecv(&words[i], 1, MPI_CHAR, from.back(), here, MPI_COMM_WORLD, &open[i]);
            }
            wait(open, from, round);
        }
        answer(&word, 1, MPI_CHAR, round);
    }

private:
    static constexpr int here = 1 << 14;  // tags beyond the devices'
    static constexpr int reply = here + 1;

    void answer(void* data, int count, MPI_Datatype type, std::uint64_t round) {
        if (rank_ != 0) {
            MPI_Recv(data, count, type, 0, reply, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            return;
        }
        std::vector<MPI_Request> open(static_cast<std::size_t>(ranks_ - 1));
        std::vector<int> to;
        for (int r = 1; r < ranks_; ++r) {
            to.push_back(r);
            MPI_Isend(data, count, type, r, reply, MPI_COMM_WORLD, &open[static_cast<std::size_t>(r - 1)]);
        }
        wait(open, to, round);
    }

    void wait(std::vector<MPI_Request>& open, const std::vector<int>& from, std::uint64_t round) {
        const auto start = std::chrono::steady_clock::now();
        for (;;) {
            int done = 0;
            MPI_Testall(static_cast<int>(open.size()), open.data(), &done, MPI_STATUSES_IGNORE);
            if (done != 0) return;
            if (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() > timeout_) break;
            std::this_thread::sleep_for(std::chrono::microseconds{50});
        }
        std::string lost;
        for (int r = 1; r < ranks_; ++r) {
            bool missing = false;
            for (std::size_t i = 0; i < open.size(); ++i) missing = missing || (from[i] == r && open[i] != MPI_REQUEST_NULL && !arrived(open[i]));
            if (missing) (lost += lost.empty() ? "" : ", ") += std::to_string(r);
        }
        throw rank_lost{"rank " + lost + " is lost: it did not come to meeting " + std::to_string(round + 1) + " within " +
                        std::to_string(static_cast<int>(timeout_ + 0.5)) + " s"};
    }
    static bool arrived(MPI_Request& request) {
        int done = 0;
        MPI_Request_get_status(request, &done, MPI_STATUS_IGNORE);
        return done != 0;
    }

    double timeout_;
    int rank_ = 0;
    int ranks_ = 1;
};

}  // namespace fleet
