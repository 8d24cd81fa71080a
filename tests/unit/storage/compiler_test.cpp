// Queries become SQL: the text and the values for each dialect, and what is refused.

#include <gtest/gtest.h>

#include "sql/query.hpp"
#include "unit/storage/store.hpp"

namespace gomodel::tests {
namespace {

using json::Tree;

constexpr const char* kSchema = R"({"table":"t","columns":[{"name":"id","type":"text"},
    {"name":"at","type":"time","null":false},{"name":"n","type":"int"},{"name":"ok","type":"bool"},
    {"name":"data","type":"json"},{"name":"made","type":"time","as":"seconds"}],"key":["id"]})";

// "text | value value ..."
std::string shown(const sql::Statement& statement) {
    std::string text = statement.text + " |";
    for (const sql::Value& value : statement.values) {
        text += ' ';
        if (const auto* whole = std::get_if<std::int64_t>(&value)) {
            text += std::to_string(*whole);
        } else if (const auto* string = std::get_if<std::string>(&value)) {
            text += *string;
        } else {
            text += value.index() == 0 ? "null" : "real";
        }
    }
    return text;
}

std::string read(const sql::Dialect& dialect, std::string_view query) {
    const Tree tree(query);
    return shown(sql::compile_read(dialect, sql::parse_table(kSchema), tree.root()));
}

std::string refused(const std::string& query) {
    return Store::refusal([&] { read(sql::sqlite(), query); });
}

std::string where(const std::string& conditions, const sql::Dialect& dialect = sql::sqlite()) {
    const std::string sql =
        read(dialect, R"({"table":"t","select":["id"],"where":)" + conditions + "}");
    return sql.substr(sql.find(" WHERE ") + 7);
}

TEST(Compiler, ReadsRows) {
    const char* const query = R"({"table":"t","select":["id",{"json":"data","path":["a","b"],
        "as":"ab"}],"where":[["n",">",5],["at",">=","2026-02-17T10:00:00Z"]],
        "order":[["at","desc"],"n"],"limit":50})";
    EXPECT_EQ(read(sql::sqlite(), query),
              "SELECT json_object('id', CAST(\"id\" AS TEXT), 'ab', CAST(CASE WHEN "
              "json_valid(\"data\") THEN json_extract(\"data\", '$.a.b') END AS TEXT)) FROM \"t\" "
              "WHERE \"n\" > ? AND "
              "rtrim(replace(replace(\"at\",' ','T'),'+00:00','Z'),'Z.0') >= ? ORDER BY "
              "rtrim(replace(replace(\"at\",' ','T'),'+00:00','Z'),'Z.0') DESC, \"n\" LIMIT ? | 5 "
              "2026-02-17T10:00: 50");
    EXPECT_EQ(read(sql::postgresql(), query),
              "SELECT (SELECT row_to_json(o) FROM (SELECT \"id\" AS \"id\", (\"data\" #>> "
              "'{a,b}') AS \"ab\") AS o)::text FROM \"t\" WHERE \"n\" > CAST($1 AS bigint) AND "
              "\"at\" >= CAST($2 AS timestamptz) ORDER BY \"at\" DESC, \"n\" NULLS FIRST LIMIT "
              "CAST($3 AS bigint) | 5 2026-02-17T10:00:00.000000000Z 50");
}

TEST(Compiler, SkipsRowsWithoutReadingThem) {
    EXPECT_EQ(read(sql::sqlite(), R"({"table":"t","select":["id"],"where":[["n","=",1]],
                  "order":["id"],"limit":2,"offset":4})"),
              "SELECT json_object('id', CAST(\"id\" AS TEXT)) FROM \"t\" WHERE rowid IN (SELECT "
              "rowid FROM \"t\" WHERE \"n\" = ? ORDER BY \"id\" LIMIT ? OFFSET ?) ORDER BY \"id\" "
              "| 1 2 4");
}

TEST(Compiler, GroupsAndAdds) {
    EXPECT_EQ(read(sql::sqlite(), R"({"table":"t","group":[{"first":["id"],"else":"/"}],
                  "sum":["n"],"count":true,"order":[["sum_n","desc"]]})"),
              "SELECT json_object('id', CAST(g0 AS TEXT), 'count', g1, 'sum_n', g2) FROM (SELECT "
              "coalesce(nullif(trim(\"id\"), ''), '/') AS g0, count(*) AS g1, sum(\"n\") AS g2 "
              "FROM \"t\" GROUP BY 1) AS g ORDER BY g2 DESC |");
}

TEST(Compiler, Conditions) {
    EXPECT_EQ(where(R"([["n","!=",3]])"), "\"n\" IS NOT ? | 3");
    EXPECT_EQ(where(R"([["n","=",null]])"), "\"n\" IS NULL |");
    EXPECT_EQ(where(R"([["n","in",[1,2]]])"), "\"n\" IN (?, ?) | 1 2");
    EXPECT_EQ(where(R"([["n","in",[]]])"), "1 = 0 |");
    EXPECT_EQ(where(R"([["n","not in",[1]]])"), "(\"n\" IS NULL OR \"n\" NOT IN (?)) | 1");
    EXPECT_EQ(where(R"([["ok","=",true]])"), "\"ok\" = ? | 1");
    EXPECT_EQ(where(R"([["id","contains","5%_\\"]])"), "\"id\" LIKE ? ESCAPE '\\' | %5\\%\\_\\\\%");
    EXPECT_EQ(where(R"([["id","contains","x"]])", sql::postgresql()),
              "\"id\" ILIKE CAST($1 AS text) ESCAPE '\\' | %x%");
    EXPECT_EQ(where(R"([["id","under","/a/"]])"),
              "(\"id\" = ? OR (\"id\" >= ? AND \"id\" < ?)) | /a /a/ /a0");
    EXPECT_EQ(where(R"([["id","under","/"]])"), "1 = 1 |");
    EXPECT_EQ(where(R"([{"any":[["n","=",1],{"not":["n","<",0]}]},["id","null",false]])"),
              "(\"n\" = ? OR (NOT coalesce(\"n\" < ?, 1 = 0))) AND \"id\" IS NOT NULL | 1 0");
    EXPECT_EQ(where(R"([{"any":[]}])"), "(1 = 0) |");
    EXPECT_EQ(where(R"([["made","<","1970-01-01T00:00:10.5Z"]])"), "\"made\" < ? | 11");
    EXPECT_EQ(where(R"([["made",">","1970-01-01T00:00:10.5Z"]])"), "\"made\" > ? | 10");
    EXPECT_EQ(where(R"([["made","=","1970-01-01T00:00:10.5Z"]])"), "1 = 0 |");
}

TEST(Compiler, RowsOfATimeAreFoundByIt) {
    constexpr const char* kQuery =
        R"([["made",">=",1],{"any":[["n","null",true],["n","=",1]]},["id","under","/a"]])";
    EXPECT_EQ(where(kQuery),
              "\"made\" >= ? AND (+\"n\" IS NULL OR +\"n\" = ?) AND "
              "(+\"id\" = ? OR (+\"id\" >= ? AND +\"id\" < ?)) | 1 1 /a /a/ /a0");
    EXPECT_EQ(where(kQuery, sql::postgresql()).find('+'), std::string::npos);
}

TEST(Compiler, GoesOnBehindARow) {
    const std::string sql = read(sql::postgresql(), R"({"table":"t","select":["id"],
        "order":[["at","desc"],["id","desc"]],"after":[10,"x"]})");
    EXPECT_EQ(sql.substr(sql.find(" WHERE ")),
              " WHERE \"at\" <= CAST($1 AS timestamptz) AND (\"at\" < CAST($2 AS timestamptz) OR "
              "\"at\" = CAST($3 AS timestamptz) AND \"id\" < CAST($4 AS text)) ORDER BY \"at\" "
              "DESC, \"id\" DESC | 1970-01-01T00:00:10.000000000Z 1970-01-01T00:00:10.000000000Z "
              "1970-01-01T00:00:10.000000000Z x");
}

TEST(Compiler, WritesRows) {
    const auto write = [](const sql::Dialect& dialect, const char* rows, WriteMode mode) {
        std::string all;
        sql::compile_write(dialect, sql::parse_table(kSchema), rows, mode,
                           [&](const sql::Statement& each) { all += shown(each) + "\n"; });
        return all;
    };
    const std::string head = R"(INSERT INTO "t" ("id", "at", "n", "ok", "data", "made") VALUES )";
    EXPECT_EQ(write(sql::sqlite(),
                    R"([{"id":"a'\"--","at":0,"data":{"x": 1}},{"at":1.5,"id":"b","ok":false}])",
                    WriteMode::kIgnore),
              head +
                  "(?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING | a'\"-- "
                  "1970-01-01T00:00:00.000000000Z null null {\"x\":1} null b "
                  "1970-01-01T00:00:01.500000000Z null 0 null null\n");
    EXPECT_EQ(write(sql::postgresql(), R"([{"id":"a","at":0}])", WriteMode::kUpsert),
              head +
                  "(CAST($1 AS text), CAST($2 AS timestamptz), CAST($3 AS bigint), CAST($4 AS "
                  "boolean), CAST($5 AS jsonb), CAST($6 AS bigint)) ON CONFLICT (\"id\") DO "
                  "UPDATE SET \"at\" = excluded.\"at\", \"n\" = excluded.\"n\", \"ok\" = "
                  "excluded.\"ok\", \"data\" = excluded.\"data\", \"made\" = "
                  "excluded.\"made\" | a 1970-01-01T00:00:00.000000000Z null null null null\n");
    const auto refusal = [&](const char* rows) {
        return Store::refusal([&] { write(sql::sqlite(), rows, WriteMode::kInsert); });
    };
    EXPECT_EQ(refusal(R"([{"id":"a","at":0},{"id":"b","at":0,"m":1}])"),
              "row 2 of t: \"m\" is no column");
    EXPECT_EQ(refusal(R"([{"id":"a"}])"), "row 1 of t: at is null");
    EXPECT_EQ(refusal(R"([{"id":"a","at":0,"n":"1"}])"),
              "t.n is int, which the value given is not");
    EXPECT_EQ(refusal(R"([{"id":"a","at":"yesterday"}])"),
              "t.at is time, which the value given is not");
    EXPECT_EQ(refusal("{}"), "rows: not a JSON array, or nested deeper than 256");
}

// Whatever a caller lets through, none of it becomes SQL.
TEST(Compiler, TakesNoSqlForNames) {
    const std::string evil = R"(id\" FROM t; DROP TABLE t; --)";
    for (const std::string& query : std::vector<std::string>{
             R"({"table":"t","select":[")" + evil + "\"]}",
             R"({"table":"t","where":[[")" + evil + R"(","=","x"]]})",
             R"({"table":"t","where":[["id","= 1; --","x"]]})",
             R"({"table":"t","order":[")" + evil + "\"]}",
             R"({"table":"t","order":[["id","desc; DROP TABLE t"]]})",
             R"({"table":"t","select":[{"json":"data","path":["a' || x"]}]})",
             R"({"table":"t","select":[{"column":"id","as":")" + evil + "\"}]}",
             R"({"table":"t","group":[{"bucket":"at","by":"day","zone":"UTC'); --"}]})",
             R"({"table":"t","group":[{"bucket":"at","by":"day'"}]})",
             R"({"table":"t","group":[{"first":["id"],"else":"x' --"}]})",
             R"({"table":"t","sum":["n) FROM t; --"]})",
             R"({"table":"t","limit":"1; DROP TABLE t"})",
             R"({"table":"t","limit":-1})",
             R"({"table":"t","where":[["n","=","1 OR 1=1"]]})",
             R"({"table":"t","wehre":[]})",
             R"({"table":"t","where":["id","=","x"]})",
             R"({"table":"t","where":[["id","like","x\\"]]})",
             R"({"table":"t","order":["n"],"after":[1]})",
         }) {
        EXPECT_NE(refused(query), "not refused") << query;
    }
    std::string deep = R"(["n","=",1])";
    for (int i = 0; i < 30; ++i)
        deep = R"({"not":)" + deep + "}";
    EXPECT_EQ(refused(R"({"table":"t","where":[)" + deep + "]}"), "where: nested deeper than 20");
}

TEST(Compiler, RefusesSchemasThatWouldNotWork) {
    const auto refusal = [](const std::string& json) {
        return Store::refusal([&] { sql::parse_table(json); });
    };
    EXPECT_EQ(refusal("[]"), "schema: not a JSON object");
    EXPECT_EQ(refusal(R"({"table":"a b"})"),
              "schema: table: \"a b\" is not a name of letters, digits and underscores");
    EXPECT_EQ(refusal(R"({"table":"gomodel_migrations"})"),
              "schema: table \"gomodel_migrations\": that name is reserved");
    EXPECT_EQ(refusal(R"({"table":"t","columns":[{"name":"a","type":"blob"}]})"),
              "t.a: type \"blob\" is none of ours");
    EXPECT_EQ(refusal(R"({"table":"t","columns":[{"name":"a","type":"int"}]})"),
              "t: a table needs a key");
    EXPECT_EQ(refusal(R"({"table":"t","columns":[{"name":"a","type":"int"}],"key":["b"]})"),
              "t: the key names \"b\", which is no column");
}

}  // namespace
}  // namespace gomodel::tests
