// What the C++ examples share, so that each shows one idea.

#ifndef COMMON_HH
#define COMMON_HH

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "witrt.hh"

#ifndef EXAMPLES
#define EXAMPLES "." /* the folder they stand in */
#endif

// Reads a file of the examples, binary or text, and compiles it.
inline witrt::Result<witrt::Module> load(const witrt::Engine& engine, const std::string& name) {
  std::ifstream file(std::string(EXAMPLES) + "/" + name, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return witrt::Module::compile(engine, bytes);
}

#endif
