/*
 * For programs that include the standard C API of WebAssembly by this name: it
 * is in witrt.h, with what this library adds to it.
 */

#include "witrt.h"
