// Everything in one SQLite file: the default, which needs no server.
#include <gomodel/plugin.hpp>

#include "database.hpp"
#include "schema.json.hpp"
#include "sql/storage.hpp"

namespace {

class SqliteStorage final : public sql::SqlStorage {
public:
    static constexpr const char* kId = "storage.sqlite";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "One SQLite file, in WAL mode";
    static constexpr const char* kSchema = kSchemaJson;

    SqliteStorage(gomodel::Host, const gomodel::Config& config)
        : SqlStorage(std::make_unique<storage_sqlite::SqliteDatabase>(storage_sqlite::Options{
              config.text("path", "data/gomodel.db"),
              std::chrono::milliseconds(config.integer("busy_timeout_ms", 5000))})) {}
};

}  // namespace

GM_MODULE("gomodel-sqlite 1.0.0", SqliteStorage);
