// Tables with typed columns, as a class. Derive, implement, name it in GM_MODULE. The JSON shapes
// are in abi/storage.h.
// Every function runs on worker threads, several at once on one object, and may block until the
// call's deadline.
#pragma once

#include <gomodel/call.hpp>

#include <cstdint>
#include <string_view>

namespace gomodel {

// Takes rows as JSON objects, in the order asked for.
class Rows {
public:
    explicit Rows(const gm_rows_t* rows) : rows_(rows) {}

    // False: no more are wanted.
    bool add(std::string_view json) const { return rows_->add(rows_, str(json)); }

private:
    const gm_rows_t* rows_;
};

// What write() does with a row whose key exists.
enum class WriteMode : std::uint32_t {
    kInsert = GM_WRITE_INSERT,  // fails
    kUpsert = GM_WRITE_UPSERT,  // replaces it
    kIgnore = GM_WRITE_IGNORE,  // leaves it
};

class Storage {
public:
    struct Abi;

    virtual ~Storage() = default;

    // Makes a table fit the schema. Idempotent; adds what is missing, never drops.
    virtual void ensure(Call call, std::string_view schema) = 0;
    // Writes a JSON array of objects in one transaction: all of them or none.
    virtual void write(Call call, std::string_view table, std::string_view rows,
                       WriteMode mode) = 0;
    virtual void read(Call call, std::string_view query, Rows rows) = 0;
    // Sets the columns of the JSON object `set` where the query's `where` selects. Returns how many
    // rows changed.
    virtual std::uint64_t update(Call call, std::string_view query, std::string_view set) = 0;
    // Removes what the query's `where` selects. Returns how many rows went.
    virtual std::uint64_t erase(Call call, std::string_view query) = 0;
};

struct Storage::Abi {
    using Self = Storage;
    static constexpr const char* kInterface = GM_STORAGE;
    static constexpr gm_storage_t kTable = {
        sizeof(gm_storage_t),
        [](void* self, const gm_call_t* call, gm_str_t schema) {
            return guard(call,
                         [&] { static_cast<Storage*>(self)->ensure(Call(call), view(schema)); });
        },
        [](void* self, const gm_call_t* call, gm_str_t table, gm_str_t rows, std::uint32_t mode) {
            return guard(call, [&] {
                static_cast<Storage*>(self)->write(Call(call), view(table), view(rows),
                                                   static_cast<WriteMode>(mode));
            });
        },
        [](void* self, const gm_call_t* call, gm_str_t query, const gm_rows_t* rows) {
            return guard(call, [&] {
                static_cast<Storage*>(self)->read(Call(call), view(query), Rows(rows));
            });
        },
        [](void* self, const gm_call_t* call, gm_str_t query, gm_str_t set,
           std::uint64_t* changed) {
            return guard(call, [&] {
                *changed = static_cast<Storage*>(self)->update(Call(call), view(query), view(set));
            });
        },
        [](void* self, const gm_call_t* call, gm_str_t query, std::uint64_t* changed) {
            return guard(call, [&] {
                *changed = static_cast<Storage*>(self)->erase(Call(call), view(query));
            });
        },
    };
};

}  // namespace gomodel
