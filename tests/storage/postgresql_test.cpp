// The PostgreSQL plugin against a real server: with_postgres.py starts it and runs this.

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/postgresql/database.hpp"
#include "unit/storage/paging.hpp"
#include "unit/storage/store.hpp"

namespace gomodel::tests {
namespace {

using Lines = std::vector<std::string>;
using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

std::string url() {
    const char* const found = std::getenv("GOMODEL_TEST_POSTGRES");
    return found != nullptr ? found : "GOMODEL_TEST_POSTGRES is not set";
}

// A connection beside the plugin's.
class Other {
public:
    Other() : connection_(PQconnectdb(url().c_str()), &PQfinish) {}
    void run(const char* sql) {
        PGresult* const result = PQexec(connection_.get(), sql);
        const ExecStatusType status = PQresultStatus(result);
        EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
            << sql << ": " << PQerrorMessage(connection_.get());
        PQclear(result);
    }

private:
    Connection connection_;
};

Store store(std::size_t connections = 3) {
    return Store(std::make_unique<storage_postgresql::PostgresqlDatabase>(url(), connections));
}

TEST(Postgresql, ReadsTheTablesOfOlderVersions) {
    Other other;
    other.run("DROP TABLE IF EXISTS usage, auth_keys");
    other.run(
        "CREATE TABLE usage (id UUID PRIMARY KEY, timestamp TIMESTAMPTZ NOT NULL, model TEXT, "
        "raw_data JSONB, total_cost DOUBLE PRECISION)");
    other.run(
        "INSERT INTO usage VALUES ('11111111-2222-4333-8444-555555555555', "
        "'2026-02-17 10:00:05.25+02', 'gpt', '{\"a\": {\"b\": \"c\"}}', 0.5)");
    other.run("CREATE TABLE auth_keys (id TEXT PRIMARY KEY, enabled BOOLEAN, created_at BIGINT)");
    other.run("INSERT INTO auth_keys VALUES ('k', true, 1771322405)");
    Store plugin = store();
    plugin.ensure(R"({"table":"usage","columns":[{"name":"id","type":"text","as":"uuid"},
        {"name":"timestamp","type":"time","null":false},{"name":"model","type":"text"},
        {"name":"raw_data","type":"json"},{"name":"total_cost","type":"real"},
        {"name":"tokens","type":"int","null":false,"default":0}],"key":["id"],
        "indexes":[["timestamp"],[{"json":"raw_data","path":["a","b"]}]]})");
    plugin.ensure(R"({"table":"auth_keys","columns":[{"name":"id","type":"text"},
        {"name":"enabled","type":"bool"},{"name":"created_at","type":"time"}],"key":["id"]})");
    EXPECT_EQ(plugin.read(R"({"table":"usage","where":[
                  ["id","=","11111111-2222-4333-8444-555555555555"],
                  [{"json":"raw_data","path":["a","b"]},"=","c"]]})"),
              (Lines{R"({"id":"11111111-2222-4333-8444-555555555555",)"
                     R"("timestamp":"2026-02-17T08:00:05.250000000Z","model":"gpt",)"
                     R"("raw_data":{"a": {"b": "c"}},"total_cost":0.5,"tokens":0})"}));
    EXPECT_EQ(plugin.read(R"({"table":"usage","where":[["id","=","no uuid"]]})"), Lines{});
    EXPECT_EQ(
        plugin.read(R"({"table":"auth_keys","where":[["enabled","=",true],
                  ["created_at","<","2026-02-18T00:00:00Z"]]})"),
        (Lines{R"({"id":"k","enabled":true,"created_at":"2026-02-17T10:00:05.000000000Z"})"}));
}

TEST(Postgresql, PagesFromBothEndsVisitEachRowOnce) {
    Store plugin = store();
    for (const int times : {1, 5, 300})
        expect_every_page(plugin, times);
}

TEST(Postgresql, TellsTheTwoHoursOfAChangedClockApart) {
    Store plugin = store();
    plugin.ensure(R"({"table":"hours","columns":[{"name":"id","type":"text"},
        {"name":"at","type":"time"}],"key":["id"]})");
    plugin.erase(R"({"table":"hours"})");
    plugin.write("hours", R"([{"id":"a","at":"2026-10-25T00:30:00Z"},
        {"id":"b","at":"2026-10-25T01:30:00Z"}])");
    EXPECT_EQ(
        plugin.read(R"({"table":"hours","group":[{"bucket":"at","by":"hour",
                  "zone":"Europe/Berlin"}],"order":["at"]})"),
        (Lines{R"({"at":"2026-10-25T02:00:00+01:00"})", R"({"at":"2026-10-25T02:00:00+02:00"})"}));
    EXPECT_EQ(plugin.read(R"({"table":"hours","group":[{"bucket":"at","by":"week",
                  "zone":"Asia/Tokyo"}]})"),
              (Lines{R"({"at":"2026-W43"})"}));
    gm_status_t status = GM_OK;
    const std::string message = Store::refusal(
        [&] {
            plugin.read(R"({"table":"hours","group":[{"bucket":"at","by":"day",
                "zone":"Europe/Atlantis"}]})");
        },
        &status);
    EXPECT_EQ(status, GM_INVALID);
    EXPECT_NE(message.find("Europe/Atlantis"), std::string::npos) << message;
}

TEST(Postgresql, ConnectsAgainAfterTheServerWasRestarted) {
    Store plugin = store();
    plugin.ensure(R"({"table":"restart","columns":[{"name":"id","type":"text"}],"key":["id"]})");
    plugin.erase(R"({"table":"restart"})");
    plugin.write("restart", R"([{"id":"before"}])");
    ASSERT_EQ(std::system(std::getenv("GOMODEL_TEST_POSTGRES_RESTART")), 0);
    plugin.write("restart", R"([{"id":"after"}])");
    EXPECT_EQ(plugin.read(R"({"table":"restart","order":["id"]})"),
              (Lines{R"({"id":"after"})", R"({"id":"before"})"}));
}

TEST(Postgresql, EndsAStatementWhenItsTimeIsUp) {
    Store plugin = store();
    plugin.ensure(R"({"table":"locked","columns":[{"name":"id","type":"text"}],"key":["id"]})");
    plugin.erase(R"({"table":"locked"})");
    Other other;
    other.run("BEGIN");
    other.run("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE");
    plugin.fake().expire_in(std::chrono::milliseconds(100));
    gm_status_t status = GM_OK;
    Store::refusal([&] { plugin.write("locked", R"([{"id":"x"}])"); }, &status);
    EXPECT_EQ(status, GM_TIMEOUT);
    plugin.fake().expire_in(std::chrono::seconds(30));
    std::thread leaver([&] { plugin.fake().cancel(); });
    Store::refusal([&] { plugin.read(R"({"table":"locked"})"); }, &status);
    leaver.join();
    EXPECT_EQ(status, GM_CANCELLED);
    other.run("COMMIT");
}

TEST(Postgresql, WaitsForAConnectionAndGivesUpInTime) {
    Store plugin = store(1);
    plugin.ensure(R"({"table":"single","columns":[{"name":"id","type":"text"}],"key":["id"]})");
    plugin.erase(R"({"table":"single"})");
    plugin.write("single", R"([{"id":"x"}])");
    // While a row is being read, the one connection is taken.
    gm_status_t status = GM_OK;
    gm_rows_t rows{sizeof rows, nullptr, nullptr};
    const auto again = [&] {
        testing::FakeCall hurried;
        hurried.expire_in(std::chrono::milliseconds(50));
        status = GM_OK;
        Store::refusal(
            [&] { plugin.storage().erase(Call(hurried.abi()), R"({"table":"single"})"); }, &status);
    };
    rows.host_data = const_cast<void*>(static_cast<const void*>(&again));
    rows.add = [](const gm_rows_t* self, gm_str_t) {
        (*static_cast<const decltype(again)*>(self->host_data))();
        return true;
    };
    plugin.storage().read(Call(plugin.fake().abi()), R"({"table":"single"})", Rows(&rows));
    EXPECT_EQ(status, GM_TIMEOUT);
    EXPECT_EQ(plugin.erase(R"({"table":"single"})"), 1U);
}

TEST(Postgresql, NeverShowsThePassword) {
    std::string wrong = url();
    wrong.replace(wrong.find("s3cret-canary"), 13, "wr0ng-canary");
    std::string nowhere = url();
    nowhere.replace(nowhere.find("127.0.0.1:"), 10, "127.0.0.1:1");
    for (const std::string& bad : {wrong, nowhere, std::string("postgres://u:wr0ng-canary@[::1/x"),
                                   std::string("postgres://u:wr0ng-canary@h/d?wr0ng-canary=1"),
                                   std::string("postgres://u:wr0ng-canary%20x@h/d")}) {
        const std::string message =
            Store::refusal([&] { storage_postgresql::PostgresqlDatabase database(bad, 1); });
        EXPECT_NE(message, "not refused");
        EXPECT_EQ(message.find("canary"), std::string::npos) << message;
    }
}

TEST(Postgresql, RefusesADatabaseOfANewerVersion) {
    Store plugin = store();
    const char* const schema =
        R"({"table":"newer","columns":[{"name":"id","type":"text"}],"key":["id"]})";
    plugin.ensure(schema);
    Other other;
    other.run(
        "INSERT INTO gomodel_migrations (component, version, change, applied_at) "
        "VALUES ('newer', 9, 'x', 'now')");
    const std::string message = Store::refusal([&] { plugin.ensure(schema); });
    other.run("DELETE FROM gomodel_migrations WHERE version = 9");
    EXPECT_NE(message.find("newer has version 9, and this one knows it up to 1"), std::string::npos)
        << message;
}

}  // namespace
}  // namespace gomodel::tests
