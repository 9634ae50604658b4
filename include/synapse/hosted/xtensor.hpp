// xtensor at the desk: tensors of a checkpoint and arrays of a live learner as xtensor views that copy nothing, and xtensor
// expressions as samples. Needs xtensor (0.24, or the newer one whose headers lie in folders).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#if __has_include(<xtensor/containers/xadapt.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xtensor.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xtensor.hpp>
#endif

#include <synapse/core/matrix.hpp>
#include <synapse/core/result.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/named_arrays.hpp>

namespace synapse {

namespace detail {

template <class T>
constexpr std::string_view dtype_of() noexcept {
    if constexpr (std::is_same_v<T, float>) return "<f4";
    if constexpr (std::is_same_v<T, std::uint64_t>) return "<u8";
    if constexpr (std::is_same_v<T, std::uint32_t>) return "<u4";
    if constexpr (std::is_same_v<T, std::uint16_t>) return "<u2";
    if constexpr (std::is_same_v<T, std::uint8_t>) return "|u1";
    return "";
}

}  // namespace detail

// A view [rows][cols] of an array where it lies; writable unless T is const. It must not outlive what it looks at.
template <class T>
auto xtensor_view(const matrix_view<T>& m) {
    const std::array<std::size_t, 2> form{m.rows, m.cols};
    const std::array<std::size_t, 2> strides{m.stride, 1};
    // xtensor wants the count of elements here, strided or not; what they span it takes from the strides.
    return xt::adapt(m.data, std::size_t{m.rows} * m.cols, xt::no_ownership(), form, strides);
}

// The same of a checkpoint's tensor, read only. T must be the stored type: float for "<f4", std::uint8_t for "|u1", and so on. Halves have
// no type: values() reads them. Throws std::invalid_argument otherwise, and on a big-endian machine, which has to copy.
template <class T>
auto xtensor_view(const checkpoint_reader::tensor& t) {
    if (t.dtype != detail::dtype_of<T>()) throw std::invalid_argument{t.name + " holds " + t.dtype + ", not " + std::string{detail::dtype_of<T>()}};
    if (std::endian::native != std::endian::little && sizeof(T) > 1) throw std::invalid_argument{t.name + ": a view needs a little-endian machine"};
    return xtensor_view(matrix_view<const T>{reinterpret_cast<const T*>(t.bytes.data()), t.rows, t.cols, t.cols});
}

// A copy of any tensor as floats (or what else is asked for), on any machine.
template <class T = float>
xt::xtensor<T, 2> values(const checkpoint_reader::tensor& t) {
    xt::xtensor<T, 2> out = xt::xtensor<T, 2>::from_shape({t.rows, t.cols});
    for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = static_cast<T>(t[i]);
    return out;
}

// Samples as xtensor expressions: anything with one axis of the right length, evaluated into floats once. Statuses are the learner's own.
template <class Model, class X, class Y>
status step(Model& model, const xt::xexpression<X>& x, const xt::xexpression<Y>& y) {
    if (x.derived_cast().dimension() != 1 || y.derived_cast().dimension() != 1) return status::wrong_size;
    const xt::xtensor<float, 1> inputs = x.derived_cast();
    const xt::xtensor<float, 1> targets = y.derived_cast();
    return model.step(std::span<const float>{inputs.data(), inputs.size()}, std::span<const float>{targets.data(), targets.size()});
}
// The same with a label.
template <class Model, class X>
status step(Model& model, const xt::xexpression<X>& x, std::uint32_t label) {
    if (x.derived_cast().dimension() != 1) return status::wrong_size;
    const xt::xtensor<float, 1> inputs = x.derived_cast();
    return model.step(std::span<const float>{inputs.data(), inputs.size()}, label);
}

// y is resized to [outputs] and filled; as it was after any status but ok.
template <class Model, class X>
status predict(Model& model, const xt::xexpression<X>& x, xt::xtensor<float, 1>& y) {
    if (x.derived_cast().dimension() != 1) return status::wrong_size;
    const xt::xtensor<float, 1> inputs = x.derived_cast();
    xt::xtensor<float, 1> answer = xt::xtensor<float, 1>::from_shape({std::size_t{model.form().outputs}});
    const status s = model.predict(std::span<const float>{inputs.data(), inputs.size()}, std::span<float>{answer.data(), answer.size()});
    if (ok(s)) y = answer;
    return s;
}

}  // namespace synapse
