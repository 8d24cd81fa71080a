#include "model_listing.hpp"

#include <gomodel/error.hpp>

#include <chrono>

#include "model_list.hpp"
#include "openai_compat/endpoint.hpp"
#include "openai_compat/provider.hpp"

namespace gemini {
namespace {

// A thousand models each. An upstream that never stops must not keep us.
constexpr int kMaxPages = 20;

std::int64_t now() {
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

}  // namespace

gomodel::Step ModelListing::next(gomodel::Call call, gomodel::HttpOut request) {
    if (done_) return gomodel::Step::kDone;
    std::string url(models_url_);
    if (!next_token_.empty()) {
        url += "&pageToken=";
        openai_compat::append_segment(url, next_token_);
    }
    request.target("GET", url);
    request.header("x-goog-api-key", api_key_);
    if (openai_compat::is_header_text(call.request_id())) {
        request.header("X-Request-Id", call.request_id());
    }
    return gomodel::Step::kSend;
}

gomodel::Framing ModelListing::head(gomodel::Call, const gomodel::ResponseHead& head) {
    if (!head.ok()) return gomodel::Framing::kError;
    answer_.clear();
    created_ = read_date(head.headers.find("date").value_or("")).value_or(now());
    return gomodel::Framing::kRaw;
}

void ModelListing::feed(gomodel::Call, std::string_view, std::string_view data, gomodel::Sink) {
    answer_.append(data);
}

void ModelListing::end(gomodel::Call, gomodel::Sink out) {
    const auto page = read_page(answer_, created_);
    if (!page) throw gomodel::Error(GM_UNAVAILABLE, "the upstream's answer is no model list");
    if (!entries_.empty() && !page->entries.empty()) entries_ += ',';
    entries_ += page->entries;
    next_token_ = page->next_token;
    done_ = next_token_.empty() || ++pages_ == kMaxPages;
    if (done_) out.write(GM_OUT_BODY, R"({"object":"list","data":[)" + entries_ + "]}");
}

}  // namespace gemini
