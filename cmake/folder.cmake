# A folder of src/ becomes a library, its tests, its fuzzers and its micro-benchmarks, by the suffixes of its files.
#
#   tollgate_folder(limits NEEDS base domain USES date::date)
#
#   x.cpp          the library tollgate_limits
#   x_test.cpp     all of them together: the program limits_test, known to ctest
#   x_fuzz.cpp     one fuzzer each: limits_x_fuzz (preset fuzz)
#   x_bench.cpp    one program each: limits_x_bench
#
# NEEDS names other folders (see docs/map.md; tools/floors checks them), USES names libraries from outside. HEADERS are our own that most of the
# library's files include anyway, TEST_HEADERS those of its tests: they are read once. Every file of the folder is compiled anew when one changes.
# Tests are compiled far more often than they run: no optimising of their own code, and what all of them include is read once.
function(quick_to_compile target)
  if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" AND NOT TOLLGATE_SANITIZE)
    target_compile_options(${target} PRIVATE -O0 -U_FORTIFY_SOURCE)
  endif()
  target_precompile_headers(${target} PRIVATE ${ARGN} <gtest/gtest.h> <fmt/format.h> <chrono> <functional> <map> <memory> <optional> <string>
                            <string_view> <variant> <vector>)
endfunction()

function(tollgate_folder name)
  cmake_parse_arguments(arg "" "" "NEEDS;USES;HEADERS;TEST_HEADERS" ${ARGN})
  list(TRANSFORM arg_HEADERS PREPEND ${CMAKE_SOURCE_DIR}/src/)
  list(TRANSFORM arg_TEST_HEADERS PREPEND ${CMAKE_SOURCE_DIR}/src/)
  file(GLOB_RECURSE all CONFIGURE_DEPENDS *.cpp)
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench|refused)\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")

  set(scope PUBLIC)
  if(sources)
    add_library(tollgate_${name} STATIC ${sources})
    target_precompile_headers(tollgate_${name} PRIVATE <fmt/format.h> <array> <chrono> <cstdint> <map> <memory> <optional> <string> <string_view>
                              <variant> <vector> ${arg_HEADERS})
  else()
    add_library(tollgate_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(tollgate_${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
  foreach(need IN LISTS arg_NEEDS)
    target_link_libraries(tollgate_${name} ${scope} tollgate_${need})
  endforeach()
  target_link_libraries(tollgate_${name} ${scope} fmt::fmt Threads::Threads ${arg_USES})

  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(tests AND NOT TOLLGATE_FUZZ)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE tollgate_${name} GTest::gtest GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE TOLLGATE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    quick_to_compile(${name}_test ${arg_TEST_HEADERS})
    add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
  endif()

  set(benches ${all})
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")
  foreach(file IN LISTS benches)
    get_filename_component(stem ${file} NAME_WE)
    add_executable(${name}_${stem} EXCLUDE_FROM_ALL ${file})
    target_link_libraries(${name}_${stem} PRIVATE tollgate_${name})
  endforeach()

  if(TOLLGATE_FUZZ)
    set(fuzzers ${all})
    list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
    foreach(file IN LISTS fuzzers)
      get_filename_component(stem ${file} NAME_WE)
      add_executable(${name}_${stem} ${file})
      target_link_libraries(${name}_${stem} PRIVATE tollgate_${name})
      target_link_options(${name}_${stem} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()
