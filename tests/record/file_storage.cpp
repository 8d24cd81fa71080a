// A storage that is a file: a row a line, with its table, as write() got it. Rows whose id is there
// are ignored. While <path>.down exists nothing works; while <path>.slow does, writes take a
// second.
#include <gomodel/config.hpp>
#include <gomodel/json_tree.hpp>
#include <gomodel/plugin.hpp>
#include <gomodel/storage.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace {

class FileStorage final : public gomodel::Storage {
public:
    static constexpr const char* kId = "storage.file";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Keeps rows in a file";
    static constexpr std::uint64_t kFlags = 0;
    static constexpr const char* kSchema =
        R"({"type":"object","properties":{"path":{"type":"string"}},"required":["path"]})";

    FileStorage(gomodel::Host, const gomodel::Config& config) : path_(config.text("path")) {
        check();
        std::ifstream file(path_);
        for (std::string line; std::getline(file, line);)
            ids_.insert(gomodel::json::Tree(line).root()["id"].text());
    }

    void ensure(gomodel::Call, std::string_view) override { check(); }

    void write(gomodel::Call, std::string_view, std::string_view rows,
               gomodel::WriteMode mode) override {
        check();
        if (mode != gomodel::WriteMode::kIgnore)
            throw gomodel::Error(GM_UNSUPPORTED, "only rows to be ignored can be written");
        if (std::filesystem::exists(path_ + ".slow"))
            std::this_thread::sleep_for(std::chrono::seconds(1));
        const gomodel::json::Tree tree(rows);
        if (!tree.root().is_array()) throw gomodel::Error(GM_INVALID, "rows: expected an array");
        const std::lock_guard lock(mutex_);
        std::string lines;
        for (const gomodel::json::Node row : tree.root()) {
            if (ids_.insert(row["id"].text()).second) lines.append(row.raw()).append("\n");
        }
        std::ofstream file(path_, std::ios::app);
        if (!(file << lines << std::flush)) throw gomodel::Error(GM_UNAVAILABLE, "disk full");
    }

    void read(gomodel::Call, std::string_view, gomodel::Rows) override { check(); }
    std::uint64_t update(gomodel::Call, std::string_view, std::string_view) override { return 0; }
    std::uint64_t erase(gomodel::Call, std::string_view) override { return 0; }

private:
    void check() const {
        if (std::filesystem::exists(path_ + ".down"))
            throw gomodel::Error(GM_UNAVAILABLE, "the file is down");
    }

    const std::string path_;
    std::mutex mutex_;
    std::set<std::string> ids_;
};

}  // namespace

GM_MODULE("file_storage 1.0.0", FileStorage);
