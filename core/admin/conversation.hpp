// Finds the entries of the audit log that belong to one conversation. Blocks: on a worker.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "record/storage.hpp"

namespace gomodel::admin {

// The entry with the id `anchor`, those that it goes on from, and all that go on from it in any
// branch: oldest first, at most `limit`, rows of the storage. None: there is no such entry. What
// connects entries is `previous_response_id` of the Responses API and, for chat and messages, that
// a request has the messages of the one before (record/thread_links.hpp).
base::Result<std::vector<std::string>> find_conversation(record::Storage& storage,
                                                         const std::string& anchor,
                                                         std::size_t limit);

}  // namespace gomodel::admin
