// The storage interface over any database there is a Dialect and a Database for. Plugins derive,
// and hand their database to the constructor.
#pragma once

#include <gomodel/json_tree.hpp>
#include <gomodel/storage.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "sql/connection.hpp"
#include "sql/schema.hpp"

namespace sql {

class SqlStorage : public gomodel::Storage {
public:
    explicit SqlStorage(std::unique_ptr<Database> database) : database_(std::move(database)) {}

    void ensure(gomodel::Call call, std::string_view schema) override;
    void write(gomodel::Call call, std::string_view table, std::string_view rows,
               gomodel::WriteMode mode) override;
    void read(gomodel::Call call, std::string_view query, gomodel::Rows rows) override;
    std::uint64_t update(gomodel::Call call, std::string_view query, std::string_view set) override;
    std::uint64_t erase(gomodel::Call call, std::string_view query) override;

private:
    std::shared_ptr<const Table> table(std::string_view name) const;
    std::uint64_t change(gomodel::Call call, const Statement& statement);

    const std::unique_ptr<Database> database_;
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const Table>, std::less<>> tables_;  // ensured ones
};

}  // namespace sql
