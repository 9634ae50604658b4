// msgpack-cxx as the other opinion on what a checkpoint says: unpacks with limits, and packs again what a test has changed.
#pragma once

#ifndef MSGPACK_NO_BOOST
#define MSGPACK_NO_BOOST
#endif
#include <bit>
#include <functional>
#include <msgpack.hpp>
#include <string>
#include <vector>

#include "parts.hpp"

namespace checkpoint_test {

using object = msgpack::object;

inline msgpack::object_handle understood(const std::string& payload) {
    const msgpack::unpack_limit limits{64, 64, 1u << 20, 1u << 24, 1u << 16, 8};
    return msgpack::unpack(payload.data(), payload.size(), nullptr, nullptr, limits);
}

// Changes applied while packing again.
struct repacking {
    bool reversed = false;   // every map but tensors in reverse order
    bool strangers = false;  // keys that no reader knows, of every type, at the start of every map but tensors
    bool twice = false;      // every entry of the map `target` twice
    bool stranger_twice = false;
    int target = 0;          // counts maps in the order of packing; which one `twice` means
    bool wide = false;       // the longest encoding of every integer, length and head
    int maps = 0;
};

inline bool is_tensor(const object& o) {
    return o.type == msgpack::type::MAP && o.via.map.size == 3 && std::string(o.via.map.ptr[0].key.via.str.ptr, o.via.map.ptr[0].key.via.str.size) == "d";
}

inline void pack_head(std::string& out, unsigned code, std::uint64_t n, unsigned size) {
    out += static_cast<char>(code);
    for (unsigned i = size; i-- > 0;) out += static_cast<char>(n >> (8 * i) & 0xff);
}

inline void pack_again(std::string& out, const object& o, repacking& how) {
    struct sink {
        std::string& out;
        void write(const char* p, std::size_t n) { out.append(p, n); }
    } to{out};
    msgpack::packer<sink> p{to};
    const auto stranger = [&](const char* name) {
        p.pack(std::string(name));
        p.pack_map(2);
        p.pack(std::string("x")).pack_array(3).pack_int(-7).pack_double(0.5).pack_nil();
        p.pack(7).pack_ext(3, 9).pack_ext_body("abc", 3);
    };
    switch (o.type) {
        case msgpack::type::MAP: {
            const bool plain = !is_tensor(o);
            const bool doubled = plain && how.twice && how.maps++ == how.target;
            const bool odd = plain && how.stranger_twice && how.maps++ == how.target;
            const std::uint32_t extra = (plain && how.strangers ? 1u : 0u) + (odd ? 2u : 0u);
            const std::uint32_t n = o.via.map.size * (doubled ? 2 : 1) + extra;
            if (how.wide) pack_head(out, 0xdf, n, 4); else p.pack_map(n);
            if (plain && how.strangers) stranger("a stranger");
            if (odd) {
                stranger("twin");
                stranger("twin");
            }
            for (int copy = 0; copy < (doubled ? 2 : 1); ++copy) {
                for (std::uint32_t i = 0; i < o.via.map.size; ++i) {
                    const auto& entry = o.via.map.ptr[plain && how.reversed ? o.via.map.size - 1 - i : i];
                    pack_again(out, entry.key, how);
                    pack_again(out, entry.val, how);
                }
            }
            break;
        }
        case msgpack::type::ARRAY:
            if (how.wide) pack_head(out, 0xdd, o.via.array.size, 4); else p.pack_array(o.via.array.size);
            for (std::uint32_t i = 0; i < o.via.array.size; ++i) pack_again(out, o.via.array.ptr[i], how);
            break;
        case msgpack::type::FLOAT32: pack_head(out, 0xca, std::bit_cast<std::uint32_t>(static_cast<float>(o.via.f64)), 4); break;
        case msgpack::type::POSITIVE_INTEGER:
            if (how.wide) pack_head(out, 0xcf, o.via.u64, 8); else p.pack_uint64(o.via.u64);
            break;
        case msgpack::type::STR:
            if (how.wide) {
                pack_head(out, 0xdb, o.via.str.size, 4);
                out.append(o.via.str.ptr, o.via.str.size);
            } else {
                p.pack(o);
            }
            break;
        case msgpack::type::BIN:
            if (how.wide) {
                pack_head(out, 0xc6, o.via.bin.size, 4);
                out.append(o.via.bin.ptr, o.via.bin.size);
            } else {
                p.pack(o);
            }
            break;
        default: p.pack(o);
    }
}

inline std::string repacked(const std::string& payload, repacking how) {
    const msgpack::object_handle handle = understood(payload);
    std::string out;
    pack_again(out, handle.get(), how);
    return out;
}

// The value behind a path of keys; a nil object if there is none.
inline object at(const object& o, const std::vector<std::string>& path) {
    object here = o;
    for (const auto& key : path) {
        bool found = false;
        for (std::uint32_t i = 0; here.type == msgpack::type::MAP && i < here.via.map.size; ++i) {
            const auto& k = here.via.map.ptr[i].key;
            if (k.type == msgpack::type::STR && std::string(k.via.str.ptr, k.via.str.size) == key) {
                here = here.via.map.ptr[i].val;
                found = true;
                break;
            }
        }
        if (!found) return object{};
    }
    return here;
}

}  // namespace checkpoint_test
