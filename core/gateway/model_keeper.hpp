// Keeps what is known of the models on disk, so that a gateway that starts while its providers are
// away serves the models it had. Control thread.
#pragma once

#include <filesystem>

#include "base/log.hpp"
#include "gateway/generation_store.hpp"

namespace gomodel::gateway {

class ModelKeeper {
public:
    // `folder` empty: nothing is kept.
    ModelKeeper(std::filesystem::path folder, GenerationStore& store, const base::Clock& clock,
                base::Log& log);

    // Fills the store with what was kept, before its first generation is published. A file that
    // cannot be read is a warning.
    void restore(const Generation& first);
    // Writes the file, if there is news since it was last written.
    void save();

private:
    const std::filesystem::path file_;
    GenerationStore& store_;
    const base::Clock& clock_;
    base::Log& log_;
    std::uint64_t saved_ = 0;  // the store's revision
};

}  // namespace gomodel::gateway
