// The file store on a modelled disk: every system call fails once and forever, the machine crashes at every call, and what was
// not synced is kept, lost or torn. What was reported saved must be there afterwards, byte for byte.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <synapse/core/random.hpp>
#include <synapse/hosted/file_store.hpp>

using namespace synapse;

namespace {

// A disk with one directory, "d". Data of a file is durable after its sync; names are durable after the directory's.
struct disk {
    struct inode {
        std::string data;
        std::string durable;
    };
    struct change {
        std::string name;
        int node;  // -1: the name is removed
    };
    std::vector<inode> nodes;
    std::map<std::string, int> names, durable_names;
    std::vector<change> pending;
    std::map<int, int> open;  // descriptor to node; -1 the directory, -2 the lock
    bool exists = false;
    bool locked = false;
    int next_descriptor = 3;
    long long clock = 1000;

    bool file_sync_works = true;
    bool directory_sync_works = true;
    int failed_node = -1;  // a file whose sync failed
    bool synced_again = false;

    // Faults: the calls are counted; from `fail_at` on (once or forever) they return -error; error 0 means short writes.
    int calls = 0;
    int fail_at = 0;
    int error = 0;
    bool forever = false;
    bool crash = false;  // from fail_at on nothing happens any more

    [[nodiscard]] bool failing() {
        ++calls;
        return fail_at != 0 && (calls == fail_at || (calls > fail_at && (forever || crash)));
    }

    void set(const std::string& name, int node) {
        if (node < 0) names.erase(name); else names[name] = node;
        pending.push_back({name, node});
    }

    // The disk as it may be after a crash: which pending changes of names reached it, and what became of unsynced data.
    [[nodiscard]] disk after_crash(std::uint32_t changes, int data) const {
        disk d;
        d.exists = exists;
        d.clock = clock;
        d.nodes = nodes;
        d.durable_names = durable_names;
        for (std::size_t i = 0; i < pending.size(); ++i) {
            if ((changes >> i & 1u) == 0) continue;
            if (pending[i].node < 0) d.durable_names.erase(pending[i].name); else d.durable_names[pending[i].name] = pending[i].node;
        }
        d.names = d.durable_names;
        for (inode& n : d.nodes) {
            if (n.data == n.durable) continue;
            if (data == 1) n.data = n.durable;                                              // dropped
            if (data == 2) n.data = n.data.substr(0, n.data.size() / 2);                    // torn: the first half
            if (data == 3) n.data = std::string(n.data.size(), '\0');                       // length kept, content lost
            if (data == 4) std::fill(n.data.begin(), n.data.begin() + static_cast<std::ptrdiff_t>(n.data.size() / 2), '\0');  // the second half only
            n.durable = n.data;
        }
        return d;
    }
    // Plugged in again without a crash.
    void heal() {
        fail_at = 0;
        crash = false;
        calls = 0;
        open.clear();
        locked = false;
    }
};

struct disk_files {
    disk* d;

    static std::string leaf(const std::string& path) { return path.substr(path.rfind('/') + 1); }
    int fault() { return d->error == 0 ? -EIO : -d->error; }
    bool bad() { return d->failing() && (d->error != 0 || d->crash); }

    int make_directory(const std::string&) {
        if (bad()) return fault();
        if (d->exists) return -EEXIST;
        d->exists = true;
        return 0;
    }
    int descriptor(int node) {
        d->open[d->next_descriptor] = node;
        return d->next_descriptor++;
    }
    int create(const std::string& path) {
        if (bad()) return fault();
        if (!d->exists) return -ENOENT;
        if (d->names.count(leaf(path)) != 0) return -EEXIST;
        d->nodes.emplace_back();
        const int node = static_cast<int>(d->nodes.size()) - 1;
        d->set(leaf(path), node);
        return descriptor(node);
    }
    int open(const std::string& path) {
        if (bad()) return fault();
        const auto found = d->names.find(leaf(path));
        return found == d->names.end() ? -ENOENT : descriptor(found->second);
    }
    int open_directory(const std::string&) {
        if (bad()) return fault();
        return d->exists ? descriptor(-1) : -ENOENT;
    }
    int lock(const std::string&) {
        if (bad()) return fault();
        if (!d->exists) return -ENOENT;
        if (d->locked) return -EWOULDBLOCK;
        d->locked = true;
        return descriptor(-2);
    }
    long write(int file, const std::byte* bytes, std::size_t size) {
        const bool fault_now = d->failing();
        if (fault_now && (d->error != 0 || d->crash)) return fault();
        if (fault_now && size > 1) size /= 2;
        d->nodes[static_cast<std::size_t>(d->open.at(file))].data.append(reinterpret_cast<const char*>(bytes), size);
        return static_cast<long>(size);
    }
    long read(int file, std::uint64_t offset, std::byte* bytes, std::size_t size) {
        const bool fault_now = d->failing();
        if (fault_now && (d->error != 0 || d->crash)) return fault();
        if (fault_now && size > 1) size /= 2;
        const std::string& data = d->nodes[static_cast<std::size_t>(d->open.at(file))].data;
        const std::size_t n = std::min(size, data.size() - std::min<std::size_t>(data.size(), offset));
        if (n != 0) std::memcpy(bytes, data.data() + offset, n);
        return static_cast<long>(n);
    }
    long long size(int file) {
        if (bad()) return fault();
        return static_cast<long long>(d->nodes[static_cast<std::size_t>(d->open.at(file))].data.size());
    }
    int sync(int file) {
        if (bad()) {
            // A failed sync drops what it should have written, and the next one reports success: as Linux does.
            const int node = d->open.count(file) != 0 ? d->open.at(file) : -2;
            if (!d->crash && d->error == EIO && node >= 0) {
                d->nodes[static_cast<std::size_t>(node)].data = d->nodes[static_cast<std::size_t>(node)].durable;
                d->failed_node = node;
            }
            return fault();
        }
        const int node = d->open.at(file);
        if (node >= 0 && node == d->failed_node) d->synced_again = true;
        if (node >= 0 && d->file_sync_works) d->nodes[static_cast<std::size_t>(node)].durable = d->nodes[static_cast<std::size_t>(node)].data;
        if (node == -1 && d->directory_sync_works) {
            d->durable_names = d->names;
            d->pending.clear();
        }
        return 0;
    }
    int close(int file) {
        const bool fault_now = bad();
        if (d->open.count(file) != 0 && d->open.at(file) == -2) d->locked = false;
        d->open.erase(file);
        return fault_now ? fault() : 0;
    }
    int rename(const std::string& from, const std::string& to) {
        if (bad()) return fault();
        const auto found = d->names.find(leaf(from));
        if (found == d->names.end()) return -ENOENT;
        REQUIRE(d->names.count(leaf(to)) == 0);  // the store must never replace a file
        const int node = found->second;
        // Two changes that a crash may even separate: worse than any file system.
        d->set(leaf(to), node);
        d->set(leaf(from), -1);
        return 0;
    }
    int remove(const std::string& path) {
        if (bad()) return fault();
        if (d->names.count(leaf(path)) == 0) return -ENOENT;
        d->set(leaf(path), -1);
        return 0;
    }
    int list(const std::string&, std::vector<std::string>& out) {
        out.clear();
        if (bad()) return fault();
        if (!d->exists) return -ENOENT;
        for (const auto& [name, node] : d->names) out.push_back(name);
        return 0;
    }
    long long now() { return d->clock; }
};

using store = file_store<disk_files>;

std::vector<std::byte> payload(std::uint32_t n) {
    random_generator dice{n};
    std::vector<std::byte> out(50 + n % 7 * 30);
    for (auto& b : out) b = static_cast<std::byte>(dice.next() & 255u);
    return out;
}

template <class Store>
status save(Store& s, std::uint32_t n) {
    const auto bytes = payload(n);
    if (const status why = s.begin({.payload_bytes = static_cast<std::uint32_t>(bytes.size()), .payload_crc = crc32c::of(bytes)}); !ok(why)) return why;
    if (const status why = s.write(std::span{bytes}.first(20)); !ok(why)) return why;
    if (const status why = s.write(std::span{bytes}.subspan(20)); !ok(why)) return why;
    return s.commit();
}

// The number of the save that the store holds as its newest; 0 if none.
template <class Store>
std::uint32_t held(Store& s, std::uint32_t last) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(s.size()));
    if (bytes.empty() || !ok(s.read(0, bytes))) return 0;
    for (std::uint32_t n = 1; n <= last; ++n) {
        const auto p = payload(n);
        if (bytes.size() == p.size() + format::header_bytes && std::memcmp(bytes.data() + format::header_bytes, p.data(), p.size()) == 0) return n;
    }
    return 0;
}

constexpr std::size_t keep = 2;

// A disk that has lived through `saves` saves, its process ended.
disk lived(std::uint32_t saves) {
    disk d;
    {
        store s{"d", keep, {&d}};
        REQUIRE(s.open() == status::ok);
        for (std::uint32_t n = 1; n <= saves; ++n) {
            REQUIRE(save(s, n) == status::ok);
            ++d.clock;
        }
    }
    d.heal();
    return d;
}

// Opens and saves number `next` on a disk with faults; returns the number last reported saved.
std::uint32_t attempt(disk& d, std::uint32_t next) {
    store s{"d", keep, {&d}};
    if (!ok(s.open())) return next - 1;
    return ok(save(s, next)) ? next : next - 1;
}

// On a sound disk again: at least `reported` is there, and the next save works.
bool recovers(disk d, std::uint32_t reported, std::uint32_t next) {
    d.heal();
    store s{"d", keep, {&d}};
    if (!ok(s.open()) || held(s, next) < reported) return false;
    for (const auto& [name, node] : d.names) {
        if (name.ends_with(".tmp")) return false;
    }
    return ok(save(s, next + 1)) && held(s, next + 1) == next + 1 && s.valid().size() <= keep;
}

}  // namespace

TEST_CASE("file store: every system call fails once and forever, and nothing reported saved is lost") {
    std::uint32_t runs = 0;
    for (const std::uint32_t before : {0u, 1u, 4u}) {
        const disk start = lived(before);
        disk counted = start;
        REQUIRE(attempt(counted, before + 1) == before + 1);
        const int calls = counted.calls;
        for (int k = 1; k <= calls; ++k) {
            for (const int error : {EIO, ENOSPC, EINTR, EROFS, ENOENT, 0}) {
                for (const bool forever : {false, true}) {
                    disk d = start;
                    d.fail_at = k;
                    d.error = error;
                    d.forever = forever;
                    const std::uint32_t reported = attempt(d, before + 1);
                    REQUIRE(recovers(d, reported, before + 1));
                    ++runs;
                    if (error == 0) REQUIRE(reported == before + 1);                // short reads and writes are no failure
                    if (error == EINTR && !forever) REQUIRE(reported == before + 1);  // nor is a signal
                }
            }
        }
    }
    CHECK(runs > 500);
}

TEST_CASE("file store: a full disk is no_room, other failures io_error, and the same store saves later") {
    disk d;
    store s{"d", keep, {&d}};
    REQUIRE(s.open() == status::ok);
    REQUIRE(save(s, 1) == status::ok);
    for (const auto& [error, expected] : {std::pair{ENOSPC, status::no_room}, std::pair{EIO, status::io_error}, std::pair{EROFS, status::io_error}}) {
        for (int k = 1; k <= 6; ++k) {
            d.calls = 0;
            d.fail_at = k;
            d.error = error;
            d.forever = false;
            const status why = save(s, 2);
            CHECK((why == expected || ok(why)));
            if (!ok(why)) CHECK(s.error() == error);
            d.fail_at = 0;
            REQUIRE(save(s, 3) == status::ok);
            REQUIRE(held(s, 3) == 3);
        }
    }
}

namespace {

// Crashes at every call of a save on top of `before` saves, in every state of what was not synced; how many lost something.
std::uint32_t lost_in_crashes(std::uint32_t before, bool file_sync_works, bool directory_sync_works, std::uint32_t& states) {
    std::uint32_t lost = 0;
    disk start = lived(before);
    start.file_sync_works = file_sync_works;
    start.directory_sync_works = directory_sync_works;
    disk counted = start;
    REQUIRE(attempt(counted, before + 1) == before + 1);
    const int calls = counted.calls;
    for (int k = 1; k <= calls + 1; ++k) {
        disk d = start;
        d.fail_at = k;
        d.error = EIO;
        d.crash = true;
        const std::uint32_t reported = attempt(d, before + 1);
        REQUIRE(d.pending.size() <= 10);
        for (std::uint32_t changes = 0; changes < 1u << d.pending.size(); ++changes) {
            for (int data = 0; data < 5; ++data) {
                if (!recovers(d.after_crash(changes, data), reported, before + 1)) ++lost;
                ++states;
            }
        }
    }
    return lost;
}

}  // namespace

TEST_CASE("file store: the machine crashes at every call; what was not synced is kept, lost or torn in every combination") {
    std::uint32_t states = 0;
    for (const std::uint32_t before : {0u, 1u, 2u, 4u}) CHECK(lost_in_crashes(before, true, true, states) == 0);
    MESSAGE(states, " crash states");
    CHECK(states > 500);
    // And this model would notice a store that does not sync its file, or its directory.
    CHECK(lost_in_crashes(4, false, true, states) > 0);
    CHECK(lost_in_crashes(4, true, false, states) > 0);
}

TEST_CASE("file store: a failed sync is final for that file: it is neither synced again nor kept") {
    int failed_syncs = 0;
    for (int k = 1; k < 40; ++k) {
        disk d = lived(1);
        const std::uint32_t reported = [&] {
            d.fail_at = k;
            d.error = EIO;
            return attempt(d, 2);
        }();
        if (d.failed_node < 0) continue;
        ++failed_syncs;
        CHECK(reported == 1);
        CHECK_FALSE(d.synced_again);
        for (const auto& [name, node] : d.names) CHECK(node != d.failed_node);
    }
    CHECK(failed_syncs == 1);
}

TEST_CASE("file store: two writers, saves within a second, a clock that runs back") {
    disk d;
    store s{"d", 5, {&d}};
    REQUIRE(s.open() == status::ok);
    store second{"d", 5, {&d}};
    CHECK(second.open() == status::busy);
    CHECK(save(second, 1) == status::busy);
    CHECK(second.write({}) == status::busy);
    CHECK(second.commit() == status::busy);
    for (std::uint32_t n = 1; n <= 3; ++n) REQUIRE(save(s, n) == status::ok);
    CHECK(d.names.count("continuous_1000.syn") == 1);
    CHECK(d.names.count("continuous_1001.syn") == 1);
    CHECK(d.names.count("continuous_1002.syn") == 1);
    d.clock = 500;
    REQUIRE(save(s, 4) == status::ok);
    CHECK(s.newest_path() == "d/continuous_500.syn");
    CHECK(held(s, 4) == 4);
    CHECK(s.sequence() == 4);
}

TEST_CASE("file store: only valid checkpoints count and only they are deleted; the sequence decides, not the name") {
    disk d = lived(2);
    const auto add = [&](const std::string& name, const std::string& data) {
        d.nodes.push_back({data, data});
        d.set(name, static_cast<int>(d.nodes.size()) - 1);
    };
    const std::string good = d.nodes[static_cast<std::size_t>(d.names.at("continuous_1001.syn"))].data;
    std::string damaged = good;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    add("continuous_9999.syn", damaged);
    add("continuous_9998.syn", good.substr(0, 40));
    add("continuous_9997.syn", "");
    add("continuous_9996.syn.tmp", good);
    add("notes.txt", "mine");
    store s{"d", keep, {&d}};
    REQUIRE(s.open() == status::ok);
    CHECK(s.valid().size() == 2);
    CHECK(s.newest_path() == "d/continuous_1001.syn");
    CHECK(held(s, 2) == 2);
    for (std::uint32_t n = 3; n <= 9; ++n) REQUIRE(save(s, n) == status::ok);
    CHECK(s.valid().size() == keep);
    for (const char* name : {"continuous_9999.syn", "continuous_9998.syn", "continuous_9997.syn", "notes.txt"}) CHECK(d.names.count(name) == 1);
    CHECK(d.names.count("continuous_9996.syn.tmp") == 0);
    CHECK(d.names.size() == 4 + keep);
    // Somebody deletes the newest: what is left is not thinned out below `keep`.
    d.set(s.newest_path().substr(2), -1);
    REQUIRE(save(s, 10) == status::ok);
    CHECK(s.valid().size() == 2);
}

TEST_CASE("file store: fewer or other bytes than announced are not committed") {
    disk d = lived(1);
    store s{"d", keep, {&d}};
    REQUIRE(s.open() == status::ok);
    const auto bytes = payload(2);
    const auto size = static_cast<std::uint32_t>(bytes.size());
    REQUIRE(s.begin({.payload_bytes = size, .payload_crc = crc32c::of(bytes)}) == status::ok);
    REQUIRE(s.write(std::span{bytes}.first(10)) == status::ok);
    CHECK(s.commit() == status::corrupt);
    CHECK(s.commit() == status::busy);
    REQUIRE(s.begin({.payload_bytes = size, .payload_crc = 1}) == status::ok);
    REQUIRE(s.write(bytes) == status::ok);
    CHECK(s.commit() == status::corrupt);
    CHECK(held(s, 2) == 1);
    CHECK(d.names.size() == 1);
}

TEST_CASE("file store: a checkpoint that cannot be read at the start does not make later ones look old") {
    int unread = 0;
    for (int k = 4; k <= 11; ++k) {
        disk d = lived(4);
        d.fail_at = k;
        d.error = EIO;
        {
            store s{"d", keep, {&d}};
            REQUIRE(s.open() == status::ok);
            if (s.valid().size() == 1) ++unread;
            REQUIRE(save(s, 5) == status::ok);
        }
        d.heal();
        store s{"d", keep, {&d}};
        REQUIRE(s.open() == status::ok);
        CHECK(held(s, 5) == 5);
        CHECK(s.valid()[0].sequence != s.valid()[1].sequence);
    }
    CHECK(unread == 6);  // open, size and read of either file
}

namespace {

// A directory of this test's own, gone afterwards.
struct scratch_directory {
    std::string path;
    scratch_directory() {
        char name[] = "/tmp/synapse_file_store_XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        path = name;
    }
    ~scratch_directory() {
        std::vector<std::string> names;
        posix_files files;
        static_cast<void>(files.list(path + "/checkpoints", names));
        for (const auto& n : names) static_cast<void>(files.remove(path + "/checkpoints/" + n));
        static_cast<void>(::rmdir((path + "/checkpoints").c_str()));
        static_cast<void>(::rmdir(path.c_str()));
    }
};

}  // namespace

TEST_CASE("file store: on the real file system") {
    const scratch_directory here;
    const std::string directory = here.path + "/checkpoints";
    {
        file_store<> s{directory, 3};
        CHECK(save(s, 1) == status::busy);  // not open yet
        REQUIRE(s.open() == status::ok);
        CHECK(s.open() == status::ok);
        CHECK(s.newest_path().empty());
        CHECK(s.size() == 0);
        file_store<> other{directory, 3};
        CHECK(other.open() == status::busy);
        for (std::uint32_t n = 1; n <= 6; ++n) REQUIRE(save(s, n) == status::ok);
        CHECK(s.valid().size() == 3);
        CHECK(held(s, 6) == 6);
    }
    // A damaged newest file and a stale temporary: the one before is taken.
    std::string newest;
    {
        file_store<> s{directory, 3};
        REQUIRE(s.open() == status::ok);
        CHECK(held(s, 6) == 6);
        newest = s.newest_path();
    }
    std::ofstream{newest, std::ios::app | std::ios::in}.seekp(40).write("damage", 6);
    {
        std::fstream damage{newest, std::ios::in | std::ios::out | std::ios::binary};
        damage.seekp(45);
        damage.write("damage", 6);
    }
    std::ofstream{directory + "/continuous_5.syn.tmp"} << "half a checkpoint";
    {
        file_store<> s{directory, 3};
        REQUIRE(s.open() == status::ok);
        CHECK(held(s, 6) == 5);
        CHECK(::access((directory + "/continuous_5.syn.tmp").c_str(), F_OK) != 0);
        REQUIRE(save(s, 7) == status::ok);
        CHECK(held(s, 7) == 7);
        CHECK(::access(newest.c_str(), F_OK) == 0);
    }
    file_store<> nowhere{"/proc/no/such/place"};
    CHECK(nowhere.open() == status::io_error);
    CHECK(nowhere.error() == ENOENT);
}

TEST_CASE("file source: what cannot be read says so") {
    file_source f;
    CHECK(f.open("/no/such/file") == status::not_found);
    CHECK(f.open("/tmp") == status::io_error);
    CHECK(f.size() == 0);
    format::header h;
    CHECK(validate({}, h) == status::corrupt);
}
