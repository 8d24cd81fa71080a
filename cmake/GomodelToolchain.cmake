# Language level, warnings, sanitizers and build accelerators for every target of ours.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(GOMODEL_PLUGIN_OUTPUT_DIR ${CMAKE_BINARY_DIR}/plugins)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -fno-omit-frame-pointer")

add_library(gomodel_warnings INTERFACE)
target_compile_options(gomodel_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Werror
  $<$<COMPILE_LANGUAGE:CXX>:-Wconversion -Wnon-virtual-dtor -Wold-style-cast>)

# Warns of what libstdc++ does with strings, which is in order (GCC bug 105329).
target_compile_options(gomodel_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

# The files of a target compiled as one (docs/adr/0033-a-layer-is-compiled-as-one-file.md). GCC takes
# what is in their anonymous namespaces for things in a header, and warns of classes that have such
# members. And it stops inlining once a large file has grown by two fifths, which a small one may
# exceed: without this a layer's hot paths take up to 40 % longer.
if(CMAKE_UNITY_BUILD)
  target_compile_options(gomodel_warnings INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  add_compile_options(
    $<$<AND:$<CONFIG:Release>,$<COMPILE_LANG_AND_ID:CXX,GNU>>:--param=large-unit-insns=1000000>)
endif()

if(GOMODEL_SANITIZE)
  # What a sanitizer adds misleads this warning inside <regex> (GCC bug 105562).
  target_compile_options(gomodel_warnings INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_compile_options(-fsanitize=${GOMODEL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GOMODEL_SANITIZE})
  if(GOMODEL_FUZZ)
    # The ignore list names what is not ours to put right. -fsanitize=function puts data before each
    # function, which clang 14 cannot do for coroutines.
    add_compile_options(-fsanitize=fuzzer-no-link,float-cast-overflow -fno-sanitize=function
      -fsanitize-ignorelist=${CMAKE_CURRENT_SOURCE_DIR}/tests/fuzz/sanitizer-ignore.txt)
    # RapidJSON 1.1's iterators are older than C++20's rules for comparisons.
    target_compile_options(gomodel_warnings INTERFACE -Wno-ambiguous-reversed-operator)
  endif()
endif()

# Checkouts in other folders share what is cached; the other two are what precompiled headers need.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

# Parses the headers that most files of a target include once for all of them: two thirds of the time
# of a build go into such headers. A file still includes what it uses; the header tests, which are
# compiled without, see to it. A target that is compiled as one file parses them once anyway.
function(gomodel_precompile target)
  if(CMAKE_UNITY_BUILD)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE
    <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <filesystem> <functional>
    <map> <memory> <mutex> <optional> <set> <span> <sstream> <stdexcept> <string> <string_view>
    <thread> <unordered_map> <utility> <variant> <vector> ${ARGN})
endfunction()
