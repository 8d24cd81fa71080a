#include "net/descriptor.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace gomodel::net {

Descriptor::Descriptor(Loop& loop, int fd) : loop_(loop), fd_(fd) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = this;
    if (::epoll_ctl(loop.epoll_fd(), EPOLL_CTL_ADD, fd, &event) != 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
}

Descriptor::~Descriptor() {
    close_file();
}

// Closing alone is not enough: while another process holds a copy of the descriptor, as one does
// that was forked and has not executed its program yet, the loop would go on to get its events.
void Descriptor::close_file() {
    if (fd_ < 0) return;
    ::epoll_ctl(loop_.epoll_fd(), EPOLL_CTL_DEL, fd_, nullptr);
    ::close(std::exchange(fd_, -1));
}

void Descriptor::close(std::unique_ptr<Descriptor> descriptor) {
    if (descriptor == nullptr) return;
    descriptor->close_file();
    descriptor->listener_ = nullptr;
    if (descriptor->reader_ != nullptr) descriptor->reader_->complete(Wake::kCancelled);
    if (descriptor->writer_ != nullptr) descriptor->writer_->complete(Wake::kCancelled);
    Loop& loop = descriptor->loop_;
    loop.retire(std::move(descriptor));
}

void Descriptor::on_events(std::uint32_t events) {
    if (fd_ < 0) return;  // closed earlier in this batch
    constexpr std::uint32_t kFailed = EPOLLHUP | EPOLLERR;
    if ((events & (EPOLLIN | EPOLLRDHUP | kFailed)) != 0) {
        readable_ = true;
        if (reader_ != nullptr) reader_->complete(Wake::kReady);
    }
    if ((events & (EPOLLOUT | kFailed)) != 0) {
        writable_ = true;
        if (writer_ != nullptr) writer_->complete(Wake::kReady);
    }
    const bool gone = (events & (EPOLLRDHUP | kFailed)) != 0;
    hung_up_ = hung_up_ || gone;
    const bool data = listen_for_data_ && (events & EPOLLIN) != 0;
    if (listener_ != nullptr && (gone || data)) {
        std::exchange(listener_, nullptr)->on_hangup();
    }
}

}  // namespace gomodel::net
