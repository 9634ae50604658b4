// A value, or the status that says why there is none.
#pragma once

#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// Holds a trivially copyable Value when its status is ok; otherwise the value is Value{} and must not be relied on.
template <class Value>
class [[nodiscard("ask ok() of it whether there is a value, or cast it to void")]] result {
    static_assert(std::is_trivially_copyable_v<Value>, "result carries small plain values; return large ones through an argument");

public:
    constexpr result(Value value) noexcept : value_{value} {}
    // A reason why there is no value. Passing status::ok is a wrong program.
    constexpr result(status why) noexcept : status_{why} { SYNAPSE_ASSERT(why != status::ok); }

    // Whether there is a value; if not, why; the value; the value, or another one where there is none.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return status_ == status::ok; }
    constexpr status why() const noexcept { return status_; }
    [[nodiscard]] constexpr const Value& operator*() const noexcept { return value_; }
    [[nodiscard]] constexpr const Value* operator->() const noexcept { return &value_; }
    [[nodiscard]] constexpr Value value_or(Value other) const noexcept { return status_ == status::ok ? value_ : other; }

private:
    Value value_{};
    status status_ = status::ok;
};

template <class Value>
constexpr bool ok(const result<Value>& r) noexcept {
    return static_cast<bool>(r);
}

}  // namespace synapse
