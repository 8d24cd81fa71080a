// Where Azure OpenAI keeps what the OpenAI API has in one place. Pure; any thread.
// https://learn.microsoft.com/azure/ai-foundry/openai/reference
//
//   base URL                            a request goes to
//   <resource>/openai/deployments/<d>   the deployment: chat, embeddings, passthrough
//   <resource> or <resource>/openai     <resource>/openai/deployments/<model>: chat, embeddings
//   <resource>/openai/v1                below it, like OpenAI's: everything
//   anything else                       below it: everything but models and batches
//
// Models, batches, files and responses belong to the resource, not to a deployment of it:
// <resource>/openai/... .
#pragma once

#include <gomodel/op.hpp>

#include <string>
#include <string_view>

namespace azure {

class Urls {
public:
    // `api_version` goes into every URL; a date does not into those of the versionless API.
    Urls(std::string_view base_url, std::string_view api_version);

    // The URL of an operation at `path`, which is below the OpenAI API's root and begins with a
    // slash ("/chat/completions"), with `query` behind it. An api-version in the query is replaced.
    // Throws Error(GM_INVALID) when a deployment is to be named and the operation names no model.
    std::string url(const gomodel::Op& op, std::string_view path, std::string_view query) const;

private:
    enum class Form { kDeployment, kResource, kVersionless, kOther };

    std::string place(const gomodel::Op& op, std::string_view path) const;

    std::string base_;      // no query, no slash at its end
    std::string resource_;  // the part before /openai
    Form form_;
    std::string api_version_;  // empty: not sent
};

}  // namespace azure
