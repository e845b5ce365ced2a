# Defines the targets, of an installation and of a source tree alike. Before it:
#
#   _witrt_shared    the shared library's file, named as programs look for it
#   _witrt_static    the static library's file
#   _witrt_include   the folder of the headers

if(NOT TARGET witrt::witrt)
  find_package(Threads REQUIRED)
  get_filename_component(_witrt_name "${_witrt_shared}" NAME)

  # The shared library, for C.
  add_library(witrt::witrt SHARED IMPORTED GLOBAL)
  set_target_properties(witrt::witrt PROPERTIES
    IMPORTED_LOCATION "${_witrt_shared}"
    INTERFACE_INCLUDE_DIRECTORIES "${_witrt_include}")
  if(APPLE)
    set_target_properties(witrt::witrt PROPERTIES IMPORTED_SONAME "@rpath/${_witrt_name}")
  else()
    set_target_properties(witrt::witrt PROPERTIES IMPORTED_SONAME "${_witrt_name}")
  endif()

  # The static library, with what it needs of the system. Of it, too, a program
  # in C++ takes the headers as they are.
  add_library(witrt::static STATIC IMPORTED GLOBAL)
  if(APPLE)
    set(_witrt_cxxlib c++)
  else()
    set(_witrt_cxxlib stdc++)
  endif()
  set_target_properties(witrt::static PROPERTIES
    IMPORTED_LOCATION "${_witrt_static}"
    INTERFACE_INCLUDE_DIRECTORIES "${_witrt_include}"
    INTERFACE_COMPILE_DEFINITIONS LIBWASM_STATIC
    INTERFACE_LINK_LIBRARIES "${_witrt_cxxlib};Threads::Threads;${CMAKE_DL_LIBS};m")

  # The shared library, for C++: witrt.hh.
  add_library(witrt::cpp INTERFACE IMPORTED GLOBAL)
  set_target_properties(witrt::cpp PROPERTIES
    INTERFACE_COMPILE_FEATURES cxx_std_17
    INTERFACE_LINK_LIBRARIES witrt::witrt)
  unset(_witrt_name)
  unset(_witrt_cxxlib)
endif()
