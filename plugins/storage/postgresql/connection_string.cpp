#include "connection_string.hpp"

#include <libpq-fe.h>
#include <gomodel/error.hpp>

#include <map>
#include <memory>

namespace storage_postgresql {
namespace {

using Settings = std::map<std::string, std::string>;
using Parsed = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

void take(const Parsed& parsed, Settings& settings) {
    for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr && *option->val != '\0') {
            settings[option->keyword] = option->val;
        }
    }
}

// As a value of libpq's "name=value" form.
std::string escaped(const std::string& name, const std::string& value) {
    std::string text;
    for (const char c : value) {
        // Poco takes the form apart at spaces, whatever is around them.
        if (c == ' ' || c == '\t' || c == '\n') {
            throw gomodel::Error(
                GM_INVALID, "url: its " + name + " contains white space, which cannot be sent");
        }
        if (c == '\\' || c == '\'') text += '\\';
        text += c;
    }
    return text;
}

}  // namespace

Target parse_url(const std::string& url) {
    char* reason = nullptr;
    const Parsed parsed(PQconninfoParse(url.c_str(), &reason), &PQconninfoFree);
    PQfreemem(reason);  // it may quote the URL
    if (parsed == nullptr) {
        throw gomodel::Error(GM_INVALID,
                             "url: not of the form postgres://user:password@host:port/database");
    }
    Settings settings = {{"connect_timeout", "10"},
                         {"tcp_user_timeout", "15000"},
                         {"keepalives_idle", "30"},
                         {"application_name", "gomodel"},
                         {"port", "5432"}};
    // The defaults of the environment and the machine, where they say who and where.
    Settings defaults;
    take(Parsed(PQconndefaults(), &PQconninfoFree), defaults);
    for (const char* name : {"host", "port", "user", "dbname", "password", "sslmode"}) {
        if (defaults.count(name) != 0) settings[name] = defaults[name];
    }
    take(parsed, settings);
    if (settings["dbname"].empty()) settings["dbname"] = settings["user"];
    Target target;
    for (const auto& [name, value] : settings) {
        if (value.empty()) continue;
        target.options += (target.options.empty() ? "" : " ") + name + "=" + escaped(name, value);
    }
    const std::string host = settings.count("host") != 0 ? settings["host"] : "local socket";
    target.name = settings["dbname"] + " on " + host + ":" + settings["port"];
    target.password = settings["password"];
    return target;
}

std::string redacted(std::string text, const std::string& password) {
    if (password.empty()) return text;
    for (std::size_t at = text.find(password); at != std::string::npos;
         at = text.find(password, at + 3))
        text.replace(at, password.size(), "***");
    return text;
}

}  // namespace storage_postgresql
