#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <synapse/hosted/streams/idx.hpp>

#include "scratch_files.hpp"

using namespace synapse::streams;

namespace {

std::string big_endian(std::uint32_t n) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(n >> shift & 0xff);
    return bytes;
}

std::string header(const std::vector<std::uint32_t>& sizes, char type = 8) {
    std::string bytes{'\0', '\0', type, static_cast<char>(sizes.size())};
    for (const std::uint32_t n : sizes) bytes += big_endian(n);
    return bytes;
}

const std::string three_images = header({3, 2, 2}) + std::string{"\x00\x01\x02\xff\x10\x11\x12\x13\x20\x21\x22\x23", 12};
const std::string three_labels = header({3}) + std::string{"\x02\x00\x01", 3};

// What reading a directory with these two files says, or "" if it is accepted.
std::string refusal(const std::string& images, const std::string& labels, std::uint32_t classes = 0) {
    const scratch_files scratch;
    scratch.write("train-images-idx3-ubyte", images);
    scratch.write("train-labels-idx1-ubyte", labels);
    try {
        idx_files files{scratch.path(), idx_part::train, classes};
    } catch (const data_error& error) {
        return error.message();
    }
    return "";
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("idx: images in order and in any order") {
    const scratch_files scratch;
    scratch.write("train-images-idx3-ubyte", three_images);
    scratch.write("train-labels-idx1-ubyte", three_labels);
    idx_files files{scratch.path()};
    CHECK(files.rows() == 3);
    CHECK(files.form().inputs == 4);
    CHECK(files.form().outputs == 3);
    CHECK(files.form().learns == synapse::task::classification);
    CHECK(files.label(0) == 2);
    sample s;
    REQUIRE(files.next(s) == arrival::sample);
    CHECK(s.label == 2);
    CHECK(s.inputs[0] == 0.0f);
    CHECK(s.inputs[1] == 1.0f / 255.0f);
    CHECK(s.inputs[3] == 1.0f);
    CHECK(s.targets.empty());
    files.read(2, s);
    CHECK(s.label == 1);
    CHECK(s.inputs[0] == 32.0f * (1.0f / 255.0f));
    REQUIRE(files.next(s) == arrival::sample);
    CHECK(s.label == 0);
    REQUIRE(files.next(s) == arrival::sample);
    CHECK(files.next(s) == arrival::end);
    files.rewind();
    CHECK(files.next(s) == arrival::sample);
}

TEST_CASE("idx: how an image is laid out, if it has one channel") {
    const auto sides = [](const std::vector<std::uint32_t>& sizes, std::size_t pixels) {
        const scratch_files scratch;
        scratch.write("train-images-idx3-ubyte", header(sizes) + std::string(2 * pixels, '\1'));
        scratch.write("train-labels-idx1-ubyte", header({2}) + std::string{"\x00\x01", 2});
        const idx_files files{scratch.path()};
        return std::vector<std::uint32_t>{files.form().inputs, files.image_rows(), files.image_columns()};
    };
    CHECK(sides({2, 3, 5}, 15) == std::vector<std::uint32_t>{15, 3, 5});
    CHECK(sides({2, 7}, 7) == std::vector<std::uint32_t>{7, 0, 0});
    CHECK(sides({2, 3, 5, 2}, 30) == std::vector<std::uint32_t>{30, 0, 0});
}

TEST_CASE("idx: the test set, the names with a point, and one file by name") {
    const scratch_files scratch;
    scratch.write("train-images.idx3-ubyte", three_images);
    scratch.write("train-labels.idx1-ubyte", three_labels);
    CHECK(idx_files{scratch.path()}.rows() == 3);
    CHECK(idx_files{scratch.path(), idx_part::test}.rows() == 3);
    const std::string one = scratch.write("t10k-images-idx3-ubyte", header({1, 4}) + "abcd");
    scratch.write("t10k-labels-idx1-ubyte", header({1}) + "\x01");
    CHECK(idx_files{scratch.path()}.rows() == 3);
    CHECK(idx_files{scratch.path(), idx_part::test, 3}.rows() == 1);
    CHECK(idx_files{scratch.path(), idx_part::test, 3}.form().outputs == 3);
    CHECK(idx_files{one}.rows() == 1);
    CHECK_THROWS_AS(idx_files{scratch.write("other", three_images)}, data_error);
}

TEST_CASE("idx: what is missing is named") {
    const scratch_files scratch;
    CHECK_THROWS_WITH_AS(idx_files{scratch.path()}, doctest::Contains("holds no train-images-idx3-ubyte"), data_error);
    CHECK_THROWS_AS(idx_files{scratch.path() + "/none"}, data_error);
    scratch.write("train-images-idx3-ubyte", three_images);
    CHECK_THROWS_WITH_AS(idx_files{scratch.path()}, doctest::Contains("train-labels-idx1-ubyte"), data_error);
}

TEST_CASE("idx: a size is not believed before the file has it") {
    CHECK(refusal(three_images, three_labels).empty());
    CHECK(contains(refusal(three_images + "x", three_labels), "bytes long"));
    for (std::size_t length = 0; length < three_images.size(); ++length) {
        CAPTURE(length);
        CHECK_FALSE(refusal(three_images.substr(0, length), three_labels).empty());
    }
    for (std::size_t length = 0; length < three_labels.size(); ++length) {
        CAPTURE(length);
        CHECK_FALSE(refusal(three_images, three_labels.substr(0, length)).empty());
    }
    constexpr std::uint32_t huge = 0xffffffff;
    CHECK(contains(refusal(header({huge, huge, huge}), three_labels), "2^24"));
    CHECK(contains(refusal(header({huge, 1u << 24, 1}), three_labels), "bytes long"));
    CHECK(contains(refusal(header({3, 1u << 16, 1u << 16}) + "abc", three_labels), "2^24"));
    CHECK(contains(refusal(header({3, 0, 2}), three_labels), "0 or more"));
    CHECK(contains(refusal(header({0, 2, 2}), header({0})), "no items"));
    CHECK(contains(refusal(three_images, header({huge}) + "abc"), "bytes long"));
}

TEST_CASE("idx: other files are refused for what they are") {
    CHECK(contains(refusal("\x1f\x8b\x08\x08 and so on", three_labels), "compressed"));
    CHECK(contains(refusal("a,b,c\n1,2,3\n", three_labels), "not an IDX file"));
    CHECK(contains(refusal(header({3, 2, 2}, 13) + std::string(48, 'x'), three_labels), "type 13"));
    CHECK(contains(refusal(header({1, 1, 1, 1, 1}) + "x", three_labels), "5 dimensions"));
    CHECK(contains(refusal(header({}), three_labels), "0 dimensions"));
    CHECK(contains(refusal(three_labels, three_labels), "1 dimension"));
    CHECK(contains(refusal(three_images, three_images), "3 dimensions"));
    CHECK(contains(refusal(three_images, header({2}) + "ab"), "2 labels for 3 images"));
    CHECK(contains(refusal(three_images, three_labels, 2), "label 2 of item 0"));
    CHECK(contains(refusal(three_images, header({3}) + std::string(3, '\0')), "fewer than two"));
}

TEST_CASE("idx: another reader goes on at a cursor, and no cursor leads outside") {
    const scratch_files scratch;
    scratch.write("train-images-idx3-ubyte", three_images);
    scratch.write("train-labels-idx1-ubyte", three_labels);
    idx_files before{scratch.path()};
    sample s;
    REQUIRE(before.next(s) == arrival::sample);
    idx_files after{scratch.path()};
    after.seek(before.tell());
    REQUIRE(before.next(s) == arrival::sample);
    const std::vector<float> second{s.inputs.begin(), s.inputs.end()};
    REQUIRE(after.next(s) == arrival::sample);
    CHECK(std::vector<float>{s.inputs.begin(), s.inputs.end()} == second);
    after.seek({~std::uint64_t{0}, 0});
    CHECK(after.next(s) == arrival::end);
}
