// The exchange that lists Google's models: page by page, then one OpenAI list.
#pragma once

#include <gomodel/provider.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace gemini {

class ModelListing final : public gomodel::Exchange {
public:
    // `models_url` and `api_key` must outlive this.
    ModelListing(std::string_view models_url, std::string_view api_key)
        : models_url_(models_url), api_key_(api_key) {}

    gomodel::Step next(gomodel::Call call, gomodel::HttpOut request) override;
    gomodel::Framing head(gomodel::Call call, const gomodel::ResponseHead& head) override;
    void feed(gomodel::Call call, std::string_view event, std::string_view data,
              gomodel::Sink out) override;
    void end(gomodel::Call call, gomodel::Sink out) override;

private:
    const std::string_view models_url_;
    const std::string_view api_key_;
    std::string answer_;      // the page being read
    std::string entries_;     // of the pages before it
    std::string next_token_;  // empty: the first page or none
    std::int64_t created_ = 0;
    int pages_ = 0;
    bool done_ = false;
};

}  // namespace gemini
