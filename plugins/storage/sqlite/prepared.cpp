#include "prepared.hpp"

#include <algorithm>

namespace storage_sqlite {
namespace {

constexpr std::size_t kMostKept = 4;

// The value must stay until the statement has run.
int bind(sqlite3_stmt* statement, int position, const sql::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return sqlite3_bind_text64(statement, position, text->data(), text->size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    }
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return sqlite3_bind_int64(statement, position, *whole);
    if (const auto* real = std::get_if<double>(&value))
        return sqlite3_bind_double(statement, position, *real);
    return sqlite3_bind_null(statement, position);
}

}  // namespace

bool Prepared::run(sqlite3* connection, const std::string& text,
                   const std::vector<sql::Value>& values) {
    sqlite3_stmt* const statement = find(connection, text);
    if (statement == nullptr) return false;
    bool bound = true;
    for (std::size_t i = 0; i < values.size() && bound; ++i)
        bound = bind(statement, static_cast<int>(i + 1), values[i]) == SQLITE_OK;
    if (bound) sqlite3_step(statement);
    // Gives the error of the step, if there was one.
    const bool done = bound && sqlite3_reset(statement) == SQLITE_OK;
    sqlite3_clear_bindings(statement);
    return done;
}

sqlite3_stmt* Prepared::find(sqlite3* connection, const std::string& text) {
    const auto known = std::find_if(kept_.begin(), kept_.end(),
                                    [&text](const Kept& kept) { return kept.text == text; });
    if (known != kept_.end()) {
        std::rotate(known, known + 1, kept_.end());
        return kept_.back().statement;
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(connection, text.data(), static_cast<int>(text.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
        return nullptr;
    if (kept_.size() == kMostKept) {
        sqlite3_finalize(kept_.front().statement);
        kept_.erase(kept_.begin());
    }
    kept_.push_back({text, statement});
    return statement;
}

void Prepared::clear() {
    for (const Kept& kept : kept_)
        sqlite3_finalize(kept.statement);
    kept_.clear();
}

}  // namespace storage_sqlite
