#include "subject.hpp"

#include "test.hpp"

namespace gomodel::check {

const Module& Subject::module() {
    if (!module_) module_ = std::make_unique<Module>(options_.module);
    return *module_;
}

const gm_plugin_t& Subject::plugin() {
    return module().plugin(plugin_id_);
}

const Schema& Subject::schema() {
    if (!schema_) schema_.emplace(plugin().config_schema);
    return *schema_;
}

std::string Subject::config() {
    std::string made =
        options_.config.empty() ? schema().sample() : schema().with_defaults(options_.config);
    const auto problems = schema().problems(made);
    if (problems.empty()) return made;
    if (!options_.config.empty()) fail("--config does not fit the schema: " + problems.front());
    skip("cannot make a configuration from the schema (" + problems.front() + "): give --config");
}

std::string Subject::config_with_secret() {
    return schema().with_secrets(config(), kSecret);
}

std::unique_ptr<Instance> Subject::instance() {
    return instance(config());
}

std::unique_ptr<Instance> Subject::instance(const std::string& config) {
    auto made = std::make_unique<Instance>(plugin(), config);
    if (made->status() == GM_OK) return made;
    const std::string reason = name_of_status(made->status()) + ", " + made->message();
    if (made->status() == GM_UNAVAILABLE && options_.config.empty()) {
        skip("its service does not answer (" + reason + "): give --config");
    }
    fail("create refused: " + reason);
}

}  // namespace gomodel::check
