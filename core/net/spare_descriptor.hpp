// One file descriptor kept back for the moment the process has no more: a client that connects then
// is told so instead of being left to wait. One a loop, on its thread; accepting goes through it,
// so that no other loop takes the descriptor in the moment it is given away.
#pragma once

namespace gomodel::net {

class SpareDescriptor {
public:
    SpareDescriptor();
    ~SpareDescriptor();
    SpareDescriptor(const SpareDescriptor&) = delete;
    SpareDescriptor& operator=(const SpareDescriptor&) = delete;

    // accept4() with a non-blocking descriptor that is closed on exec.
    static int accept(int listener);

    // Accepts one connection of the listening socket, answers 503 (`plain` false: nothing, as TLS
    // would need a handshake) and closes it. False: there is no connection, or no descriptor even
    // for that; errno says which, as accept() does.
    bool refuse_one(int listener, bool plain);

private:
    void open();

    int fd_ = -1;
};

}  // namespace gomodel::net
