#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <synapse/checkpoint/save.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/file_store.hpp>

#include "console/json.hpp"
#include "dashboard/report.hpp"
#include "dashboard/run_table.hpp"
#include "scratch.hpp"

namespace {

const std::string metrics = "{\"time\": 1, \"steps\": 10, \"error\": 0.5}\n{\"time\": 2, \"steps\": 20, \"error\": 0.25}\n";
const std::string log_text =
    "[Neurogenesis] Growing layer_0: Rising error (4.56 > 1.10)\nStep      20 | \u03a6=0.2 | Agency=0.8 | Time: 2s | 10 steps/s\n";

std::vector<std::string> names(const dashboard::run_table& table) {
    std::vector<std::string> out;
    for (const auto& one : table.all()) out.push_back(one->files().name);
    return out;
}
std::string whole(dashboard::run& one) {
    one.poll([] { return true; });
    console::json out;
    one.add_whole(out);
    return out.text();
}
bool says(const std::string& text, const char* what) { return text.find(what) != std::string::npos; }

// A checkpoint of a learner that has classes in its replay buffer.
void save_checkpoint(const std::string& directory) {
    synapse::any_learner<> model{
        synapse::shape{.inputs = 2, .outputs = 3, .hidden = {8}, .replay = 16, .learns = synapse::task::classification}, {}};
    for (std::uint32_t i = 0; i < 40; ++i) {
        const float x[2] = {static_cast<float>(i % 3), 1.0f};
        REQUIRE(model.step(x, i % 3) == synapse::status::ok);
    }
    synapse::file_store<> store{directory, 5};
    REQUIRE(store.open() == synapse::status::ok);
    REQUIRE(synapse::save(model, store, {"auto", 99, 1}) == synapse::status::ok);
}

}  // namespace

TEST_CASE("run table: one run, with the files of the usual names") {
    const scratch s;
    s.write("here/metrics.jsonl", metrics);
    s.write("here/training.log", log_text);
    s.write("here/report.json", "{\"stopped_by\": \"steps\"}");
    s.write("here/notes.csv", "a,b\n1,2\n");
    std::filesystem::create_directory(s.path("here/checkpoints"));
    save_checkpoint(s.path("here/checkpoints"));
    s.write("here/checkpoints/torn.syn", "torn");
    dashboard::run_table table{s.path("here")};
    CHECK(table.look());
    CHECK_FALSE(table.look());
    REQUIRE(names(table) == std::vector<std::string>{"here"});
    const auto one = table.all().front();
    CHECK(table.find(one->id()) == one);
    CHECK(table.find("../here") == nullptr);
    const std::string text = whole(*one);
    CHECK(says(text, "\"state\": \"finished\", \"stopped_by\": \"steps\""));
    CHECK(says(text, "\"rows\": 2"));
    CHECK(says(text, "\"error\": 0.25"));
    CHECK(says(text, "Growing layer_0"));
    CHECK(says(text, "\"net\": \"2-8-3\""));
    CHECK(says(text, "\"by_class\": ["));
    CHECK(says(text, "\"file\": \"torn.syn\""));
    CHECK(says(text, "\"problem\": \""));
}

TEST_CASE("run table: several runs, below and beside each other") {
    const scratch s;
    s.write("all/one/a.jsonl", metrics);
    s.write("all/one/b.csv", "time,steps,error\n1,10,0.5\n");
    s.write("all/one/training.log", log_text);
    s.write("all/two/training.log", log_text);
    s.write("all/.hidden/metrics.jsonl", metrics);
    s.write("all/deep/er/and/too/deep/metrics.jsonl", metrics);
    dashboard::run_table table{s.path("all")};
    CHECK(table.look());
    CHECK(names(table) == std::vector<std::string>{"one/a", "one/b", "two"});
    const auto all = table.all();
    CHECK(all[0]->files().log.empty());  // whose of the two it is nobody knows
    CHECK(says(whole(*all[2]), "\"phi\": 0.2"));
    SUBCASE("one that begins later") {
        s.write("all/three/metrics.jsonl", "");
        CHECK(table.look());
        CHECK(names(table).size() == 4);
        CHECK(says(whole(*table.all()[2]), "\"state\": \"waiting\""));
    }
    SUBCASE("the log of a run comes later") {
        s.write("all/one/a.log", log_text);
        CHECK(table.look());
        CHECK(names(table).size() == 3);
        CHECK_FALSE(table.all()[0]->files().log.empty());
    }
}

TEST_CASE("run table: nothing there") {
    const scratch s;
    dashboard::run_table table{s.path("")};
    CHECK_FALSE(table.look());
    CHECK(table.all().empty());
    dashboard::run_table nowhere{s.path("nowhere")};
    CHECK_FALSE(nowhere.look());
}

TEST_CASE("run: learning while there is news, quiet after") {
    const scratch s;
    s.write("r/metrics.jsonl", metrics);
    dashboard::run_table table{s.path("r")};
    table.look();
    const auto one = table.all().front();
    CHECK(says(whole(*one), "\"state\": \"learning\", \"stopped_by\": null"));
    const std::uint64_t before = one->version();
    one->poll([] { return true; });
    CHECK(one->version() == before);
    std::filesystem::last_write_time(s.path("r/metrics.jsonl"), std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
    CHECK(says(whole(*one), "\"state\": \"quiet\""));
    CHECK(one->version() != before);
}

TEST_CASE("report: one page that holds everything, and ends no element early") {
    const scratch s;
    s.write("</script><b>/metrics.jsonl", metrics);
    dashboard::run_table table{s.root()};
    table.look();
    for (const auto& one : table.all()) one->poll([] { return true; });
    constexpr std::string_view index =
        "<html><head>\n<link rel=\"icon\" href=\"/page/i.svg\">\n<link rel=\"stylesheet\" href=\"/page/s.css\">\n"
        "<script defer src=\"/page/a.js\"></script>\n</head>\n<body></body></html>\n";
    const dashboard::page_file page[] = {{"index.html", "", index}, {"s.css", "", "p{}"}, {"a.js", "", "run();"}};
    const std::string out = dashboard::report_page(page, dashboard::report_data(table, 100));
    CHECK(out.find("p{}") != std::string::npos);
    CHECK(out.find("run();") != std::string::npos);
    CHECK(out.find("/page/") == std::string::npos);
    CHECK(out.find("\\u003c/script>\\u003cb>") != std::string::npos);
    CHECK(out.find("<b>") == std::string::npos);
    CHECK(out.find("\"series\"") != std::string::npos);
    const dashboard::page_file lacking[] = {{"index.html", "", index}};
    CHECK_THROWS_AS(static_cast<void>(dashboard::report_page(lacking, "{}")), std::logic_error);
}
