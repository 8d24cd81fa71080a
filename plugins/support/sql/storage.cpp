#include "sql/storage.hpp"

#include <gomodel/error.hpp>

#include <memory>

#include "sql/fit.hpp"
#include "sql/query.hpp"

namespace sql {
namespace {

using gomodel::json::Tree;

// A tree of `text`, which must be JSON.
void check(const Tree& tree, std::string_view what) {
    if (!tree.ok())
        throw gomodel::Error(GM_INVALID, std::string(what) + ": not JSON, or nested deeper than " +
                                             std::to_string(gomodel::json::kMaxDepth));
}

// A call that is over is not begun.
void check_time(gomodel::Call call) {
    if (call.cancelled()) throw gomodel::Error(GM_CANCELLED, "the call was cancelled");
    const auto left = call.remaining();
    if (left && left->count() == 0) {
        throw gomodel::Error(GM_TIMEOUT, "the call's deadline had passed before it began");
    }
}

}  // namespace

std::shared_ptr<const Table> SqlStorage::table(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.find(name);
    if (found != tables_.end()) return found->second;
    throw gomodel::Error(GM_INVALID, "table \"" + std::string(name.substr(0, 80)) +
                                         "\" is not known: ensure comes first");
}

void SqlStorage::ensure(gomodel::Call call, std::string_view schema) {
    check_time(call);
    auto fitted = std::make_shared<const Table>(fit(*database_, call, parse_table(schema)));
    const std::lock_guard lock(mutex_);
    tables_[fitted->name] = std::move(fitted);
}

void SqlStorage::write(gomodel::Call call, std::string_view name, std::string_view rows,
                       gomodel::WriteMode mode) {
    check_time(call);
    const auto target = table(name);
    std::unique_ptr<Connection> connection;
    const auto run = [&](const Statement& statement) {
        if (connection == nullptr) {
            connection = database_->writer(call);
            connection->begin();
        }
        connection->run(statement);
    };
    compile_write(database_->dialect(), *target, rows, mode, run);
    if (connection != nullptr) connection->commit();
}

void SqlStorage::read(gomodel::Call call, std::string_view query, gomodel::Rows rows) {
    check_time(call);
    const Tree tree(query);
    check(tree, "query");
    const auto source = table(table_of(tree.root()));
    const Statement statement = compile_read(database_->dialect(), *source, tree.root());
    database_->reader(call)->run(statement, [&](std::string_view row) { return rows.add(row); });
}

std::uint64_t SqlStorage::update(gomodel::Call call, std::string_view query, std::string_view set) {
    check_time(call);
    const Tree tree(query);
    const Tree values(set);
    check(tree, "query");
    check(values, "set");
    const auto target = table(table_of(tree.root()));
    return change(call, compile_update(database_->dialect(), *target, tree.root(), values.root()));
}

std::uint64_t SqlStorage::erase(gomodel::Call call, std::string_view query) {
    check_time(call);
    const Tree tree(query);
    check(tree, "query");
    const auto target = table(table_of(tree.root()));
    return change(call, compile_erase(database_->dialect(), *target, tree.root()));
}

std::uint64_t SqlStorage::change(gomodel::Call call, const Statement& statement) {
    const auto connection = database_->writer(call);
    std::uint64_t changed = 0;
    const bool counts = database_->dialect().counted("") != "";
    connection->begin();
    if (counts) {
        connection->run(statement, [&](std::string_view text) {
            changed = std::stoull(std::string(text));
            return true;
        });
    } else {
        connection->run(statement);
        changed = connection->changes();
    }
    connection->commit();
    return changed;
}

}  // namespace sql
