// Something that was recorded, on its way from the loop where it happened to the recorder's thread,
// where it becomes a row of a table. Owned by one thread at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace gomodel::record {

class Entry {
public:
    Entry() = default;
    virtual ~Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    virtual std::string_view table() const = 0;  // a literal
    // The row, a JSON object in UTF-8. Throws std::bad_alloc, and may be asked for again then.
    virtual std::string row() const = 0;
    // How much memory it takes, if that is much.
    virtual std::size_t size() const { return 0; }

    std::function<void()> recorded;  // called once the row is safe; may be empty, must not throw
    Entry* next = nullptr;           // of the queue's
};

}  // namespace gomodel::record
