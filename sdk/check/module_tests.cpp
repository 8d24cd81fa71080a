// What is asked of every module, whatever it offers.

#include <fcntl.h>
#include <gomodel/abi.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <thread>

#include "elf.hpp"
#include "file.hpp"
#include "subject.hpp"
#include "suites.hpp"

namespace gomodel::check {
namespace {

// What an interface is called in the ids of its plugins, and the size of its table.
struct Interface {
    const char* id;
    const char* kind;
    std::size_t table_size;
};
constexpr Interface kInterfaces[] = {
    {GM_PROVIDER, "provider", sizeof(gm_provider_t)},
    {GM_CACHE, "cache", sizeof(gm_cache_t)},
    {GM_VECTOR_STORE, "vector", sizeof(gm_vector_store_t)},
    {GM_STORAGE, "storage", sizeof(gm_storage_t)},
    {GM_GUARDRAIL, "guardrail", sizeof(gm_guardrail_t)},
};

const Interface* find_interface(std::string_view id) {
    const auto* const found = std::find_if(std::begin(kInterfaces), std::end(kInterfaces),
                                           [id](const Interface& each) { return each.id == id; });
    return found == std::end(kInterfaces) ? nullptr : found;
}

std::vector<Symbol> symbols(Subject& subject) {
    return dynamic_symbols(read_file(subject.options().module));
}

template <typename Use>
void for_each_plugin(Subject& subject, Use&& use) {
    const gm_module_t& module = subject.module().descriptor();
    for (std::uint32_t i = 0; i < module.plugin_count; ++i)
        use(*module.plugins[i]);
}

void exports_exactly_one_symbol(Subject& subject) {
    std::vector<std::string> exported;
    for (const Symbol& symbol : symbols(subject)) {
        // A unique symbol is always exported; no-unique-symbols speaks of those.
        if (symbol.defined && !symbol.unique) exported.push_back(symbol.name);
    }
    if (exported == std::vector<std::string>{GM_MODULE_SYMBOL}) return;
    if (exported.empty()) fail("nothing is exported: end the module with GM_MODULE(...)");
    std::erase(exported, GM_MODULE_SYMBOL);
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(exported.size(), 3); ++i) {
        names += (i == 0 ? "" : ", ") + exported[i];
    }
    fail(std::to_string(exported.size()) + " symbols besides " GM_MODULE_SYMBOL " (" + names +
         "): build with gomodel_add_plugin, or link with its version script");
}

void no_unique_symbols(Subject& subject) {
    for (const Symbol& symbol : symbols(subject)) {
        if (symbol.unique) {
            fail(symbol.name +
                 " is STB_GNU_UNIQUE, so the module can never be unloaded: compile "
                 "with -fno-gnu-unique");
        }
    }
}

void no_thread_local_destructors(Subject& subject) {
    for (const Symbol& symbol : symbols(subject)) {
        if (symbol.name == "__cxa_thread_atexit" || symbol.name == "__cxa_thread_atexit_impl") {
            warn(
                "a thread_local with a destructor keeps the module in memory until every thread "
                "that touched it has ended");
        }
    }
}

void abi_version_accepted(Subject& subject) {
    const Library library(subject.options().module);
    const gm_module_t& module = library.descriptor();
    expect(module.size >= offsetof(gm_module_t, name), "gm_module.size is not set");
    const std::string problem = version_problem(module);
    if (!problem.empty()) fail(problem);
}

// True iff the table is as large as this ABI's and none of its functions is missing. What follows
// the leading size is function pointers only.
bool table_is_complete(const void* table, std::size_t size) {
    if (table == nullptr) return false;
    std::uint32_t stated = 0;
    std::memcpy(&stated, table, sizeof stated);
    if (stated < size) return false;
    for (std::size_t at = sizeof(void*); at < size; at += sizeof(void*)) {
        const void* function = nullptr;
        std::memcpy(&function, static_cast<const char*>(table) + at, sizeof function);
        if (function == nullptr) return false;
    }
    return true;
}

void sizes_set(Subject& subject) {
    const Library library(subject.options().module);
    const gm_module_t& module = library.descriptor();
    expect(module.size >= sizeof(gm_module_t), "gm_module.size is smaller than the struct");
    expect(module.name != nullptr, "gm_module.name is null");
    expect(module.plugin_count > 0 && module.plugins != nullptr, "the module offers no plugin");
    for (std::uint32_t i = 0; i < module.plugin_count; ++i) {
        const gm_plugin_t* const plugin = module.plugins[i];
        const std::string which = "plugin " + std::to_string(i);
        expect(plugin != nullptr, which + " is null");
        expect(plugin->size >= sizeof(gm_plugin_t), which + ": size is smaller than the struct");
        const bool texts = plugin->id != nullptr && plugin->version != nullptr &&
                           plugin->summary != nullptr && plugin->config_schema != nullptr &&
                           plugin->iface != nullptr;
        expect(texts, which + ": one of its texts is null");
        expect(plugin->create != nullptr && plugin->destroy != nullptr,
               which + ": create or destroy is null");
        const Interface* const interface = find_interface(plugin->iface);
        expect(interface == nullptr || table_is_complete(plugin->vtable, interface->table_size),
               which + ": its function table is smaller than the interface's, or has holes");
    }
}

void ids_wellformed(Subject& subject) {
    static const std::regex name("[a-z]+\\.[a-z0-9]+([_-][a-z0-9]+)*");
    static const std::regex semver(
        "(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)"
        "?");
    for_each_plugin(subject, [](const gm_plugin_t& plugin) {
        const std::string id = plugin.id;
        expect(std::regex_match(id, name),
               "\"" + id + "\" is not <kind>.<name> in lower case, digits, - and _");
        expect(std::regex_match(plugin.version, semver),
               id + ": version \"" + plugin.version + "\" is not like 1.2.3");
        const std::string_view summary = plugin.summary;
        expect(!summary.empty() && summary.size() <= 120 &&
                   summary.find('\n') == std::string_view::npos,
               id + ": the summary is not one line of at most 120 bytes");
    });
}

void no_duplicate_ids(Subject& subject) {
    std::set<std::string> seen;
    for_each_plugin(subject, [&seen](const gm_plugin_t& plugin) {
        expect(seen.insert(plugin.id).second, "two plugins are called " + std::string(plugin.id));
    });
}

void known_interface(Subject& subject) {
    for_each_plugin(subject, [](const gm_plugin_t& plugin) {
        const std::string id = plugin.id;
        const Interface* const interface = find_interface(plugin.iface);
        expect(interface != nullptr,
               id + " speaks " + plugin.iface + ", which this host does not know");
        const std::string kind = id.substr(0, id.find('.'));
        expect(kind == interface->kind, id + " speaks " + plugin.iface +
                                            ", so it should be called " + interface->kind + "." +
                                            id.substr(id.find('.') + 1));
    });
}

void scan_is_fast(Subject& subject) {
    if (sanitized()) skip("times mean nothing under a sanitizer");
    constexpr std::chrono::milliseconds kLimit(50);
    auto best = std::chrono::steady_clock::duration::max();
    // The best of several: the machine may be busy with something else.
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const Library library(subject.options().module);
        const std::size_t size = library.descriptor().size;
        expect(size > 0, "gm_module.size is 0");
        best = std::min(best, std::chrono::steady_clock::now() - start);
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(best);
    expect(took < kLimit, "loading takes " + std::to_string(took.count()) + " ms, more than " +
                              std::to_string(kLimit.count()) +
                              ": move the work of static constructors into create");
}

// True iff a file of that path is mapped into this process.
bool is_mapped(const std::string& path) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.ends_with(" " + path)) return true;
    }
    return false;
}

void load_unload_unmaps(Subject& subject) {
    for (const Symbol& symbol : symbols(subject)) {
        if (symbol.unique) skip("it cannot be: see no-unique-symbols");
    }
    const std::string path = std::filesystem::canonical(subject.options().module);
    {
        const Module module(path);
        expect(is_mapped(path), path + " does not show up in /proc/self/maps");
    }
    expect(!is_mapped(path),
           "still mapped after dlclose: a library it links is marked NODELETE, or "
           "something holds on to its code");
}

void init_deinit_twice(Subject& subject) {
    // Each Module calls init and deinit; one after the other, as when a module is replaced.
    const Module first(subject.options().module);
    const gm_module_t& module = first.descriptor();
    if (!GM_HAS(&module, init) && !GM_HAS(&module, deinit)) return;
    for (int i = 0; i < 2; ++i) {
        if (GM_HAS(&module, deinit)) module.deinit();
        if (GM_HAS(&module, init)) {
            const gm_status_t status = module.init();
            expect(status == GM_OK, "init returned " + name_of_status(status) + " the second time");
        }
    }
}

constexpr Test kModuleTests[] = {
    {"exports-exactly-one-symbol", "The file exports gm_module_v1 and nothing else.",
     exports_exactly_one_symbol, Level::kFile},
    {"no-unique-symbols", "No symbol is STB_GNU_UNIQUE, which would forbid unloading.",
     no_unique_symbols, Level::kFile},
    {"no-thread-local-destructors", "Warns of thread_local objects that delay unloading.",
     no_thread_local_destructors, Level::kFile},
    {"abi-version-accepted", "The file loads, and this host accepts the ABI it was built against.",
     abi_version_accepted, Level::kFile, Level::kLoaded},
    {"sizes-set", "Every struct states its size and every required field is set.", sizes_set,
     Level::kLoaded, Level::kDescribed},
    {"ids-wellformed", "Ids are <kind>.<name>, versions semver, summaries one line.",
     ids_wellformed, Level::kDescribed},
    {"no-duplicate-ids", "No two plugins of the module share an id.", no_duplicate_ids,
     Level::kDescribed},
    {"known-interface", "Every plugin speaks an interface the host knows, and is named for it.",
     known_interface, Level::kDescribed},
    {"scan-is-fast", "Loading the module takes less than 50 ms: no work in static constructors.",
     scan_is_fast, Level::kDescribed},
    {"load-unload-unmaps", "After unloading, nothing of the file stays in memory.",
     load_unload_unmaps, Level::kDescribed},
    {"init-deinit-twice", "The module can be started again after it was stopped.",
     init_deinit_twice, Level::kDescribed},
};

}  // namespace

std::span<const Test> module_tests() {
    return kModuleTests;
}

}  // namespace gomodel::check
