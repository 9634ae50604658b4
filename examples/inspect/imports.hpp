// A net from another library, as a checkpoint that a device loads and goes on learning from.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/file_source.hpp>
#include <synapse/hosted/formats/npz.hpp>
#include <synapse/hosted/formats/onnx_reader.hpp>
#include <synapse/hosted/formats/safetensors.hpp>
#include <synapse/hosted/formats/weights.hpp>

#include "inspect/exports.hpp"
#include "inspect/options.hpp"

namespace inspect {

namespace details {

// Told apart by their first bytes.
inline synapse::dense_net net_in(const std::string& file, const options& x) {
    const synapse::formats::net_conventions how{x.rows, x.hidden, x.system};
    if (file.starts_with("PK")) return synapse::formats::net_of(synapse::formats::read_npz(file), how);
    if (file.size() > 8 && file[8] == '{') return synapse::formats::net_of(synapse::formats::read_safetensors(file), how);
    return synapse::formats::read_onnx(file);
}

struct string_sink {
    std::string bytes;
    synapse::status write(std::span<const std::byte> more) {
        bytes.append(synapse::formats::as_text(more));
        return synapse::status::ok;
    }
};

inline synapse::dense_net read_net(const options& x) {
    try {
        synapse::dense_net net = net_in(bytes_of(*x.import), x);
        if (x.classify && !net.classifies()) {
            if (!net.output_mean.empty()) throw input_error{*x.import + ": it scales its outputs, so they are no classes"};
            net.known.assign(net.outputs(), true);
        }
        return net;
    } catch (const synapse::formats::format_error& error) {
        throw input_error{*x.import + ": " + error.what()};
    }
}

}  // namespace details

// Throws input_error, console::write_error; std::bad_alloc.
inline void import_net(const options& x) {
    const synapse::dense_net net = details::read_net(x);
    synapse::shape form;
    synapse::tuning numbers;
    synapse::file_source like;
    try {
        form = synapse::shape_for(net);
        if (net.input_mean.empty()) form.scaling = synapse::input_scaling::none;
        numbers.input_clamp = std::min(net.input_clamp, 1e6f);
        form.replay = x.replay;
        if (x.like) {
            synapse::checkpoint_reader in;
            details::open(in, *x.like);
            form = synapse::shape_of(in);
            numbers = synapse::tuning_of(in);
            static_cast<void>(like.open(*x.like));
        }
        synapse::any_learner<> model{form, numbers};
        if (x.like) {
            if (const synapse::status s = synapse::load(model, like); !ok(s)) throw input_error{*x.like + ": " + synapse::name(s)};
        }
        synapse::adopt(static_cast<synapse::learner_body<synapse::default_kernels>&>(model), net);
        details::string_sink out;
        if (const synapse::status s = synapse::save(model, out, {.reason = "imported"}); !ok(s))
            throw console::write_error{"cannot write " + *x.to + ": " + synapse::name(s)};
        std::string sizes = std::to_string(net.inputs());
        for (const auto& l : net.layers) (sizes += '-') += std::to_string(l.outputs);
        details::write_out(*x.to, out.bytes, sizes + " " + synapse::name(form.function) + " " + synapse::name(form.learns));
    } catch (const std::invalid_argument& error) {
        throw input_error{*x.import + ": " + error.what()};
    }
    std::fflush(stdout);
}

}  // namespace inspect
