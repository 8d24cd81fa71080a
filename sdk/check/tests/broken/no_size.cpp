// Does not say how large its descriptor is.
#include "../good_cache.hpp"

constexpr gm_plugin_t kPlugin = [] {
    gm_plugin_t plugin = gomodel::Plugin<GoodCache>::kDescriptor;
    plugin.size = 0;
    return plugin;
}();
constexpr const gm_plugin_t* kPlugins[] = {&kPlugin};

constinit const gm_module_t gm_module_v1 = {sizeof(gm_module_t),
                                            GM_ABI_MAJOR,
                                            GM_ABI_MINOR,
                                            0,
                                            "broken 1.0.0",
                                            1,
                                            kPlugins,
                                            nullptr,
                                            nullptr};
