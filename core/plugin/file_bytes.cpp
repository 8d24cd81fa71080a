#include "plugin/file_bytes.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <string>
#include <system_error>
#include <utility>

namespace gomodel::plugin {
namespace {

// Closes the descriptor at the end of a scope.
struct Closing {
    int fd;
    ~Closing() {
        if (fd >= 0) ::close(fd);
    }
};

base::Error unreadable(const std::filesystem::path& file, const std::string& why) {
    return {base::Code::kInvalid, file.string() + ": cannot read the file: " + why};
}

}  // namespace

FileBytes::FileBytes(std::size_t room) : room_(room) {
    if (room == 0) return;
    void* const memory =
        ::mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    data_ = static_cast<char*>(memory);
}

FileBytes::FileBytes(FileBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), room_(other.room_), size_(other.size_) {}

FileBytes::~FileBytes() {
    if (data_ != nullptr) ::munmap(data_, room_);
}

base::Result<FileBytes> FileBytes::read(const std::filesystem::path& file) {
    const Closing source{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat facts {};
    if (source.fd < 0 || ::fstat(source.fd, &facts) != 0) {
        return unreadable(file, std::generic_category().message(errno));
    }
    if (!S_ISREG(facts.st_mode)) return unreadable(file, "it is no regular file");
    FileBytes bytes(static_cast<std::size_t>(facts.st_size));
    while (bytes.size_ < bytes.room_) {
        const ::ssize_t got =
            ::read(source.fd, bytes.data_ + bytes.size_, bytes.room_ - bytes.size_);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable(file, std::generic_category().message(errno));
        if (got == 0) break;  // it has become shorter
        bytes.size_ += static_cast<std::size_t>(got);
    }
    return base::Result<FileBytes>(std::move(bytes));
}

}  // namespace gomodel::plugin
