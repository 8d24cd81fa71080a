#include "gateway/watch_folders.hpp"

#include <deque>

#include "plugin/module.hpp"

namespace gomodel::gateway {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 40;  // as the kernel

void put_before(std::deque<fs::path>& rest, const fs::path& path) {
    std::deque<fs::path> parts(path.begin(), path.end());
    rest.insert(rest.begin(), parts.begin(), parts.end());
}

}  // namespace

std::set<fs::path> watch_folders(const fs::path& file) {
    std::set<fs::path> folders;
    std::error_code failure;
    std::deque<fs::path> rest;
    put_before(rest, fs::absolute(file, failure));
    fs::path folder = "/";
    int links = 0;
    while (!rest.empty()) {
        const fs::path part = rest.front();
        rest.pop_front();
        if (part.empty() || part == "." || part == "/") continue;
        const fs::path next = part == ".." ? folder.parent_path() : folder / part;
        const fs::file_status status = fs::symlink_status(next, failure);
        const bool last = rest.empty();
        if (fs::is_symlink(status) && ++links <= kMaxLinks) {
            folders.insert(folder);
            const fs::path target = fs::read_symlink(next, failure);
            if (target.is_absolute()) folder = "/";
            put_before(rest, target);
        } else if (last || !fs::is_directory(status)) {
            folders.insert(folder);
            break;
        } else {
            folder = next;
        }
    }
    return folders;
}

std::set<fs::path> watch_folders(const InputFiles& inputs, bool config, bool plugins) {
    std::set<fs::path> folders;
    if (config) {
        for (const fs::path& file : inputs.config)
            folders.merge(watch_folders(file));
    }
    if (!plugins) return folders;
    for (const fs::path& folder : inputs.plugins) {
        folders.merge(watch_folders(folder / "any.so"));  // the folder, with what leads to it
        for (const fs::path& file : plugin::shared_objects(folder))
            folders.merge(watch_folders(file));
    }
    for (const fs::path& file : inputs.modules)
        folders.merge(watch_folders(file));
    return folders;
}

}  // namespace gomodel::gateway
