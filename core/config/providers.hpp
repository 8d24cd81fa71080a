// Decides which providers exist: the entries of config.yaml, what the environment adds to them, and
// the ones the environment makes by itself. Knows provider types only as data from the plugins.
// Called on the control thread after load(). Pure.
#pragma once

#include <string>
#include <vector>

#include "config/environment.hpp"
#include "config/problem.hpp"
#include "config/provider_instance.hpp"
#include "config/settings.hpp"

namespace gomodel::config {

// A variable that sets one option of every instance of a type, where the file does not.
struct OptionVariable {
    std::string variable;  // "OPENROUTER_SITE_URL"
    std::string option;    // "site_url"
};

struct ProviderType {
    std::string type;
    std::string default_base_url;
    bool base_url_required = false;
    bool key_optional = false;
    bool has_api_version = false;
    std::vector<OptionVariable> variables = {};
};

struct Discovered {
    std::vector<ProviderInstance> instances;  // by name, bytewise: the first one wins everywhere
    Problems problems;                        // warnings: each provider left out, and why
};

// The prefix of a type's variables: upper case, what is no letter or digit as one underscore.
std::string variable_prefix(std::string_view type);

// For each type in `types`, <PREFIX>_API_KEY, _BASE_URL, _API_VERSION and _MODELS, with or without
// a suffix that names the instance: OPENAI_EAST_API_KEY is of openai-east. In the result base_url
// has no trailing slash and is the type's default where none is set; blank credentials are absent.
Discovered discover(const Settings& settings, const Environment& environment,
                    const std::vector<ProviderType>& types);

}  // namespace gomodel::config
