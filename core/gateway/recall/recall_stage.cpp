#include "gateway/recall/recall_stage.hpp"

#include "base/text.hpp"
#include "gateway/client_answer.hpp"
#include "gateway/recall/cache_headers.hpp"
#include "gateway/recall/cache_key.hpp"
#include "gateway/recall/recall.hpp"

namespace gomodel::gateway::recall {
namespace {

constexpr std::size_t kLongBody = 32 * 1024;  // whose key is no work for a loop
constexpr std::string_view kExact = "exact";

// Features of Anthropic's API that the client asks for change what it is answered.
std::string variant_of(dialect::Endpoint endpoint, const net::HeaderFields& fields) {
    std::string variant;
    if (!dialect::is_messages(endpoint)) return variant;
    for (const net::HeaderField& field : fields) {
        if (base::iequals(field.name, "anthropic-beta")) variant.append(field.value) += ',';
    }
    return variant;
}

}  // namespace

// Counting and embeddings are always asked for.
bool RecallStage::concerns(const Asking& asking) const {
    const bool kept_kind = asking.endpoint == dialect::Endpoint::kChat ||
                           asking.endpoint == dialect::Endpoint::kResponses ||
                           asking.endpoint == dialect::Endpoint::kMessages;
    return kept_kind && context_.generation->answers != nullptr &&
           context_.generation->recall != nullptr && takes_exact(context_.client.fields());
}

net::Task<bool> RecallStage::answer(Asking asking) {
    if (!concerns(asking)) co_return false;
    endpoint_ = asking.endpoint;
    stream_ = asking.stream;
    Recall& recall = *context_.generation->recall;
    const AnswerStore::Rules& rules = context_.generation->answers->rules();
    Question question;
    question.path = asking.path;
    question.provider_type = asking.model->provider->type;
    question.selector = asking.model->selector;
    const std::string variant = variant_of(asking.endpoint, context_.client.fields());
    question.variant = variant;
    question.body = asking.body;
    question.stream = asking.stream;
    std::optional<std::string> key;
    if (asking.body.size() > kLongBody) {
        net::OnWorker on_worker(recall.key_makers(), context_.services.loop,
                                [&] { key = cache_key(rules.prefix, question); });
        co_await on_worker;
    } else {
        key = cache_key(rules.prefix, question);
    }
    if (!key.has_value()) co_return false;
    const std::optional<SavedAnswer> found = co_await recall.look_up(&context_, *key);
    const bool usable = found.has_value() && found->stream == asking.stream;
    if (usable) {
        co_await reply(&*found);
        co_return true;
    }
    key_ = std::move(*key);
    context_.capture.want(rules.max_entry);
    co_return false;
}

net::Task<void> RecallStage::reply(const SavedAnswer* answer) {
    RequestRecord& record = context_.record;
    record.cache_type = kExact;
    record.usage = answer->summary.usage;
    record.answer_id = answer->summary.id;
    record.answer_model = answer->summary.model;
    if (answer->stream) record.first_output = context_.elapsed();
    co_await answer_recalled(&context_, answer->body, answer->stream, kExact);
}

void RecallStage::keep() {
    const RequestRecord& record = context_.record;
    if (key_.empty() || record.fallback || record.usage_estimated ||
        record.cause != EndCause::kCompleted || !context_.capture.whole() ||
        context_.capture.stream() != stream_)
        return;
    SavedAnswer answer;
    answer.stream = context_.capture.stream();
    answer.body = context_.capture.take();
    answer.summary.usage = record.usage;
    answer.summary.id = record.answer_id;
    answer.summary.model = record.answer_model;
    context_.generation->recall->keep(context_.generation, std::move(key_), endpoint_,
                                      std::move(answer));
}

}  // namespace gomodel::gateway::recall
