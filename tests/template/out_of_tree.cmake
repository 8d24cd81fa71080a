# Installs the SDK to a prefix of its own, copies the template from there, builds it with warnings
# as errors, has it run its tests, and installs the result.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
set(prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} --component sdk)
file(COPY ${prefix}/${DATADIR}/gomodel-sdk/template DESTINATION ${WORK})
run(${CMAKE_COMMAND} -G Ninja -S ${WORK}/template -B ${WORK}/build
  -DCMAKE_PREFIX_PATH=${prefix}
  -DCMAKE_INSTALL_PREFIX=/usr  # for which Debian's libraries go to lib/<architecture>
  -DCMAKE_CXX_COMPILER=${CXX}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
  -DCMAKE_CXX_FLAGS=-Wall\ -Wextra\ -Wpedantic\ -Wshadow\ -Wconversion\ -Werror)
run(${CMAKE_COMMAND} --build ${WORK}/build -j 2)
run(${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/build --output-on-failure --no-tests=error)
run(${CMAKE_COMMAND} --install ${WORK}/build --prefix ${WORK}/gateway)

# Where a gateway in the same prefix looks.
file(GLOB installed RELATIVE ${WORK}/gateway ${WORK}/gateway/lib/gomodel/plugins/*.so)
list(LENGTH installed count)
if(NOT count EQUAL 2)
  message(FATAL_ERROR "expected two installed plugins, found: ${installed}")
endif()
