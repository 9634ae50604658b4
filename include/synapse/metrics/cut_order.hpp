// Units in an order in which weakly coupled groups stand apart: the Fiedler vector of the graph whose edges are the transfer
// entropies between pairs of units given all others. It gives a search through large systems a few good cuts to begin with.
// @source Fiedler 1973; Toker, Sommer 2019, "Information integration in large brain networks"
#pragma once

#include <cstdint>

#include <synapse/core/fields.hpp>
#include <synapse/metrics/cut_flow.hpp>
#include <synapse/metrics/information.hpp>
#include <synapse/metrics/triangle.hpp>

namespace synapse {

class cut_order {
public:
    constexpr cut_order() noexcept = default;
    explicit constexpr cut_order(std::uint32_t units) noexcept : units_{units} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const std::uint32_t n = self.units_;
        if (n == 0) return;
        visit.array("weight", role::scratch, self.weight_, vector_extent(triangle::size(n), triangle::size(n)));
        visit.array("precision", role::scratch, self.precision_, vector_extent(n, n));
        visit.array("vector", role::scratch, self.vector_, vector_extent(n, n));
        visit.array("order", role::scratch, self.order_, vector_extent(n, n));
    }

    // The largest system that it has room for.
    [[nodiscard]] constexpr std::uint32_t units() const noexcept { return units_; }

    // Begins with a system that is prepared and whose factor has not been used since.
    void begin(const cut_flow& system) noexcept {
        const std::uint32_t n = system.live();
        for (std::uint32_t i = 0; i < triangle::size(n); ++i) weight_[i] = 0.0f;
        stage_ = stage::precision;
        row_ = 0;
    }

    // A slice of the work. True when it is done. @cost at most about 2 live^2 products
    bool advance(cut_flow& system) noexcept {
        const std::uint32_t n = system.live();
        switch (stage_) {
            case stage::precision: find_precision(system, row_); break;
            case stage::weights: add_weights(system, row_); break;
            case stage::factor:
                if (row_ == 0) prepare_graph(system);
                factor_graph(system, row_);
                break;
            case stage::iterate: iterate(system); break;
            case stage::done: return true;
        }
        if (++row_ == (stage_ == stage::iterate ? iterations : n)) {
            row_ = 0;
            stage_ = static_cast<stage>(static_cast<std::uint8_t>(stage_) + 1);
            if (stage_ == stage::done) sort(n);
        }
        return stage_ == stage::done;
    }

    // The i-th of the live units in order, when done.
    [[nodiscard]] std::uint32_t operator[](std::uint32_t i) const noexcept { return order_[i]; }

private:
    enum class stage : std::uint8_t { precision, weights, factor, iterate, done };
    static constexpr std::uint32_t iterations = 24;
    static constexpr float ground = 1e-3f;  // keeps a graph in pieces invertible; in units of the mean degree

    // (P^-1)_jj from column j of L^-1.
    void find_precision(cut_flow& system, std::uint32_t j) noexcept {
        const std::uint32_t n = system.live();
        const float* factor = system.factor();
        const float* inverse = system.inverse();
        for (std::uint32_t k = 0; k < j; ++k) vector_[k] = 0.0f;
        vector_[j] = inverse[j];
        for (std::uint32_t k = j + 1; k < n; ++k) {
            vector_[k] = -triangle::dot(k - j, factor + triangle::size(k) + j, vector_ + j) * inverse[k];
        }
        precision_[j] = triangle::dot(n - j, vector_ + j, vector_ + j);
    }

    // Row i of A = C1 P^-1, and the transfer entropies into unit i: log(1 + A_ij^2 / ((P^-1)_jj E_ii)) / 2, both ways averaged.
    void add_weights(cut_flow& system, std::uint32_t i) noexcept {
        const std::uint32_t n = system.live();
        float* row = system.factor() + triangle::size(n + i);
        triangle::solve_row_back(n, system.factor(), system.inverse(), row);
        const float open = system.residual()[triangle::at(i, i)];
        for (std::uint32_t j = 0; j < n; ++j) {
            if (j == i) continue;
            const float ratio = row[j] * row[j] / (precision_[j] * (open > triangle::smallest_pivot ? open : triangle::smallest_pivot));
            weight_[triangle::at(i, j)] += 0.25f * information::log(1.0f + (ratio < 1e6f ? ratio : 1e6f));
        }
    }

    // The graph's Laplacian at mean degree 1, the constant vector lifted away from its null space, and a first guess.
    void prepare_graph(cut_flow& system) noexcept {
        const std::uint32_t n = system.live();
        float total = 0.0f;
        for (std::uint32_t i = 0; i < n; ++i) {
            weight_[triangle::at(i, i)] = 0.0f;
            float degree = 0.0f;
            for (std::uint32_t j = 0; j < n; ++j) degree += weight_[triangle::at(i, j)];
            precision_[i] = degree;
            total += degree;
            const std::uint32_t golden = (i + 1u) * 0x9e3779b9u;  // spread over the circle: orthogonal to no graph's vector
            vector_[i] = static_cast<float>(golden >> 8) * 0x1p-24f - 0.5f;
        }
        scale_ = total > 1e-12f ? static_cast<float>(n) / total : 0.0f;
    }

    void factor_graph(cut_flow& system, std::uint32_t i) noexcept {
        const auto n = static_cast<float>(system.live());
        float* row = system.factor() + triangle::size(i);
        for (std::uint32_t j = 0; j < i; ++j) row[j] = 1.0f / n - scale_ * weight_[triangle::at(i, j)];
        row[i] = 1.0f / n + ground + scale_ * precision_[i];
        static_cast<void>(triangle::factor_row(i, system.factor(), system.inverse()));
    }

    // One step of inverse iteration.
    void iterate(cut_flow& system) noexcept {
        const std::uint32_t n = system.live();
        triangle::solve_row(n, system.factor(), system.inverse(), vector_);
        triangle::solve_row_back(n, system.factor(), system.inverse(), vector_);
        float mean = 0.0f;
        for (std::uint32_t i = 0; i < n; ++i) mean += vector_[i];
        mean = mean / static_cast<float>(n);
        float largest = 0.0f;
        for (std::uint32_t i = 0; i < n; ++i) {
            vector_[i] -= mean;
            const float magnitude = vector_[i] < 0.0f ? -vector_[i] : vector_[i];
            largest = magnitude > largest ? magnitude : largest;
        }
        if (!(largest > 1e-30f)) return;
        for (std::uint32_t i = 0; i < n; ++i) vector_[i] = vector_[i] / largest;
    }

    void sort(std::uint32_t n) noexcept {
        for (std::uint32_t i = 0; i < n; ++i) {
            std::uint32_t at = i;
            for (; at > 0 && vector_[order_[at - 1]] > vector_[i]; --at) order_[at] = order_[at - 1];
            order_[at] = i;
        }
    }

    float* weight_ = nullptr;
    float* precision_ = nullptr;
    float* vector_ = nullptr;
    std::uint32_t* order_ = nullptr;
    float scale_ = 0.0f;
    std::uint32_t units_ = 0;
    std::uint32_t row_ = 0;
    stage stage_ = stage::done;
};

}  // namespace synapse
