#include "gateway/inference.hpp"

#include "base/utf8.hpp"
#include "dialect/adapter.hpp"
#include "dialect/messages/marked_thinking.hpp"
#include "dialect/messages/token_estimate.hpp"
#include "gateway/admission.hpp"
#include "gateway/failover.hpp"
#include "gateway/guard/guard.hpp"
#include "gateway/provider_call.hpp"
#include "gateway/recall/recall_stage.hpp"

namespace gomodel::gateway {
namespace {

using dialect::Failure;

struct EndpointFacts {
    std::uint32_t kind;
    std::string_view path;
    std::string_view name;  // for messages
    std::string_view action = {};
};

EndpointFacts facts(dialect::Endpoint endpoint) {
    switch (endpoint) {
        case dialect::Endpoint::kChat:
            return {GM_CAN_CHAT, "/chat/completions", "chat completions"};
        case dialect::Endpoint::kResponses:
            return {GM_CAN_RESPONSES, "/responses", "responses"};
        case dialect::Endpoint::kMessages:
            return {GM_CAN_MESSAGES, "/messages", "messages"};
        case dialect::Endpoint::kCountTokens:
            return {GM_CAN_MESSAGES, "/messages/count_tokens", "messages", "count_tokens"};
        case dialect::Endpoint::kEmbeddings:
            break;
    }
    return {GM_CAN_EMBED, "/embeddings", "embeddings"};
}

dialect::ApiError body_error(const net::RequestBody& body) {
    dialect::ApiError error = dialect::invalid_request(body.reason);
    error.status = body.status;
    return error;
}

// The state of one request between the stages.
class Inference {
public:
    Inference(RequestContext& context, dialect::Endpoint endpoint)
        : context_(context),
          endpoint_(endpoint),
          facts_(facts(endpoint)),
          operation_facts_(facts_) {}

    net::Task<void> run() {
        Failure failure = co_await read_request();
        if (!failure.has_value()) failure = resolve();
        if (!failure.has_value() && counts_here()) {
            failure = co_await answer_count();
            if (!failure.has_value()) co_return;
        }
        if (!failure.has_value() && guard::has_guardrails(context_, endpoint_)) {
            failure = co_await ask_guardrails();
        }
        bool recalled = false;
        if (!failure.has_value()) recalled = co_await recall();
        if (recalled) co_return;
        if (!failure.has_value()) failure = co_await serve();
        if (!failure.has_value() && build_ == plugin::Build::kCurrent) recall_.keep();
        if (failure.has_value()) co_await answer_error(&context_, std::move(failure));
    }

private:
    net::Task<Failure> read_request() {
        const std::uint64_t limit = context_.generation->settings.server.body_size_limit;
        body_ = co_await context_.client.read_body(limit);
        context_.record.bytes_in = context_.client.body_bytes();
        if (body_.status != 0) {
            if (body_.status == 499) context_.record.cause = EndCause::kClientGone;
            co_return body_error(body_);
        }
        auto read = context_.services.reader.read(endpoint_, body_.bytes.view());
        if (context_.services.reader.bad_utf8()) {
            const std::string mended = base::replace_invalid_utf8(body_.bytes.view());
            body_.bytes.clear();
            body_.bytes.append(mended);
            read = context_.services.reader.read(endpoint_, body_.bytes.view());
        }
        if (auto* error = std::get_if<dialect::ApiError>(&read)) co_return std::move(*error);
        request_ = std::move(std::get<dialect::Request>(read));
        if (endpoint_ == dialect::Endpoint::kCountTokens) request_.stream = false;
        context_.record.stream = request_.stream;
        co_return std::nullopt;
    }

    Failure resolve() {
        context_.requested_model = request_.model;
        if (request_.model.empty()) {
            dialect::ApiError error = dialect::invalid_request("model is required");
            error.param = "model";
            return error;
        }
        const Catalog& catalog = *context_.generation->catalog;
        if (catalog.empty()) {
            dialect::ApiError error = dialect::provider_error(
                503, "no models are available yet: no provider has listed its models");
            error.retry_after = "1";
            return error;
        }
        const ModelChoice choice = choose_model(catalog, context_.controls->aliases.get(),
                                                request_.model, request_.provider);
        model_ = choice.model;
        if (model_ == nullptr) return unknown_model();
        context_.record.model = model_;
        context_.record.alias_used = choice.alias_used;
        Failure denied = context_.check_access(*model_->provider, model_->id);
        if (denied.has_value()) return denied;
        if (counts_here()) return std::nullopt;
        if (!served_by(*model_)) {
            return dialect::invalid_request(model_->provider->type + " does not support " +
                                            std::string(facts_.name));
        }
        return std::nullopt;
    }

    dialect::ApiError unknown_model() const {
        dialect::ApiError error =
            context_.generation->catalog->unknown(request_.model, request_.provider);
        if (dialect::is_messages(endpoint_)) {  // as that API has it
            error.status = 404;
            error.type = "not_found_error";
        }
        return error;
    }

    // True iff tokens are to be counted that the provider does not count.
    bool counts_here() const {
        return endpoint_ == dialect::Endpoint::kCountTokens && model_ != nullptr &&
               !model_->provider->can(facts_.kind) && model_->provider->can(GM_CAN_CHAT);
    }

    net::Task<Failure> answer_count() {
        const auto count = dialect::messages::count_tokens(body_.bytes.view());
        if (const auto* error = std::get_if<dialect::ApiError>(&count)) co_return *error;
        const std::string& body = std::get<std::string>(count);
        co_await answer_json(&context_, body);
        co_return std::nullopt;
    }

    // True iff the model's provider answers such requests, by itself or through an adapter.
    bool served_by(const Model& model) const {
        const Provider& provider = *model.provider;
        return provider.can(facts_.kind) ||
               (provider.can(GM_CAN_CHAT) && dialect::adapts_to_chat(endpoint_));
    }

    // Shows the request to the guardrails. What they change goes in place of what the client sent.
    net::Task<Failure> ask_guardrails() {
        guard::GuardedBody guarded;
        guarded.endpoint = endpoint_;
        guarded.kind = facts_.kind;
        guarded.stream = request_.stream;
        guarded.model = model_->id;
        guarded.bytes = &body_.bytes;
        Failure failure = co_await guard::ask_guardrails(&context_, &guarded);
        if (guarded.changed.has_value()) request_ = std::move(*guarded.changed);
        co_return failure;
    }

    // True: a cache had the answer.
    net::Task<bool> recall() {
        return recall_.answer(
            {endpoint_, facts_.path, model_, body_.bytes.view(), request_.stream});
    }

    // Asks the model, and the ones that are to step in for it, until one answers. The first error
    // decides whether another is asked; the last one is told.
    net::Task<Failure> serve() {
        const bool replaceable = may_fall_back(context_.generation->settings.fallback, *model_,
                                               request_.model, request_.provider);
        const dialect::Request asked = replaceable ? request_ : dialect::Request();
        if (replaceable) original_.append(body_.bytes.view());
        Failure failure = admit(context_, wanted_of(*model_));
        if (!failure.has_value()) failure = prepare_target();
        if (failure.has_value()) co_return failure;
        failure = co_await attempt();
        if (!failure.has_value() || !replaceable || !calls_for_fallback(*failure)) {
            co_return failure;
        }
        const std::vector<const Model*> others = stand_in_for(asked);
        for (const Model* const other : others) {
            if (context_.record.cause == EndCause::kClientGone) break;
            // A model whose own limits are reached does not step in.
            if (admit_again(context_, wanted_of(*other)).has_value()) continue;
            model_ = other;
            context_.record.model = other;
            context_.record.fallback = true;
            request_ = asked;
            body_.bytes.clear();
            body_.bytes.append(original_.view());
            failure = prepare_target();
            if (!failure.has_value()) failure = co_await attempt();
            if (!failure.has_value()) break;
        }
        co_return failure;
    }

    // REQUIRES: nothing was changed in the body, or it is in original_.
    Asked wanted_of(const Model& model) const {
        Asked asked;
        asked.provider = model.provider;
        asked.model = &model;
        asked.body = original_.empty() ? body_.bytes.view() : original_.view();
        asked.body_bytes = asked.body.size();
        asked.produces = endpoint_ != dialect::Endpoint::kEmbeddings;
        asked.spends = endpoint_ != dialect::Endpoint::kCountTokens;
        return asked;
    }

    // What may answer in place of model_, which has failed.
    std::vector<const Model*> stand_in_for(const dialect::Request& asked) const {
        std::vector<const Model*> others =
            fallback_chain(context_.generation->settings.fallback, *context_.generation->catalog,
                           *model_, asked.model, asked.provider);
        std::erase_if(others, [this](const Model* other) {
            return !served_by(*other) ||
                   context_.check_access(*other->provider, other->id).has_value();
        });
        return others;
    }

    // Makes of the client's request the one that goes to model_: in which dialect, with what body.
    Failure prepare_target() {
        adapter_.reset();
        operation_facts_ = facts_;
        withhold_usage_ = false;
        if (!model_->provider->can(facts_.kind)) adapt();
        return rewrite();
    }

    // From here on the upstream is asked for a chat completion.
    void adapt() {
        dialect::AnswerMark mark;
        mark.id = base::uuid4(context_.services.random);
        mark.created = std::chrono::duration_cast<std::chrono::seconds>(
                           context_.services.loop.clock().wall().time_since_epoch())
                           .count();
        mark.source = base::replace_invalid_utf8(model_->provider->name);
        adapter_ = dialect::adapter_over_chat(endpoint_, std::move(mark));
        operation_facts_ = facts(dialect::Endpoint::kChat);
    }

    // Makes the body the upstream's: its model name, no `provider`, usage asked for.
    Failure rewrite() {
        request_.set_model(model_->id);
        request_.remove_provider(body_.bytes.view());
        if (adapter_ != nullptr) {
            Failure failure = translate();
            if (failure.has_value()) return failure;
        } else if (dialect::is_messages(endpoint_)) {
            for (auto& edit : dialect::messages::without_marked_thinking(body_.bytes.view()))
                request_.edits.push_back(std::move(edit));
        }
        ask_for_usage();
        if (request_.edited()) dialect::apply(body_.bytes, std::move(request_.edits));
        return std::nullopt;
    }

    // Puts the chat request in place of the client's.
    Failure translate() {
        if (request_.edited()) dialect::apply(body_.bytes, std::move(request_.edits));
        auto translated = adapter_->request(body_.bytes.view());
        if (auto* error = std::get_if<dialect::ApiError>(&translated)) return std::move(*error);
        body_.bytes.clear();
        body_.bytes.append(std::get<std::string>(translated));
        auto read = context_.services.reader.read(dialect::Endpoint::kChat, body_.bytes.view());
        if (auto* error = std::get_if<dialect::ApiError>(&read)) return std::move(*error);
        request_ = std::move(std::get<dialect::Request>(read));
        return std::nullopt;
    }

    void ask_for_usage() {
        const config::Usage& usage = context_.generation->settings.usage;
        const bool counted_stream = operation_facts_.kind == GM_CAN_CHAT && request_.stream;
        usage_asked_ = counted_stream && request_.include_usage;
        if (counted_stream && usage.enabled && usage.enforce_returning_usage_data) {
            usage_asked_ = true;
            withhold_usage_ = !request_.include_usage;
            request_.ask_for_usage();
        }
    }

    net::Task<Failure> attempt() {
        Operation operation;
        operation.endpoint = endpoint_;
        operation.adapter = adapter_.get();
        operation.kind = operation_facts_.kind;
        operation.action = operation_facts_.action;
        operation.path = operation_facts_.path;
        operation.stream = request_.stream;
        operation.usage_asked = usage_asked_;
        operation.withhold_usage = withhold_usage_;
        operation.body = &body_.bytes;
        operation.original = &original_;
        operation.model = model_;
        operation.provider = model_->provider;
        trial_ = nullptr;
        if (!context_.record.fallback) try_new_build(operation);
        Failure failure = co_await call_provider(&context_, &operation);
        if (trial_ != nullptr) note_trial(failure.has_value());
        co_return failure;
    }

    // Has a new build serve the request in place of the running one, if it is its turn.
    void try_new_build(Operation& operation) {
        const Canary* const canary = context_.generation->canary.get();
        if (canary == nullptr) return;
        const Provider* const tried = canary->instead_of(*operation.provider);
        if (tried == nullptr || !tried->can(operation_facts_.kind)) return;
        trial_ = canary->trial.get();
        if (!trial_->take()) return;
        build_ = plugin::Build::kCanary;
        operation.provider = tried;
    }

    void note_trial(bool failed) {
        const EndCause cause = context_.record.cause;
        if (cause == EndCause::kClientGone) return;  // that is no build's fault
        trial_->finished(build_, failed || cause != EndCause::kCompleted,
                         context_.plugin_times.total());
    }

    RequestContext& context_;
    const dialect::Endpoint endpoint_;
    const EndpointFacts facts_;
    EndpointFacts operation_facts_;              // of what the upstream is asked for
    std::unique_ptr<dialect::Adapter> adapter_;  // if that is another
    net::RequestBody body_;
    net::Buffer original_;  // what the client sent, while another model may have to serve it
    dialect::Request request_;
    const Model* model_ = nullptr;
    recall::RecallStage recall_{context_};
    bool usage_asked_ = false;
    bool withhold_usage_ = false;
    CanaryTrial* trial_ = nullptr;  // that the request is part of
    plugin::Build build_ = plugin::Build::kCurrent;
};

}  // namespace

net::Task<void> serve_inference(RequestContext* context, dialect::Endpoint endpoint) {
    Inference inference(*context, endpoint);
    co_await inference.run();
}

}  // namespace gomodel::gateway
