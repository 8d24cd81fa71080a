// Ends statements whose call is over: asks the server to cancel them. One thread, which sleeps
// while no statement runs.
#pragma once

#include <libpq-fe.h>
#include <gomodel/call.hpp>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace storage_postgresql {

bool is_over(gomodel::Call call);

class Watch {
public:
    Watch() : thread_([this] { run(); }) {}
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // A connection in the hands of a call; watched from the constructor to the destructor.
    class Watched {
    public:
        Watched(Watch& watch, gomodel::Call call, PGconn* connection);
        ~Watched();
        Watched(const Watched&) = delete;
        Watched& operator=(const Watched&) = delete;

    private:
        friend class Watch;
        Watch& watch_;
        const gomodel::Call call_;
        PGcancel* const cancel_;
    };

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<Watched*> watched_;
    bool stop_ = false;
    std::thread thread_;  // last: it uses the rest
};

}  // namespace storage_postgresql
