#ifndef PLAIN_HH
#define PLAIN_HH

#include "guest.hh"

// The length of a text in UTF-16, asked by what is compiled without exceptions.
std::size_t plain_length(const char* text);

#endif
