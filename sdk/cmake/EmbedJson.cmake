# Writes a header that holds a JSON file as one string constant, named after the file:
# schema.json -> kSchemaJson. Run as a script: cmake -DINPUT=x.json -DOUTPUT=x.json.hpp -P this

file(READ ${INPUT} text)
string(JSON type ERROR_VARIABLE error TYPE "${text}")
if(error)
  message(FATAL_ERROR "${INPUT}: ${error}")
endif()

get_filename_component(file ${INPUT} NAME)
string(REGEX MATCHALL "[A-Za-z0-9]+" words ${file})
set(constant k)
foreach(word IN LISTS words)
  string(SUBSTRING ${word} 0 1 first)
  string(SUBSTRING ${word} 1 -1 rest)
  string(TOUPPER ${first} first)
  string(APPEND constant ${first}${rest})
endforeach()

file(WRITE ${OUTPUT} "// Generated from ${file}.
#pragma once

inline constexpr char ${constant}[] = R\"gm_json(${text})gm_json\";
")
