#include "app/version.hpp"

#include <gomodel/abi.h>

namespace gomodel::app {

std::string version() {
    return GOMODEL_VERSION;
}

std::string version_line() {
    return "gomodel " + version() +
           " (commit: " GOMODEL_COMMIT ", built: " GOMODEL_BUILD_DATE ", g++ " __VERSION__
           ", plugin ABI " +
           std::to_string(GM_ABI_MAJOR) + "." + std::to_string(GM_ABI_MINOR) + ")";
}

}  // namespace gomodel::app
