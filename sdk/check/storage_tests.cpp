// What is asked of a storage: sdk/docs/storage-queries.md says what the queries mean.

#include <gomodel/abi.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage_under_test.hpp"
#include "suites.hpp"

namespace gomodel::check {
namespace {

// The value of a row's member as JSON; empty when it is not there.
std::string member(const std::string& row, std::string_view name) {
    return std::string(json::find(row, name).value_or(""));
}

void ensure_idempotent(Subject& subject) {
    const StorageUnderTest storage(subject, "ensure");
    storage.write("[" + storage.row("kept", R"("label":"x")") + "]");
    storage.ensure(StorageUnderTest::kSchema);
    const StorageUnderTest second(subject, "ensure");
    expect(second.ids(second.query("")) == "kept",
           "a row was gone after its table was ensured again");
    // A later version wants one more column.
    const std::string columns = R"({"table":"plugin_check_columns","columns":[
        {"name":"id","type":"text"})";
    storage.ensure(columns + R"(],"key":["id"]})");
    storage.write(R"([{"id":"old"}])", GM_WRITE_IGNORE, "plugin_check_columns");
    storage.ensure(columns +
                   R"(,{"name":"more","type":"int"}],"key":["id"],"indexes":[["more"]]})");
    const auto rows = storage.read(R"({"table":"plugin_check_columns"})");
    expect(rows.size() == 1 && member(rows[0], "more") == "null",
           "a row is not there, or not null in a column that was added after it");
    second.erase(second.query(""));
}

void write_is_all_or_nothing(Subject& subject) {
    const StorageUnderTest storage(subject, "all or nothing");
    storage.write("[" + storage.row("b") + "]");
    std::string rows = "[" + storage.row("a");
    for (int i = 0; i < 300; ++i)
        rows += "," + storage.row("c" + std::to_string(i));
    const gm_status_t status =
        storage.try_write(rows + "," + storage.row("b") + "]", GM_WRITE_INSERT);
    expect(status != GM_OK, "insert of a row whose key exists returned GM_OK");
    expect(storage.ids(storage.query("")) == "b", "a write that failed left rows behind");
    storage.write("[" + storage.row("a") + "," + storage.row("b") + "]", GM_WRITE_IGNORE);
    expect(storage.ids(storage.query(R"("order":["id"])")) == "a,b",
           "ignore did not write the row that was new beside the one that was not");
    expect(storage.erase(storage.query("", R"(["id","=","a"])")) == 1, "erase of one row is not 1");
    storage.erase(storage.query(""));
}

void upsert(Subject& subject) {
    const StorageUnderTest storage(subject, "upsert");
    storage.write("[" + storage.row("a", R"("label":"first","amount":1)") + "]");
    storage.write("[" + storage.row("a", R"("amount":2)") + "," + storage.row("b") + "," +
                      storage.row("b", R"("amount":3)") + "]",
                  GM_WRITE_UPSERT);
    const auto rows = storage.read(storage.query(R"("order":["id"])"));
    expect(rows.size() == 2, "upsert of an existing key and a new one left " +
                                 std::to_string(rows.size()) + " rows, not 2");
    expect(member(rows[0], "amount") == "2", "upsert did not replace a value: " + rows[0]);
    expect(member(rows[0], "label") == "null",
           "upsert kept a value of the row it replaced: " + rows[0]);
    expect(member(rows[1], "amount") == "3", "the last of two rows of a key did not win");
    storage.erase(storage.query(""));
}

void paging_visits_each_row_once(Subject& subject) {
    const StorageUnderTest storage(subject, "paging");
    std::string rows;
    std::string all;
    // Three times each, so that only the id tells some apart; written out of order.
    for (int i = 0; i < 50; ++i) {
        const int number = i * 17 % 50;
        const std::string id = "r" + std::to_string(100 + number);
        rows += (rows.empty() ? "" : ",") +
                storage.row(id, "\"at\":" + std::to_string(1'700'000'000 + number / 3));
    }
    for (int i = 0; i < 50; ++i)
        all += (i == 0 ? "r" : ",r") + std::to_string(149 - i);
    storage.write("[" + rows + "]");
    const std::string order = R"("select":["id","run"],"order":[["run","desc"],["id","desc"]])";
    std::string paged;
    std::string walked;
    std::string after;
    for (int offset = 0; offset < 56; offset += 7) {
        const std::string limit = order + R"(,"limit":7)";
        const auto page =
            storage.ids(storage.query(limit + R"(,"offset":)" + std::to_string(offset)));
        if (!page.empty()) paged += (paged.empty() ? "" : ",") + page;
        const auto next = storage.ids(storage.query(limit + after));
        if (next.empty()) continue;
        walked += (walked.empty() ? "" : ",") + next;
        after = R"(,"after":[)" + json::quote(storage.run()) + "," +
                json::quote(next.substr(next.rfind(',') + 1)) + "]";
    }
    expect(paged == all, "pages by offset are not each row once, in order: " + paged);
    expect(walked == all, "pages by the last row are not each row once, in order: " + walked);
    const auto by_time = storage.ids(storage.query(R"("order":["at",["id","desc"]],"limit":4)"));
    expect(by_time == "r102,r101,r100,r105", "rows sorted by time and id came as " + by_time);
    storage.erase(storage.query(""));
}

void time_window_half_open(Subject& subject) {
    const StorageUnderTest storage(subject, "window");
    storage.write("[" + storage.row("a", R"("at":"2026-02-16T23:59:59.999999Z")") + "," +
                  storage.row("b", R"("at":"2026-02-17T00:00:00Z")") + "," +
                  storage.row("c", R"("at":"2026-02-17T01:00:00.5+01:00")") + "," +
                  storage.row("d", R"("at":"2026-02-17T23:59:59.9Z")") + "," +
                  storage.row("e", R"("at":"2026-02-18T00:00:00Z")") + "," + storage.row("f") +
                  "]");
    const std::string found = storage.ids(
        storage.query(R"("order":["at"])",
                      R"(["at",">=","2026-02-17T00:00:00Z"],["at","<","2026-02-18T00:00:00Z"])"));
    expect(found == "b,c,d", "from a time to before another gave " + found + ", not b,c,d");
    const auto rows = storage.read(storage.query("", R"(["id","=","c"])"));
    expect(rows.size() == 1 && member(rows[0], "at") == R"("2026-02-17T00:00:00.500000000Z")",
           "a time did not come back in UTC with nine digits");
    storage.erase(storage.query(""));
}

void group_by_day_in_zone(Subject& subject) {
    const StorageUnderTest storage(subject, "days");
    // New York's clocks go from 02:00 to 03:00 on 2026-03-08, a day of 23 hours.
    storage.write("[" + storage.row("a", R"("at":"2026-03-08T04:59:59Z","amount":1)") + "," +
                  storage.row("b", R"("at":"2026-03-08T05:00:00Z","amount":2)") + "," +
                  storage.row("c", R"("at":"2026-03-09T03:59:59Z","amount":4)") + "," +
                  storage.row("d", R"("at":"2026-03-09T04:00:00Z","amount":8)") + "]");
    const auto rows = storage.read(storage.query(
        R"("group":[{"bucket":"at","by":"day","zone":"America/New_York","as":"day"}],)"
        R"("sum":["amount"],"count":true,"order":["day"])"));
    std::string found;
    for (const std::string& row : rows)
        found += member(row, "day") + member(row, "count") + "/" + member(row, "sum_amount") + " ";
    expect(found == R"("2026-03-07"1/1 "2026-03-08"2/6 "2026-03-09"1/8 )",
           "rows grouped by a day of New York came as " + found);
    storage.erase(storage.query(""));
}

void nul_and_bad_utf8_text_survive(Subject& subject) {
    const StorageUnderTest storage(subject, "strange text");
    const std::string bad = "\"label\":\"bad \xC3( \xED\xA0\x80 end\"";
    storage.write(
        "[" + storage.row("a", R"("label":"nul \u0000 end")") + "," + storage.row("b", bad) + "," +
        storage.row("c", R"("detail":{"x\u0000":"\u0000 \ud800","n":[1e999999],"q":"'\";--"})") +
        "," + storage.row("d", R"("label":"'; DROP TABLE plugin_check; -- \\ \" ÄÖ😀")") + "]");
    const auto rows = storage.read(storage.query(R"("order":["id"])"));
    expect(rows.size() == 4, "strange text cost rows");
    const auto label = [&](std::size_t row) {
        return json::unquote(member(rows[row], "label")).value_or("");
    };
    for (const std::size_t row : {std::size_t{0}, std::size_t{1}}) {
        expect(label(row).size() > 8 && label(row).substr(label(row).size() - 4) == " end",
               "the text behind a strange byte is gone: " + rows[row]);
    }
    expect(json::unquote(member(member(rows[2], "detail"), "q")) == "'\";--",
           "JSON beside a NUL came back changed: " + rows[2]);
    expect(label(3) == "'; DROP TABLE plugin_check; -- \\ \" ÄÖ😀",
           "text with quotes came back changed: " + rows[3]);
    storage.erase(storage.query(""));
}

void eight_writers(Subject& subject) {
    const StorageUnderTest storage(subject, "writers");
    constexpr int kThreads = 8;
    constexpr int kRounds = 25;
    std::atomic<int> failed = 0;
    const auto work = [&](int thread) {
        for (int i = 0; i < kRounds; ++i) {
            const std::string id = std::to_string(thread) + "/" + std::to_string(i);
            const std::string rows = "[" + storage.row(id, R"("amount":1)") + "," +
                                     storage.row(id + "b", R"("amount":1)") + "]";
            if (storage.try_write(rows, GM_WRITE_INSERT) != GM_OK) ++failed;
            try {
                storage.read(storage.query(R"("count":true)"));
            } catch (const Result&) {
                ++failed;
            }
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int thread = 0; thread < kThreads; ++thread)
        threads.emplace_back(work, thread);
    for (std::thread& thread : threads)
        thread.join();
    expect(failed == 0, std::to_string(failed) + " calls of eight threads at once failed");
    const auto rows = storage.read(storage.query(R"("sum":["amount"])"));
    expect(rows.size() == 1 && member(rows[0], "sum_amount") == "400",
           "eight threads wrote 400 rows, and the sum of them is " +
               (rows.empty() ? std::string("none") : rows[0]));
    storage.erase(storage.query(""));
}

constexpr Test kStorageTests[] = {
    {"ensure-idempotent", "Ensuring a table again keeps its rows; a new column is added.",
     ensure_idempotent, Level::kInstance},
    {"write-is-all-or-nothing", "A write that fails leaves nothing behind.",
     write_is_all_or_nothing, Level::kInstance},
    {"upsert", "Upsert replaces whole rows and inserts new ones; the last of a key wins.", upsert,
     Level::kInstance},
    {"paging-visits-each-row-once", "Pages by offset and by the last row give each row once.",
     paging_visits_each_row_once, Level::kInstance},
    {"time-window-half-open", "From a time to before another includes the first alone.",
     time_window_half_open, Level::kInstance},
    {"group-by-day-in-zone", "Days are those of the zone, also when its clocks change.",
     group_by_day_in_zone, Level::kInstance},
    {"nul-and-bad-utf8-text-survive", "Text with NUL, bad UTF-8 or quotes costs no row.",
     nul_and_bad_utf8_text_survive, Level::kInstance},
    {"eight-writers", "Eight threads write and read at once, and nothing is lost.", eight_writers,
     Level::kInstance},
};

}  // namespace

std::span<const Test> storage_tests() {
    return kStorageTests;
}

}  // namespace gomodel::check
