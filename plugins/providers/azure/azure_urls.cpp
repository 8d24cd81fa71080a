#include "azure_urls.hpp"

#include <gomodel/error.hpp>

#include <algorithm>

#include "openai_compat/endpoint.hpp"
#include "openai_compat/provider.hpp"

namespace azure {
namespace {

constexpr std::string_view kOpenAi = "/openai";

// True iff there is nothing behind the host.
bool is_host(std::string_view url) {
    return url.find('/', url.find("://") + 3) == std::string_view::npos;
}

// The parameters but api-version, then the version if there is one.
std::string with_version(std::string_view query, const std::string& version) {
    std::string kept;
    const auto add = [&kept](std::string_view name, std::string_view rest) {
        kept.append(kept.empty() ? "?" : "&").append(name).append(rest);
    };
    while (!query.empty()) {
        const std::string_view parameter = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(parameter.size() + 1, query.size()));
        const bool is_version = parameter.substr(0, parameter.find('=')) == "api-version";
        if (!parameter.empty() && !(is_version && !version.empty())) add(parameter, {});
    }
    if (!version.empty()) add("api-version=", version);
    return kept;
}

}  // namespace

Urls::Urls(std::string_view base_url, std::string_view api_version)
    : base_(openai_compat::without_slash(
          std::string(base_url.substr(0, base_url.find_first_of("?#"))))),
      resource_(base_),
      form_(Form::kOther),
      api_version_(api_version) {
    const std::size_t deployments = base_.find("/deployments/");
    if (deployments != std::string::npos) {
        form_ = Form::kDeployment;
        resource_.resize(deployments);
        if (resource_.ends_with(kOpenAi)) resource_.resize(resource_.size() - kOpenAi.size());
    } else if (base_.ends_with("/openai/v1")) {
        form_ = Form::kVersionless;
        const bool is_date =
            !api_version_.empty() && api_version_[0] >= '0' && api_version_[0] <= '9';
        if (is_date) api_version_.clear();
    } else if (is_host(base_) || base_.ends_with(kOpenAi)) {
        form_ = Form::kResource;
        if (base_.ends_with(kOpenAi)) resource_.resize(resource_.size() - kOpenAi.size());
    }
}

std::string Urls::url(const gomodel::Op& op, std::string_view path, std::string_view query) const {
    return place(op, path).append(path).append(with_version(query, api_version_));
}

std::string Urls::place(const gomodel::Op& op, std::string_view path) const {
    if (form_ == Form::kVersionless) return base_;
    const std::string resource = resource_ + std::string(kOpenAi);
    switch (op.kind()) {
        case GM_CAN_LIST_MODELS:
        case GM_CAN_BATCHES:
            return resource;
        case GM_CAN_FILES:
        case GM_CAN_RESPONSES:
            return form_ == Form::kOther ? base_ : resource;
        case GM_CAN_PASSTHROUGH:
            if (form_ != Form::kResource) return base_;
            return path.starts_with("/openai/") ? resource_ : resource;
        default:
            break;
    }
    if (form_ != Form::kResource) return base_;
    if (op.model().empty()) throw gomodel::Error(GM_INVALID, "the model names no deployment");
    std::string deployment = resource + "/deployments/";
    openai_compat::append_segment(deployment, op.model());
    return deployment;
}

}  // namespace azure
