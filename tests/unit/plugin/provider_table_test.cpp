// docs/providers.md says of each provider what its plugin says of itself.
#include <gomodel/abi.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "config/providers.hpp"
#include "plugin/module.hpp"
#include "plugin/schema.hpp"

namespace gomodel::plugin {
namespace {

constexpr std::string_view kPrefix = "provider.";

std::string variables(const std::string& type, const SchemaFacts& schema) {
    const std::string prefix = config::variable_prefix(type) + "_";
    std::string cell;
    const auto add = [&cell](const std::string& name, const char* note = "") {
        cell += (cell.empty() ? "`" : ", `") + name + "`" + note;
    };
    const SchemaFacts::Property* const key = schema.find("api_key");
    if (key != nullptr) add(prefix + "API_KEY", key->required ? "" : " (optional)");
    if (schema.find("base_url") != nullptr) add(prefix + "BASE_URL");
    if (schema.find("api_version") != nullptr) add(prefix + "API_VERSION");
    add(prefix + "MODELS");
    for (const SchemaFacts::Property& property : schema.properties) {
        if (!property.variable.empty()) add(property.variable);
    }
    return cell;
}

std::string base_url(const SchemaFacts& schema) {
    const SchemaFacts::Property* const url = schema.find("base_url");
    if (url == nullptr) return "none";
    if (url->required) return "required";
    return "`" + url->default_value.substr(1, url->default_value.size() - 2) + "`";
}

// A row without its last cell, which is prose.
std::string row_of(const gm_plugin_t& plugin) {
    const std::string type = std::string(plugin.id).substr(kPrefix.size());
    const auto schema = read_schema(plugin.config_schema);
    EXPECT_TRUE(schema.ok()) << plugin.id;
    if (!schema.ok()) return {};
    std::string row = "| `" + type + "` | " + variables(type, *schema) + " | " + base_url(*schema);
    for (const std::uint64_t bit :
         {GM_CAN_CHAT, GM_CAN_RESPONSES, GM_CAN_EMBED, GM_CAN_PASSTHROUGH}) {
        // The gateway's own work, of what the plugin can.
        const bool adapted = bit == GM_CAN_RESPONSES && (plugin.flags & GM_CAN_CHAT) != 0;
        row += (plugin.flags & bit) != 0 ? " | yes" : adapted ? " | over chat" : " | no";
    }
    return row + " | ";
}

// The rows of the first table by type.
std::map<std::string, std::string> documented() {
    std::ifstream file(GOMODEL_SOURCE_DIR "/docs/providers.md");
    std::map<std::string, std::string> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("| `")) rows.try_emplace(line.substr(3, line.find('`', 3) - 3), line);
    }
    return rows;
}

TEST(ProviderTable, SaysWhatThePluginsSay) {
    const auto rows = documented();
    int plugins = 0;
    for (const auto& file : scan({TEST_PLUGINS}, nullptr)) {
        const auto module = Module::load(file, {});
        ASSERT_TRUE(module.ok()) << module.error().message;
        const gm_module_t& descriptor = (*module)->descriptor();
        for (std::uint32_t i = 0; i < descriptor.plugin_count; ++i) {
            const gm_plugin_t& plugin = *descriptor.plugins[i];
            const std::string_view id = plugin.id;
            if (!id.starts_with(kPrefix)) continue;
            ++plugins;
            const auto row = rows.find(std::string(id.substr(kPrefix.size())));
            const std::string written = row == rows.end() ? "" : row->second;
            EXPECT_TRUE(written.starts_with(row_of(plugin)))
                << "plugin: " << row_of(plugin) << "\ndocument: " << written;
        }
    }
    EXPECT_GE(plugins, 13);
}

}  // namespace
}  // namespace gomodel::plugin
