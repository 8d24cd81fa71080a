// Fails while another thread writes.
#include "../good_storage.hpp"

#include <mutex>

class Odd final : public GoodStorage {
public:
    using GoodStorage::GoodStorage;

    void write(gomodel::Call call, std::string_view table, std::string_view rows,
               gomodel::WriteMode mode) override {
        const std::unique_lock lock(mutex_, std::try_to_lock);
        if (!lock.owns_lock()) throw gomodel::Error(GM_UNAVAILABLE, "another thread writes");
        GoodStorage::write(call, table, rows, mode);
    }

private:
    std::mutex mutex_;
};

GM_MODULE("broken 1.0.0", Odd);
