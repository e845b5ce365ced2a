#ifndef PLAIN_HH
#define PLAIN_HH

#include "guest.hh"

// The length of a text in UTF-16, asked by what is compiled without exceptions.
std::size_t plain_length(const char* text);

// What the compiler calls a type, with all its namespaces.
template <class T> const char* name_of() {
#if defined(_MSC_VER)
  return __FUNCSIG__;
#else
  return __PRETTY_FUNCTION__;
#endif
}

// What a handle is called in what is compiled without exceptions.
const char* plain_name();

#endif
