// Which models are so like another that they may answer in its place without anybody having said
// so. Pure; any thread. Looks at the whole catalogue: ask when a model has failed, not before.
#pragma once

#include <vector>

#include "gateway/catalog.hpp"

namespace gomodel::gateway {

// The most like `source` first: those with its id, at other providers; then, if it writes text and
// stands in a ranking, others that do and stand in the same one, its family before the rest, the
// nearest in Elo points, else in rank, before the further, and of these those that can do more of
// what it can. What is equal in all that is in order of selector.
std::vector<const Model*> stand_ins(const Catalog& catalog, const Model& source);

}  // namespace gomodel::gateway
