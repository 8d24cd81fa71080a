#include "config/providers.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.hpp"
#include "config/json.hpp"
#include "config/model_entries.hpp"
#include "config/provider_variables.hpp"

namespace gomodel::config {
namespace {

class Discovery {
public:
    Discovery(const Settings& settings, const Environment& environment,
              const std::vector<ProviderType>& types)
        : settings_(settings), environment_(environment), types_(types) {}

    Discovered run() {
        for (const ProviderInstance& entry : settings_.providers) {
            instances_[entry.name] = entry;
            // Shared with the settings, which stay as they were read.
            instances_[entry.name].options = new Poco::JSON::Object(*entry.options);
        }
        for (const VariableGroup& group : scan_variables(environment_, types_)) {
            apply(group);
        }
        Discovered result;
        for (auto& [name, instance] : instances_) {
            const ProviderType* const type = find_type(instance.type);
            const auto fault = type == nullptr ? unknown_type(instance) : check(instance, *type);
            if (fault) {
                drop(instance, *fault);
                continue;
            }
            finish(instance, *type);
            result.instances.push_back(std::move(instance));
        }
        result.problems = std::move(problems_);
        return result;
    }

private:
    const ProviderType* find_type(std::string_view name) const {
        for (const ProviderType& type : types_) {
            if (type.type == name) return &type;
        }
        return nullptr;
    }

    ProviderInstance* find(const std::string& name) {
        const auto found = instances_.find(name);
        return found == instances_.end() ? nullptr : &found->second;
    }

    void apply(const VariableGroup& group) {
        const std::string name = group.instance_name();
        ProviderInstance* const named = find(name);
        if (named != nullptr && named->type == group.type->type) return overlay(*named, group);
        if (group.suffix.empty()) {
            const std::vector<ProviderInstance*> same = entries_of(group.type->type);
            if (same.size() == 1) return overlay(*same.front(), group);
            if (same.size() > 1) return ignore_ambiguous(group, same);
        }
        if (named != nullptr) {
            warn(group, "is ignored: the provider " + name + " at " + named->where +
                            " is not of type " + group.type->type);
            return;
        }
        create(name, group);
    }

    // The entries of the file of one type.
    std::vector<ProviderInstance*> entries_of(const std::string& type) {
        std::vector<ProviderInstance*> entries;
        for (const ProviderInstance& entry : settings_.providers) {
            if (entry.type == type) entries.push_back(find(entry.name));
        }
        return entries;
    }

    // Silent when the file uses the variables by itself, as ${OPENAI_API_KEY}.
    void ignore_ambiguous(const VariableGroup& group, const std::vector<ProviderInstance*>& same) {
        for (const auto& [option, variable] : group.options) {
            for (const ProviderInstance* const entry : same) {
                if (entry->option(option) == variable.value) return;
            }
        }
        warn(group, "is ignored: config.yaml has several providers of type " + group.type->type +
                        " and none of that name");
    }

    void create(const std::string& name, const VariableGroup& group) {
        if (group.type->base_url_required && group.find("base_url") == nullptr) {
            warn(group, "makes no provider without " + group.variable_name("base_url"));
            return;
        }
        ProviderInstance& instance = instances_[name];
        instance.name = name;
        instance.type = group.type->type;
        instance.options = new Poco::JSON::Object;
        instance.resilience = settings_.resilience;
        const NamedVariable& first = group.options.begin()->second;
        instance.where = to_string(Origin{first.where, first.name});
        overlay(instance, group);
    }

    void overlay(ProviderInstance& instance, const VariableGroup& group) {
        for (const auto& [option, variable] : group.options) {
            const Origin origin{variable.where, variable.name};
            instance.origins[option] = origin;
            if (option == "models") {
                instance.models = read_models(variable.value, to_string(origin));
            } else {
                instance.options->set(option, variable.value);
            }
        }
        // With a key of its own the type's usual place is meant, not a ${...} nobody resolved.
        if (group.find("api_key") != nullptr && has_placeholder(instance.option("base_url"))) {
            instance.options->remove("base_url");
        }
    }

    std::string unknown_type(const ProviderInstance& instance) const {
        std::vector<std::string_view> known;
        for (const ProviderType& type : types_) {
            known.push_back(type.type);
        }
        std::sort(known.begin(), known.end());
        std::string message = instance.type.empty()
                                  ? "it has no type; known types:"
                                  : "its type " + instance.type + " is unknown; known types:";
        for (const std::string_view type : known) {
            message.append(" ").append(type);
        }
        const std::string& guess = instance.type.empty() ? instance.name : instance.type;
        if (const auto near = base::nearest(guess, known)) {
            message += "; did you mean " + *near + '?';
        }
        return message;
    }

    // Why the instance cannot be used, if so.
    static std::optional<std::string> check(ProviderInstance& instance, const ProviderType& type) {
        const std::string base_url = instance.option("base_url");
        const std::string key = instance.option("api_key");
        if (has_placeholder(base_url)) return "its base_url holds a ${...} that is not resolved";
        if (type.base_url_required && base::trim(base_url).empty()) {
            return "its type needs a base_url" + hint(instance, type, "base_url");
        }
        if (type.key_optional) {
            if (has_placeholder(key)) instance.options->remove("api_key");
            return std::nullopt;
        }
        if (base::trim(key).empty()) return "it has no api_key" + hint(instance, type, "api_key");
        if (has_placeholder(key)) return "its api_key holds a ${...} that is not resolved";
        return std::nullopt;
    }

    // The variable that would set an option of an instance that the environment made.
    static std::string hint(const ProviderInstance& instance, const ProviderType& type,
                            std::string_view option) {
        VariableGroup group;
        group.type = &type;
        if (instance.name.starts_with(type.type + '-')) {
            group.suffix = base::upper(instance.name.substr(type.type.size() + 1));
            std::replace(group.suffix.begin(), group.suffix.end(), '-', '_');
        }
        return group.instance_name() == instance.name
                   ? "; " + group.variable_name(option) + " sets it"
                   : std::string();
    }

    void finish(ProviderInstance& instance, const ProviderType& type) {
        Poco::JSON::Object& options = *instance.options;
        for (const char* const option : {"api_key", "base_url", "api_version"}) {
            if (base::trim(instance.option(option)).empty()) options.remove(option);
        }
        std::string base_url(base::trim(instance.option("base_url")));
        if (base_url.empty()) base_url = type.default_base_url;
        while (base_url.ends_with('/'))
            base_url.pop_back();
        if (!base_url.empty()) options.set("base_url", base_url);
        for (const OptionVariable& wanted : type.variables) {
            const Variable* const variable = environment_.find(wanted.variable);
            if (variable == nullptr || base::trim(variable->value).empty()) continue;
            if (options.has(wanted.option)) continue;
            Node node;
            node.kind = Node::Kind::kScalar;
            node.plain = true;
            node.text = base::trim(variable->value);
            options.set(wanted.option, to_json(node));
            instance.origins[wanted.option] = {variable->where, wanted.variable};
        }
    }

    void drop(const ProviderInstance& instance, const std::string& reason) {
        problems_.warn(instance.where, join_path("providers", instance.name),
                       "the provider is not used: " + reason);
    }

    void warn(const VariableGroup& group, std::string message) {
        const NamedVariable& first = group.options.begin()->second;
        problems_.warn(first.where, first.name, std::move(message));
    }

    const Settings& settings_;
    const Environment& environment_;
    const std::vector<ProviderType>& types_;
    std::map<std::string, ProviderInstance> instances_;
    Problems problems_;
};

}  // namespace

Discovered discover(const Settings& settings, const Environment& environment,
                    const std::vector<ProviderType>& types) {
    return Discovery(settings, environment, types).run();
}

}  // namespace gomodel::config
