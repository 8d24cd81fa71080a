#include "config/key_table.hpp"

namespace gomodel::config {
namespace {

constexpr auto kLogging = &Settings::logging;
constexpr auto kUsage = &Settings::usage;
constexpr auto kStorage = &Settings::storage;
constexpr auto kRecorder = &Settings::recorder;

constexpr Word kSyncWords[] = {{"interval", static_cast<int>(SyncPolicy::kInterval)},
                               {"always", static_cast<int>(SyncPolicy::kAlways)}};

constexpr Key kRecordKeys[] = {
    {"storage.type", "STORAGE_TYPE",
     "Where everything is stored: `sqlite`, `postgresql`, `mongodb` or a plugin's",
     &reach<kStorage, &Storage::type>, kAtStart},
    {"storage.sqlite.path", "SQLITE_PATH", "Database file",
     &reach<kStorage, &Storage::sqlite, &Sqlite::path>, kAtStart},
    {"storage.postgresql.url", "POSTGRES_URL", "Connection URL; required for postgresql",
     &reach<kStorage, &Storage::postgresql, &Postgresql::url>, kRequired | kAtStart},
    {"storage.postgresql.max_conns", "POSTGRES_MAX_CONNS", "Most connections held open",
     &reach<kStorage, &Storage::postgresql, &Postgresql::max_conns>, kAtStart, clamp_at_least(1)},
    {"storage.mongodb.url", "MONGODB_URL", "Connection URL; required for mongodb",
     &reach<kStorage, &Storage::mongodb, &Mongodb::url>, kRequired | kAtStart},
    {"storage.mongodb.database", "MONGODB_DATABASE", "Database",
     &reach<kStorage, &Storage::mongodb, &Mongodb::database>, kAtStart},

    {"logging.enabled", "LOGGING_ENABLED", "Keep an audit log of requests",
     &reach<kLogging, &Logging::enabled>},
    {"logging.log_bodies", "LOGGING_LOG_BODIES", "Keep request and response bodies in it",
     &reach<kLogging, &Logging::log_bodies>},
    {"logging.log_headers", "LOGGING_LOG_HEADERS", "Keep headers in it, credentials removed",
     &reach<kLogging, &Logging::log_headers>},
    {"logging.buffer_size", "LOGGING_BUFFER_SIZE", "Entries that may wait to be written",
     &reach<kLogging, &Logging::recording, &Recording::buffer_size>, 0, clamp_at_least(1)},
    {"logging.flush_interval", "LOGGING_FLUSH_INTERVAL", "Seconds between writes",
     &reach<kLogging, &Logging::recording, &Recording::flush_interval>, 0, clamp_at_least(1)},
    {"logging.retention_days", "LOGGING_RETENTION_DAYS", "Days entries are kept; 0 for ever",
     &reach<kLogging, &Logging::recording, &Recording::retention_days>, 0, clamp_at_least(0)},
    {"logging.only_model_interactions", "LOGGING_ONLY_MODEL_INTERACTIONS",
     "Keep requests to model endpoints only", &reach<kLogging, &Logging::only_model_interactions>},
    {"logging.redact", "LOGGING_REDACT",
     "More headers, URL parameters and members of bodies that are secret, by name; * is anything",
     &reach<kLogging, &Logging::redact>},

    {"usage.enabled", "USAGE_ENABLED", "Record tokens and costs of every request",
     &reach<kUsage, &Usage::enabled>},
    {"usage.enforce_returning_usage_data", "ENFORCE_RETURNING_USAGE_DATA",
     "Ask providers for usage in streams even if the client did not",
     &reach<kUsage, &Usage::enforce_returning_usage_data>},
    {"usage.buffer_size", "USAGE_BUFFER_SIZE", "Entries that may wait to be written",
     &reach<kUsage, &Usage::recording, &Recording::buffer_size>, kAtStart, clamp_at_least(1)},
    {"usage.flush_interval", "USAGE_FLUSH_INTERVAL", "Seconds between writes",
     &reach<kUsage, &Usage::recording, &Recording::flush_interval>, kAtStart, clamp_at_least(1)},
    {"usage.retention_days", "USAGE_RETENTION_DAYS", "Days entries are kept; 0 for ever",
     &reach<kUsage, &Usage::recording, &Recording::retention_days>, kAtStart, clamp_at_least(0)},

    {"recorder.sync", "RECORDER_SYNC",
     "When recorded usage is safe on disk: every second, or before a client has its whole answer",
     choice<kRecorder, &RecorderSettings::sync>(kSyncWords), kAddition | kAtStart},
    {"recorder.journal.path", "RECORDER_JOURNAL_PATH",
     "Folder of the journal, where rows wait for the storage",
     &reach<kRecorder, &RecorderSettings::journal, &Journal::path>, kAddition | kAtStart},
    {"recorder.journal.max_size", "RECORDER_JOURNAL_MAX_SIZE",
     "Most bytes of it, at least 1M; past that rows wait in memory",
     &reach<kRecorder, &RecorderSettings::journal, &Journal::max_size>, kAddition | kAtStart,
     at_least(kMiB)},

    {"budgets.enabled", "BUDGETS_ENABLED", "Enforce spending limits; needs usage.enabled",
     &reach<&Settings::budgets, &Budgets::enabled>},
    {"budgets.warn_at", "BUDGETS_WARN_AT",
     "Part of an amount that is spent when the log warns of it; 0 never",
     &reach<&Settings::budgets, &Budgets::warn_at>, kAddition, from_to(0, 1)},
    {"budgets.user_paths", "",
     "List of `{path, limits: [{period, period_seconds, amount}]}`; SET_BUDGET_<PATH> sets one "
     "too"},

    {"rate_limits",
     "",
     "List of `{scope, match, requests, tokens, concurrency, per}`: how much a key, a user path, a "
     "provider, a model or the gateway may do in a minute, an hour or a day, and at once",
     {},
     kAddition},
};

}  // namespace

std::span<const Key> record_keys() {
    return kRecordKeys;
}

}  // namespace gomodel::config
