#include "suites.hpp"

#include <gomodel/abi.h>

namespace gomodel::check {

std::span<const Test> interface_tests(std::string_view interface) {
    if (interface == GM_CACHE) return cache_tests();
    if (interface == GM_PROVIDER) return provider_tests();
    if (interface == GM_STORAGE) return storage_tests();
    if (interface == GM_GUARDRAIL) return guardrail_tests();
    return {};
}

bool is_test(std::string_view name) {
    for (const auto tests : {module_tests(), config_tests(), cache_tests(), provider_tests(),
                             storage_tests(), guardrail_tests()}) {
        for (const Test& test : tests) {
            if (test.name == name) return true;
        }
    }
    return false;
}

}  // namespace gomodel::check
