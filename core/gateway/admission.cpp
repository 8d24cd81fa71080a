#include "gateway/admission.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/values.hpp"
#include "dialect/member_scanner.hpp"

namespace gomodel::gateway {
namespace {

namespace chr = std::chrono;

// Of an answer whose length the client leaves to the model.
constexpr std::int64_t kUsualAnswer = 1024;
constexpr double kMillion = 1e6;

// By which key's limits it is measured.
std::string_view key_id(const Principal& principal) {
    if (principal.key != nullptr) return principal.key->id;
    return principal.method == AuthMethod::kNoKey ? std::string_view()
                                                  : to_string(principal.method);
}

// The tokens that the answer may have.
std::int64_t answer_tokens(const Asked& asked) {
    if (!asked.produces) return 0;
    std::int64_t most = asked.model == nullptr || asked.model->metadata == nullptr
                            ? 0
                            : asked.model->metadata->max_output_tokens.value_or(0);
    if (most <= 0) most = std::int64_t{1} << 40;
    dialect::MemberScanner scanner({"max_completion_tokens", "max_output_tokens", "max_tokens"});
    scanner.feed(asked.body);
    for (std::size_t i = 0; i < dialect::MemberScanner::kMembers; ++i) {
        const auto wanted = config::parse_integer(scanner.value(i));
        if (wanted && *wanted > 0) return std::min(*wanted, most);
    }
    return std::min(kUsualAnswer, most);
}

limits::Estimate estimate_of(const Asked& asked) {
    if (!asked.spends) return {};
    const auto prompt = static_cast<std::int64_t>(asked.body_bytes / kBytesPerToken);
    const std::int64_t answer = answer_tokens(asked);
    limits::Estimate estimate{prompt + answer, 0};
    if (asked.model == nullptr || asked.model->metadata == nullptr ||
        !asked.model->metadata->pricing.has_value())
        return estimate;
    const Pricing& pricing = *asked.model->metadata->pricing;
    estimate.cost = (static_cast<double>(prompt) * pricing.input_per_mtok.value_or(0) +
                     static_cast<double>(answer) * pricing.output_per_mtok.value_or(0)) /
                        kMillion +
                    pricing.per_request.value_or(0);
    return estimate;
}

std::int64_t whole_seconds(base::Duration duration) {
    return chr::ceil<chr::seconds>(duration).count();
}

dialect::ApiError told(const limits::Refusal& refusal) {
    if (refusal.kind == limits::Refused::kBudgetUnknown) {
        dialect::ApiError error = dialect::provider_error(503, refusal.message);
        error.code = "budget_check_failed";
        error.retry_after = std::to_string(whole_seconds(refusal.retry_after));
        return error;
    }
    dialect::ApiError error;
    error.status = 429;
    error.type = "rate_limit_error";
    error.message = refusal.message;
    error.code =
        refusal.kind == limits::Refused::kBudget ? "budget_exceeded" : "rate_limit_exceeded";
    error.retry_after = std::to_string(whole_seconds(refusal.retry_after));
    return error;
}

void note_standing(std::vector<OwnedField>& fields, const limits::Standing& standing,
                   const std::string& what) {
    if (standing.limit == 0) return;
    fields.push_back({"x-ratelimit-limit-" + what, std::to_string(standing.limit)});
    fields.push_back({"x-ratelimit-remaining-" + what, std::to_string(standing.remaining)});
    fields.push_back({"x-ratelimit-reset-" + what,
                      config::format_duration(chr::ceil<chr::milliseconds>(standing.reset))});
}

using Reserve = std::optional<limits::Refusal> (limits::Limits::*)(const limits::Limits::Matches&,
                                                                   const limits::Estimate&,
                                                                   const limits::Times&,
                                                                   limits::Reservation&);

dialect::Failure reserve(RequestContext& context, const Asked& asked, Reserve how) {
    const Generation& generation = *context.generation;
    limits::Limits* const limits = generation.limits.get();
    const limits::RateLimits* const rates =
        generation.rate_limits.empty() ? nullptr : &generation.rate_limits;
    if (limits == nullptr || (rates == nullptr && !limits->has_budgets())) return std::nullopt;
    const std::string selector = asked.model != nullptr
                                     ? std::string()
                                     : asked.provider->name + "/" + std::string(asked.model_name);
    limits::Subject subject;
    subject.key = key_id(context.principal);
    subject.user_path = context.user_path.empty() ? std::string_view("/") : context.user_path;
    subject.provider = asked.provider->name;
    subject.model = asked.model != nullptr ? std::string_view(asked.model->id) : asked.model_name;
    subject.selector = asked.model != nullptr ? asked.model->selector : selector;
    const base::Clock& clock = context.services.loop.clock();
    const limits::Times now{clock.steady(), clock.wall()};
    const limits::Limits::Matches matches = limits->match(rates, subject, asked.spends, now.steady);
    if (matches.empty()) return std::nullopt;
    context.record.reservation = &context.reservation;
    const std::optional<limits::Refusal> refusal =
        (limits->*how)(matches, estimate_of(asked), now, context.reservation);
    context.limit_fields.clear();
    note_standing(context.limit_fields, context.reservation.requests(), "requests");
    note_standing(context.limit_fields, context.reservation.tokens(), "tokens");
    if (!refusal.has_value()) return std::nullopt;
    return told(*refusal);
}

}  // namespace

dialect::Failure admit(RequestContext& context, const Asked& asked) {
    return reserve(context, asked, &limits::Limits::reserve);
}

dialect::Failure admit_again(RequestContext& context, const Asked& asked) {
    return reserve(context, asked, &limits::Limits::retarget);
}

void add_limit_fields(const RequestContext& context, net::HeaderFields& fields) {
    if (context.limit_fields.empty()) return;
    std::erase_if(fields, [](const net::HeaderField& field) {
        return base::istarts_with(field.name, "x-ratelimit-");
    });
    for (const OwnedField& field : context.limit_fields)
        fields.push_back({field.name, field.value});
}

}  // namespace gomodel::gateway
