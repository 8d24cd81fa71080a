#include "config/provider_entries.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/json.hpp"
#include "config/model_entries.hpp"
#include "config/overlay.hpp"

namespace gomodel::config {
namespace {

constexpr std::string_view kProviders = "providers";
// Texts whatever they look like: a key may be all digits.
constexpr std::string_view kTextOptions[] = {"api_key", "base_url", "api_version"};

class ProviderReader {
public:
    ProviderReader(const Document& document, const Resilience& resilience, Origins& origins,
                   Problems& problems)
        : document_(document), resilience_(resilience), origins_(origins), problems_(problems) {}

    ProviderInstance read(const Entry& entry) {
        const std::string path = join_path(kProviders, entry.key);
        ProviderInstance provider;
        provider.name = entry.key;
        provider.where = document_.where(entry.line);
        provider.options = new Poco::JSON::Object;
        provider.resilience = resilience_;
        if (entry.key.find('/') != std::string::npos) {
            problems_.warn(provider.where, path,
                           "a provider whose name has a slash cannot be named in a request");
        }
        if (!entry.value.is_mapping() && !entry.value.is_null()) {
            problems_.error(provider.where, path, "expected a mapping with type, api_key, ...");
        }
        for (const Entry& member : entry.value.entries) {
            read_member(provider, member, join_path(path, member.key));
        }
        return provider;
    }

private:
    void read_member(ProviderInstance& provider, const Entry& member, const std::string& path) {
        if (member.value.is_null()) return;
        if (member.key == "type") {
            if (is_text(member, path)) provider.type = member.value.text;
        } else if (member.key == "models") {
            provider.models = read_models(document_, member.value, path, problems_);
        } else if (member.key == "resilience") {
            read_resilience(provider, member, path);
        } else if (std::find(std::begin(kTextOptions), std::end(kTextOptions), member.key) ==
                   std::end(kTextOptions)) {
            provider.options->set(member.key, to_json(member.value));
        } else if (is_text(member, path)) {
            provider.options->set(member.key, member.value.text);
        }
    }

    bool is_text(const Entry& member, const std::string& path) {
        if (member.value.is_scalar()) return true;
        problems_.error(document_.where(member.line), path, "expected a text");
        return false;
    }

    void read_resilience(ProviderInstance& provider, const Entry& member, const std::string& path) {
        if (!member.value.is_mapping()) {
            problems_.error(document_.where(member.line), path, "expected a mapping");
            return;
        }
        Settings scratch;
        scratch.resilience = resilience_;
        Overlay overlay(document_, scratch, origins_, problems_);
        overlay.apply_section(member.value, "resilience", path);
        provider.resilience = scratch.resilience;
    }

    const Document& document_;
    const Resilience& resilience_;
    Origins& origins_;
    Problems& problems_;
};

}  // namespace

std::vector<ProviderInstance> read_providers(const Document& document, const Resilience& resilience,
                                             Origins& origins, Problems& problems) {
    std::vector<ProviderInstance> providers;
    const Node* const map = document.find(kProviders);
    if (map == nullptr || map->is_null()) return providers;
    if (!map->is_mapping()) {
        problems.error(document.where(kProviders), std::string(kProviders),
                       "expected a mapping of name to provider");
        return providers;
    }
    ProviderReader reader(document, resilience, origins, problems);
    for (const Entry& entry : map->entries) {
        if (base::trim(entry.key).empty()) {
            problems.error(document.where(entry.line), std::string(kProviders),
                           "a provider's name is empty");
        } else {
            providers.push_back(reader.read(entry));
        }
    }
    return providers;
}

}  // namespace gomodel::config
