#include "record/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/text.hpp"

namespace gomodel::record {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLock = "lock";
constexpr std::string_view kPosition = "position";
constexpr std::uint64_t kReadSize = std::uint64_t{4} << 20;
constexpr int kMaxFolders = 1000;

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

// A new name in a folder is on disk when the folder is.
void sync_folder(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    ::fsync(fd);
    ::close(fd);
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// False: another process has removed the file, or put a new one in its place.
bool is_there(int fd, const fs::path& name) {
    struct stat open {};
    struct stat named {};
    return ::fstat(fd, &open) == 0 && ::stat(name.c_str(), &named) == 0 &&
           open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

bool is_number(std::string_view name) {
    return base::parse_decimal(name).has_value();
}

}  // namespace

base::Result<std::unique_ptr<Journal>> Journal::open(const fs::path& folder, JournalLimits limits) {
    for (int number = 0; number < kMaxFolders; ++number) {
        const fs::path own = folder / std::to_string(number);
        std::error_code error;
        fs::create_directories(own, error);
        if (error) {
            return base::Error{base::Code::kUnavailable, "cannot make the journal's folder " +
                                                             own.string() + ": " + error.message()};
        }
        base::Result<std::unique_ptr<Journal>> journal = lock(own, limits);
        if (!journal.ok()) return journal;
        if (*journal == nullptr) continue;
        if (base::Status begun = (*journal)->begin_segment(); !begun.ok()) return begun.error();
        return journal;
    }
    return base::Error{base::Code::kExhausted,
                       "all folders below " + folder.string() + " are used by other processes"};
}

std::vector<std::unique_ptr<Journal>> Journal::left_behind(const fs::path& folder) {
    std::vector<std::unique_ptr<Journal>> found;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (!is_number(at->path().filename().string())) continue;
        base::Result<std::unique_ptr<Journal>> journal = lock(at->path(), {});
        if (journal.ok() && *journal != nullptr) found.push_back(std::move(*journal));
    }
    return found;
}

// nullptr: another process has it.
base::Result<std::unique_ptr<Journal>> Journal::lock(const fs::path& folder, JournalLimits limits) {
    const int fd = ::open((folder / kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const bool locked = fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0;
    const int reason = errno;
    if (locked && is_there(fd, folder / kLock))
        return std::unique_ptr<Journal>(new Journal(folder, fd, limits));
    if (fd >= 0) ::close(fd);
    if (locked || (fd >= 0 && reason == EWOULDBLOCK)) return std::unique_ptr<Journal>();
    return base::Error{base::Code::kUnavailable, "cannot use the journal's folder " +
                                                     folder.string() + ": " +
                                                     std::generic_category().message(reason)};
}

Journal::Journal(fs::path folder, int lock, JournalLimits limits)
    : folder_(std::move(folder)), lock_(lock), limits_(limits) {
    find_segments();
}

Journal::~Journal() {
    if (file_ >= 0) ::close(file_);
    ::close(lock_);
}

void Journal::find_segments() {
    std::error_code error;
    for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
        const std::uint64_t number = segment_number(at->path().filename().string());
        if (number == 0) continue;
        std::error_code ignored;
        const std::uint64_t size = at->file_size(ignored);
        segments_.push_back({number, ignored ? 0 : size});
        size_ += segments_.back().size;
    }
    std::sort(segments_.begin(), segments_.end(),
              [](const Segment& a, const Segment& b) { return a.number < b.number; });
    if (const auto position = decode_position(read_file(folder_ / kPosition)))
        position_ = *position;
    remove_read();
    last_number_ = std::max(segments_.empty() ? 0 : segments_.back().number, position_.segment);
}

// Segments without a row that is still to be read.
void Journal::remove_read() {
    std::erase_if(segments_, [this](const Segment& segment) {
        const bool begun = segment.number == position_.segment;
        const bool waits = segment.number >= position_.segment &&
                           segment.size > (begun ? position_.offset : kSegmentMagic.size());
        if (waits) return false;
        ::unlink(path(segment.number).c_str());
        size_ -= segment.size;
        return true;
    });
}

fs::path Journal::path(std::uint64_t segment) const {
    return folder_ / segment_name(segment);
}

base::Error Journal::failure(std::string_view what) const {
    return {base::Code::kUnavailable, "the journal in " + folder_.string() + ": " +
                                          std::string(what) + ": " +
                                          std::generic_category().message(errno)};
}

base::Status Journal::begin_segment() {
    const std::uint64_t number = last_number_ + 1;
    const fs::path name = path(number);
    {
        const std::lock_guard guard(mutex_);
        segments_.reserve(segments_.size() + 1);  // once it is there it has to be known
    }
    file_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0600);
    if (file_ < 0) return failure("cannot begin " + name.filename().string());
    if (!write_all(file_, kSegmentMagic)) {
        const base::Error error = failure("cannot begin " + name.filename().string());
        end_segment();
        ::unlink(name.c_str());
        return error;
    }
    sync_folder(folder_);
    const std::lock_guard guard(mutex_);
    last_number_ = number;
    segments_.push_back({number, kSegmentMagic.size()});
    size_ += kSegmentMagic.size();
    return {};
}

void Journal::end_segment() {
    if (dirty_) ::fdatasync(file_);
    dirty_ = false;
    ::close(file_);
    file_ = -1;
}

base::Status Journal::append(std::string_view records) {
    if (size_ + records.size() > limits_.max_bytes) {
        return base::Error{base::Code::kExhausted,
                           "the journal in " + folder_.string() + " is at its limit of " +
                               std::to_string(limits_.max_bytes) + " bytes"};
    }
    if (file_ < 0) {
        if (base::Status begun = begin_segment(); !begun.ok()) return begun;
    }
    std::uint64_t before = 0;
    {
        const std::lock_guard guard(mutex_);
        before = segments_.back().size;
    }
    if (!write_all(file_, records)) {
        const int reason = errno;
        // A part may be there. What follows it could not be found again.
        if (::ftruncate(file_, static_cast<off_t>(before)) != 0) end_segment();
        errno = reason;
        return failure("cannot append");
    }
    dirty_ = true;
    std::uint64_t size = 0;
    {
        const std::lock_guard guard(mutex_);
        size = segments_.back().size += records.size();
        size_ += records.size();
    }
    if (size >= std::min(limits_.segment_bytes, limits_.max_bytes / 4)) end_segment();
    return {};
}

base::Status Journal::sync() {
    if (!dirty_) return {};
    if (::fdatasync(file_) != 0) {
        const base::Error error = failure("cannot sync");
        dirty_ = false;
        end_segment();  // what a failed sync leaves of a file nobody knows
        return error;
    }
    dirty_ = false;
    return {};
}

std::uint64_t Journal::readable(std::uint64_t segment) const {
    const std::lock_guard guard(mutex_);
    for (const Segment& known : segments_) {
        if (known.number == segment) return known.size;
    }
    return 0;
}

std::uint64_t Journal::next_segment(std::uint64_t after) const {
    const std::lock_guard guard(mutex_);
    for (const Segment& known : segments_) {
        if (known.number > after) return known.number;
    }
    return 0;
}

bool Journal::pending() const {
    const std::lock_guard guard(mutex_);
    for (const Segment& known : segments_) {
        if (known.number < position_.segment) continue;
        const bool begun = known.number == position_.segment;
        if (known.size > (begun ? position_.offset : kSegmentMagic.size())) return true;
    }
    return false;
}

base::Result<std::string> Journal::bytes_of(std::uint64_t segment, std::uint64_t offset,
                                            std::uint64_t wanted) {
    std::string bytes(wanted, '\0');
    const int fd = ::open(path(segment).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failure("cannot read " + segment_name(segment));
    std::size_t got = 0;
    while (got < bytes.size()) {
        const ssize_t count =
            ::pread(fd, bytes.data() + got, bytes.size() - got, static_cast<off_t>(offset + got));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const int reason = errno;
            ::close(fd);
            errno = reason;
            return failure("cannot read " + segment_name(segment));
        }
        if (count == 0) break;
        got += static_cast<std::size_t>(count);
    }
    ::close(fd);
    bytes.resize(got);
    return bytes;
}

base::Result<JournalBatch> Journal::read(std::size_t max_records) {
    JournalBatch batch;
    {
        const std::lock_guard guard(mutex_);
        batch.end = position_;
    }
    std::uint64_t want = kReadSize;
    for (;;) {
        const std::uint64_t size = readable(batch.end.segment);
        const std::uint64_t offset =
            std::max<std::uint64_t>(batch.end.offset, kSegmentMagic.size());
        if (offset >= size) {
            const std::uint64_t next = next_segment(batch.end.segment);
            if (next == 0) return batch;
            batch.end = {next, kSegmentMagic.size()};
            continue;
        }
        base::Result<std::string> bytes =
            bytes_of(batch.end.segment, offset, std::min(size - offset, want));
        if (!bytes.ok()) return bytes.error();
        batch.bytes = std::make_unique<std::string>(std::move(*bytes));
        std::string_view rest = *batch.bytes;
        while (batch.records.size() < max_records) {
            const ReadRecord read = read_record(rest);
            if (read.state != RecordState::kRecord) break;
            batch.records.push_back(read.record);
            rest.remove_prefix(read.size);
        }
        batch.end.offset = offset + batch.bytes->size() - rest.size();
        if (!batch.records.empty()) return batch;
        if (batch.bytes->size() == want) {  // the record is larger than what was read
            want *= 2;
            continue;
        }
        batch.torn += size - batch.end.offset;
        batch.end.offset = size;
        want = kReadSize;
    }
}

base::Status Journal::advance(const JournalPosition& end) {
    const fs::path name = folder_ / kPosition;
    const fs::path draft = folder_ / "position.new";
    const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return failure("cannot note the position");
    const bool written = write_all(fd, encode_position(end)) && ::fdatasync(fd) == 0;
    ::close(fd);
    if (!written || ::rename(draft.c_str(), name.c_str()) != 0) {
        return failure("cannot note the position");
    }
    const std::lock_guard guard(mutex_);
    position_ = end;
    // The last one stays: it may be appended to.
    while (segments_.size() > 1 && segments_.front().number < end.segment) {
        ::unlink(path(segments_.front().number).c_str());
        size_ -= segments_.front().size;
        segments_.erase(segments_.begin());
    }
    return {};
}

void Journal::remove() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

}  // namespace gomodel::record
