# The targets of a source tree, which cargo builds: for add_subdirectory and
# FetchContent. Two variables, to be set before:
#
#   WITRT_CARGO_TARGET_DIR   where cargo builds; the engine is compiled there
#                            once. Default: CARGO_TARGET_DIR of the environment,
#                            else within the build tree
#   WITRT_CARGO_OPTIONS      more options for `cargo build`

if(WIN32)
  message(FATAL_ERROR "witrt: on Windows, build with `cargo build --release` and link what that makes")
endif()
find_program(CARGO cargo HINTS "$ENV{HOME}/.cargo/bin")
if(NOT CARGO)
  message(FATAL_ERROR "witrt: cargo is missing: install Rust from https://rustup.rs")
endif()

set(_witrt_cargo "${CMAKE_CURRENT_BINARY_DIR}/cargo")
if(DEFINED ENV{CARGO_TARGET_DIR})
  set(_witrt_cargo "$ENV{CARGO_TARGET_DIR}")
endif()
set(WITRT_CARGO_TARGET_DIR "${_witrt_cargo}" CACHE PATH "Where cargo builds witrt")
set(WITRT_CARGO_OPTIONS "" CACHE STRING "More options for cargo build")
unset(_witrt_cargo)

file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml" _witrt_version REGEX "^version = " LIMIT_COUNT 1)
# While the major number is 0, each minor release has an ABI of its own.
string(REGEX REPLACE "^version = \"([0-9]+\\.[0-9]+)\\..*" "\\1" _witrt_abi "${_witrt_version}")
if(APPLE)
  set(_witrt_file libwitrt.dylib)
  set(_witrt_so libwitrt.${_witrt_abi}.dylib)
else()
  set(_witrt_file libwitrt.so)
  set(_witrt_so libwitrt.so.${_witrt_abi})
endif()
set(_witrt_lib "${CMAKE_CURRENT_BINARY_DIR}/lib")
set(_witrt_shared "${_witrt_lib}/${_witrt_so}")
set(_witrt_static "${_witrt_lib}/libwitrt.a")
set(_witrt_include "${CMAKE_CURRENT_SOURCE_DIR}/include")

# Cargo knows best whether there is something to do. What it makes is copied
# under the names that the linker and the loader look for, if it differs.
add_custom_target(witrt-cargo
  COMMAND "${CMAKE_COMMAND}" -E env "CARGO_TARGET_DIR=${WITRT_CARGO_TARGET_DIR}"
    "${CARGO}" build --release --locked --lib ${WITRT_CARGO_OPTIONS}
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${_witrt_lib}"
  COMMAND "${CMAKE_COMMAND}" -E copy_if_different
    "${WITRT_CARGO_TARGET_DIR}/release/${_witrt_file}" "${_witrt_shared}"
  COMMAND "${CMAKE_COMMAND}" -E copy_if_different
    "${WITRT_CARGO_TARGET_DIR}/release/libwitrt.a" "${_witrt_static}"
  BYPRODUCTS "${_witrt_shared}" "${_witrt_static}"
  WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
  COMMENT "Building witrt with cargo"
  USES_TERMINAL VERBATIM)

include("${CMAKE_CURRENT_LIST_DIR}/witrt-targets.cmake")
add_dependencies(witrt::witrt witrt-cargo)
add_dependencies(witrt::static witrt-cargo)
