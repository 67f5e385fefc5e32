# SPDX-License-Identifier: MIT
# Imported targets for the third-party libraries: BoringSSL and simdutf from the per-user cache
# (the same recipes as the addon's), libuv from the system or else Node's headers (no uv backends
# to link).
find_package(Python3 3.8 REQUIRED COMPONENTS Interpreter)
find_package(Threads REQUIRED)

# Sets ${name}_<key> for each key asked for; builds the library when it is not cached.
function(bunserve_dependency name)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env ${BUNSERVE_COMPILER_ENV}
      ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/deps/${name}/build.py
    OUTPUT_VARIABLE report RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(failed)
    message(FATAL_ERROR "${name} could not be built; see the lines above")
  endif()
  foreach(key IN LISTS ARGN)
    string(JSON value GET "${report}" ${key})
    set(${name}_${key} "${value}" PARENT_SCOPE)
  endforeach()
endfunction()

bunserve_dependency(boringssl include ssl crypto)
add_library(bunserve_crypto STATIC IMPORTED)
set_target_properties(bunserve_crypto PROPERTIES
  IMPORTED_LOCATION "${boringssl_crypto}" INTERFACE_INCLUDE_DIRECTORIES "${boringssl_include}"
  INTERFACE_LINK_LIBRARIES Threads::Threads)
add_library(bunserve_ssl STATIC IMPORTED)
set_target_properties(bunserve_ssl PROPERTIES
  IMPORTED_LOCATION "${boringssl_ssl}" INTERFACE_INCLUDE_DIRECTORIES "${boringssl_include}"
  INTERFACE_LINK_LIBRARIES bunserve_crypto)

bunserve_dependency(simdutf enabled include lib)
add_library(bunserve_simdutf INTERFACE)
if(simdutf_enabled STREQUAL "ON")
  target_include_directories(bunserve_simdutf SYSTEM INTERFACE "${simdutf_include}")
  target_link_libraries(bunserve_simdutf INTERFACE "${simdutf_lib}")
else()
  target_compile_definitions(bunserve_simdutf INTERFACE UWK_NO_SIMDUTF)
endif()

# Outside Node the hosted backends need a libuv to link with; without one they are left out.
find_path(UV_INCLUDE_DIR uv.h)
find_library(UV_LIBRARY uv)
add_library(bunserve_uv INTERFACE)
if(UV_INCLUDE_DIR AND UV_LIBRARY)
  target_include_directories(bunserve_uv SYSTEM INTERFACE "${UV_INCLUDE_DIR}")
  target_link_libraries(bunserve_uv INTERFACE "${UV_LIBRARY}")
  target_compile_definitions(bunserve_uv INTERFACE USK_WITH_UV)
  set(BUNSERVE_HAS_UV ON)
else()
  set(BUNSERVE_HAS_UV OFF)
  message(STATUS "libuv not found: hosted backends left out (Debian: apt-get install libuv1-dev)")
endif()
