#include "config/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gomodel::config {
namespace {

using base::Code;
using base::Error;

class Descriptor {
public:
    explicit Descriptor(const std::filesystem::path& path)
        : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int get() const { return fd_; }

private:
    const int fd_;
};

Error failure(int number) {
    const bool absent = number == ENOENT || number == ENOTDIR;
    return {absent ? Code::kNotFound : Code::kUnavailable,
            "cannot be read: " + std::generic_category().message(number)};
}

}  // namespace

base::Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
    const Descriptor file(path);
    if (file.get() < 0) return failure(errno);
    std::string text;
    char buffer[16384];
    while (true) {
        const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
        if (count == 0) return text;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failure(errno);
        text.append(buffer, static_cast<std::size_t>(count));
        if (text.size() > limit) {
            return Error{Code::kUnavailable,
                         "is larger than " + std::to_string(limit >> 20) + " MiB"};
        }
    }
}

}  // namespace gomodel::config
