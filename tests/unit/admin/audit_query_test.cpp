#include "admin/audit_query.hpp"

#include <gtest/gtest.h>
#include <gomodel/json_tree.hpp>

#include "admin/audit_json.hpp"

namespace gomodel::admin {
namespace {

const base::WallTime kNow{std::chrono::seconds(1'772'753'400)};

base::Result<AuditQuery> read(std::string_view parameters) {
    return read_audit_query(QueryString(parameters), "", kNow);
}

std::string error(std::string_view parameters) {
    const base::Result<AuditQuery> query = read(parameters);
    return query.ok() ? "" : query.error().message;
}

TEST(AuditQuery, SaysWhatIsWrong) {
    EXPECT_EQ(error("status_code=4x"), "invalid status_code, expected integer");
    EXPECT_EQ(error("stream=maybe"), "invalid stream value, expected true or false");
    EXPECT_EQ(error("start_date=x"), "invalid start_date format, expected YYYY-MM-DD");
    EXPECT_TRUE(error("user_path=/a/../b").starts_with("invalid user_path: "));
    for (const char* fine : {"", "status_code=404", "stream=T", "stream=0", "limit=x&offset=y"})
        EXPECT_EQ(error(fine), "") << fine;
}

TEST(AuditQuery, DefaultsAndLimits) {
    EXPECT_EQ(read("").value().limit, 25);
    EXPECT_EQ(read("limit=1000").value().limit, 100);
    EXPECT_EQ(read("limit=0").value().limit, 25);
    EXPECT_EQ(read("model=m").value().requested_model, "m");
    EXPECT_EQ(read("model=m&requested_model=r").value().requested_model, "r");
    EXPECT_EQ(read("method=post").value().method, "POST");
}

TEST(AuditQuery, EveryQueryIsJsonWhateverIsSearchedFor) {
    AuditQuery query = read("user_path=/a&status_code=200&stream=true&error_type=e").value();
    query.search = query.provider = query.path = query.method = std::string("\"]}\\ \0\xff", 8);
    for (const std::string& text :
         {audit_log_query(query), audit_count_query(query), audit_usage_query({query.search}, {}),
          audit_lookup_query({{"data", "thread", "self"},
                              {query.search, "b"},
                              "2026-01-01T00:00:00Z",
                              true,
                              3})}) {
        EXPECT_TRUE(json::Tree(text).ok()) << text;
    }
}

std::string usage_of(const std::string& row, const AuditRows& used) {
    const std::string text = audit_entries_json({row}, used);
    const json::Tree tree(text);
    EXPECT_TRUE(tree.ok()) << text;
    for (const json::Node entry : tree.root())
        return std::string(entry["usage"].raw());
    return {};
}

TEST(AuditJson, UsageIsThatOfTheEntryNotOfOthersWithItsRequestId) {
    const std::string row = R"({"id":"1","request_id":"r","data":{"end":"completed"}})";
    const std::string own =
        R"({"id":"1","request_id":"r","provider":"openai","input_tokens":1200,"output_tokens":80,)"
        R"("raw_data":{"prompt_cached_tokens":1000}})";
    const std::string other = R"({"id":"2","request_id":"r","input_tokens":5})";
    EXPECT_EQ(usage_of(row, {own, other}),
              R"({"entries":1,"input_tokens":1200,"uncached_input_tokens":200,)"
              R"("cached_input_tokens":1000,"cache_write_input_tokens":0,"output_tokens":80,)"
              R"("total_tokens":1280,"cached_input_ratio":0.8333333333333334,)"
              R"("estimated_cached_characters":4000})");
    EXPECT_EQ(usage_of(row, {other}), "");
    const std::string legacy = R"({"id":"1","request_id":"r","data":{}})";
    EXPECT_EQ(usage_of(legacy, {other}).substr(0, 27), R"({"entries":1,"input_tokens")");
}

TEST(AuditJson, TokensOfTheCacheAreCountedOnceInWhateverRow) {
    const auto row = [](const char* input) {
        return R"({"id":"1","request_id":"r","provider":"anthropic","input_tokens":)" +
               std::string(input) +
               R"(,"output_tokens":5,"raw_data":{"cache_read_input_tokens":30,)"
               R"("cache_creation_input_tokens":20}})";
    };
    constexpr const char* kSums =
        R"({"entries":1,"input_tokens":60,"uncached_input_tokens":10,)"
        R"("cached_input_tokens":30,"cache_write_input_tokens":20,"output_tokens":5,)"
        R"("total_tokens":65,"cached_input_ratio":0.5,"estimated_cached_characters":120})";
    EXPECT_EQ(usage_of(R"({"id":"1","data":{"end":"completed"}})", {row("60")}), kSums);
    EXPECT_EQ(usage_of(R"({"id":"x","request_id":"r","data":null})", {row("10")}), kSums);
}

TEST(AuditJson, LeavesOutWhatSaysNothing) {
    EXPECT_EQ(audit_entries_json(
                  {R"({"id":"1","timestamp":"t","duration_ns":5,"requested_model":"","provider":)"
                   R"("openai","provider_name":null,"alias_used":false,"stream":true,)"
                   R"("status_code":200,"user_path":"/","error_type":"","data":null})"},
                  {}),
              R"([{"id":"1","timestamp":"t","duration_ns":5,"requested_model":"",)"
              R"("provider":"openai","provider_name":"openai","status_code":200,)"
              R"("user_path":"/","stream":true}])");
}

}  // namespace
}  // namespace gomodel::admin
