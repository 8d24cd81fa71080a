// Everything a plugin author needs, in one include: derive from Cache, Provider, VectorStore,
// Storage or Guardrail, then name the class in GM_MODULE. Header-only C++20 over the C ABI in
// abi.h; a module built with it exports one symbol and runs no code when it is loaded.
#pragma once

#include <gomodel/cache.hpp>
#include <gomodel/call.hpp>
#include <gomodel/config.hpp>
#include <gomodel/error.hpp>
#include <gomodel/guardrail.hpp>
#include <gomodel/host.hpp>
#include <gomodel/json.hpp>
#include <gomodel/module.hpp>
#include <gomodel/op.hpp>
#include <gomodel/provider.hpp>
#include <gomodel/sse.hpp>
#include <gomodel/storage.hpp>
#include <gomodel/vector_store.hpp>
#include <gomodel/view.hpp>
