#include "gateway/model_keeper.hpp"

namespace gomodel::gateway {

ModelKeeper::ModelKeeper(std::filesystem::path folder, GenerationStore& store,
                         const base::Clock& clock, base::Log& log)
    : file_(folder.empty() ? folder : model_cache_file(folder)),
      store_(store),
      clock_(clock),
      log_(log) {}

void ModelKeeper::restore(const Generation& first) {
    if (file_.empty()) return;
    const base::Result<std::string> text = load_model_cache(file_);
    if (!text.ok() && text.error().code == base::Code::kNotFound) return;
    base::Result<ModelCache> cache =
        text.ok() ? read_model_cache(*text) : base::Result<ModelCache>(text.error());
    if (!cache.ok()) {
        const std::string file = file_.string();
        log_.warn(
            "the cached models cannot be used",
            {{"file", std::string_view(file)}, {"error", std::string_view(cache.error().message)}});
        return;
    }
    if (!cache->model_list.empty() && !first.settings.cache.model.model_list_url.empty()) {
        base::Result<ModelList> list = ModelList::parse(cache->model_list);
        if (list.ok()) store_.set_model_list(std::move(*list), std::move(cache->model_list));
    }
    store_.restore(std::move(*cache), first);
    saved_ = store_.revision();
}

void ModelKeeper::save() {
    if (file_.empty() || store_.revision() == saved_) return;
    saved_ = store_.revision();
    const base::Status saved = save_model_cache(file_, to_json(store_.cache(), clock_.wall()));
    if (saved.ok()) return;
    log_.warn("the models could not be cached",
              {{"error", std::string_view(saved.error().message)}});
}

}  // namespace gomodel::gateway
