// Images and labels in the IDX layout of MNIST: one sample at a time from disk, every size checked against the file before it is believed.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/hosted/streams/sample.hpp>

namespace synapse::streams {

// An IDX file of unsigned bytes: two zero bytes, the type 8, the number of dimensions, each dimension as a big-endian u32, the bytes.
// @source LeCun's description of the MNIST files
class idx_bytes {
public:
    static constexpr std::uint64_t largest_item = std::uint64_t{1} << 24;  // bytes

    // Throws data_error: cannot be opened, no IDX file of bytes, or not exactly as long as its dimensions say.
    explicit idx_bytes(const std::string& path) : name_{path}, descriptor_{::open(path.c_str(), O_RDONLY | O_CLOEXEC)} {
        if (descriptor_ < 0) throw data_error{name_, std::strerror(errno)};
        try {
            read_header();
        } catch (...) {
            ::close(descriptor_);
            throw;
        }
    }
    idx_bytes(const idx_bytes&) = delete;
    idx_bytes& operator=(const idx_bytes&) = delete;
    ~idx_bytes() { ::close(descriptor_); }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    // The first dimension, and the product of the others.
    [[nodiscard]] std::uint32_t items() const noexcept { return items_; }
    [[nodiscard]] std::uint32_t item_size() const noexcept { return item_size_; }
    [[nodiscard]] std::uint32_t dimensions() const noexcept { return dimensions_; }
    // Of dimension i; 1 beyond the last.
    [[nodiscard]] std::uint32_t size(std::uint32_t i) const noexcept { return i < dimensions_ ? size_[i] : 1; }

    // Items first .. first + out.size() / item_size() - 1, which must exist. Throws data_error.
    void read(std::uint64_t first, std::span<std::uint8_t> out) const { read_at(data_ + first * item_size_, out); }

private:
    void read_at(std::uint64_t offset, std::span<std::uint8_t> out) const {
        while (!out.empty()) {
            const ssize_t got = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) throw data_error{name_, std::strerror(errno)};
            if (got == 0) throw data_error{name_, "ends too early: it has " + std::to_string(offset) + " bytes"};
            offset += static_cast<std::uint64_t>(got);
            out = out.subspan(static_cast<std::size_t>(got));
        }
    }

    void read_header() {
        struct stat about {};
        if (::fstat(descriptor_, &about) != 0) throw data_error{name_, std::strerror(errno)};
        if (!S_ISREG(about.st_mode)) throw data_error{name_, "is not a regular file"};
        std::uint8_t head[4];
        read_at(0, head);
        if (head[0] == 0x1f && head[1] == 0x8b) throw data_error{name_, "is compressed: unpack it first (gzip -d)"};
        if (head[0] != 0 || head[1] != 0) throw data_error{name_, "is not an IDX file: it does not begin with two zero bytes"};
        if (head[2] != 8) throw data_error{name_, "holds elements of type " + std::to_string(head[2]) + ", not unsigned bytes (8)"};
        if (head[3] < 1 || head[3] > 4) throw data_error{name_, "has " + std::to_string(head[3]) + " dimensions, not 1 to 4"};
        dimensions_ = head[3];
        data_ = 4 + std::uint64_t{4} * dimensions_;
        std::uint64_t item = 1;
        for (std::uint32_t i = 0; i < dimensions_; ++i) {
            std::uint8_t b[4];
            read_at(4 + std::uint64_t{4} * i, b);
            const std::uint32_t size = std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
            size_[i] = size;
            if (i == 0) {
                items_ = size;
            } else {
                item *= size;  // below 2^24 * 2^32
                if (item == 0 || item > largest_item) throw data_error{name_, "has items of 0 or more than 2^24 bytes"};
            }
        }
        item_size_ = static_cast<std::uint32_t>(item);
        const std::uint64_t expected = data_ + item * items_;
        if (static_cast<std::uint64_t>(about.st_size) != expected) {
            throw data_error{name_,
                             "is " + std::to_string(about.st_size) + " bytes long, but its dimensions ask for " + std::to_string(expected)};
        }
        if (items_ == 0) throw data_error{name_, "holds no items"};
    }

    std::string name_;
    int descriptor_;
    std::uint64_t data_ = 0;  // bytes of the header
    std::uint32_t items_ = 0;
    std::uint32_t item_size_ = 0;
    std::uint32_t dimensions_ = 0;
    std::uint32_t size_[4] = {};
};

enum class idx_part : std::uint8_t { train, test };  // files named train-*, t10k-*

// Classification of images. A pixel of 0 .. 255 becomes an input of 0 .. 1.
class idx_files final : public indexed_stream {
public:
    // @param path     a directory with train-images-idx3-ubyte and train-labels-idx1-ubyte (or t10k-...; a '.' may stand for the '-'
    //                 before idx), or one images file of such a name. Where a directory has no t10k files, test takes the train ones.
    // @param classes  labels must be below it; 0: one more than the largest label
    // Throws data_error: a file is missing, no IDX, or the two do not belong together.
    explicit idx_files(const std::string& path, idx_part part = idx_part::train, std::uint32_t classes = 0)
        : idx_files{find(path, part), classes} {}

    [[nodiscard]] const stream_form& form() const noexcept override { return form_; }
    [[nodiscard]] std::uint64_t rows() const noexcept override { return images_.items(); }
    [[nodiscard]] std::uint32_t label(std::uint64_t row) const noexcept override { return labels_[row]; }
    // Pixels down and across, of images of one channel; 0 of others.
    [[nodiscard]] std::uint32_t image_rows() const noexcept { return images_.dimensions() == 3 ? images_.size(1) : 0; }
    [[nodiscard]] std::uint32_t image_columns() const noexcept { return images_.dimensions() == 3 ? images_.size(2) : 0; }

    void read(std::uint64_t row, sample& out) override {
        images_.read(row, pixels_);
        for (std::size_t i = 0; i < pixels_.size(); ++i) x_[i] = static_cast<float>(pixels_[i]) * (1.0f / 255.0f);
        out = {x_, {}, labels_[row]};
    }

    [[nodiscard]] arrival next(sample& out) override {
        if (next_ == rows()) return arrival::end;
        read(next_++, out);
        return arrival::sample;
    }

    void rewind() override { next_ = 0; }
    [[nodiscard]] cursor tell() const noexcept override { return {next_, 0}; }
    void seek(const cursor& to) override { next_ = to.offset < rows() ? to.offset : rows(); }

private:
    struct names {
        std::string images;
        std::string labels;
    };

    idx_files(const names& files, std::uint32_t classes) : images_{files.images} {
        const idx_bytes labels{files.labels};
        if (images_.dimensions() < 2) throw data_error{files.images, "has 1 dimension: are these the labels?"};
        if (labels.dimensions() != 1)
            throw data_error{files.labels, "has " + std::to_string(labels.dimensions()) + " dimensions, not 1: these are no labels"};
        if (labels.items() != images_.items()) {
            throw data_error{files.labels,
                             "holds " + std::to_string(labels.items()) + " labels for " + std::to_string(images_.items()) + " images"};
        }
        labels_.resize(labels.items());
        labels.read(0, labels_);
        std::uint32_t largest = 0;
        for (std::size_t i = 0; i < labels_.size(); ++i) {
            if (classes != 0 && labels_[i] >= classes) {
                throw data_error{files.labels, "label " + std::to_string(labels_[i]) + " of item " + std::to_string(i) + " is not below " +
                                                   std::to_string(classes)};
            }
            if (labels_[i] > largest) largest = labels_[i];
        }
        pixels_.resize(images_.item_size());
        x_.resize(images_.item_size());
        form_.inputs = images_.item_size();
        form_.outputs = classes != 0 ? classes : largest + 1;
        if (form_.outputs < 2) throw data_error{files.labels, "holds fewer than two classes"};
    }

    static names find(const std::string& path, idx_part part) {
        std::error_code error;
        const std::filesystem::file_status about = std::filesystem::status(path, error);
        if (!std::filesystem::exists(about)) throw data_error{path, std::strerror(ENOENT)};
        if (!std::filesystem::is_directory(about)) return {path, labels_of(path)};
        const auto named = [&path](const char* prefix, const char* mark) {
            return (std::filesystem::path{path} / (std::string{prefix} + "-images" + mark + "idx3-ubyte")).string();
        };
        for (const char* prefix : {"t10k", "train"}) {
            if (part == idx_part::train && std::strcmp(prefix, "t10k") == 0) continue;
            for (const char* mark : {"-", "."}) {
                const std::string images = named(prefix, mark);
                if (std::filesystem::exists(images, error)) return {images, labels_of(images)};
            }
        }
        throw data_error{path, part == idx_part::train ? "holds no train-images-idx3-ubyte" : "holds no t10k-images-idx3-ubyte"};
    }

    // .../t10k-images-idx3-ubyte has its labels in .../t10k-labels-idx1-ubyte.
    static std::string labels_of(const std::string& images) {
        const std::filesystem::path path{images};
        std::string name = path.filename().string();
        const std::size_t word = name.rfind("images");
        const std::size_t kind = name.rfind("idx3");
        if (word == std::string::npos || kind == std::string::npos || kind < word) {
            throw data_error{images, "is not named like train-images-idx3-ubyte, so its labels cannot be found"};
        }
        name.replace(kind, 4, "idx1");
        name.replace(word, 6, "labels");
        return (path.parent_path() / name).string();
    }

    idx_bytes images_;
    std::vector<std::uint8_t> labels_;
    std::vector<std::uint8_t> pixels_;
    std::vector<float> x_;
    stream_form form_;
    std::uint64_t next_ = 0;
};

}  // namespace synapse::streams
