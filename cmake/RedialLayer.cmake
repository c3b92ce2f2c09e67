# One folder under src/ = one layer = one library = one test program.
# Sources are found by name: *_test.cpp are tests, main.cpp belongs to the program, the rest is the
# library. A new file needs no line here.

function(redial_layer layer)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${layer}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  set(target redial_${layer})
  if(sources)
    add_library(${target} STATIC ${sources})
    set(kind PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(kind INTERFACE)
  endif()
  target_include_directories(${target} ${kind} ${CMAKE_SOURCE_DIR}/src)
  foreach(used IN LISTS REDIAL_MAY_USE_${layer})
    target_link_libraries(${target} ${kind} redial_${used})
  endforeach()
  target_link_libraries(${target} ${kind} ${REDIAL_LIBRARIES_${layer}})
  if(REDIAL_INCLUDES_${layer})
    target_include_directories(${target} SYSTEM ${kind} ${REDIAL_INCLUDES_${layer}})
  endif()

  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${layer}/*_test.cpp)
  if(tests)
    redial_test(${layer}_test ${tests})
    target_link_libraries(${layer}_test PRIVATE ${target})
  endif()
endfunction()

add_library(redial_doctest_main OBJECT ${CMAKE_SOURCE_DIR}/tests/support/doctest_main.cpp)
target_link_libraries(redial_doctest_main PRIVATE doctest::doctest)

# Where tests find the tree and the programs. In a header, so that the compiler's command line is the
# same in every working tree, and a compiler cache serves them all.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/test_paths.h CONTENT
"#define REDIAL_SOURCE_DIR \"@CMAKE_SOURCE_DIR@\"
#define REDIAL_BIN_DIR \"@CMAKE_RUNTIME_OUTPUT_DIRECTORY@\"
" @ONLY)

# A doctest program, registered with ctest under its own name.
function(redial_test name)
  add_executable(${name} ${ARGN} $<TARGET_OBJECTS:redial_doctest_main>)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
  target_include_directories(${name} PRIVATE ${CMAKE_BINARY_DIR}/generated)
  if(REDIAL_PCH)
    target_precompile_headers(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/test.h)
  else()
    target_compile_options(${name} PRIVATE -include ${CMAKE_SOURCE_DIR}/tests/support/test.h)
  endif()
  target_link_libraries(${name} PRIVATE doctest::doctest)
  add_test(NAME ${name} COMMAND ${name} --no-intro --no-version)
endfunction()

function(redial_program name folder)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${folder}/main.cpp)
    get_filename_component(layer ${folder} NAME)
    add_executable(${name} ${CMAKE_SOURCE_DIR}/${folder}/main.cpp)
    target_link_libraries(${name} PRIVATE redial_${layer})
  endif()
endfunction()
