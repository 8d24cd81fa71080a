#include "dialect/passthrough_usage.hpp"

#include "base/text.hpp"
#include "dialect/usage_json.hpp"

namespace gomodel::dialect {
namespace {

using Value = simdjson::ondemand::value;

// Keeps the scanners' depth right in an array: its elements are watched one level down.
constexpr std::string_view kArrayPrefix = "{\"\":";

// A count that is null is none.
void set(std::optional<std::int64_t>& count, Value value) {
    bool null = false;
    if (value.is_null().get(null) == simdjson::SUCCESS && null) return;
    count = token_count(value);
}

}  // namespace

void UsageCounts::take(std::string_view json) {
    UsageCounts read = *this;
    const auto detail = [](Value value, std::string_view name, Count& count) {
        simdjson::ondemand::object details;
        if (value.get_object().get(details) != simdjson::SUCCESS) return true;  // null
        return JsonText::each_member(details, [&](std::string_view key, Value member) {
            if (key == name) set(count, member);
            return true;
        });
    };
    JsonText text(json);
    const bool whole = text.members([&](std::string_view key, Value value) {
        if (key == "prompt_tokens" || key == "promptTokenCount") {
            set(read.prompt_, value);
        } else if (key == "input_tokens") {
            set(read.input_, value);
        } else if (key == "completion_tokens" || key == "output_tokens" ||
                   key == "candidatesTokenCount") {
            set(read.completion_, value);
        } else if (key == "total_tokens" || key == "totalTokenCount") {
            set(read.total_, value);
        } else if (key == "cache_read_input_tokens") {
            set(read.cache_read_, value);
        } else if (key == "cache_creation_input_tokens") {
            set(read.cache_write_, value);
        } else if (key == "cachedContentTokenCount") {
            set(read.cached_, value);
        } else if (key == "thoughtsTokenCount") {
            set(read.thoughts_, value);
        } else if (key == "toolUsePromptTokenCount") {
            set(read.tool_prompt_, value);
        } else if (key == "input_tokens_details") {
            read.input_is_all_ = true;
            return detail(value, "cached_tokens", read.cached_);
        } else if (key == "prompt_tokens_details") {
            return detail(value, "cached_tokens", read.cached_);
        } else if (key == "completion_tokens_details" || key == "output_tokens_details") {
            return detail(value, "reasoning_tokens", read.reasoning_);
        }
        return true;
    });
    if (!whole) return;
    *this = std::move(read);
    if (json.size() >= raw_.size()) raw_ = json;
}

TokenUsage UsageCounts::usage() const {
    TokenUsage usage;
    usage.present = prompt_ || input_ || completion_ || total_;
    if (!usage.present) return usage;
    if (prompt_) {
        usage.prompt = *prompt_ + tool_prompt_.value_or(0);
        usage.cached = cached_.value_or(cache_read_.value_or(0));
    } else if (input_is_all_) {
        usage.prompt = input_.value_or(0);
        usage.cached = cached_.value_or(0);
    } else {
        usage.prompt = input_.value_or(0) + cache_read_.value_or(0) + cache_write_.value_or(0);
        usage.cached = cache_read_.value_or(0);
    }
    usage.raw = raw_;
    usage.completion = completion_.value_or(0) + thoughts_.value_or(0);
    usage.reasoning = thoughts_.value_or(reasoning_.value_or(0));
    usage.total = total_.value_or(0);
    if (usage.total == 0) usage.total = usage.prompt + usage.completion;
    return usage;
}

PassthroughUsage::Scanners::Scanners(bool in_array)
    : usage({"usage", "usageMetadata", "responseId"}, in_array ? 3 : 1),
      nested({"usage", "model", "id"}, 2),
      model({"model", "modelVersion", "id"}, in_array ? 3 : 1),
      array(in_array) {
    if (in_array) feed(kArrayPrefix);
}

void PassthroughUsage::Scanners::feed(std::string_view bytes) {
    usage.feed(bytes);
    model.feed(bytes);
    if (!array) nested.feed(bytes);
}

PassthroughUsage::PassthroughUsage(std::string_view content_type)
    : form_([type = base::lower(base::trim(content_type.substr(0, content_type.find(';'))))] {
          if (type == "text/event-stream") return Form::kEvents;
          const bool json = type == "application/json" || type.ends_with("+json");
          return json ? Form::kJson : Form::kOther;
      }()) {}

void PassthroughUsage::feed(std::string_view bytes) {
    if (form_ == Form::kJson) feed_document(bytes);
    if (form_ == Form::kEvents) feed_events(bytes);
}

void PassthroughUsage::feed_document(std::string_view bytes) {
    if (!scanners_.has_value()) {
        const std::size_t start = bytes.find_first_not_of(" \t\r\n");
        if (start == std::string_view::npos) return;
        scanners_.emplace(bytes[start] == '[');
    }
    scanners_->feed(bytes);
}

void PassthroughUsage::feed_events(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = in_field_ ? bytes.find_first_of(":\n") : bytes.find('\n');
        const std::string_view text = bytes.substr(0, end);
        if (in_field_) {
            field_.append(text.substr(0, kMaxField - field_.size()));
        } else if (field_ == "data") {
            if (!scanners_.has_value()) scanners_.emplace(false);
            scanners_->feed(text);
        }
        if (end == std::string_view::npos) return;
        const bool line_ended = bytes[end] == '\n';
        if (line_ended && in_field_ && (field_.empty() || field_ == "\r")) end_event();
        if (line_ended) field_.clear();
        in_field_ = line_ended;
        bytes.remove_prefix(end + 1);
    }
}

void PassthroughUsage::end_event() {
    if (!scanners_.has_value()) return;
    if (scanners_->usage.whole_object()) {
        ++events_;
        harvest(true);
    }
    scanners_.reset();
}

void PassthroughUsage::finish() {
    if (form_ == Form::kEvents) {
        end_event();
    } else if (scanners_.has_value()) {
        harvest(false);
        scanners_.reset();
    }
}

void PassthroughUsage::harvest(bool nested) {
    const Scanners& found = *scanners_;
    const auto take = [this](std::string_view usage) {
        if (!usage.empty()) counts_.take(usage);
    };
    if (nested) take(found.nested.value(0));
    take(found.usage.value(0));
    take(found.usage.value(1));
    for (const std::string_view id : {nested ? found.nested.value(2) : std::string_view(),
                                      found.model.value(2), found.usage.value(2)}) {
        if (const auto text = text_between_quotes(id); !text.empty()) id_ = text;
    }
    for (const std::string_view name : {nested ? found.nested.value(1) : std::string_view(),
                                        found.model.value(0), found.model.value(1)}) {
        if (const auto text = text_between_quotes(name); !text.empty()) model_ = text;
    }
}

}  // namespace gomodel::dialect
