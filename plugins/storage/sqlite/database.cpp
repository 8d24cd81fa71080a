#include "database.hpp"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/Utility.h>
#include <gomodel/error.hpp>

#include <filesystem>
#include <system_error>
#include <utility>

#include "functions.hpp"

namespace storage_sqlite {
namespace {

using gomodel::Call;
using gomodel::Error;
using std::chrono::milliseconds;

constexpr milliseconds kPoll(20);  // between looks at whether a waiting call was cancelled
constexpr int kSteps = 1000;       // of SQLite's machine between looks at the deadline

sqlite3* handle_of(Poco::Data::Session& session) {
    return Poco::Data::SQLite::Utility::dbHandle(session);
}

[[noreturn]] void fail_over(Call call) {
    if (call.cancelled()) throw Error(GM_CANCELLED, "the call was cancelled");
    throw Error(GM_TIMEOUT, "the call's deadline passed");
}

bool is_over(Call call) {
    const auto left = call.remaining();
    return (left && left->count() == 0) || call.cancelled();
}

gm_status_t status_of(int code) {
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return GM_EXHAUSTED;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return GM_DENIED;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
            return GM_UNAVAILABLE;
        case SQLITE_CONSTRAINT:
        case SQLITE_TOOBIG:
        case SQLITE_MISMATCH:
        case SQLITE_ERROR:  // of the statements we make, only unknown zones and odd JSON fail so
            return GM_INVALID;
        case SQLITE_NOMEM:
            return GM_EXHAUSTED;
        default:
            return GM_INTERNAL;
    }
}

// What an operator should do about it.
std::string advice(int code) {
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return "; the disk or the file's quota is full";
        case SQLITE_READONLY:
            return "; the file or its folder may not be written to";
        case SQLITE_NOTADB:
            return "; the file is no SQLite database, or is damaged";
        case SQLITE_CORRUPT:
            return "; the file is damaged: restore a backup, or see sqlite3's .recover";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "; another program is writing to it";
        default:
            return "";
    }
}

}  // namespace

// In KiB. Together no more than 80 MB.
const char* SqliteDatabase::cache_size(Cache cache) {
    switch (cache) {
        case Cache::kWriter:
            return "PRAGMA cache_size = -16000";
        case Cache::kLarge:
            return "PRAGMA cache_size = -48000";
        case Cache::kSmall:
            break;
    }
    return "PRAGMA cache_size = -5000";
}

// A connection in the hands of one call.
class SqliteDatabase::Lent final : public sql::Connection {
public:
    Lent(SqliteDatabase& database, Pool& pool, Opened opened, Call call)
        : database_(database),
          pool_(pool),
          opened_(std::move(opened)),
          handle_(handle_of(opened_.session)),
          call_(call) {
        milliseconds wait = database.options_.busy_timeout;
        if (const auto left = call.remaining()) {
            hurried_ = *left < wait;
            wait = std::min(wait, std::chrono::duration_cast<milliseconds>(*left));
        }
        sqlite3_busy_timeout(handle_, static_cast<int>(wait.count()));
        sqlite3_progress_handler(
            handle_, kSteps,
            [](void* self) { return is_over(static_cast<Lent*>(self)->call_) ? 1 : 0; }, this);
    }
    ~Lent() override {
        sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
        bool sound = true;
        if (sqlite3_get_autocommit(handle_) == 0) {
            sound = sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK;
        }
        if (!sound && writes()) database_.inserts_.clear();
        database_.give_back(pool_, std::move(opened_), sound);
    }

    void run(const sql::Statement& statement, const UseRow& use) override {
        if (!writes() || use || statement.text.rfind("INSERT ", 0) != 0) {
            Connection::run(statement, use);
            return;
        }
        if (!database_.inserts_.run(handle_, statement.text, statement.values)) fail_here();
    }
    void begin() override { execute("BEGIN IMMEDIATE"); }
    void commit() override { execute("COMMIT"); }
    std::uint64_t changes() override {
        return static_cast<std::uint64_t>(sqlite3_changes(handle_));
    }
    void lock_schema() override {}  // begin() has locked the file

protected:
    Poco::Data::Session& session() override { return opened_.session; }
    bool as_text() const override { return false; }
    [[noreturn]] void fail(const std::exception&) override { fail_here(); }

private:
    bool writes() const { return &pool_ == &database_.writer_; }
    void execute(const char* sql) {
        if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail_here();
    }
    [[noreturn]] void fail_here() {
        const int code = sqlite3_extended_errcode(handle_);
        if ((code & 0xFF) == SQLITE_INTERRUPT) fail_over(call_);
        // Waiting for another writer was cut short by the deadline.
        if ((code & 0xFF) == SQLITE_BUSY && (hurried_ || is_over(call_))) fail_over(call_);
        database_.fail(code, sqlite3_errmsg(handle_));
    }

    SqliteDatabase& database_;
    Pool& pool_;
    Opened opened_;
    sqlite3* const handle_;
    const Call call_;
    bool hurried_ = false;  // waits for other programs until the deadline only
};

SqliteDatabase::SqliteDatabase(Options options) : options_(std::move(options)) {
    // A connection is used by one thread at a time, and nobody asks how much memory SQLite has: it
    // need not lock for either. Refused, and no matter, once SQLite is in use.
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    make_folder();
    writer_.idle.push_back({open(Cache::kWriter), Cache::kWriter});
    readers_.most = kReaders;
}

SqliteDatabase::~SqliteDatabase() = default;

void SqliteDatabase::fail(int code, const std::string& message) const {
    throw Error(status_of(code), options_.path + ": " + message + advice(code));
}

void SqliteDatabase::make_folder() const {
    if (options_.path.rfind("file:", 0) == 0) return;  // a URI of SQLite's
    const std::filesystem::path folder = std::filesystem::path(options_.path).parent_path();
    if (folder.empty()) return;
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure && !std::filesystem::is_directory(folder)) {
        throw Error(GM_UNAVAILABLE,
                    options_.path + ": its folder cannot be created: " + failure.message());
    }
}

Poco::Data::Session SqliteDatabase::open(Cache cache) const {
    // Not through Poco's registry of connectors, which would hold on to this module's libraries.
    // And with no time for trying again: what does not open now does not open later.
    std::optional<Poco::Data::Session> session;
    try {
        session.emplace(Poco::Data::SQLite::Connector().createSession(options_.path, 0));
    } catch (const std::exception&) {
        throw Error(GM_UNAVAILABLE, options_.path + ": the file cannot be opened or created");
    }
    sqlite3* const handle = handle_of(*session);
    sqlite3_busy_timeout(handle, static_cast<int>(options_.busy_timeout.count()));
    // The size of pages is that of new files only: an entry of the audit log often has two or three
    // thousand bytes, and does not share a page of the usual four thousand with another.
    for (const char* pragma :
         {"PRAGMA page_size = 8192", "PRAGMA foreign_keys = ON", "PRAGMA temp_store = MEMORY",
          cache_size(cache), "PRAGMA synchronous = NORMAL", "PRAGMA journal_mode = WAL",
          "SELECT count(*) FROM sqlite_master"}) {
        const int code = sqlite3_exec(handle, pragma, nullptr, nullptr, nullptr);
        // A file that may only be read is read: WAL is not needed for that.
        if (code != SQLITE_OK && (code & 0xFF) != SQLITE_READONLY) {
            fail(sqlite3_extended_errcode(handle), sqlite3_errmsg(handle));
        }
    }
    if (!add_functions(handle)) fail(SQLITE_INTERNAL, sqlite3_errmsg(handle));
    return *session;
}

std::unique_ptr<sql::Connection> SqliteDatabase::reader(Call call) {
    return lend(readers_, call);
}
std::unique_ptr<sql::Connection> SqliteDatabase::writer(Call call) {
    return lend(writer_, call);
}

std::unique_ptr<sql::Connection> SqliteDatabase::lend(Pool& pool, Call call) {
    std::optional<Opened> opened;
    Cache cache = Cache::kWriter;
    {
        std::unique_lock lock(mutex_);
        while (pool.lent == pool.most) {
            if (is_over(call)) fail_over(call);
            returned_.wait_for(lock, kPoll);
        }
        ++pool.lent;
        if (!pool.idle.empty()) {
            opened = std::move(pool.idle.back());
            pool.idle.pop_back();
        } else if (&pool == &readers_) {
            cache = pool.has_large ? Cache::kSmall : Cache::kLarge;
            pool.has_large = true;
        }
    }
    if (opened) cache = opened->cache;
    try {
        if (!opened) opened = Opened{open(cache), cache};
        return std::make_unique<Lent>(*this, pool, *std::move(opened), call);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        --pool.lent;
        if (cache == Cache::kLarge) pool.has_large = false;
        returned_.notify_all();
        throw;
    }
}

void SqliteDatabase::give_back(Pool& pool, Opened opened, bool sound) {
    const std::lock_guard lock(mutex_);
    --pool.lent;
    const bool small = opened.cache == Cache::kSmall;
    if (!sound) {
        if (opened.cache == Cache::kLarge) pool.has_large = false;
    } else {
        pool.idle.insert(small ? pool.idle.begin() : pool.idle.end(), std::move(opened));
    }
    returned_.notify_all();
}

sql::Statement SqliteDatabase::columns_of(std::string_view table) const {
    return {"SELECT json_object('name', name, 'type', type) FROM pragma_table_info(?)",
            {std::string(table)}};
}

sql::Statement SqliteDatabase::indexes_of(std::string_view table) const {
    return {
        "SELECT json_object('name', name) FROM sqlite_master "
        "WHERE type = 'index' AND tbl_name = ?",
        {std::string(table)}};
}

sql::Statement SqliteDatabase::create_migrations() const {
    return {
        "CREATE TABLE IF NOT EXISTS gomodel_migrations (id INTEGER PRIMARY KEY, "
        "component TEXT NOT NULL, version INTEGER NOT NULL, change TEXT NOT NULL, "
        "applied_at DATETIME NOT NULL)",
        {}};
}

}  // namespace storage_sqlite
