#include "config/rules.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/names.hpp"
#include "config/url_path.hpp"

namespace gomodel::config {
namespace {

void apply_server_rules(Server& server, Report& report) {
    server.base_path = clean_url_path(server.base_path);

    std::string& address = server.address;
    address = base::trim(address);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    }
    const bool plausible = std::all_of(address.begin(), address.end(), [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view(".:-_%").find(c) != std::string::npos;
    });
    if (!plausible) report.error("server.address", "expected an IPv4 or IPv6 address or a host");

    const Tls& tls = server.tls;
    if (tls.cert_file.empty() && !tls.key_file.empty()) {
        report.error("server.tls.cert_file", "is required when server.tls.key_file is set");
    } else if (!tls.cert_file.empty() && tls.key_file.empty()) {
        report.error("server.tls.key_file", "is required when server.tls.cert_file is set");
    }
}

void apply_metrics_rules(Metrics& metrics, Report& report) {
    const std::string usual = Metrics().endpoint;
    if (base::trim(metrics.endpoint).empty()) metrics.endpoint = usual;
    metrics.endpoint = clean_url_path(metrics.endpoint);
    const std::string& path = metrics.endpoint;
    if (path == "/" || is_under(path, "/v1") || is_under(path, "/p")) {
        report.warn("metrics.endpoint", "is the path of other routes; " + usual + " is used");
        metrics.endpoint = usual;
    }
}

void apply_dependency_rules(Settings& settings, Report& report) {
    if (settings.admin.ui_enabled && !settings.admin.endpoints_enabled) {
        report.warn("admin.ui_enabled", "the dashboard is off because admin.endpoints_enabled is");
        settings.admin.ui_enabled = false;
    }
    if (settings.budgets.enabled && !settings.usage.enabled) {
        report.warn("budgets.enabled",
                    "budget management disabled because usage tracking is disabled");
        settings.budgets.enabled = false;
    }
    if (settings.workflows.refresh_interval <= base::Duration::zero()) {
        settings.workflows = {};
    }
}

void apply_proxy_rules(Proxy& proxy, Report& report) {
    const auto parse = [&](const std::string& url, std::string_view path) {
        std::optional<ProxyServer> server;
        if (base::trim(url).empty()) return server;
        server = parse_proxy(url);
        if (!server) report.error(path, "expected a URL such as http://proxy:3128");
        return server;
    };
    proxy.http = parse(proxy.http_url, "proxy.http");
    proxy.https = parse(proxy.https_url, "proxy.https");
}

}  // namespace

void apply_rules(Settings& settings, const Blocks& blocks, const Environment& environment,
                 Report& report) {
    apply_server_rules(settings.server, report);
    apply_metrics_rules(settings.metrics, report);
    apply_dependency_rules(settings, report);
    apply_proxy_rules(settings.proxy, report);
    apply_plugin_rules(settings.plugins, report);
    apply_cache_rules(settings.cache, blocks, environment, report);
    apply_vector_store_rules(settings, report);
    apply_storage_rules(settings, report);
}

}  // namespace gomodel::config
