#include "admin/usage.hpp"

#include "admin/answer.hpp"
#include "admin/dashboard_config.hpp"
#include "admin/usage_json.hpp"
#include "admin/usage_page.hpp"
#include "admin/usage_query.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

using Queries = std::vector<std::string>;

// The rows of each query, or why there are none.
struct Answers {
    std::vector<Rows> rows;
    std::int64_t total = 0;  // of the log
    base::Status status;
};

void ask(record::Storage& storage, const Queries& queries, Answers& answers) {
    for (const std::string& query : queries) {
        Rows& rows = answers.rows.emplace_back();
        answers.status = storage.read(query, [&rows](std::string_view row) {
            rows.emplace_back(row);
            return true;
        });
        if (!answers.status.ok()) return;
    }
}

// One report: what it asks the storage, and what the client gets of the answers.
class Report {
public:
    Report(gateway::RequestContext* context, Usage usage) : context_(*context), usage_(usage) {}
    virtual ~Report() = default;

    net::Task<void> serve(std::string_view parameters) {
        const base::Result<UsageQuery> query =
            read_usage_query(QueryString(parameters), context_.client.header("x-gomodel-timezone"),
                             context_.services.loop.clock().wall());
        if (!query.ok()) {
            co_await gateway::answer_error(&context_,
                                           dialect::invalid_request(query.error().message));
            co_return;
        }
        const std::shared_ptr<record::Storage> storage =
            usage_.storage == nullptr ? nullptr : usage_.storage->get();
        Answers answers;
        if (storage != nullptr) {
            co_await net::OnWorker(*usage_.workers, context_.services.loop,
                                   [&] { fetch(*storage, *query, answers); });
        }
        if (!answers.status.ok()) {
            co_await answer_storage_failed(&context_, answers.status.error());
            co_return;
        }
        const std::string body = storage == nullptr ? nothing() : json(*query, answers);
        co_await gateway::answer_json(&context_, body);
    }

protected:
    // Blocks.
    virtual void fetch(record::Storage& storage, const UsageQuery& query, Answers& answers) const {
        ask(storage, queries(query), answers);
    }

private:
    virtual Queries queries(const UsageQuery&) const { return {}; }
    virtual std::string json(const UsageQuery& query, const Answers& answers) const = 0;
    virtual std::string nothing() const { return "[]"; }

    gateway::RequestContext& context_;
    const Usage usage_;
};

// Most of them: one query, and its rows as JSON.
template <std::string (*kQuery)(const UsageQuery&), std::string (*kJson)(const Rows&)>
class Groups : public Report {
public:
    using Report::Report;

private:
    Queries queries(const UsageQuery& query) const override { return {kQuery(query)}; }
    std::string json(const UsageQuery&, const Answers& answers) const override {
        return kJson(answers.rows[0]);
    }
};

class Summary final : public Groups<summary_query, summary_json> {
public:
    using Groups::Groups;

private:
    std::string nothing() const override { return summary_json({}); }
};

class LogReport final : public Report {
public:
    using Report::Report;

private:
    void fetch(record::Storage& storage, const UsageQuery& query, Answers& answers) const override {
        base::Result<UsagePage> page = read_usage_page(storage, query);
        if (page.ok()) {
            answers.rows.push_back(std::move(page->rows));
            answers.total = page->total;
        } else {
            answers.status = page.error();
        }
    }
    std::string json(const UsageQuery& query, const Answers& answers) const override {
        return log_json({answers.rows[0], answers.total, query.limit, query.offset});
    }
    std::string nothing() const override { return log_json({{}, 0, 0, 0}); }
};

// What was answered out of a cache.
class CacheOverview final : public Report {
public:
    using Report::Report;

private:
    Queries queries(const UsageQuery& query) const override {
        return {cache_types_query(query), cache_periods_query(query)};
    }
    std::string json(const UsageQuery&, const Answers& answers) const override {
        return cache_overview_json(answers.rows[0], answers.rows[1]);
    }
    std::string nothing() const override { return cache_overview_json({}, {}); }
};

}  // namespace

net::Task<void> serve_usage_summary(gateway::RequestContext* context, Usage usage,
                                    std::string_view query) {
    Summary report(context, usage);
    co_await report.serve(query);
}

net::Task<void> serve_usage_periods(gateway::RequestContext* context, Usage usage,
                                    std::string_view query) {
    Groups<periods_query, periods_json> report(context, usage);
    co_await report.serve(query);
}

net::Task<void> serve_usage_models(gateway::RequestContext* context, Usage usage,
                                   std::string_view query) {
    Groups<models_query, models_json> report(context, usage);
    co_await report.serve(query);
}

net::Task<void> serve_usage_paths(gateway::RequestContext* context, Usage usage,
                                  std::string_view query) {
    Groups<user_paths_query, user_paths_json> report(context, usage);
    co_await report.serve(query);
}

net::Task<void> serve_usage_log(gateway::RequestContext* context, Usage usage,
                                std::string_view query) {
    LogReport report(context, usage);
    co_await report.serve(query);
}

net::Task<void> serve_cache_overview(gateway::RequestContext* context, Usage usage,
                                     std::string_view query) {
    if (!has_cache_analytics(context->generation->settings)) {
        co_await gateway::answer_error(context, unavailable("cache analytics is unavailable"));
        co_return;
    }
    CacheOverview report(context, usage);
    co_await report.serve(query);
}

}  // namespace gomodel::admin
