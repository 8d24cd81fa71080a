// The SQLite plugin against real files.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "support/temp_folder.hpp"
#include "unit/storage/paging.hpp"
#include "unit/storage/store.hpp"

namespace gomodel::tests {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kSchema = R"({"table":"usage","columns":[
  {"name":"id","type":"text"},{"name":"timestamp","type":"time","null":false},
  {"name":"model","type":"text"},{"name":"user_path","type":"text"},
  {"name":"tokens","type":"int","null":false,"default":0},{"name":"cost","type":"real"},
  {"name":"cached","type":"bool","default":false},{"name":"raw","type":"json"},
  {"name":"made","type":"time","as":"seconds"}],
  "key":["id"],"indexes":[["timestamp"],["model"]]})";

class Sqlite : public ::testing::Test {
protected:
    Sqlite() { store_.ensure(kSchema); }

    TempFolder folder_;
    std::string path_ = (folder_.path() / "deep/er/gomodel.db").string();
    Store store_{path_};
};

// What a connection that the plugin works with has in effect.
std::string setting(sql::Connection& connection, const std::string& pragma) {
    std::string value = "nothing";
    connection.run({"PRAGMA " + pragma, {}}, [&value](std::string_view text) {
        value = text;
        return false;
    });
    return value;
}

TEST_F(Sqlite, EveryConnectionHasItsSettings) {
    storage_sqlite::SqliteDatabase database({path_, std::chrono::milliseconds(1234)});
    testing::FakeCall fake;
    const Call call(fake.abi());
    std::vector<std::unique_ptr<sql::Connection>> connections;
    connections.push_back(database.writer(call));
    for (std::size_t i = 0; i < storage_sqlite::SqliteDatabase::kReaders; ++i)
        connections.push_back(database.reader(call));
    for (const auto& connection : connections) {
        EXPECT_EQ(setting(*connection, "journal_mode"), "wal");
        EXPECT_EQ(setting(*connection, "synchronous"), "1");  // NORMAL
        EXPECT_EQ(setting(*connection, "foreign_keys"), "1");
        EXPECT_EQ(setting(*connection, "temp_store"), "2");  // memory
        EXPECT_EQ(setting(*connection, "page_size"), "8192");
        EXPECT_EQ(setting(*connection, "busy_timeout"), "1234");
    }
    std::vector<std::string> caches;
    for (const auto& connection : connections)
        caches.push_back(setting(*connection, "cache_size"));
    EXPECT_EQ(caches, (Lines{"-16000", "-48000", "-5000", "-5000", "-5000"}));
}

TEST_F(Sqlite, TheReaderWithTheLargeCacheIsLentFirst) {
    storage_sqlite::SqliteDatabase database({path_, std::chrono::milliseconds(200)});
    testing::FakeCall fake;
    const Call call(fake.abi());
    for (int round = 0; round < 3; ++round) {
        auto first = database.reader(call);
        auto second = database.reader(call);
        EXPECT_EQ(setting(*first, "cache_size"), "-48000");
        EXPECT_EQ(setting(*second, "cache_size"), "-5000");
        first.reset();  // and the small one last
        second.reset();
    }
}

TEST_F(Sqlite, TheFileStaysInWalMode) {
    store_.write("usage", R"([{"id":"a","timestamp":1}])");
    // Where the format of the file is: 2 is WAL, for who reads and who writes.
    std::ifstream file(path_, std::ios::binary);
    std::string head(20, '\0');
    ASSERT_TRUE(file.read(head.data(), 20));
    EXPECT_EQ(head.substr(0, 15), "SQLite format 3");
    EXPECT_EQ(head.substr(18), "\2\2");
    EXPECT_TRUE(std::filesystem::exists(path_ + "-wal"));
}

// As an older version or another program may have left it.
TEST(SqliteFile, IsBroughtIntoWalModeAndKeepsItsPages) {
    const TempFolder folder;
    const std::string path = (folder.path() / "old.db").string();
    sqlite3* old = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &old), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(old,
                           "PRAGMA page_size = 4096; PRAGMA journal_mode = DELETE; "
                           "CREATE TABLE t (a)",
                           nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(old);
    storage_sqlite::SqliteDatabase database({path, std::chrono::milliseconds(200)});
    testing::FakeCall fake;
    const auto reader = database.reader(Call(fake.abi()));
    EXPECT_EQ(setting(*reader, "journal_mode"), "wal");
    EXPECT_EQ(setting(*reader, "page_size"), "4096");  // as it was made
}

TEST_F(Sqlite, GivesBackWhatWasWritten) {
    store_.write("usage", R"([{"id":"a","timestamp":"2026-02-17T10:00:05.1Z","model":"gpt",
        "tokens":9007199254740993,"cost":0.25,"cached":true,"raw":{"a":[1,2]},
        "made":"2026-02-17T12:00:00+02:00"},
        {"id":"b","timestamp":1771322405}])");
    EXPECT_EQ(
        store_.read(R"({"table":"usage","order":["id"]})"),
        (Lines{
            R"({"id":"a","timestamp":"2026-02-17T10:00:05.100000000Z","model":"gpt","user_path":null,)"
            R"("tokens":9007199254740993,"cost":0.25,"cached":true,"raw":{"a":[1,2]},)"
            R"("made":"2026-02-17T10:00:00.000000000Z"})",
            R"({"id":"b","timestamp":"2026-02-17T10:00:05.000000000Z","model":null,"user_path":null,)"
            R"("tokens":0,"cost":null,"cached":false,"raw":null,"made":null})"}));
}

// Statements stay compiled between writes: nothing of one may get into the next.
TEST_F(Sqlite, WritesAreIndependentOfThoseBefore) {
    for (int round = 0; round < 3; ++round) {
        for (int rows = 1; rows <= 7; ++rows) {
            std::string batch = "[";
            for (int row = 0; row < rows; ++row) {
                const std::string number = std::to_string((round * 10 + rows) * 10 + row);
                batch.append(row == 0 ? "" : ",").append(R"({"timestamp":1,"id":")" + number);
                batch.append(row % 2 == 0 ? "\",\"model\":\"m\",\"cost\":" + number : "\"");
                batch += '}';
            }
            batch += ']';
            store_.write("usage", batch);
            gm_status_t status = GM_OK;
            EXPECT_NE(Store::refusal([&] { store_.write("usage", batch); }, &status), "");
            EXPECT_EQ(status, GM_INVALID);
        }
    }
    EXPECT_EQ(store_.read(R"({"table":"usage","count":true})"), Lines{R"({"count":84})"});
    EXPECT_EQ(store_.read(R"({"table":"usage","count":true,"sum":["cost"],
                  "where":[["model","null",false]]})"),
              Lines{R"({"count":48,"sum_cost":7224.0})"});
    EXPECT_EQ(store_.read(R"({"table":"usage","count":true,"where":[["cost","null",true]]})"),
              Lines{R"({"count":36})"});
}

TEST_F(Sqlite, SortsAndCutsTimesByTheInstant) {
    store_.write("usage", R"([{"id":"c","timestamp":"2026-02-17T10:00:05.12Z"},
        {"id":"a","timestamp":"2026-02-17T10:00:05Z"},{"id":"b","timestamp":"2026-02-17T10:00:05.1Z"},
        {"id":"d","timestamp":"2026-02-17T10:00:06Z"},{"id":"e","timestamp":"2026-02-17T10:00:10Z"}])");
    const auto ids = [&](const std::string& rest) {
        std::string text;
        for (
            const std::string& row : store_.read(
                R"({"table":"usage","select":["id"],"order":[["timestamp","desc"],["id","desc"]])" +
                rest + "}"))
            text += row.substr(7, 1);
        return text;
    };
    EXPECT_EQ(ids(""), "edcba");
    EXPECT_EQ(
        ids(R"(,"where":[["timestamp",">=","2026-02-17T10:00:05.1Z"],["timestamp","<","2026-02-17T10:00:10Z"]])"),
        "dcb");
    EXPECT_EQ(ids(R"(,"where":[["timestamp","<=","2026-02-17T10:00:05.10Z"]])"), "ba");
    EXPECT_EQ(ids(R"(,"where":[["timestamp","=","2026-02-17T11:00:05+01:00"]])"), "a");
    EXPECT_EQ(ids(R"(,"limit":2,"offset":1)"), "dc");
    EXPECT_EQ(ids(R"(,"limit":2,"after":["2026-02-17T10:00:05.12Z","c"])"), "ba");
}

TEST_F(Sqlite, PagesFromBothEndsVisitEachRowOnce) {
    for (const int times : {1, 5, 300})
        expect_every_page(store_, times);
}

TEST_F(Sqlite, GroupsByDayAcrossAChangeOfTheClock) {
    // Berlin leaves summer time on 2026-10-25 at 01:00 UTC: that day has 25 hours.
    store_.write("usage", R"([{"id":"a","timestamp":"2026-10-24T22:00:00Z","tokens":1},
        {"id":"b","timestamp":"2026-10-25T22:59:59.9Z","tokens":2,"cost":0.5},
        {"id":"c","timestamp":"2026-10-25T23:00:00Z","tokens":4},
        {"id":"d","timestamp":"2026-10-25T00:30:00Z"},{"id":"e","timestamp":"2026-10-25T01:30:00Z"}])");
    EXPECT_EQ(store_.read(R"({"table":"usage","group":[{"bucket":"timestamp","by":"day",
        "zone":"Europe/Berlin","as":"date"}],"count":true,"sum":["tokens","cost"],"order":["date"]})"),
              (Lines{R"({"date":"2026-10-25","count":4,"sum_tokens":3,"sum_cost":0.5})",
                     R"({"date":"2026-10-26","count":1,"sum_tokens":4,"sum_cost":null})"}));
    EXPECT_EQ(store_.read(R"({"table":"usage","where":[["id","in",["d","e"]]],
        "group":[{"bucket":"timestamp","by":"hour","zone":"Europe/Berlin"}],"order":["timestamp"]})"),
              (Lines{R"({"timestamp":"2026-10-25T02:00:00+01:00"})",
                     R"({"timestamp":"2026-10-25T02:00:00+02:00"})"}));
    EXPECT_EQ(store_.read(R"({"table":"usage","group":[{"bucket":"timestamp","by":"week",
        "zone":"Asia/Tokyo"}],"order":["timestamp"]})"),
              (Lines{R"({"timestamp":"2026-W43"})", R"({"timestamp":"2026-W44"})"}));
}

TEST_F(Sqlite, RefusesAZoneThatIsNone) {
    store_.write("usage", R"([{"id":"a","timestamp":"2026-10-24T22:00:00Z"}])");
    gm_status_t status = GM_OK;
    const std::string message = Store::refusal(
        [&] {
            store_.read(R"({"table":"usage","group":[{"bucket":"timestamp","by":"day",
                "zone":"Europe/Atlantis"}]})");
        },
        &status);
    EXPECT_NE(message.find("Europe/Atlantis"), std::string::npos) << message;
    EXPECT_EQ(status, GM_INVALID);
}

TEST_F(Sqlite, ChangesAndErasesWhatIsMeant) {
    store_.write("usage", R"([{"id":"a","timestamp":1,"user_path":"/team/a"},
        {"id":"b","timestamp":2,"user_path":"/team/ab"},{"id":"c","timestamp":3,"user_path":"/team/a/x"},
        {"id":"d","timestamp":4}])");
    EXPECT_EQ(store_.update(R"({"table":"usage","where":[["user_path","under","/team/a"]]})",
                            R"({"tokens":7,"raw":null})"),
              2U);
    EXPECT_EQ(store_.read(R"({"table":"usage","where":[["tokens","=",7]],"count":true})"),
              Lines{R"({"count":2})"});
    EXPECT_EQ(store_.erase(R"({"table":"usage","where":[["user_path","null",false]],"limit":2})"),
              2U);
    EXPECT_EQ(store_.erase(R"({"table":"usage"})"), 2U);
}

TEST_F(Sqlite, EndsAQueryWhenItsTimeIsUp) {
    std::string rows = "[";
    for (int i = 0; i < 3000; ++i)
        rows += (i == 0 ? "" : ",") + std::string(R"({"id":")") + std::to_string(i) +
                R"(","timestamp":1})";
    store_.write("usage", rows + "]");
    // Cancelled at the first row, with the others still to come.
    struct Leaver {
        testing::FakeCall call;
        int rows = 0;
    } leaver;
    gm_rows_t taker{sizeof taker, &leaver, nullptr};
    taker.add = [](const gm_rows_t* self, gm_str_t) {
        auto& left = *static_cast<Leaver*>(self->host_data);
        left.call.cancel();
        ++left.rows;
        return true;
    };
    gm_status_t status = GM_OK;
    Store::refusal(
        [&] {
            store_.storage().read(Call(leaver.call.abi()), R"({"table":"usage"})", Rows(&taker));
        },
        &status);
    EXPECT_GT(leaver.rows, 0);
    EXPECT_LT(leaver.rows, 3000);
    EXPECT_EQ(status, GM_CANCELLED);
}

}  // namespace
}  // namespace gomodel::tests
