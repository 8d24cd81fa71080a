// A file's bytes in memory of their own, given back whole when this goes: libraries are megabytes,
// and in a heap they would leave holes that nobody fills. Not a mapping of the file, which would
// change, or vanish, with it. Any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace gomodel::plugin {

class FileBytes {
public:
    // kInvalid: the file cannot be read; names it.
    static base::Result<FileBytes> read(const std::filesystem::path& file);

    FileBytes(FileBytes&& other) noexcept;
    FileBytes& operator=(FileBytes&&) = delete;
    ~FileBytes();

    std::string_view view() const { return {data_, size_}; }

private:
    explicit FileBytes(std::size_t room);

    char* data_ = nullptr;  // null: no room was needed, or there was none
    std::size_t room_ = 0;
    std::size_t size_ = 0;
};

}  // namespace gomodel::plugin
