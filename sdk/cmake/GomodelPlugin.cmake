# gomodel_add_plugin() builds one plugin module, the same way in the gateway's own tree and from the
# installed SDK.
#
#   gomodel_add_plugin(<name>
#     KIND provider|cache|vector|storage|guardrail
#     SOURCES <file>...
#     [SCHEMA <file.json>...]   # each becomes "<file.json>.hpp": schema.json -> kSchemaJson
#     [FIXTURES <dir>]          # recorded exchanges, for providers
#     [CONFIG <file.json>]      # what plugin-check configures the plugin with
#     [CHECK_ARGS <arg>...]     # further arguments of plugin-check
#     [LINKS <target>...])
#
# The target is gomodel-<kind>-<name>, the file libgomodel-<kind>-<name>.so. It exports one symbol,
# can be unloaded, is installed to GOMODEL_PLUGIN_INSTALL_DIR, and ctest runs plugin-check on it.
#
# Variables: GOMODEL_PLUGIN_OUTPUT_DIR (where to build, default: beside the other binaries),
# GOMODEL_PLUGIN_LINKS (targets that every plugin links).

# Not CMAKE_INSTALL_LIBDIR, which may name an architecture: the gateway looks here, whatever it is.
set(GOMODEL_PLUGIN_INSTALL_DIR lib/gomodel/plugins
  CACHE STRING "Where plugins are installed, relative to the prefix")

# The names in -fsanitize= that this directory builds with, or nothing.
function(gomodel_sanitizers result)
  get_directory_property(compile COMPILE_OPTIONS)
  string(REGEX MATCHALL "-fsanitize=[a-z,]+" found "${CMAKE_CXX_FLAGS} ${compile}")
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

function(gomodel_add_plugin name)
  cmake_parse_arguments(ARG "" "KIND;FIXTURES;CONFIG" "SOURCES;SCHEMA;CHECK_ARGS;LINKS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "gomodel_add_plugin(${name}): unknown ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_KIND MATCHES "^(provider|cache|vector|storage|guardrail)$")
    message(FATAL_ERROR "gomodel_add_plugin(${name}): KIND is '${ARG_KIND}', not one of provider, "
      "cache, vector, storage, guardrail")
  endif()

  set(target gomodel-${ARG_KIND}-${name})
  add_library(${target} MODULE ${ARG_SOURCES})
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE gomodel::sdk ${ARG_LINKS} ${GOMODEL_PLUGIN_LINKS})
  gomodel_embed_json(${target} ${ARG_SCHEMA})
  gomodel_seal_module(${target})
  if(GOMODEL_PLUGIN_OUTPUT_DIR)
    set_target_properties(${target} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${GOMODEL_PLUGIN_OUTPUT_DIR})
  endif()
  install(TARGETS ${target} LIBRARY DESTINATION ${GOMODEL_PLUGIN_INSTALL_DIR} COMPONENT plugins)

  set(check_args ${ARG_CHECK_ARGS})
  foreach(option FIXTURES CONFIG)
    if(ARG_${option})
      string(TOLOWER ${option} flag)
      get_filename_component(path ${ARG_${option}} ABSOLUTE)
      list(APPEND check_args --${flag} ${path})
    endif()
  endforeach()
  gomodel_add_plugin_check(${target} ${check_args})
endfunction()

# Gives `target` a header for each JSON file.
function(gomodel_embed_json target)
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/${target}-json)
  foreach(file IN LISTS ARGN)
    get_filename_component(input ${file} ABSOLUTE)
    get_filename_component(base ${file} NAME)
    set(output ${directory}/${base}.hpp)
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output}
        -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedJson.cmake
      DEPENDS ${input} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedJson.cmake
      COMMENT "Embedding ${base}" VERBATIM)
    target_sources(${target} PRIVATE ${output})
  endforeach()
  target_include_directories(${target} PRIVATE ${directory})
endfunction()

# Makes a module export gm_module_v1 and nothing else, and let go of its memory when unloaded.
function(gomodel_seal_module target)
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  set_target_properties(${target} PROPERTIES
    PREFIX lib
    POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${map})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A unique symbol keeps the module in memory after dlclose. Clang emits none.
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>)
  endif()
  target_link_options(${target} PRIVATE -Wl,--version-script=${map} -Wl,-z,now)
  gomodel_sanitizers(sanitizers)
  if(NOT sanitizers)
    # A sanitizer's runtime is in the program, not in the module: its symbols are not defined here.
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
endfunction()

# Has ctest run plugin-check on `target` with these arguments.
function(gomodel_add_plugin_check target)
  add_test(NAME plugin-check.${target}
    COMMAND gomodel::plugin-check $<TARGET_FILE:${target}> ${ARGN})
  set_tests_properties(plugin-check.${target} PROPERTIES LABELS plugin-check)
  gomodel_sanitizers(sanitizers)
  if(sanitizers MATCHES "thread")
    # A race ends the test at once; otherwise only the exit of the process would tell.
    set_tests_properties(plugin-check.${target} PROPERTIES
      ENVIRONMENT "TSAN_OPTIONS=halt_on_error=1")
  endif()
endfunction()
