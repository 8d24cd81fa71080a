// The external list of models, and the file that models are kept in. Promises: what is found in a
// list reads the same once it is written; what is read from a file is the same after it was kept
// again.

#include "gateway/model_list.hpp"

#include "gateway/model_cache.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

void check_list(std::string_view text) {
    const base::Result<gateway::ModelList> list = gateway::ModelList::parse(text);
    if (!list.ok()) return;
    const json::Tree tree(text);
    for (const json::Node model : tree.root()["models"]) {
        const auto found = list->find("openai", model.name());
        if (!found) continue;
        json::Out out;
        write_metadata(out, *found);
        const json::Tree written(out.text());
        require(written.ok(), "metadata is written as JSON", out.text());
        require(gateway::read_metadata(written.root()) == found, "and reads the same", out.text());
    }
}

void check_file(std::string_view text) {
    const base::Result<gateway::ModelCache> cache = gateway::read_model_cache(text);
    if (!cache.ok()) return;
    const std::string kept = to_json(*cache, {});
    const base::Result<gateway::ModelCache> again = gateway::read_model_cache(kept);
    require(again.ok(), "what is kept can be read", kept);
    require_equal(to_json(*again, {}), kept, "what is kept stays the same");
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = gomodel::fuzz::as_text(data, size);
    gomodel::fuzz::check_list(text);
    gomodel::fuzz::check_file(text);
    return 0;
}
