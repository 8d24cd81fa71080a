// How long reports take on a SQLite file with a million usage rows: storage_reports [FILE] [DAYS]
// Prints milliseconds, best of five; exit 1 when one is over its limit. FILE is kept for the next
// run; DAYS, 365 by default, is the time the rows are spread over.

#include <gomodel/json_out.hpp>
#include <gomodel/testing/fake_host.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "sql/instant.hpp"
#include "sql/storage.hpp"
#include "storage/sqlite/database.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRows = 1'000'000;
constexpr std::int64_t kEnd = 1'790'000'000;  // 2026-09-21

constexpr const char* kSchema = R"({"table":"usage","columns":[
  {"name":"id","type":"text"},{"name":"request_id","type":"text","null":false},
  {"name":"provider_id","type":"text","null":false},{"name":"timestamp","type":"time","null":false},
  {"name":"model","type":"text","null":false},{"name":"provider","type":"text","null":false},
  {"name":"provider_name","type":"text"},{"name":"endpoint","type":"text","null":false},
  {"name":"user_path","type":"text"},{"name":"cache_type","type":"text"},
  {"name":"input_tokens","type":"int","null":false,"default":0},
  {"name":"output_tokens","type":"int","null":false,"default":0},
  {"name":"total_tokens","type":"int","null":false,"default":0},{"name":"raw_data","type":"json"},
  {"name":"input_cost","type":"real"},{"name":"output_cost","type":"real"},
  {"name":"total_cost","type":"real"}],
  "key":["id"],"indexes":[["timestamp"],["request_id"],["model"],["user_path"]]})";

std::string row(int number, std::int64_t span) {
    const std::int64_t nanos = static_cast<std::int64_t>(number) * 7919 % 1'000'000'000;
    const sql::Instant at{kEnd - span + span * number / kRows, static_cast<std::int32_t>(nanos)};
    const std::string id = std::to_string(number * 2'654'435'761LL % 4'294'967'296LL);
    gomodel::json::Out out;
    out.begin_object()
        .member("id", "00000000-0000-4000-8000-" + id)
        .member("request_id", "req-" + id)
        .member("provider_id", "chatcmpl-" + id)
        .member("timestamp", sql::format_instant(at))
        .member("model", "model-" + std::to_string(number % 12))
        .member("provider", "openai")
        .member("provider_name", number % 3 == 0 ? "" : "openai-eu")
        .member("endpoint", "/v1/chat/completions")
        .member("user_path", "/team/" + std::to_string(number % 40))
        .number_member("input_tokens", number % 4000)
        .number_member("output_tokens", number % 900)
        .number_member("total_tokens", number % 4000 + number % 900)
        .raw_member("raw_data", R"({"cached_tokens":12,"reasoning_tokens":3})")
        .raw_member("total_cost", "0.00125")
        .end_object();
    return out.text();
}

struct Report {
    const char* name;
    std::string query;
    double limit;  // milliseconds
};

class Bench {
public:
    Bench(const std::string& path, int days)
        : storage_(std::make_unique<storage_sqlite::SqliteDatabase>(
              storage_sqlite::Options{path, std::chrono::milliseconds(5000)})),
          span_(days * 86400LL) {
        storage_.ensure(call(), kSchema);
    }

    void fill() {
        if (count(R"({"table":"usage","limit":1,"select":["id"]})") != 0) return;
        std::printf("writing %d rows\n", kRows);
        for (int first = 0; first < kRows; first += 5000) {
            std::string rows = "[";
            for (int i = first; i < first + 5000; ++i)
                rows += (i == first ? "" : ",") + row(i, span_);
            storage_.write(call(), "usage", rows + "]", gomodel::WriteMode::kInsert);
        }
    }

    bool run(const Report& report) {
        double best = 1e9;
        std::size_t rows = 0;
        for (int i = 0; i < 5; ++i) {
            const auto start = Clock::now();
            rows = count(report.query);
            best = std::min(
                best, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
        }
        const bool good = best <= report.limit;
        std::printf("%-24s %8.1f ms  (limit %.0f, %zu rows)%s\n", report.name, best, report.limit,
                    rows, good ? "" : "  TOO SLOW");
        return good;
    }

private:
    gomodel::Call call() const { return gomodel::Call(call_.abi()); }
    std::size_t count(const std::string& query) {
        std::size_t found = 0;
        gm_rows_t rows{sizeof rows, &found, [](const gm_rows_t* self, gm_str_t) {
                           ++*static_cast<std::size_t*>(self->host_data);
                           return true;
                       }};
        storage_.read(call(), query, gomodel::Rows(&rows));
        return found;
    }

    sql::SqlStorage storage_;
    gomodel::testing::FakeCall call_;
    const std::int64_t span_;
};

}  // namespace

int main(int argc, char** argv) {
    const std::filesystem::path path =
        argc > 1 ? argv[1] : std::filesystem::temp_directory_path() / "gomodel-storage-bench.db";
    Bench bench(path.string(), argc > 2 ? std::atoi(argv[2]) : 365);
    bench.fill();

    const std::string sums =
        R"("count":true,"sum":["input_tokens","output_tokens","total_tokens","input_cost",)"
        R"("output_cost","total_cost"])";
    const std::string window = R"({"table":"usage","where":[["timestamp",">=",)" +
                               std::to_string(kEnd - 30 * 86400) + R"(],["timestamp","<",)" +
                               std::to_string(kEnd) + R"(],["cache_type","=",null]],)";
    const std::string page =
        R"({"table":"usage","order":[["timestamp","desc"],["id","desc"]],"limit":50)";
    const Report reports[] = {
        {"summary", window + sums + "}", 300},
        {"daily",
         window + sums +
             R"(,"group":[{"bucket":"timestamp","by":"day","zone":"Europe/Berlin","as":"date"}],)" +
             R"("order":["date"]})",
         300},
        {"by model",
         window + sums + R"(,"group":["model","provider",{"first":["provider_name","provider"]}]})",
         300},
        {"by user path", window + sums + R"(,"group":[{"first":["user_path"],"else":"/"}]})", 300},
        {"log, page 1", page + "}", 50},
        {"log, page 10,000", page + R"(,"offset":499950})", 50},
    };
    bool good = true;
    for (const Report& report : reports)
        good = bench.run(report) && good;
    return good ? 0 : 1;
}
