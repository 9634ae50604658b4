// Python with msgpack and numpy opens a checkpoint without any code of ours: examples/read_checkpoint.py is run on a saved learner.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <unistd.h>

#include <synapse/checkpoint/save.hpp>
#include <synapse/checkpoint/save_rounded.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/file_store.hpp>

namespace {

std::string output_of(const std::string& command, int& exit_code) {
    std::string text;
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    char part[256];
    while (std::fgets(part, sizeof part, pipe) != nullptr) text += part;
    exit_code = ::pclose(pipe);
    return text;
}

// A Python that has what the example needs; a system's own may not be the first in the path.
std::string python() {
    for (const char* candidate : {"python3", "/usr/bin/python3"}) {
        int failed = 0;
        output_of(std::string(candidate) + " -c 'import msgpack, numpy' 2>/dev/null", failed);
        if (failed == 0) return candidate;
    }
    return {};
}

}  // namespace

TEST_CASE("read_checkpoint.py: every tensor with its shape and norm") {
    using namespace synapse;
    const std::string interpreter = python();
    REQUIRE_MESSAGE(!interpreter.empty(), "needs python3 with msgpack and numpy (Debian: python3-msgpack, python3-numpy)");

    any_learner<> model{shape{.inputs = 3, .outputs = 2, .hidden = {7}, .replay = 9}, {.replay_ratio = 0.5f}};
    random_generator dice{1};
    for (int i = 0; i < 50; ++i) {
        float x[3] = {dice.symmetric(), dice.symmetric(), dice.symmetric()};
        float y[2] = {x[0], x[1] * x[2]};
        REQUIRE(model.step(x, y) == status::ok);
    }
    const auto directory = std::filesystem::temp_directory_path() / ("synapse_read_checkpoint_" + std::to_string(::getpid()));
    std::string text;
    int failed = 1;
    {
        file_store<> store{directory.string()};
        REQUIRE(store.open() == status::ok);
        REQUIRE(save(model, store, {.reason = "auto"}) == status::ok);
        text = output_of(interpreter + " " SYNAPSE_SOURCE_DIR "/examples/read_checkpoint.py " + store.newest_path() + " 2>&1", failed);
    }
    std::filesystem::remove_all(directory);
    INFO(text);
    CHECK(failed == 0);
    CHECK(text.find("format 1.0, 50 steps, reason auto\n") == 0);

    const auto line = [&](const char* name, const matrix_view<const float>& m) {
        double squares = 0.0;
        for (std::uint32_t r = 0; r < m.rows; ++r) {
            for (std::uint32_t c = 0; c < m.cols; ++c) squares += static_cast<double>(m(r, c)) * static_cast<double>(m(r, c));
        }
        char expected[128];
        std::snprintf(expected, sizeof expected, "%s %ux%u %.6g\n", name, m.rows, m.cols, std::sqrt(squares));
        CHECK_MESSAGE(text.find(expected) != std::string::npos, expected);
    };
    const auto& net = model.fast();
    line("model_state_dict/fast/layer_0/weight", net.layer(0).weights());
    line("model_state_dict/fast/layer_0/bias", {net.layer(0).bias(), 1, 7, 7});
    line("model_state_dict/fast/layer_1/weight", net.layer(1).weights());
    line("model_state_dict/fast/layer_1/bias", {net.layer(1).bias(), 1, 2, 2});
    line("replay_buffer/targets", {model.memory().target(0), 9, 2, 2});
    CHECK(text.find("replay_buffer/samples 9x3 ") != std::string::npos);
    CHECK(text.find("input_normalizer/mean 1x3 ") != std::string::npos);

    // Rounded for shipping home: the same names and shapes, the same norm to three digits.
    for (const rounding how : {rounding::f16, rounding::u8}) {
        struct file_sink {
            std::ofstream file;
            status write(std::span<const std::byte> bytes) {
                file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
                return file ? status::ok : status::io_error;
            }
        };
        const auto path = directory.string() + ".syn";
        {
            file_sink sink{std::ofstream{path, std::ios::binary}};
            REQUIRE(save_rounded(model, sink, how) == status::ok);
        }
        const std::string home = output_of(interpreter + " " SYNAPSE_SOURCE_DIR "/examples/read_checkpoint.py " + path + " 2>&1", failed);
        std::filesystem::remove(path);
        INFO(home);
        CHECK(failed == 0);
        for (const char* name : {"model_state_dict/fast/layer_0/weight 3x7 ", "model_state_dict/fast/layer_1/weight 7x2 "}) {
            const auto exact = text.find(name);
            const auto near = home.find(name);
            REQUIRE(exact != std::string::npos);
            REQUIRE(near != std::string::npos);
            const std::size_t skip = std::string{name}.size();
            CHECK(std::stod(home.substr(near + skip)) == doctest::Approx(std::stod(text.substr(exact + skip))).epsilon(2e-3));
        }
    }
}
