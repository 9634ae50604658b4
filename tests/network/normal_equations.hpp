// Ridge regression the plain way, in double: the oracle for recursive least squares.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace network_test {

class normal_equations {
public:
    normal_equations(std::uint32_t features, std::uint32_t outputs, double ridge)
        : n_{features}, m_{outputs}, moment_(n_ * n_), cross_(n_ * m_) {
        for (std::size_t i = 0; i < n_; ++i) moment_[i * n_ + i] = ridge;
    }

    // Everything so far, the ridge included, counts `keep` times as much as before.
    void add(const std::vector<float>& features, const std::vector<float>& target, double keep) {
        for (std::size_t i = 0; i < n_; ++i) {
            for (std::size_t j = 0; j < n_; ++j) {
                moment_[i * n_ + j] = keep * moment_[i * n_ + j] + static_cast<double>(features[i]) * static_cast<double>(features[j]);
            }
            for (std::size_t j = 0; j < m_; ++j) {
                cross_[i * m_ + j] = keep * cross_[i * m_ + j] + static_cast<double>(features[i]) * static_cast<double>(target[j]);
            }
        }
    }

    // The weights [features][outputs], by elimination with pivots.
    [[nodiscard]] std::vector<double> solve() const {
        auto a = moment_;
        auto b = cross_;
        for (std::size_t c = 0; c < n_; ++c) {
            std::size_t pivot = c;
            for (std::size_t r = c + 1; r < n_; ++r) {
                if (std::fabs(a[r * n_ + c]) > std::fabs(a[pivot * n_ + c])) pivot = r;
            }
            for (std::size_t j = 0; j < n_; ++j) std::swap(a[c * n_ + j], a[pivot * n_ + j]);
            for (std::size_t j = 0; j < m_; ++j) std::swap(b[c * m_ + j], b[pivot * m_ + j]);
            for (std::size_t r = 0; r < n_; ++r) {
                if (r == c) continue;
                const double factor = a[r * n_ + c] / a[c * n_ + c];
                for (std::size_t j = c; j < n_; ++j) a[r * n_ + j] -= factor * a[c * n_ + j];
                for (std::size_t j = 0; j < m_; ++j) b[r * m_ + j] -= factor * b[c * m_ + j];
            }
        }
        for (std::size_t c = 0; c < n_; ++c) {
            for (std::size_t j = 0; j < m_; ++j) b[c * m_ + j] /= a[c * n_ + c];
        }
        return b;
    }

private:
    std::size_t n_;
    std::size_t m_;
    std::vector<double> moment_;
    std::vector<double> cross_;
};

}  // namespace network_test
