#include "control/managed_table.hpp"

namespace gomodel::control {

base::Status ManagedTable::load(const std::shared_ptr<record::Storage>& storage) {
    const std::lock_guard lock(mutex_);
    if (storage != storage_) {
        if (base::Status fits = storage->ensure(schema()); !fits.ok()) return fits;
    }
    if (base::Status read = this->read(*storage); !read.ok()) return read;
    storage_ = storage;
    return {};
}

void ManagedTable::tend() {
    const Access access = this->access();
    if (access.storage != nullptr) tend(*access.storage);
}

base::Error ManagedTable::not_read_yet() {
    return {base::Code::kUnavailable, "the table has not been read from the storage yet"};
}

base::Error ManagedTable::failed_read(const base::Error& error) {
    const bool late = error.code == base::Code::kTimeout;
    return {late ? base::Code::kTimeout : base::Code::kInternal, error.message};
}

base::Error ManagedTable::failed_write(const base::Error& error) const {
    in_doubt_();
    return failed_read(error);
}

}  // namespace gomodel::control
