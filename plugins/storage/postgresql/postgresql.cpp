// Everything in a PostgreSQL database, which several gateways may share.
#include <gomodel/plugin.hpp>

#include "database.hpp"
#include "schema.json.hpp"
#include "sql/storage.hpp"

namespace {

class PostgresqlStorage final : public sql::SqlStorage {
public:
    static constexpr const char* kId = "storage.postgresql";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "A PostgreSQL database, 13 or newer";
    static constexpr const char* kSchema = kSchemaJson;

    PostgresqlStorage(gomodel::Host, const gomodel::Config& config)
        : SqlStorage(std::make_unique<storage_postgresql::PostgresqlDatabase>(
              config.text("url"), static_cast<std::size_t>(config.integer("max_conns", 10)))) {}
};

}  // namespace

GM_MODULE("gomodel-postgresql 1.0.0", PostgresqlStorage);
