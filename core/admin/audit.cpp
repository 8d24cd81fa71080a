#include "admin/audit.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include "admin/answer.hpp"
#include "admin/audit_json.hpp"
#include "admin/audit_query.hpp"
#include "admin/conversation.hpp"
#include "base/text.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

constexpr std::size_t kUsualThread = 40;
constexpr std::size_t kLongestThread = 200;

struct Found {
    AuditRows rows;
    AuditRows counted;
    AuditRows usage;
    base::Status status;
};

base::Status read(record::Storage& storage, const std::string& query, AuditRows& rows) {
    return storage.read(query, [&rows](std::string_view row) {
        rows.emplace_back(row);
        return true;
    });
}

// What the entries used. Without it they are shown as well.
void read_usage(record::Storage& storage, base::Log& log, Found& found) {
    std::vector<std::string> ids;
    std::vector<std::string> request_ids;
    for (const std::string& row : found.rows) {
        const json::Tree tree(row);
        const bool by_id = has_usage_by_id(row);
        const std::string key = tree.root()[by_id ? "id" : "request_id"].text();
        if (!key.empty()) (by_id ? ids : request_ids).push_back(key);
    }
    if (ids.empty() && request_ids.empty()) return;
    const base::Status status = read(storage, audit_usage_query(ids, request_ids), found.usage);
    if (!status.ok())
        log.warn("the usage of entries of the audit log cannot be read: " + status.error().message);
}

std::string conversation_json(const std::string& anchor, const std::string& entries) {
    std::string id = json_string(anchor);
    return R"({"anchor_id":)" + id + R"(,"entries":)" + entries + "}";
}

}  // namespace

net::Task<void> serve_audit_log(gateway::RequestContext* context, Usage storage,
                                std::string_view parameters) {
    const base::Result<AuditQuery> query =
        read_audit_query(QueryString(parameters), context->client.header("x-gomodel-timezone"),
                         context->services.loop.clock().wall());
    if (!query.ok()) {
        co_await gateway::answer_error(context, dialect::invalid_request(query.error().message));
        co_return;
    }
    const std::shared_ptr<record::Storage> tables =
        storage.storage == nullptr ? nullptr : storage.storage->get();
    if (tables == nullptr) {
        co_await answer(context, 200, audit_log_json("[]", {}, 0, 0));
        co_return;
    }
    Found found;
    co_await net::OnWorker(*storage.workers, context->services.loop, [&] {
        found.status = read(*tables, audit_log_query(*query), found.rows);
        if (found.status.ok())
            found.status = read(*tables, audit_count_query(*query), found.counted);
        if (found.status.ok()) read_usage(*tables, *storage.log, found);
    });
    if (!found.status.ok()) {
        co_await answer_storage_failed(context, found.status.error());
        co_return;
    }
    co_await answer(context, 200,
                    audit_log_json(audit_entries_json(found.rows, found.usage), found.counted,
                                   query->limit, query->offset));
}

net::Task<void> serve_audit_conversation(gateway::RequestContext* context, Usage storage,
                                         std::string_view parameters) {
    const QueryString query(parameters);
    const std::string anchor = query["log_id"];
    const std::shared_ptr<record::Storage> tables =
        storage.storage == nullptr ? nullptr : storage.storage->get();
    if (tables == nullptr) {
        co_await answer(context, 200, conversation_json(anchor, "[]"));
        co_return;
    }
    const std::optional<std::uint64_t> given = base::parse_decimal(query["limit"]);
    const std::uint64_t limit = query["limit"].empty() ? kUsualThread : given.value_or(0);
    const char* wrong = nullptr;
    if (anchor.empty()) {
        wrong = "log_id is required";
    } else if (!query["limit"].empty() && !given &&
               query["limit"].find_first_not_of("-0123456789") != std::string::npos) {
        wrong = "invalid limit, expected integer";
    } else if (limit < 1 || limit > kLongestThread) {
        wrong = "invalid limit parameter: limit must be between 1 and 200";
    }
    if (wrong != nullptr) {
        co_await gateway::answer_error(context, dialect::invalid_request(wrong));
        co_return;
    }
    Found found;
    co_await net::OnWorker(*storage.workers, context->services.loop, [&] {
        auto rows = find_conversation(*tables, anchor, static_cast<std::size_t>(limit));
        found.status = rows.ok() ? base::Status() : rows.error();
        if (!rows.ok()) return;
        found.rows = std::move(*rows);
        read_usage(*tables, *storage.log, found);
    });
    if (!found.status.ok()) {
        co_await answer_storage_failed(context, found.status.error());
        co_return;
    }
    co_await answer(context, 200,
                    conversation_json(anchor, audit_entries_json(found.rows, found.usage)));
}

}  // namespace gomodel::admin
