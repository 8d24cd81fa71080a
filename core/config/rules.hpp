// What must hold between settings, and what follows from them, once file and environment are
// applied: normal forms, one backend of two, what needs what. Private to the loader.
#pragma once

#include "config/environment.hpp"
#include "config/overlay.hpp"
#include "config/report.hpp"
#include "config/settings.hpp"

namespace gomodel::config {

void apply_rules(Settings& settings, const Blocks& blocks, const Environment& environment,
                 Report& report);

// Of rules.cpp, in a file of their own.
void apply_cache_rules(Cache& cache, const Blocks& blocks, const Environment& environment,
                       Report& report);
void apply_vector_store_rules(Settings& settings, Report& report);
void apply_storage_rules(Settings& settings, Report& report);
void apply_plugin_rules(Plugins& plugins, Report& report);

}  // namespace gomodel::config
