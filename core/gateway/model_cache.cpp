#include "gateway/model_cache.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/utf8.hpp"

namespace gomodel::gateway {
namespace {

constexpr mode_t kFileMode = 0644;

std::string rfc3339(base::WallTime time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

std::string text_of(json::Node node) {
    return base::replace_invalid_utf8(node.text());
}

ModelCache::Provider read_provider(json::Node entry) {
    ModelCache::Provider provider{text_of(entry["provider_type"]), {}};
    const std::string owner = text_of(entry["owned_by"]);
    for (const json::Node model : entry["models"]) {
        std::string id = text_of(model["id"]);
        if (id.empty()) continue;
        provider.inventory.models.push_back(
            {std::move(id), model["created"].integer().value_or(0), owner});
    }
    return provider;
}

base::Error cannot(const char* what, const std::filesystem::path& file) {
    return {base::Code::kUnavailable, std::string(what) + " " + file.string() + ": " +
                                          std::generic_category().message(errno)};
}

base::Status write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return base::Error{base::Code::kUnavailable, "write"};
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

std::string to_json(const ModelCache& cache, base::WallTime now) {
    json::Out out;
    out.begin_object().member("updated_at", rfc3339(now)).key("providers").begin_object();
    for (const auto& [name, provider] : cache.providers) {
        const auto& models = provider.inventory.models;
        const bool owned = !models.empty() && !models.front().owned_by.empty();
        const std::string quoted = json::quote(name);
        out.key(std::string_view(quoted).substr(1, quoted.size() - 2)).begin_object();
        out.member("provider_type", provider.type);
        out.member("owned_by", owned ? models.front().owned_by : provider.type);
        out.key("models").begin_array();
        for (const Inventory::Entry& model : models) {
            out.begin_object().member("id", model.id);
            out.number_member("created", model.created).end_object();
        }
        out.end_array().end_object();
    }
    out.end_object();
    if (!cache.model_list.empty()) out.raw_member("model_list_data", cache.model_list);
    out.end_object();
    return out.text();
}

base::Result<ModelCache> read_model_cache(std::string_view json) {
    const json::Tree tree(json);
    const json::Node providers = tree.root()["providers"];
    if (!tree.root().is_object() || (!providers.missing() && !providers.is_object())) {
        return base::Error{base::Code::kInvalid, "it holds no cached models"};
    }
    ModelCache cache;
    for (const json::Node member : providers) {
        if (!member.is_object()) continue;
        const std::string quoted = '"' + std::string(member.name()) + '"';
        cache.providers[json::unquote(quoted).value_or("")] = read_provider(member);
    }
    const json::Node list = tree.root()["model_list_data"];
    if (list.is_object()) cache.model_list = list.raw();
    return cache;
}

std::filesystem::path model_cache_file(const std::filesystem::path& folder) {
    return folder / "models.json";
}

base::Result<std::string> load_model_cache(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return base::Error{base::Code::kNotFound, file.string() + " does not exist"};
    }
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) {
        return base::Error{base::Code::kUnavailable, "cannot read " + file.string()};
    }
    return std::move(text).str();
}

base::Status save_model_cache(const std::filesystem::path& file, std::string_view json) {
    std::error_code error;
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), error);
    std::filesystem::path temporary = file;
    temporary += ".tmp";
    const int descriptor =
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
    if (descriptor < 0) return cannot("cannot create", temporary);
    const bool written = write_all(descriptor, json).ok() && ::fsync(descriptor) == 0;
    const int reason = errno;
    ::close(descriptor);
    errno = reason;
    if (!written) return cannot("cannot write", temporary);
    if (::rename(temporary.c_str(), file.c_str()) != 0) return cannot("cannot replace", file);
    return {};
}

}  // namespace gomodel::gateway
