// One file descriptor kept back for the moment the process has no more: a client that connects then
// is told so instead of being left to wait. Loop thread only.
#pragma once

namespace gomodel::net {

class SpareDescriptor {
public:
    SpareDescriptor();
    ~SpareDescriptor();
    SpareDescriptor(const SpareDescriptor&) = delete;
    SpareDescriptor& operator=(const SpareDescriptor&) = delete;

    // Accepts one connection of the listening socket, answers 503 (`plain` false: nothing, as TLS
    // would need a handshake) and closes it. False: there is no connection, or no descriptor even
    // for that; errno says which, as accept() does.
    bool refuse_one(int listener, bool plain);

private:
    void open();

    int fd_ = -1;
};

}  // namespace gomodel::net
