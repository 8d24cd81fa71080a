#include "net/client_upload.hpp"

#include <array>
#include <charconv>
#include <exception>
#include <new>

namespace gomodel::net {
namespace {

constexpr int kReadsATurn = 16;  // so that one fast upload does not starve the others

// Waits for the answer while the request is being sent.
struct HeadWatch {
    Stream* stream;
    MessageParser* parser;
    Buffer* received;
    CancelSource* upload;  // is cancelled when the wait is over
    CancelSource stop;     // of the wait
    base::Status status;
    bool done = false;
};

Task<void> watch_head(HeadWatch* watch) {
    try {
        watch->status =
            co_await read_head(watch->stream, watch->parser, watch->received, kNever, &watch->stop);
    } catch (const std::bad_alloc&) {
        watch->status = base::Error{base::Code::kInternal, "out of memory"};
    }
    watch->done = true;
    watch->upload->cancel();
}

class Upload {
public:
    enum class End { kSent, kLost, kFailed };

    Upload(Stream& stream, const ClientRequest& request, CancelSource& stop)
        : stream_(stream), request_(request), stop_(stop) {}

    // kLost: the connection takes no more, which an answer may explain. kFailed: see failure().
    Task<End> run(std::string_view head) {
        const bool chunked = !request_.source->length().has_value();
        pending_.append(head);
        int reads = 0;
        for (bool last = false; !last;) {
            const End drained = co_await drain();
            if (drained != End::kSent) co_return drained;
            if (++reads % kReadsATurn == 0) co_await Yield(stream_.loop());
            if (stop_.cancelled()) {
                failure_ = woken(Wake::kCancelled, {});
                co_return End::kFailed;
            }
            const base::Result<std::string_view> next = co_await request_.source->next(&stop_);
            if (!next.ok()) {
                failure_ = next.error();
                co_return End::kFailed;
            }
            last = next->empty();
            if (chunked) {
                push_chunk(*next);
            } else {
                push({&*next, 1});
            }
        }
        co_return co_await drain();
    }

    const base::Error& failure() const { return failure_; }

    base::SteadyTime deadline() const {
        return request_.patience.count() == 0 ? kNever : stream_.loop().now() + request_.patience;
    }

private:
    // Writes what the connection takes now and keeps the rest: less than one read of the source.
    void push(std::span<const std::string_view> pieces) {
        std::array<iovec, 3> vectors;
        std::size_t count = 0;
        std::size_t sent = 0;
        for (const std::string_view piece : pieces) {
            if (!piece.empty()) vectors[count++] = {const_cast<char*>(piece.data()), piece.size()};
        }
        if (count == 0) return;
        const IoResult result = stream_.write({vectors.data(), count});
        if (result.status == IoStatus::kOk) sent = result.bytes;
        for (const std::string_view piece : pieces) {
            const std::size_t skip = std::min(sent, piece.size());
            sent -= skip;
            pending_.append(piece.substr(skip));
        }
    }

    void push_chunk(std::string_view bytes) {
        if (bytes.empty()) {
            const std::string_view end = "0\r\n\r\n";
            push({&end, 1});
            return;
        }
        std::array<char, 20> line;
        char* const end = std::to_chars(line.data(), line.data() + 16, bytes.size(), 16).ptr;
        end[0] = '\r';
        end[1] = '\n';
        const std::array<std::string_view, 3> pieces{
            std::string_view(line.data(), static_cast<std::size_t>(end - line.data()) + 2), bytes,
            "\r\n"};
        push(pieces);
    }

    Task<End> drain() {
        while (!pending_.empty()) {
            const iovec rest{pending_.data(), pending_.size()};
            const IoResult result = stream_.write({&rest, 1});
            if (result.status == IoStatus::kOk) {
                pending_.consume(result.bytes);
            } else if (result.status != IoStatus::kWouldBlock) {
                co_return End::kLost;
            } else {
                const Wake wake = co_await stream_.wait_write(deadline(), &stop_);
                if (wake != Wake::kReady) {
                    failure_ = woken(wake, "take the request");
                    co_return End::kFailed;
                }
            }
        }
        co_return End::kSent;
    }

    Stream& stream_;
    const ClientRequest& request_;
    CancelSource& stop_;
    Buffer pending_;  // read from the source and not yet taken by the connection
    base::Error failure_;
};

// What to say when there is no answer.
base::Error explain(Upload::End end, const Upload& upload, Wake wake, const HeadWatch& watch) {
    if (end == Upload::End::kFailed && upload.failure().code != base::Code::kCancelled) {
        return upload.failure();
    }
    const bool stopped = watch.status.error().code == base::Code::kCancelled;
    if (!stopped) return watch.status.error();
    return woken(wake == Wake::kTimeout ? wake : Wake::kCancelled, "answer");
}

}  // namespace

Task<base::Status> exchange_upload(SendState* state, const ClientRequest* request,
                                   const std::string* head, CancelSource* cancel) {
    Stream& stream = state->connection->stream();
    CancelSource unused;
    ChildCancelSource stop(cancel == nullptr ? unused : *cancel);
    HeadWatch watch{&stream, &state->parser, &state->received, &stop, {}, {}};
    Upload upload(stream, *request, stop);
    Upload::End end = Upload::End::kFailed;
    Wake wake = Wake::kReady;
    std::exception_ptr failure;
    spawn(watch_head(&watch));
    try {
        end = co_await upload.run(*head);
        if (end != Upload::End::kFailed && !watch.done) {
            wake = co_await Sleep(stream.loop(), upload.deadline(), &stop);
        }
    } catch (...) {
        failure = std::current_exception();
    }
    watch.stop.cancel();
    while (!watch.done)  // it points into this frame
        co_await Yield(stream.loop());
    if (failure) std::rethrow_exception(failure);
    state->unfinished = end != Upload::End::kSent;
    if (watch.status.ok()) co_return base::Status();
    state->lost = watch.status.error().code == base::Code::kUnavailable;
    co_return explain(end, upload, wake, watch);
}

}  // namespace gomodel::net
