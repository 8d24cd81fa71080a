// A storage that passes every test. The modules in broken/ derive from it and spoil one thing each.
#pragma once

#include <gomodel/plugin.hpp>

#include <memory>
#include <string>

#include "sql/storage.hpp"
#include "storage/sqlite/database.hpp"

class GoodStorage : public sql::SqlStorage {
public:
    static constexpr const char* kId = "storage.good";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Keeps the contract";
    static constexpr const char* kSchema = R"({
      "type": "object", "additionalProperties": false,
      "properties": {
        "name": {"type": "string", "default": "good", "description": "What it is called."}
      }
    })";

    GoodStorage(gomodel::Host, const gomodel::Config& config)
        : SqlStorage(std::make_unique<storage_sqlite::SqliteDatabase>(
              storage_sqlite::Options{config.text("name") + ".db"})) {}

protected:
    // `text` with each `what` in it made `instead`.
    static std::string replaced(std::string_view text, std::string_view what,
                                std::string_view instead) {
        std::string result(text);
        for (std::size_t at = result.find(what); at != std::string::npos;
             at = result.find(what, at + instead.size()))
            result.replace(at, what.size(), instead);
        return result;
    }
};
