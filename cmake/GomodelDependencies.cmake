# Third-party libraries, all from Debian packages (scripts/setup.sh names them).
# What each is for: README.md; a new one needs a reason in its commit.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
if(NOT TARGET PostgreSQL::client)
  add_library(PostgreSQL::client ALIAS PostgreSQL::PostgreSQL)  # what Poco calls it
endif()
find_package(Poco REQUIRED COMPONENTS
  Foundation Net NetSSL Crypto JSON Util Data DataSQLite DataPostgreSQL)
find_package(Boost 1.74 REQUIRED)  # headers: Beast, Intrusive, DLL
find_package(simdjson REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_path(HIREDIS_INCLUDE_DIR hiredis/hiredis.h REQUIRED)
find_library(HIREDIS_LIBRARY hiredis REQUIRED)
find_path(RAPIDJSON_INCLUDE_DIR rapidjson/writer.h REQUIRED)
find_path(VALIJSON_INCLUDE_DIR valijson/validator.hpp REQUIRED)

# System headers: our warnings are for our code.
add_library(gomodel_boost INTERFACE)
target_include_directories(gomodel_boost SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(gomodel_boost INTERFACE BOOST_DLL_USE_STD_FS)
add_library(gomodel_rapidjson INTERFACE)
target_include_directories(gomodel_rapidjson SYSTEM INTERFACE ${RAPIDJSON_INCLUDE_DIR})
add_library(gomodel_hiredis INTERFACE)
target_include_directories(gomodel_hiredis SYSTEM INTERFACE ${HIREDIS_INCLUDE_DIR})
target_link_libraries(gomodel_hiredis INTERFACE ${HIREDIS_LIBRARY})
add_library(gomodel_valijson INTERFACE)
target_include_directories(gomodel_valijson SYSTEM INTERFACE ${VALIJSON_INCLUDE_DIR})

if(GOMODEL_TESTS)
  find_package(GTest QUIET)
  if(NOT GTest_FOUND)
    message(STATUS "GoogleTest is not installed: no tests (scripts/setup.sh test)")
    set(GOMODEL_TESTS OFF)
  endif()
endif()
