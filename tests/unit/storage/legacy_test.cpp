// SQLite files that older versions made, and files that cannot be used.

#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "support/temp_folder.hpp"
#include "unit/storage/store.hpp"

namespace gomodel::tests {
namespace {

using Lines = std::vector<std::string>;

class Legacy : public ::testing::Test {
protected:
    void run(const std::string& sql) const {
        sqlite3* file = nullptr;
        ASSERT_EQ(sqlite3_open(path_.c_str(), &file), SQLITE_OK);
        char* reason = nullptr;
        EXPECT_EQ(sqlite3_exec(file, sql.c_str(), nullptr, nullptr, &reason), SQLITE_OK)
            << (reason != nullptr ? reason : "");
        sqlite3_free(reason);
        sqlite3_close(file);
    }
    // What opening, and then `body`, is refused with.
    template <typename Body>
    std::string refusal(const Body& body, gm_status_t* status = nullptr) const {
        return Store::refusal(
            [&] {
                Store store(path_);
                body(store);
            },
            status);
    }

    TempFolder folder_;
    std::string path_ = (folder_.path() / "old.db").string();
};

constexpr const char* kAudit = R"({"table":"audit_logs","columns":[
    {"name":"id","type":"text"},{"name":"timestamp","type":"time","null":false},
    {"name":"requested_model","type":"text","was":["model"]},
    {"name":"stream","type":"bool","default":false},{"name":"data","type":"json"},
    {"name":"user_path","type":"text"},{"name":"expires_at","type":"time","as":"seconds"}],
    "key":["id"],"indexes":[["timestamp"],["requested_model"],
      {"columns":[{"json":"data","path":["response_body","id"]}],"name":"idx_audit_response_id"}]})";

// As a version of two years ago made it: a column less, another called otherwise, an index of the
// same name, and times in every form that was ever written.
constexpr const char* kOldAudit = R"(
    CREATE TABLE audit_logs (id TEXT PRIMARY KEY, timestamp DATETIME NOT NULL, model TEXT,
      stream INTEGER DEFAULT 0, data JSON, expires_at INTEGER);
    CREATE INDEX idx_audit_logs_timestamp ON audit_logs (timestamp);
    INSERT INTO audit_logs VALUES
      ('a', '2026-02-17 10:00:05', 'm', 1, '{"response_body":{"id":"r1"}}', 1771322405),
      ('b', '2026-02-17T10:00:05.1Z', 'm', 0, NULL, NULL),
      ('c', '2026-02-17 10:00:05.12+00:00', 'm', 'true', '{broken', NULL),
      ('d', '2026-02-17T10:00:05.125000000Z', NULL, NULL, '"text"', NULL),
      ('e', '2026-02-17T10:00:06+00:00', 'm', 0, '[]', NULL),
      ('f', '2026-02-17T10:00:10Z', x'6d', 0, NULL, NULL);)";

TEST_F(Legacy, EveryFormIsRead) {
    run(kOldAudit);
    Store store(path_);
    store.ensure(kAudit);
    EXPECT_EQ(
        store.read(R"({"table":"audit_logs","order":["timestamp"],"limit":4,
            "select":["id","timestamp","requested_model","stream","data","expires_at"]})"),
        (Lines{R"({"id":"a","timestamp":"2026-02-17T10:00:05.000000000Z","requested_model":"m",)"
               R"("stream":true,"data":{"response_body":{"id":"r1"}},)"
               R"("expires_at":"2026-02-17T10:00:05.000000000Z"})",
               R"({"id":"b","timestamp":"2026-02-17T10:00:05.100000000Z","requested_model":"m",)"
               R"("stream":false,"data":null,"expires_at":null})",
               R"({"id":"c","timestamp":"2026-02-17T10:00:05.120000000Z","requested_model":"m",)"
               R"("stream":true,"data":"{broken","expires_at":null})",
               R"({"id":"d","timestamp":"2026-02-17T10:00:05.125000000Z","requested_model":null,)"
               R"("stream":null,"data":"text","expires_at":null})"}));
    EXPECT_EQ(store.read(R"({"table":"audit_logs","order":["timestamp"],"select":["id"],"where":[
                  ["timestamp",">=","2026-02-17T10:00:05.12Z"],
                  ["timestamp","<","2026-02-17T10:00:10Z"]]})"),
              (Lines{R"({"id":"c"})", R"({"id":"d"})", R"({"id":"e"})"}));
    EXPECT_EQ(store.read(R"({"table":"audit_logs","select":["id"],"where":[
                  ["expires_at","<=","2026-02-17T10:00:05.9Z"]]})"),
              Lines{R"({"id":"a"})"});
    EXPECT_EQ(store.read(R"({"table":"audit_logs","max":["timestamp"]})"),
              Lines{R"({"max_timestamp":"2026-02-17T10:00:10.000000000Z"})"});
}

TEST_F(Legacy, WhatIsMissingIsAddedOnceAndRecorded) {
    run(kOldAudit);
    for (int i = 0; i < 2; ++i) {
        Store store(path_);
        store.ensure(kAudit);
    }
    Store store(path_);
    store.ensure(kAudit);
    store.update(R"({"table":"audit_logs","where":[["id","=","b"]]})", R"({"user_path":"/x"})");
    EXPECT_EQ(store.read(R"({"table":"audit_logs","where":[["user_path","=","/x"]],
                  "select":["id"]})"),
              Lines{R"({"id":"b"})"});
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &file), SQLITE_OK);
    std::string changes;
    sqlite3_exec(
        file, "SELECT change FROM gomodel_migrations WHERE component = 'audit_logs' ORDER BY id",
        [](void* text, int, char** values, char**) {
            *static_cast<std::string*>(text) += std::string(values[0]) + "\n";
            return 0;
        },
        &changes, nullptr);
    sqlite3_close(file);
    EXPECT_EQ(changes,
              "renamed column model to requested_model\nadded column user_path\n"
              "created index idx_audit_logs_timestamp_instant\n"
              "created index idx_audit_logs_requested_model\n"
              "created index idx_audit_response_id\n");
}

TEST_F(Legacy, AFileOfANewerVersionIsRefused) {
    {
        Store store(path_);
        store.ensure(kAudit);
    }
    run("INSERT INTO gomodel_migrations (component, version, change, applied_at) "
        "VALUES ('storage', 7, 'x', 'now')");
    gm_status_t status = GM_OK;
    const std::string message = refusal([](Store& store) { store.ensure(kAudit); }, &status);
    EXPECT_EQ(message, path_ +
                           " was written by a newer version: storage has version 7, and this "
                           "one knows it up to 1; install that version again");
    EXPECT_EQ(status, GM_INVALID);
}

TEST_F(Legacy, ADamagedFileIsNamed) {
    folder_.write("old.db", std::string(8192, 'x'));
    gm_status_t status = GM_OK;
    const std::string message = refusal([](Store&) {}, &status);
    EXPECT_EQ(message, path_ +
                           ": file is not a database; the file is no SQLite database, or is "
                           "damaged");
    EXPECT_EQ(status, GM_INTERNAL);
}

TEST_F(Legacy, AFolderThatCannotBeMadeIsNamed) {
    folder_.write("file", "");
    path_ = (folder_.path() / "file" / "deeper" / "x.db").string();
    gm_status_t status = GM_OK;
    const std::string message = refusal([](Store&) {}, &status);
    EXPECT_EQ(message, path_ + ": its folder cannot be created: Not a directory");
    EXPECT_EQ(status, GM_UNAVAILABLE);
}

TEST_F(Legacy, APathThatIsAFolderIsNamed) {
    path_ = folder_.path().string();
    const std::string message = refusal([](Store&) {});
    EXPECT_EQ(message, path_ + ": the file cannot be opened or created");
}

TEST_F(Legacy, AFileThatMayOnlyBeReadIsReadAndNotWritten) {
    {
        Store store(path_);
        store.ensure(kAudit);
        store.write("audit_logs", R"([{"id":"a","timestamp":1}])");
    }
    Store store("file:" + path_ + "?mode=ro");
    store.ensure(kAudit);
    EXPECT_EQ(store.read(R"({"table":"audit_logs","select":["id"]})"), Lines{R"({"id":"a"})"});
    gm_status_t status = GM_OK;
    const std::string message = Store::refusal(
        [&] { store.write("audit_logs", R"([{"id":"b","timestamp":1}])"); }, &status);
    EXPECT_EQ(message, "file:" + path_ +
                           "?mode=ro: attempt to write a readonly database; the file or its folder "
                           "may not be written to");
    EXPECT_EQ(status, GM_DENIED);
}

TEST_F(Legacy, AFileThatCannotGrowKeepsWhatItHas) {
    Store store(path_);
    store.ensure(kAudit);
    store.write("audit_logs", R"([{"id":"a","timestamp":1}])");
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    auto* const handler = signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 200'000;
    setrlimit(RLIMIT_FSIZE, &small);
    const std::string large =
        R"([{"id":"b","timestamp":1,"data":")" + std::string(500'000, 'x') + "\"}]";
    gm_status_t status = GM_OK;
    const std::string message = Store::refusal([&] { store.write("audit_logs", large); }, &status);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    EXPECT_EQ(message.rfind(path_ + ": disk", 0), 0U) << message;
    EXPECT_TRUE(status == GM_EXHAUSTED || status == GM_UNAVAILABLE) << status;
    EXPECT_EQ(store.read(R"({"table":"audit_logs","select":["id"]})"), Lines{R"({"id":"a"})"});
    store.write("audit_logs", large);
    EXPECT_EQ(store.read(R"({"table":"audit_logs","count":true})"), Lines{R"({"count":2})"});
}

TEST_F(Legacy, AnotherProgramThatWritesIsWaitedForNoLongerThanTold) {
    Store store(path_);
    store.ensure(kAudit);
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    const char* const row = R"([{"id":"a","timestamp":1}])";
    gm_status_t status = GM_OK;
    const std::string message = Store::refusal([&] { store.write("audit_logs", row); }, &status);
    EXPECT_EQ(message, path_ + ": database is locked; another program is writing to it");
    EXPECT_EQ(status, GM_UNAVAILABLE);
    store.fake().expire_in(std::chrono::milliseconds(20));
    Store::refusal([&] { store.write("audit_logs", row); }, &status);
    EXPECT_EQ(status, GM_TIMEOUT);
    sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    sqlite3_close(other);
}

}  // namespace
}  // namespace gomodel::tests
