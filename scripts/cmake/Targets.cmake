# SPDX-License-Identifier: MIT
# What a library, a test, a fuzzer and a bench are, so that the directories only name their files.

# GCC 12's sanitizer runtimes map shadow memory at fixed addresses, which a kernel with many bits of
# address randomisation may already have given away; setarch -R starts a program without it.
find_program(BUNSERVE_SETARCH setarch)

# A static library from every .cpp below src/, without exceptions and RTTI as in the addon.
function(bunserve_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*.cpp)
  if(NOT BUNSERVE_HAS_UV)
    list(FILTER sources EXCLUDE REGEX "/(hosted_uv|uv_sockets)\\.cpp$")
  endif()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name}
    PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_link_libraries(${name} PUBLIC bunserve_flags PRIVATE bunserve_library_flags)
endfunction()

# A program that may look inside both libraries: tests, fuzzers and benches reach private headers as
# <module.h> relative to deps/NAME/src.
function(bunserve_program name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE
    ${PROJECT_SOURCE_DIR}/deps/uSockets/src ${PROJECT_SOURCE_DIR}/deps/uWebSockets/src)
  target_link_libraries(${name} PRIVATE uwebsockets usockets)
  if(BUNSERVE_SANITIZE AND BUNSERVE_SETARCH)
    set_target_properties(${name} PROPERTIES
      CROSSCOMPILING_EMULATOR "${BUNSERVE_SETARCH};${CMAKE_SYSTEM_PROCESSOR};-R")
  endif()
endfunction()
