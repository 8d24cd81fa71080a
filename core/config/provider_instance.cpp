#include "config/provider_instance.hpp"

namespace gomodel::config {

std::string ProviderInstance::option(std::string_view member) const {
    const std::string key(member);
    if (options.isNull() || !options->has(key) || !options->get(key).isString()) return {};
    return options->getValue<std::string>(key);
}

}  // namespace gomodel::config
