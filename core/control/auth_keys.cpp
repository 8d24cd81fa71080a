#include "control/auth_keys.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/user_path.hpp"
#include "control/key_secret.hpp"
#include "control/row.hpp"

namespace gomodel::control {
namespace {

using gateway::ManagedKey;

constexpr std::string_view kAuthKeysTable = "auth_keys";
constexpr std::string_view kAllAuthKeys = R"({"table":"auth_keys"})";
constexpr int kUsesAtOnce = 500;  // written in one round; each is a write

constexpr std::string_view kAuthKeysSchema = R"({"table":"auth_keys","columns":[
{"name":"id","type":"text","null":false},
{"name":"name","type":"text","null":false},
{"name":"description","type":"text","null":false,"default":""},
{"name":"user_path","type":"text","null":true},
{"name":"redacted_value","type":"text","null":false},
{"name":"secret_hash","type":"text","null":false},
{"name":"enabled","type":"bool","null":false,"default":true},
{"name":"expires_at","type":"time","as":"seconds"},
{"name":"deactivated_at","type":"time","as":"seconds"},
{"name":"created_at","type":"time","null":false,"as":"seconds"},
{"name":"updated_at","type":"time","null":false,"as":"seconds"},
{"name":"role","type":"text"},
{"name":"last_used_at","type":"time","as":"seconds"}],
"key":["id"],"indexes":[{"columns":["secret_hash"],"unique":true},["enabled"],["created_at"]]})";

std::string to_row(const ManagedKey& key) {
    json::Out out;
    out.begin_array().begin_object();
    out.member("id", key.id).member("name", key.name).member("description", key.description);
    optional_text(out, "user_path", key.user_path);
    out.member("redacted_value", key.redacted).member("secret_hash", key.secret_hash);
    flag(out, "enabled", key.enabled);
    time(out, "expires_at", key.expires_at);
    time(out, "deactivated_at", key.deactivated_at);
    time(out, "created_at", key.created_at);
    time(out, "updated_at", key.updated_at);
    out.member("role", to_string(key.role)).end_object().end_array();
    return out.text();
}

}  // namespace

std::string_view AuthKeys::schema() const {
    return kAuthKeysSchema;
}

base::Status AuthKeys::read(record::Storage& storage) {
    auto keys = rows(storage, kAllAuthKeys);
    if (!keys.ok()) return keys.error();
    publish(std::move(*keys));
    return {};
}

base::Result<CreatedKey> AuthKeys::create(NewKey wanted) {
    CreatedKey created;
    ManagedKey& key = created.key;
    key.name = base::trim(wanted.name);
    if (key.name.empty()) return base::invalid("name is required");
    key.description = base::trim(wanted.description);
    auto path = config::normalise_user_path(wanted.user_path);
    if (!path.ok()) return base::invalid("invalid user_path: " + path.error().message);
    key.user_path = std::move(*path);
    const base::WallTime now = whole_seconds(clock_.wall());
    if (wanted.expires_at.has_value()) {
        if (*wanted.expires_at <= clock_.wall())
            return base::invalid("expires_at must be in the future");
        key.expires_at = whole_seconds(*wanted.expires_at);
    }
    base::Result<std::string> token = new_token();
    if (!token.ok()) return token.error();
    created.token = std::move(*token);
    key.secret_hash = secret_hash(created.token);
    key.redacted = redacted(created.token);
    key.role = wanted.role;
    key.created_at = key.updated_at = now;

    const Access access = this->access();
    if (access.storage == nullptr) return not_read_yet();
    key.id = base::uuid4(random_);
    key.last_use = uses_[key.id].last;
    const base::Status written =
        access.storage->write(kAuthKeysTable, to_row(key), record::WriteMode::kInsert);
    if (!written.ok()) return failed_write(written.error());
    publish_one(key);
    return created;
}

base::Status AuthKeys::deactivate(std::string_view id) {
    const base::Error missing{base::Code::kNotFound, "auth key not found: " + std::string(id)};
    const Access access = this->access();
    if (access.storage == nullptr) return not_read_yet();
    // The storage knows best: the key may have been made by another process.
    auto found = rows(*access.storage, where_equal(kAuthKeysTable, "id", id));
    if (!found.ok()) return failed_read(found.error());
    if (found->empty()) return missing;
    ManagedKey& key = found->front();
    if (key.enabled || !key.deactivated_at.has_value()) {
        const base::WallTime now = whole_seconds(clock_.wall());
        key.enabled = false;
        if (!key.deactivated_at.has_value()) key.deactivated_at = now;
        key.updated_at = now;
        json::Out set;
        flag(set.begin_object(), "enabled", false);
        time(set, "deactivated_at", key.deactivated_at);
        time(set, "updated_at", key.updated_at);
        set.end_object();
        const base::Result<std::uint64_t> changed =
            access.storage->update(where_equal(kAuthKeysTable, "id", id), set.text());
        if (!changed.ok()) return failed_write(changed.error());
        if (*changed == 0) return missing;
    }
    publish_one(key);
    return {};
}

// When keys were last used.
void AuthKeys::tend(record::Storage& storage) {
    int written = 0;
    for (auto& [id, use] : uses_) {
        const std::int64_t used = use.last->seconds.load(std::memory_order_relaxed);
        if (used <= use.stored) continue;
        if (++written > kUsesAtOnce) return;
        json::Out set;
        set.begin_object().number_member("last_used_at", used).end_object();
        const auto changed = storage.update(where_equal(kAuthKeysTable, "id", id), set.text());
        if (!changed.ok()) {
            log_.warn("when API keys were last used could not be written: " +
                      changed.error().message);
            return;
        }
        use.stored = used;
    }
}

base::Result<std::vector<ManagedKey>> AuthKeys::rows(record::Storage& storage,
                                                     std::string_view query) {
    std::vector<ManagedKey> keys;
    const base::Status read = storage.read(query, [&](std::string_view row) {
        if (auto key = parse(row)) keys.push_back(std::move(*key));
        return true;
    });
    if (!read.ok()) return read.error();
    return keys;
}

// A row of an older version has no role: it gets that which can do least.
std::optional<ManagedKey> AuthKeys::parse(std::string_view row) {
    const json::Tree tree(row);
    const json::Node root = tree.root();
    const auto created = time_of(root["created_at"]);
    ManagedKey key;
    key.id = root["id"].text();
    key.secret_hash = base::lower(root["secret_hash"].text());
    if (key.id.empty() || key.secret_hash.empty()) {
        log_.warn("auth_keys: a row without id or hash is left out",
                  {{"id", std::string_view(key.id)}});
        return std::nullopt;
    }
    key.name = root["name"].text();
    key.description = root["description"].text();
    // A path that is none would open what belongs to others: such a key is not in use.
    auto path = config::normalise_user_path(root["user_path"].text());
    key.enabled = root["enabled"].is_true() && path.ok();
    if (path.ok()) key.user_path = std::move(*path);
    key.redacted = root["redacted_value"].text();
    key.expires_at = time_of(root["expires_at"]);
    key.deactivated_at = time_of(root["deactivated_at"]);
    key.created_at = created.value_or(base::WallTime());
    key.updated_at = time_of(root["updated_at"]).value_or(key.created_at);
    key.role = gateway::parse_role(root["role"].text()).value_or(gateway::KeyRole::kUser);
    Use& use = uses_[key.id];
    if (const auto used = time_of(root["last_used_at"])) {
        use.stored = std::max(use.stored, to_seconds(*used));
        use.last->note(*used);
    }
    key.last_use = use.last;
    return key;
}

void AuthKeys::publish(std::vector<ManagedKey> keys) {
    auto table = std::make_shared<const gateway::KeyTable>(std::move(keys));
    slot_.change([&](gateway::Controls& controls) { controls.keys = std::move(table); });
}

// In place of the one with its id, if there is one.
void AuthKeys::publish_one(const ManagedKey& key) {
    std::vector<ManagedKey> keys = slot_.get()->keys->keys();
    const auto same = std::find_if(keys.begin(), keys.end(),
                                   [&](const ManagedKey& one) { return one.id == key.id; });
    same == keys.end() ? keys.push_back(key) : static_cast<void>(*same = key);
    publish(std::move(keys));
}

}  // namespace gomodel::control
