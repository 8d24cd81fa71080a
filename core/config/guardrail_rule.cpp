#include "config/guardrail_rule.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "config/json.hpp"
#include "config/problem.hpp"
#include "config/unknown.hpp"
#include "config/user_path.hpp"
#include "config/values.hpp"

namespace gomodel::config {
namespace {

constexpr std::string_view kRules = "guardrails.rules";

std::string normalise_type(std::string_view text) {
    std::string type = base::lower(base::trim(text));
    std::replace(type.begin(), type.end(), '-', '_');
    return type;
}

class RuleReader {
public:
    RuleReader(const Document& document, Severity severity, Problems& problems)
        : document_(document), severity_(severity), problems_(problems) {}

    std::vector<GuardrailRule> run() {
        std::vector<GuardrailRule> rules;
        const Node* const list = document_.find(kRules);
        if (list == nullptr || list->is_null()) return rules;
        if (!list->is_sequence()) {
            fault(*list, std::string(kRules), "expected a list");
            return rules;
        }
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const Node& item = list->items[i];
            const std::string path = join_path(kRules, i);
            sound_ = true;
            GuardrailRule rule = read(item, path);
            if (!sound_) continue;
            const auto [known, fresh] = index_.try_emplace(rule.name, rules.size());
            if (fresh) {
                rules.push_back(std::move(rule));
                continue;
            }
            GuardrailRule& earlier = rules[known->second];
            problems_.warn(rule.where, path + ".name",
                           "replaces the rule of the same name at " + earlier.where);
            earlier = std::move(rule);
        }
        return rules;
    }

private:
    void fault(const Node& node, std::string path, std::string message) {
        sound_ = false;
        problems_.add({severity_, document_.where(node.line), std::move(path), std::move(message)});
    }

    std::string text_of(const Node& rule, std::string_view member, const std::string& path) {
        const Entry* const entry = rule.find(member);
        if (entry == nullptr || entry->value.is_null()) return {};
        if (!entry->value.is_scalar()) {
            fault(entry->value, join_path(path, member), "expected a text");
            return {};
        }
        return std::string(base::trim(entry->value.text));
    }

    GuardrailRule read(const Node& node, const std::string& path) {
        GuardrailRule rule;
        if (!node.is_mapping()) {
            fault(node, path, "expected {name, type, ...}");
            return rule;
        }
        rule.where = document_.where(node.line);
        rule.name = text_of(node, "name", path);
        rule.type = normalise_type(text_of(node, "type", path));
        rule.description = text_of(node, "description", path);
        if (rule.name.empty()) fault(node, path + ".name", "is required");
        if (rule.name.find('/') != std::string::npos) {
            fault(node, path + ".name", "cannot contain a slash");
        }
        if (rule.type.empty()) fault(node, path + ".type", "is required");
        auto user_path = normalise_user_path(text_of(node, "user_path", path));
        if (user_path) {
            rule.user_path = std::move(*user_path);
        } else {
            fault(node, path + ".user_path", user_path.error().message);
        }
        rule.order = order_of(node, path);
        rule.path = path;
        rule.block = join_path(path, rule.type);
        rule.config = config_of(node, rule, path);
        return rule;
    }

    int order_of(const Node& node, const std::string& path) {
        const std::string text = text_of(node, "order", path);
        if (text.empty()) return 0;
        const auto order = parse_integer(text);
        constexpr std::int64_t kMost = 1'000'000;
        if (order && *order >= -kMost && *order <= kMost) return static_cast<int>(*order);
        fault(node, path + ".order", "expected a whole number from -1000000 to 1000000");
        return 0;
    }

    // The member named like the type, however it is spelt, is the plugin's.
    Poco::JSON::Object::Ptr config_of(const Node& node, GuardrailRule& rule,
                                      const std::string& path) {
        const std::string& type = rule.type;
        std::vector<std::string_view> known = {"name",      "type",  "description",
                                               "user_path", "order", type};
        const Entry* block = nullptr;
        for (const Entry& entry : node.entries) {
            if (normalise_type(entry.key) != type) continue;
            block = &entry;
            known.push_back(entry.key);
        }
        warn_unknown(document_, node, path, known, problems_);
        if (block == nullptr || block->value.is_null()) return new Poco::JSON::Object;
        rule.block = join_path(path, block->key);
        if (!block->value.is_mapping()) {
            fault(block->value, join_path(path, block->key), "expected a mapping");
            return new Poco::JSON::Object;
        }
        return to_json_object(block->value);
    }

    const Document& document_;
    const Severity severity_;
    Problems& problems_;
    bool sound_ = true;                         // the rule being read, so far
    std::map<std::string, std::size_t> index_;  // of each name among the rules
};

}  // namespace

std::vector<GuardrailRule> read_guardrail_rules(const Document& document, bool enabled,
                                                Problems& problems) {
    const Severity severity = enabled ? Severity::kError : Severity::kWarning;
    return RuleReader(document, severity, problems).run();
}

}  // namespace gomodel::config
