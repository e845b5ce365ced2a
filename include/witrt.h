/*
 * witrt.h: call WebAssembly with the values you already have.
 *
 * This is the standard WebAssembly C API (what programs know as wasm.h) with
 * values of more kinds: sized integers, and strings in the encoding that the
 * host holds them in.
 *
 * Names. What begins with wasm_ is the standard's, or of the values that are added
 * to its wasm_val_t: their kinds, and wasm_string_, wasm_list_, wasm_variant_ and
 * wasm_resource_. All else begins with witrt_, also what is about an object of the
 * standard's: witrt_func_call. A name has the type first, then what is done, then
 * with what: witrt_store_set_fuel. A size is how many elements there are at a
 * pointer, a length how many code units a text has in an encoding that is asked
 * for, a capacity how many there is room for. Where WITRT_PREFIXED_NAMES_ONLY is
 * defined, the few names of the standard's without a prefix are left out.
 *
 * Ownership. A result that is "owned by the caller" is to be deleted with the
 * _delete function of its type. An argument that is "consumed" belongs to the
 * library from then on, also where the function fails. All else is borrowed:
 * arguments for the call, results for as long as what they were asked of.
 *
 * Handles, vectors, values. What belongs to a store is reached through handles.
 * A handle is not the object: deleting one gives up one owner, and the object
 * lives as long as its store. A handle may be deleted through any of the names
 * that the casts give it. A vector owns its elements where the function that it
 * comes from or goes to says so; vectors that the library makes are deleted with
 * their _vec_delete, the elements with them. Types are values: they belong to
 * no store and no engine.
 *
 * NULL. Every function takes NULL in every place and answers with its failure:
 * NULL, false, zero, an empty vector. NULL is accepted, and no failure, by
 * every _delete and _copy, as an empty vector that is lent, as a finalizer, and
 * where a function says so. An empty vector is {0, NULL}; with a size of zero
 * the pointer is not looked at.
 *
 * Errors. A function that fails leaves the reason in the thread's last error:
 * witrt_error_last. Many have a sibling in witrt_ that gives an error object.
 * What a function writes through a pointer it writes on success only, unless it
 * says otherwise. Nothing that is passed in ends the process.
 *
 * Threads. Configurations: one at a time. Engines, shared modules, modules,
 * types, vectors, errors and frames: any, and several at once for reading. A
 * store and all that was made in it: one at a time; a second one gets
 * WITRT_ERROR_STORE_BUSY. Deleting: any thread, at any time, in any order, and
 * also where a call runs that was made through what is deleted: a call holds its
 * store and what else it needs until it returns. Callbacks may call everything,
 * also in their own store.
 *
 * Finalizers. A function that takes one, and answers NULL, has not taken it: it
 * is not called. Otherwise it is called once. It may run on any thread that
 * deletes something, and within a call while the engine collects: it may delete
 * everything then, but not enter the store.
 *
 * This file is generated from the library's source. Do not edit it.
 */

#ifndef WITRT_H
#ifdef WASM_H
#error "witrt.h takes the place of another wasm.h, which was included before it"
#endif
#define WASM_H
#define WITRT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>


/// The version of this header; compare `witrt_version()`.
#define WITRT_VERSION "0.2.0"
#define WITRT_VERSION_MAJOR 0
#define WITRT_VERSION_MINOR 2
#define WITRT_VERSION_PATCH 0

/* How the library's functions are declared; define it before to override. */
#ifndef WASM_API_EXTERN
#if defined(_MSC_VER) && !defined(LIBWASM_STATIC)
#define WASM_API_EXTERN __declspec(dllimport)
#else
#define WASM_API_EXTERN
#endif
#endif

/* Marks in the standard's notation what an owner is passed of. It is gone again
 * at the end of this file. */
#ifndef own
#define own
#endif

/// The largest size of a memory or table that has no bound.
static const uint32_t wasm_limits_max_default = 0xffffffff;

#ifndef WITRT_PREFIXED_NAMES_ONLY
/* Names of the standard's that are in the way of others'. */

/// The size of a page of linear memory, in bytes.
static const size_t MEMORY_PAGE_SIZE = 0x10000;

/// A byte.
typedef char byte_t;
/// 32 bits of IEEE 754.
typedef float float32_t;
/// 64 bits of IEEE 754.
typedef double float64_t;
#endif

/// A case, and what it holds.
typedef struct wasm_variant_t wasm_variant_t;

/// The kinds of values. Those from 128 on are references.
typedef enum wasm_valkind_enum {
  /// Core, 32 bits without sign.
  WASM_I32 = 0,
  /// Core, 64 bits without sign.
  WASM_I64 = 1,
  /// Core and interface, IEEE 754 single precision.
  WASM_F32 = 2,
  /// Core and interface, IEEE 754 double precision.
  WASM_F64 = 3,
  /// Interface, signed, 8 bits.
  WASM_S8 = 16,
  /// Interface, unsigned, 8 bits.
  WASM_U8 = 17,
  /// Interface, signed, 16 bits.
  WASM_S16 = 18,
  /// Interface, unsigned, 16 bits.
  WASM_U16 = 19,
  /// Interface, signed, 32 bits.
  WASM_S32 = 20,
  /// Interface, unsigned, 32 bits.
  WASM_U32 = 21,
  /// Interface, signed, 64 bits.
  WASM_S64 = 22,
  /// Interface, unsigned, 64 bits.
  WASM_U64 = 23,
  /// Interface: text, a sequence of Unicode scalar values.
  WASM_STRING = 24,
  /// Of components: 0 or 1, in `u8`.
  WASM_BOOL = 25,
  /// Of components: a Unicode scalar value, in `u32`.
  WASM_CHAR = 26,
  /// Of components: one of several names, by its number, in `u32`.
  WASM_ENUM = 27,
  /// Of components: a bit for each name, in `u32`.
  WASM_FLAGS = 28,
  /// Of components: any number of elements.
  WASM_LIST = 29,
  /// Of components: fields with names, in order.
  WASM_RECORD = 30,
  /// Of components: fields without names, in order.
  WASM_TUPLE = 31,
  /// Of components: one of several cases, and what it holds.
  WASM_VARIANT = 32,
  /// Of components: success, 0, or failure, 1, and what it holds.
  WASM_RESULT = 33,
  /// Of components: a value, or none.
  WASM_OPTION = 34,
  /// Of components: a resource that is given away.
  WASM_OWN = 35,
  /// Of components: a resource that is lent.
  WASM_BORROW = 36,
  /// Core and interface: a nullable reference that guests cannot look into.
  WASM_EXTERNREF = 128,
  /// Core: a nullable reference to a function.
  WASM_FUNCREF = 129,
  /// No value: of a case without a payload.
  WASM_NONE = 37,
  /// Of the elements of a list: values with a kind each.
  WASM_VAL = 38,
} wasm_valkind_enum;

/// Whether a global can be set.
typedef enum wasm_mutability_enum {
  /// It cannot.
  WASM_CONST = 0,
  /// It can.
  WASM_VAR = 1,
} wasm_mutability_enum;

/// What an import or export is.
typedef enum wasm_externkind_enum {
  /// A function, also one of the interface.
  WASM_EXTERN_FUNC = 0,
  /// A global.
  WASM_EXTERN_GLOBAL = 1,
  /// A table.
  WASM_EXTERN_TABLE = 2,
  /// A linear memory.
  WASM_EXTERN_MEMORY = 3,
  /// An exception tag.
  WASM_EXTERN_TAG = 4,
} wasm_externkind_enum;

/// How a text is stored.
typedef enum wasm_encoding_enum {
  /// Bytes; one to four of them a character.
  WASM_UTF8 = 0,
  /// 16-bit units in native byte order; one or two of them a character.
  WASM_UTF16 = 1,
  /// Bytes, each a character up to U+00FF. Text with others does not fit: where it
  /// is to be written so, that is the error `WITRT_ERROR_OUT_OF_RANGE`, with the
  /// position, or `?` where what is ill-formed is replaced.
  WASM_LATIN1 = 2,
  /// 32-bit units in native byte order, each a character.
  WASM_UTF32 = 3,
} wasm_encoding_enum;

/// What a string asks for, in its `flags`.
typedef enum wasm_string_flag_enum {
  /// Ill-formed parts of this string become U+FFFD, whatever the engine's
  /// rule is.
  WASM_STRING_REPLACE = 1,
  /// This string is refused where it is ill-formed, whatever the engine's
  /// rule is.
  WASM_STRING_REJECT = 2,
  /// Lone surrogates of this string are passed on as they are to a guest with text in
  /// UTF-16, and else it is refused, whatever the engine's rule is.
  WASM_STRING_KEEP = 3,
} wasm_string_flag_enum;

/// What went wrong. Numbers are never reused.
typedef enum witrt_error_kind_enum {
  /// None.
  WITRT_ERROR_NONE = 0,
  /// Text that does not parse as a module.
  WITRT_ERROR_MALFORMED_TEXT = 100,
  /// Bytes that do not parse as a core module.
  WITRT_ERROR_MALFORMED_BINARY = 101,
  /// A damaged interface section.
  WITRT_ERROR_MALFORMED_INTERFACE = 102,
  /// A known format that this library does not take, such as a component.
  WITRT_ERROR_UNSUPPORTED_FORMAT = 103,
  /// A precompiled module that is damaged or was made by something else.
  WITRT_ERROR_BAD_ARTEFACT = 104,
  /// A file that is not there or cannot be read.
  WITRT_ERROR_UNREADABLE_FILE = 105,
  /// A core module that breaks core WebAssembly's rules.
  WITRT_ERROR_INVALID_CORE = 200,
  /// An interface section that breaks the typing rules.
  WITRT_ERROR_INVALID_INTERFACE = 201,
  /// One or more imports were not supplied.
  WITRT_ERROR_MISSING_IMPORT = 300,
  /// A supplied import has another type than the module asks for.
  WITRT_ERROR_INCOMPATIBLE_IMPORT = 301,
  /// A store's limit on memory, tables or instances was reached.
  WITRT_ERROR_LIMIT_REACHED = 302,
  /// Text from the host that is not well-formed.
  WITRT_ERROR_BAD_TEXT = 400,
  /// Execution trapped; `witrt_error_trap` has the rest.
  WITRT_ERROR_TRAP = 500,
  /// An instance of a component that trapped before: it cannot be called any
  /// more.
  WITRT_ERROR_POISONED = 501,
  /// Too few or too many arguments, results or imports.
  WITRT_ERROR_WRONG_COUNT = 600,
  /// A value or object of another kind or type than was asked for.
  WITRT_ERROR_WRONG_KIND = 601,
  /// An object of another store or engine.
  WITRT_ERROR_WRONG_STORE = 602,
  /// A NULL pointer where an object or data is needed.
  WITRT_ERROR_NULL_POINTER = 603,
  /// A number that names no kind, encoding or option.
  WITRT_ERROR_UNKNOWN_KIND = 604,
  /// A store that is in use: by another thread, or by a call that did not
  /// lend it out.
  WITRT_ERROR_STORE_BUSY = 605,
  /// An index, size or limit outside the permitted range.
  WITRT_ERROR_OUT_OF_RANGE = 606,
  /// The destination is too small; `witrt_error_capacity` tells the size.
  WITRT_ERROR_BUFFER_TOO_SMALL = 607,
  /// Something that this object or build cannot do.
  WITRT_ERROR_UNSUPPORTED = 608,
  /// A global that cannot be set.
  WITRT_ERROR_IMMUTABLE = 609,
  /// A configuration that the engine refuses.
  WITRT_ERROR_BAD_CONFIG = 610,
  /// The host is out of memory.
  WITRT_ERROR_OUT_OF_MEMORY = 611,
  /// A bug in this library or in a host function: a panic was caught.
  WITRT_ERROR_PANIC = 699,
} witrt_error_kind_enum;

/// The traps that have a number.
typedef enum witrt_trap_code_enum {
  /// None.
  WITRT_TRAP_NONE = 0,
  /// An `unreachable` instruction.
  WITRT_TRAP_UNREACHABLE = 1,
  /// An access outside a linear memory.
  WITRT_TRAP_MEMORY_OUT_OF_BOUNDS = 2,
  /// An access outside a table.
  WITRT_TRAP_TABLE_OUT_OF_BOUNDS = 3,
  /// A call through a null table entry or reference.
  WITRT_TRAP_NULL_REFERENCE = 4,
  /// A call through a table entry of another type.
  WITRT_TRAP_BAD_SIGNATURE = 5,
  /// Integer overflow, also of a checked conversion in an adapter.
  WITRT_TRAP_INTEGER_OVERFLOW = 6,
  /// Integer division by zero.
  WITRT_TRAP_DIVISION_BY_ZERO = 7,
  /// A float that does not fit the integer type.
  WITRT_TRAP_BAD_CONVERSION_TO_INTEGER = 8,
  /// The stack, or the depth of nested adapters, is used up.
  WITRT_TRAP_STACK_OVERFLOW = 9,
  /// The fuel is used up.
  WITRT_TRAP_OUT_OF_FUEL = 10,
  /// The epoch deadline has passed.
  WITRT_TRAP_INTERRUPTED = 11,
  /// Text in linear memory that is not well-formed.
  WITRT_TRAP_ILL_FORMED_TEXT = 12,
  /// A string is too long for the guest's linear memory.
  WITRT_TRAP_STRING_TOO_LONG = 13,
  /// Memory for the collected references is used up.
  WITRT_TRAP_ALLOCATION_TOO_LARGE = 14,
  /// The guest has ended by itself, as WASI's `proc_exit` and `wasi:cli/exit` do:
  /// see [`Trap::exit_status`.
  WITRT_TRAP_EXITED = 15,
  /// Any other trap of the engine.
  WITRT_TRAP_OTHER = 99,
} witrt_trap_code_enum;

/// What becomes of ill-formed text where a string does not say.
typedef enum witrt_ill_formed_enum {
  /// Refuse it: an error for the host's text, a trap for the guest's.
  WITRT_ILL_FORMED_REJECT = 0,
  /// Put U+FFFD in the place of each ill-formed part.
  WITRT_ILL_FORMED_REPLACE = 1,
  /// Pass lone surrogates on as they are, in both directions, between text in UTF-16 and
  /// core modules whose own text is UTF-16, such as those of AssemblyScript, where that is
  /// permitted. All else is refused: also text with lone surrogates that is to be another
  /// encoding's, a component's, or, where it is read, UTF-8.
  WITRT_ILL_FORMED_KEEP = 2,
} witrt_ill_formed_enum;

/// How hard the compiler works.
typedef enum witrt_opt_level_enum {
  /// Compiles fast, runs slowly.
  WITRT_OPT_LEVEL_NONE = 0,
  /// Runs fast.
  WITRT_OPT_LEVEL_SPEED = 1,
  /// Runs nearly as fast, in less memory.
  WITRT_OPT_LEVEL_SPEED_AND_SIZE = 2,
} witrt_opt_level_enum;

/// What runs adapters. Both do the same.
typedef enum witrt_back_end_enum {
  /// They become functions of the core module. Where the result would break a
  /// limit of core WebAssembly, the reference serves that module.
  WITRT_BACK_END_COMPILED = 0,
  /// They are interpreted: for comparison, and for bug reports.
  WITRT_BACK_END_REFERENCE = 1,
} witrt_back_end_enum;

/// How a slot holds a string, and what a `witrt_field_t` says in place of a kind.
typedef enum witrt_slot_kind_enum {
  /// UTF-8 in memory of the host's: `text`; for the result of a call `buffer`
  /// before it, and `text` after it.
  WITRT_SLOT_UTF8 = 64,
  /// The same in UTF-16.
  WITRT_SLOT_UTF16 = 65,
  /// `lazy`: any string. Where the library fills the slot, it comes with its
  /// length in units of UTF-8.
  WITRT_SLOT_LAZY_UTF8 = 66,
  /// The same with its length in units of UTF-16.
  WITRT_SLOT_LAZY_UTF16 = 67,
  /// As `WITRT_SLOT_UTF8`, in Latin-1. Text that does not fit is the error
  /// `WITRT_ERROR_OUT_OF_RANGE`, with the position, or gets `?` where the engine
  /// replaces what is ill-formed.
  WITRT_SLOT_LATIN1 = 68,
  /// As `WITRT_SLOT_UTF8`, in UTF-32.
  WITRT_SLOT_UTF32 = 69,
  /// As `WITRT_SLOT_LAZY_UTF8`, with its length in Latin-1, where it has to fit.
  WITRT_SLOT_LAZY_LATIN1 = 70,
  /// The same with its length in units of UTF-32.
  WITRT_SLOT_LAZY_UTF32 = 71,
  /// `grow`: UTF-8, to where a function of the host's says. Results of calls only,
  /// as those that follow.
  WITRT_SLOT_GROW_UTF8 = 72,
  /// The same in UTF-16.
  WITRT_SLOT_GROW_UTF16 = 73,
  /// The same in Latin-1, where the text has to fit as for `WITRT_SLOT_LATIN1`.
  WITRT_SLOT_GROW_LATIN1 = 74,
  /// The same in UTF-32.
  WITRT_SLOT_GROW_UTF32 = 75,
  /// In a `witrt_field_t` only, as those that follow: what its part says, one other
  /// description.
  WITRT_SLOT_SAME = 80,
  /// A result of a call: what its part says, in memory that a function of the host's
  /// makes. `grow` before the call, with the size in bytes; `span` after it.
  WITRT_SLOT_GROWN = 81,
  /// A parameter or result: `val`, a value of any kind, as `wasm_func_call` has them.
  WITRT_SLOT_VAL = 82,
  /// An enumeration: `WASM_ENUM` or `WASM_FLAGS`, whichever the type has.
  WITRT_SLOT_NAMES = 83,
  /// A list of always so many elements, which lie in the struct, one after the other.
  WITRT_SLOT_ARRAY = 84,
} witrt_slot_kind_enum;

/// What `wasm_string_narrowest` tells.
typedef enum wasm_narrowest_enum {
  /// All characters are below U+0080: one byte each, in UTF-8 as in Latin-1.
  WASM_NARROWEST_ASCII = 0,
  /// All are up to U+00FF: Latin-1 holds them.
  WASM_NARROWEST_LATIN1 = 1,
  /// All are up to U+FFFF: UTF-16 holds them without surrogates.
  WASM_NARROWEST_UTF16 = 2,
  /// Only UTF-32 has one unit for each.
  WASM_NARROWEST_UTF32 = 3,
} wasm_narrowest_enum;

/// What guests may have of the process's own.
typedef enum witrt_wasi_inherit_enum {
  /// The arguments, after those that were added before.
  WITRT_WASI_ARGS = 1,
  /// The environment as it is now.
  WITRT_WASI_ENV = 2,
  /// Standard input. A thread reads it, from the first read on.
  WITRT_WASI_STDIN = 4,
  /// Standard output.
  WITRT_WASI_STDOUT = 8,
  /// Standard error.
  WITRT_WASI_STDERR = 16,
} witrt_wasi_inherit_enum;

/// What may be done in a folder.
typedef enum witrt_wasi_access_enum {
  /// Files are read and folders listed.
  WITRT_WASI_READ = 0,
  /// Files are also made, changed and deleted.
  WITRT_WASI_READ_WRITE = 1,
} witrt_wasi_access_enum;

/// The options of an engine, all with defaults that suit a host which trusts
/// nothing. Used by one thread at a time; consumed by the engine made of it.
typedef struct wasm_config_t wasm_config_t;

/// Compiles modules and makes stores. Any thread may use it, and several at
/// once; it may be deleted before what was made with it.
typedef struct wasm_engine_t wasm_engine_t;

/// An export: a name and what it is.
typedef struct wasm_exporttype_t wasm_exporttype_t;

/// Anything that can be imported and exported. A handle.
typedef struct wasm_extern_t wasm_extern_t;

/// The type of any import or export. A value.
typedef struct wasm_externtype_t wasm_externtype_t;

/// An object of the host's own. A handle.
typedef struct wasm_foreign_t wasm_foreign_t;

/// A function that was running when a trap happened. It owns its data: it may
/// outlive the trap and the store. Any thread may read or delete it.
typedef struct wasm_frame_t wasm_frame_t;

/// A function: of a guest, its interface, or the host. A handle.
typedef struct wasm_func_t wasm_func_t;

/// Parameters and results of a function. A value.
typedef struct wasm_functype_t wasm_functype_t;

/// A global of a guest or the host. A handle.
typedef struct wasm_global_t wasm_global_t;

/// What a global holds, and whether it can be set. A value.
typedef struct wasm_globaltype_t wasm_globaltype_t;

/// An import: two names and what has to be supplied.
typedef struct wasm_importtype_t wasm_importtype_t;

/// A module with its imports supplied. A handle.
typedef struct wasm_instance_t wasm_instance_t;

/// A linear memory of a guest or the host. A handle.
typedef struct wasm_memory_t wasm_memory_t;

/// How large a memory is and may become. A value.
typedef struct wasm_memorytype_t wasm_memorytype_t;

/// A compiled module. A handle.
typedef struct wasm_module_t wasm_module_t;

/// A reference to an object of any kind. A handle.
typedef struct wasm_ref_t wasm_ref_t;

/// A resource: something of the host's that components hold handles of, or
/// something that a component has made.
typedef struct wasm_resource_t wasm_resource_t;

/// A module that is independent of stores: any thread may use it, and several
/// at once.
typedef struct wasm_shared_module_t wasm_shared_module_t;

/// Holds instances and everything that belongs to them.
///
/// It lives until it and all handles of its objects are deleted. One thread at
/// a time may use it and its objects; a second one gets
/// `WITRT_ERROR_STORE_BUSY`. Deleting is permitted on any thread at any time.
typedef struct wasm_store_t wasm_store_t;

/// A table of a guest or the host. A handle.
typedef struct wasm_table_t wasm_table_t;

/// What a table holds, and how much of it. A value.
typedef struct wasm_tabletype_t wasm_tabletype_t;

/// What an exception of this tag carries. A value.
typedef struct wasm_tagtype_t wasm_tagtype_t;

/// Why execution stopped. A handle.
typedef struct wasm_trap_t wasm_trap_t;

/// The type of a value. Owned values of their own, as all types are: they
/// belong to no engine and no store, and any thread may use them.
typedef struct wasm_valtype_t wasm_valtype_t;

/// The call that a callback answers. It is valid during that callback.
typedef struct witrt_caller_t witrt_caller_t;

/// What went wrong: a kind with a stable number, a message for people, and the
/// place where there is one.
///
/// Owned by who asked for it; deleted with `witrt_error_delete`. It never
/// changes, belongs to no store, and any thread may read or delete it.
typedef struct witrt_error_t witrt_error_t;

/// Things of one store by name, to satisfy imports with. Used by one thread at
/// a time. It keeps its store alive.
typedef struct witrt_linker_t witrt_linker_t;

/// A function that is ready to be called with slots.
///
/// It keeps its function and its store alive, and is used like the store: by
/// one thread at a time. Deleting is permitted on any thread at any time, also
/// while a call of it runs.
typedef struct witrt_prepared_t witrt_prepared_t;

/// What guests get of the system by WASI: preview 1 for core modules, 0.2 for
/// components. A new one gives nothing: no arguments, no environment, an empty
/// standard input, output that goes nowhere, no folders, no network; clocks and
/// random numbers are the system's. Owned by the caller, and used by one thread at a
/// time. Stores are given it with `witrt_store_set_wasi`, as it is then: it may be
/// changed, given to others or deleted afterwards.
///
/// Text is borrowed, and may be in any encoding. Functions that set something answer
/// true; false, with the reason in the last error, where it cannot be.
typedef struct witrt_wasi_t witrt_wasi_t;

/// A byte: of a name, a message or a module.
typedef char wasm_byte_t;

/// A vector.
typedef struct wasm_byte_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  wasm_byte_t *data;
} wasm_byte_vec_t;

/// The kind of a value: one of `wasm_valkind_enum`.
typedef uint8_t wasm_valkind_t;

/// How a text is stored: one of `wasm_encoding_enum`.
typedef uint32_t wasm_encoding_t;

/// A string: a host's own text, or a handle of the library's.
///
/// A host makes one around its own text, on its stack and without a call, with
/// `WASM_STRING_UTF8`, `WASM_STRING_UTF16`, `WASM_STRING_LATIN1`,
/// `WASM_STRING_UTF32` or `WASM_STRING_LIT`. The text is borrowed: it has to stay as it is for as long as the string is used, which
/// for an argument is the call. Nothing needs to be deleted. Text may hold
/// U+0000 and ends where its size says.
///
/// A string that comes out of the library (a result, an argument of a callback,
/// `wasm_string_new`) is a handle: a pointer to such a struct, which must not be
/// copied or changed, and whose text is read with the `wasm_string_` functions.
/// A result is owned by the caller; it stays readable until it is deleted,
/// whatever happens in between. (It is copied out before a guest runs that could
/// change it: where there is no memory for that, the guest does not run, and the
/// call fails with `WITRT_ERROR_OUT_OF_MEMORY`.) An argument of a callback is valid
/// during that callback and is not deleted.
///
/// Handles belong to their store's thread; deleting is permitted on any.
typedef struct wasm_string_t {
  /// The first code unit, aligned for its type; NULL is permitted where
  /// `size` is zero. Not to be looked at in a handle.
  const void *data;
  /// The number of code units, not bytes. Not to be looked at in a handle.
  size_t size;
  /// One of `wasm_encoding_enum`.
  wasm_encoding_t encoding;
  /// Zero, or one of `wasm_string_flag_enum`.
  uint32_t flags;
  /// Zero in a host's own string; the library's business in a handle.
  size_t reserved;
} wasm_string_t;

/// A list: of numbers, `bool` and `char` an array of these, of strings an array of
/// `wasm_string_t`, of anything else an array of `wasm_val_t`. As an argument, an
/// array of `wasm_val_t` does for all.
///
/// A host makes one around its own array, with `WASM_LIST_OF` or
/// `WASM_LIST_OF_VALS`; the array is borrowed for the call.
typedef struct wasm_list_t {
  /// The first element; NULL is permitted where `size` is zero.
  const void *data;
  /// How many elements.
  size_t size;
  /// What they are: a kind of a number, `WASM_BOOL`, `WASM_CHAR`, `WASM_STRING`,
  /// or `WASM_VAL`.
  wasm_valkind_t element;
} wasm_list_t;

/// What a value holds, according to its kind.
typedef union wasm_val_union_t {
  /// `WASM_I32`
  int32_t i32;
  /// `WASM_I64`
  int64_t i64;
  /// `WASM_F32`
  float f32;
  /// `WASM_F64`
  double f64;
  /// `WASM_EXTERNREF` and `WASM_FUNCREF`: NULL, or any object's reference.
  struct wasm_ref_t *ref;
  /// `WASM_S8`
  int8_t s8;
  /// `WASM_U8`
  uint8_t u8;
  /// `WASM_S16`
  int16_t s16;
  /// `WASM_U16`
  uint16_t u16;
  /// `WASM_S32`
  int32_t s32;
  /// `WASM_U32`
  uint32_t u32;
  /// `WASM_S64`
  int64_t s64;
  /// `WASM_U64`
  uint64_t u64;
  /// `WASM_STRING`: a host's own string, or a handle.
  struct wasm_string_t *string;
  /// `WASM_LIST`
  const struct wasm_list_t *list;
  /// `WASM_RECORD` and `WASM_TUPLE`: the fields in order.
  const struct wasm_val_vec_t *fields;
  /// `WASM_VARIANT` and `WASM_RESULT`
  const wasm_variant_t *variant;
  /// `WASM_OPTION`: NULL for none.
  const struct wasm_val_t *option;
  /// `WASM_OWN` and `WASM_BORROW`
  struct wasm_resource_t *resource;
} wasm_val_union_t;

/// A value: its kind, and what it holds.
///
/// Arguments are borrowed, with the references and strings in them, and all that a
/// value with parts points to. Results are owned by who receives them, and given up
/// with `wasm_val_delete`. A result with parts is one allocation, in which text has
/// the host encoding of the engine: deleting it gives up all of it, and deleting a
/// value within it does nothing. Of a narrow
/// integer only its own bits are looked at; results have the rest filled by its
/// sign.
typedef struct wasm_val_t {
  /// One of `wasm_valkind_enum`.
  wasm_valkind_t kind;
  /// The member that the kind names.
  union wasm_val_union_t of;
} wasm_val_t;

/// A vector.
typedef struct wasm_val_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_val_t *data;
} wasm_val_vec_t;

/// A vector.
typedef struct wasm_valtype_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_valtype_t **data;
} wasm_valtype_vec_t;

/// A vector.
typedef struct wasm_functype_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_functype_t **data;
} wasm_functype_vec_t;

/// A vector.
typedef struct wasm_globaltype_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_globaltype_t **data;
} wasm_globaltype_vec_t;

/// A vector.
typedef struct wasm_tabletype_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_tabletype_t **data;
} wasm_tabletype_vec_t;

/// A vector.
typedef struct wasm_memorytype_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_memorytype_t **data;
} wasm_memorytype_vec_t;

/// A vector.
typedef struct wasm_tagtype_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_tagtype_t **data;
} wasm_tagtype_vec_t;

/// A vector.
typedef struct wasm_externtype_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_externtype_t **data;
} wasm_externtype_vec_t;

/// A vector.
typedef struct wasm_importtype_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_importtype_t **data;
} wasm_importtype_vec_t;

/// A vector.
typedef struct wasm_exporttype_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_exporttype_t **data;
} wasm_exporttype_vec_t;

/// A vector.
typedef struct wasm_frame_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_frame_t **data;
} wasm_frame_vec_t;

/// A vector.
typedef struct wasm_extern_vec_t {
  /// The number of elements.
  size_t size;
  /// The first element; not looked at where the size is zero.
  struct wasm_extern_t **data;
} wasm_extern_vec_t;

/// One of `witrt_error_kind_enum`, or a number that a later version has added.
typedef uint32_t witrt_error_kind_t;

/// One of `witrt_trap_code_enum`, or a number that a later version has added.
typedef uint32_t witrt_trap_code_t;

/// What becomes of ill-formed text: one of `witrt_ill_formed_enum`.
typedef uint32_t witrt_ill_formed_t;

/// How hard the compiler works: one of `witrt_opt_level_enum`.
typedef uint32_t witrt_opt_level_t;

/// What runs adapters: one of `witrt_back_end_enum`.
typedef uint32_t witrt_back_end_t;

/// What is told of each call: a line of text in UTF-8, `size` bytes of it, without a
/// NUL or a line feed at its end, lent for the time of this. It runs on the thread of
/// the call, right before it, and must not use the store; any number of threads may
/// be in it at once. C++ exceptions must not leave it, nor `longjmp`.
typedef void (*witrt_trace_callback_t)(void *env, const char *line, size_t size);

/// What is asked when a deadline has come to pass: how many ticks, counted from now,
/// the guest may go on for; zero stops it with the trap that it is without.
///
/// It is called on the thread of the call, in the middle of the guest. The store is
/// shut meanwhile: calls into it fail with `WITRT_ERROR_STORE_BUSY`; deleting is
/// permitted. C++ exceptions must not leave it, nor `longjmp`.
typedef uint64_t (*witrt_epoch_callback_t)(void *env);

/// What `wasm_string_narrowest` tells: one of `wasm_narrowest_enum`.
typedef uint32_t wasm_narrowest_t;

/// A name: bytes of UTF-8, not NUL-terminated unless its size counts the NUL.
typedef struct wasm_byte_vec_t wasm_name_t;

/// Whether a global can be set: one of `wasm_mutability_enum`.
typedef uint8_t wasm_mutability_t;

/// A smallest and a largest size: of a memory in pages of 64 KiB, of a table in
/// elements.
typedef struct wasm_limits_t {
  /// The size at the start.
  uint32_t min;
  /// The size never to be passed; `wasm_limits_max_default` for no bound.
  uint32_t max;
} wasm_limits_t;

/// What an import or export is: one of `wasm_externkind_enum`.
typedef uint8_t wasm_externkind_t;

/// A message: UTF-8 with a NUL at its end, which its size counts.
typedef struct wasm_byte_vec_t wasm_message_t;

/// A host function. `args` and what is in it is lent for the call. `results`
/// has room for the results, whose kinds are filled in; the callback sets the
/// values and gives up what they own. A string there may be a handle that the
/// callback owns, or the callback's own struct, whose text is copied when it
/// returns. A value with parts may be one that the callback owns, as copies are, or
/// stand in memory that outlasts the callback, unlike its stack: it is read right
/// after it has returned.
///
/// What was lent, an argument or a part of one, may be a result as well: it stays the
/// caller's.
///
/// NULL for success; a trap that is returned is taken, and unwinds the guest. Then
/// too what is in `results` is given up, and deleted; a callback's own text is not
/// looked at. C++ exceptions must not leave it.
typedef struct wasm_trap_t *(*wasm_func_callback_t)(const struct wasm_val_vec_t *args,
                                                    struct wasm_val_vec_t *results);

/// A host function with something of the host's, given when it was made.
typedef struct wasm_trap_t *(*wasm_func_callback_with_env_t)(void *env,
                                                             const struct wasm_val_vec_t *args,
                                                             struct wasm_val_vec_t *results);

/// How a slot holds a value: the kind of a number or reference
/// (`wasm_valkind_enum`), or one of `witrt_slot_kind_enum` for a string.
typedef uint8_t witrt_slot_kind_t;

/// Text that is lent.
typedef struct witrt_text_t {
  /// The first code unit, aligned for its type; NULL is permitted where `size`
  /// is zero.
  const void *data;
  /// The number of code units.
  size_t size;
} witrt_text_t;

/// Room for a result. After the call, the slot's `text`, or `span`, is what was written
/// there.
typedef struct witrt_buffer_t {
  /// Where to write, aligned for a code unit, or for what is described; NULL is
  /// permitted where `capacity` is zero.
  void *data;
  /// How many code units there is room for; how many bytes, for what is described.
  size_t capacity;
} witrt_buffer_t;

/// A string, and where the library fills it in, its length.
typedef struct witrt_lazy_t {
  /// A host's own struct, or a handle.
  struct wasm_string_t *string;
  /// The number of code units in the encoding of the slot's kind; not looked
  /// at where the host fills the slot.
  size_t length;
} witrt_lazy_t;

/// Makes room for a text of `size` code units: gives where to write them, aligned
/// for their type. NULL refuses, but where `size` is zero.
///
/// It is called by the call that the result is of, on its thread, once where there
/// is such a result and never otherwise: after the guest has returned it, and the
/// text is known to be well-formed, so that exactly so many units will be written.
/// They are there when the call has returned, and not to be read before. Where it
/// failed, and not for want of room for a result, they mean nothing.
///
/// The store is shut meanwhile: calls into it fail with `WITRT_ERROR_STORE_BUSY`;
/// deleting is permitted. The guest's memory must not be written to by a pointer
/// that is still at hand. C++ exceptions must not leave it, nor `longjmp`.
typedef void *(*witrt_grow_callback_t)(void *env, size_t size);

/// A function that makes room for text, for what is to hold exactly one: a new
/// string. The text is written once, and there is no handle in between.
typedef struct witrt_grow_t {
  /// It is not NULL.
  witrt_grow_callback_t grow;
  /// What it is called with.
  void *env;
} witrt_grow_t;

/// Elements in a row, borrowed: how a list lies in a struct, and in a slot. Any struct of
/// a pointer and a `size_t` does in its place.
typedef struct witrt_span_t {
  /// The first, aligned for its type; NULL is permitted where `size` is zero.
  const void *data;
  /// How many.
  size_t size;
} witrt_span_t;

/// A value of a prepared call. Nothing in it tells its kind: that was said when
/// the call was prepared. 16 bytes.
typedef union witrt_slot_t {
  /// `WASM_I32`
  int32_t i32;
  /// `WASM_I64`
  int64_t i64;
  /// `WASM_F32`
  float f32;
  /// `WASM_F64`
  double f64;
  /// `WASM_S8`
  int8_t s8;
  /// `WASM_U8`
  uint8_t u8;
  /// `WASM_S16`
  int16_t s16;
  /// `WASM_U16`
  uint16_t u16;
  /// `WASM_S32`
  int32_t s32;
  /// `WASM_U32`
  uint32_t u32;
  /// `WASM_S64`
  int64_t s64;
  /// `WASM_U64`
  uint64_t u64;
  /// `WASM_EXTERNREF` and `WASM_FUNCREF`: NULL, or any object's reference.
  struct wasm_ref_t *ref;
  /// `WITRT_SLOT_UTF8` and those of other encodings: an argument of a call, an
  /// argument or result of a callback.
  struct witrt_text_t text;
  /// The same: a result of a call.
  struct witrt_buffer_t buffer;
  /// `WITRT_SLOT_LAZY_UTF8` and those of other encodings.
  struct witrt_lazy_t lazy;
  /// `WITRT_SLOT_GROW_UTF8` and those of other encodings: stays as it is.
  /// `WITRT_SLOT_GROWN`: before the call.
  struct witrt_grow_t grow;
  /// `WASM_LIST`, described: an argument of a call, an argument or result of a
  /// callback. What is described, as the result of a call, after it: the elements of a
  /// list; else where the struct is, and how many bytes it and what is behind it have.
  struct witrt_span_t span;
  /// What is described and no list, or has functions: an argument of a call, an
  /// argument or result of a callback.
  const void *value;
  /// `WASM_OWN` and `WASM_BORROW`
  struct wasm_resource_t *resource;
  /// `WITRT_SLOT_VAL`
  struct wasm_val_t val;
  /// All of it.
  uint64_t bits[2];
} witrt_slot_t;

/// Tells what a value of the host's holds: of a list its elements, of text its code
/// units, and how many; of an option, a variant or a result the payload, NULL where
/// there is none, and in `size` the case. They stay as they are until the call is over.
typedef const void *(*witrt_look_callback_t)(const void *value, size_t *size);

/// Makes a value of the host's hold so many elements or code units, or this case: gives
/// where they are to be written, or the payload. NULL refuses, but where there is nothing
/// to be written.
typedef void *(*witrt_make_callback_t)(void *value, size_t size);

/// Makes a list of the host's hold a copy of so many elements, which lie at `from` as they
/// do with the host, until this returns. False refuses.
typedef bool (*witrt_assign_callback_t)(void *value, const void *from, size_t size);

/// How to get at text, a list, an option, a variant or a result that is no C struct, such
/// as a container of C++. The functions are called by calls, on their thread; the store
/// is shut meanwhile, as for `witrt_grow_callback_t`. C++ exceptions must not leave them,
/// nor `longjmp`.
typedef struct witrt_access_t {
  /// For values that are read: arguments of a call, results of a callback. NULL where
  /// none is.
  witrt_look_callback_t look;
  /// For values that are written: results of a call, arguments of a callback. NULL
  /// where none is.
  witrt_make_callback_t make;
  /// In place of `make` for a list whose elements lie with a guest as they do here, so
  /// that nothing is written twice; `make` has to be there all the same. May be NULL.
  witrt_assign_callback_t assign;
} witrt_access_t;

/// A value in memory of the host's: of which kind, where, and of what it is made. A tree
/// of these describes any value of a component, and is checked once, against the type,
/// when a call is prepared. They are made by `WITRT_FIELD` and the macros beside it, and
/// are not needed any more once the call is prepared.
///
/// What lies in a struct for which `kind`:
///
/// ```text
/// WASM_S8 to WASM_F64       the number
/// WASM_BOOL, WASM_CHAR      a byte, 0 or 1; a `uint32_t`
/// WASM_ENUM, WASM_FLAGS     an integer of 1, 2, 4 or 8 bytes that holds them all;
///                           WITRT_SLOT_NAMES describes both
/// WITRT_SLOT_UTF8 and those of other encodings (not lazy, not grow)
///                           a `witrt_text_t`
/// WASM_LIST                 a `witrt_span_t`; `parts` is the element, whose `size` is
///                           how far one is from the next
/// WITRT_SLOT_ARRAY          as many elements as `size` has room for, one after the other: a
///                           list that has no other length, which is an error that tells
///                           both; `parts` is the element
/// WASM_RECORD, WASM_TUPLE   a struct; `parts` are its fields, in the type's order.
///                           Either describes both
/// WASM_OPTION               a struct with a tag, an integer that is 0 or 1; `parts` is
///                           the payload
/// WASM_VARIANT, WASM_RESULT a struct with a tag, the case; `parts` are the payloads,
///                           which may be in a union, one for each case, of kind
///                           WASM_NONE for a case without
/// WASM_OWN, WASM_BORROW     a `wasm_resource_t *`
/// WITRT_SLOT_SAME           what `parts`, one other description, says
/// ```
typedef struct witrt_field_t {
  /// What it is.
  witrt_slot_kind_t kind;
  /// The bytes of the tag, where there is one.
  uint8_t tag_size;
  /// Where it lies in the struct around it, in bytes; zero where there is none.
  size_t offset;
  /// Its own bytes. Not looked at in a parameter or result that is no struct.
  size_t size;
  /// Where in it the tag lies.
  size_t tag_offset;
  /// How many parts there are.
  size_t count;
  /// Its parts.
  const struct witrt_field_t *parts;
  /// NULL for what lies as above.
  const struct witrt_access_t *access;
} witrt_field_t;

/// A host function that takes slots. `args` has one for each parameter: a
/// number, a reference that is lent, text in `text` or a handle that is lent in
/// `lazy`. What is lent is valid during the call, `text` only until the store is
/// used. `results` has one for each result, zero before: numbers; references and
/// handles, which are given up, or a host's own string; or `text`, which is
/// copied as soon as the callback has returned. Text that ends with the callback
/// is returned with `witrt_caller_return_text`.
///
/// NULL for success; a trap that is returned is taken, and unwinds the guest. Then
/// too the references and handles in `results` are given up, and deleted; text is
/// not looked at. C++ exceptions must not leave it.
typedef struct wasm_trap_t *(*witrt_slot_callback_t)(void *env,
                                                     const struct witrt_caller_t *caller,
                                                     const union witrt_slot_t *args,
                                                     union witrt_slot_t *results);

/// The size of a table or its elements' index.
typedef uint32_t wasm_table_size_t;

/// The size of a memory, in pages of 65,536 bytes.
typedef uint32_t wasm_memory_pages_t;

/// What guests may have of the process's own: bits of `witrt_wasi_inherit_enum`.
typedef uint32_t witrt_wasi_inherit_t;

/// Standard input for a guest: fills up to `size` bytes at `room`, and tells how
/// many; none is the end, and `SIZE_MAX` a failure, which the guest gets for its
/// read.
///
/// It is called on the thread that runs the guest, which waits for it; where stores
/// on several threads were given it, at once. The store that runs is in use
/// meanwhile: `WITRT_ERROR_STORE_BUSY`. C++ exceptions must not leave it.
typedef size_t (*witrt_wasi_read_t)(void *env, wasm_byte_t *room, size_t size);

/// Standard output or error of a guest: takes `size` bytes at `data`, which are
/// borrowed. False refuses them, and the guest gets a failure for its write. Called
/// as a `witrt_wasi_read_t` is.
typedef bool (*witrt_wasi_write_t)(void *env, const wasm_byte_t *data, size_t size);

/// What may be done in a folder: one of `witrt_wasi_access_enum`.
typedef uint32_t witrt_wasi_access_t;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// Deletes a configuration. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_config_delete(struct wasm_config_t *object);

/// Deletes an engine. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_engine_delete(struct wasm_engine_t *object);

/// Deletes a store. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_store_delete(struct wasm_store_t *object);

/// Deletes a value type. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_valtype_delete(struct wasm_valtype_t *object);

/// Deletes an import type. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_importtype_delete(struct wasm_importtype_t *object);

/// Deletes an export type. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_exporttype_delete(struct wasm_exporttype_t *object);

/// Deletes a frame. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_frame_delete(struct wasm_frame_t *object);

/// Deletes a shared module. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_shared_module_delete(struct wasm_shared_module_t *object);

/// A copy, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_valtype_t *wasm_valtype_copy(const struct wasm_valtype_t *object);

/// A copy, owned by the caller. NULL for NULL.
WASM_API_EXTERN
struct wasm_importtype_t *wasm_importtype_copy(const struct wasm_importtype_t *object);

/// A copy, owned by the caller. NULL for NULL.
WASM_API_EXTERN
struct wasm_exporttype_t *wasm_exporttype_copy(const struct wasm_exporttype_t *object);

/// Deletes a function type. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_functype_delete(struct wasm_functype_t *object);

/// A copy, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_functype_t *wasm_functype_copy(const struct wasm_functype_t *object);

/// Deletes a global type. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_globaltype_delete(struct wasm_globaltype_t *object);

/// A copy, owned by the caller. NULL for NULL.
WASM_API_EXTERN
struct wasm_globaltype_t *wasm_globaltype_copy(const struct wasm_globaltype_t *object);

/// Deletes a table type. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_tabletype_delete(struct wasm_tabletype_t *object);

/// A copy, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_tabletype_t *wasm_tabletype_copy(const struct wasm_tabletype_t *object);

/// Deletes a memory type. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_memorytype_delete(struct wasm_memorytype_t *object);

/// A copy, owned by the caller. NULL for NULL.
WASM_API_EXTERN
struct wasm_memorytype_t *wasm_memorytype_copy(const struct wasm_memorytype_t *object);

/// Deletes a tag type. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_tagtype_delete(struct wasm_tagtype_t *object);

/// A copy, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_tagtype_t *wasm_tagtype_copy(const struct wasm_tagtype_t *object);

/// Deletes an extern type. NULL is accepted. Any thread.
WASM_API_EXTERN void wasm_externtype_delete(struct wasm_externtype_t *object);

/// A copy, owned by the caller. NULL for NULL.
WASM_API_EXTERN
struct wasm_externtype_t *wasm_externtype_copy(const struct wasm_externtype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN
struct wasm_externtype_t *wasm_functype_as_externtype(struct wasm_functype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_externtype_t *wasm_functype_as_externtype_const(const struct wasm_functype_t *object);

/// The same, as functype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
struct wasm_functype_t *wasm_externtype_as_functype(struct wasm_externtype_t *object);

/// The same, as functype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_functype_t *wasm_externtype_as_functype_const(const struct wasm_externtype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN
struct wasm_externtype_t *wasm_globaltype_as_externtype(struct wasm_globaltype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_externtype_t *wasm_globaltype_as_externtype_const(const struct wasm_globaltype_t *object);

/// The same, as globaltype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
struct wasm_globaltype_t *wasm_externtype_as_globaltype(struct wasm_externtype_t *object);

/// The same, as globaltype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_globaltype_t *wasm_externtype_as_globaltype_const(const struct wasm_externtype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN
struct wasm_externtype_t *wasm_tabletype_as_externtype(struct wasm_tabletype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_externtype_t *wasm_tabletype_as_externtype_const(const struct wasm_tabletype_t *object);

/// The same, as tabletype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
struct wasm_tabletype_t *wasm_externtype_as_tabletype(struct wasm_externtype_t *object);

/// The same, as tabletype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_tabletype_t *wasm_externtype_as_tabletype_const(const struct wasm_externtype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN
struct wasm_externtype_t *wasm_memorytype_as_externtype(struct wasm_memorytype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_externtype_t *wasm_memorytype_as_externtype_const(const struct wasm_memorytype_t *object);

/// The same, as memorytype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
struct wasm_memorytype_t *wasm_externtype_as_memorytype(struct wasm_externtype_t *object);

/// The same, as memorytype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_memorytype_t *wasm_externtype_as_memorytype_const(const struct wasm_externtype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_externtype_t *wasm_tagtype_as_externtype(struct wasm_tagtype_t *object);

/// The same, as externtype. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_externtype_t *wasm_tagtype_as_externtype_const(const struct wasm_tagtype_t *object);

/// The same, as tagtype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_tagtype_t *wasm_externtype_as_tagtype(struct wasm_externtype_t *object);

/// The same, as tagtype: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_tagtype_t *wasm_externtype_as_tagtype_const(const struct wasm_externtype_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_ref_t *wasm_ref_copy(const struct wasm_ref_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN bool wasm_ref_same(const struct wasm_ref_t *a, const struct wasm_ref_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_ref_get_host_info(const struct wasm_ref_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_ref_set_host_info(struct wasm_ref_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_ref_set_host_info_with_finalizer(struct wasm_ref_t *object,
                                           void *info,
                                           void (*finalizer)(void*));

/// Deletes a handle of a reference. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_ref_delete(struct wasm_ref_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_trap_t *wasm_trap_copy(const struct wasm_trap_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN bool wasm_trap_same(const struct wasm_trap_t *a, const struct wasm_trap_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_trap_get_host_info(const struct wasm_trap_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_trap_set_host_info(struct wasm_trap_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_trap_set_host_info_with_finalizer(struct wasm_trap_t *object,
                                            void *info,
                                            void (*finalizer)(void*));

/// Deletes a handle of a trap. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_trap_delete(struct wasm_trap_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_foreign_t *wasm_foreign_copy(const struct wasm_foreign_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN
bool wasm_foreign_same(const struct wasm_foreign_t *a,
                       const struct wasm_foreign_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_foreign_get_host_info(const struct wasm_foreign_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_foreign_set_host_info(struct wasm_foreign_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_foreign_set_host_info_with_finalizer(struct wasm_foreign_t *object,
                                               void *info,
                                               void (*finalizer)(void*));

/// Deletes a handle of a foreign object. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_foreign_delete(struct wasm_foreign_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_module_t *wasm_module_copy(const struct wasm_module_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN bool wasm_module_same(const struct wasm_module_t *a, const struct wasm_module_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_module_get_host_info(const struct wasm_module_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_module_set_host_info(struct wasm_module_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_module_set_host_info_with_finalizer(struct wasm_module_t *object,
                                              void *info,
                                              void (*finalizer)(void*));

/// Deletes a handle of a module. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_module_delete(struct wasm_module_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_func_t *wasm_func_copy(const struct wasm_func_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN bool wasm_func_same(const struct wasm_func_t *a, const struct wasm_func_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_func_get_host_info(const struct wasm_func_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_func_set_host_info(struct wasm_func_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_func_set_host_info_with_finalizer(struct wasm_func_t *object,
                                            void *info,
                                            void (*finalizer)(void*));

/// Deletes a handle of a function. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_func_delete(struct wasm_func_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_global_t *wasm_global_copy(const struct wasm_global_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN bool wasm_global_same(const struct wasm_global_t *a, const struct wasm_global_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_global_get_host_info(const struct wasm_global_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_global_set_host_info(struct wasm_global_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_global_set_host_info_with_finalizer(struct wasm_global_t *object,
                                              void *info,
                                              void (*finalizer)(void*));

/// Deletes a handle of a global. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_global_delete(struct wasm_global_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_table_t *wasm_table_copy(const struct wasm_table_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN bool wasm_table_same(const struct wasm_table_t *a, const struct wasm_table_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_table_get_host_info(const struct wasm_table_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_table_set_host_info(struct wasm_table_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_table_set_host_info_with_finalizer(struct wasm_table_t *object,
                                             void *info,
                                             void (*finalizer)(void*));

/// Deletes a handle of a table. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_table_delete(struct wasm_table_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_memory_t *wasm_memory_copy(const struct wasm_memory_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN bool wasm_memory_same(const struct wasm_memory_t *a, const struct wasm_memory_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_memory_get_host_info(const struct wasm_memory_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_memory_set_host_info(struct wasm_memory_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_memory_set_host_info_with_finalizer(struct wasm_memory_t *object,
                                              void *info,
                                              void (*finalizer)(void*));

/// Deletes a handle of a memory. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_memory_delete(struct wasm_memory_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_extern_t *wasm_extern_copy(const struct wasm_extern_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN bool wasm_extern_same(const struct wasm_extern_t *a, const struct wasm_extern_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_extern_get_host_info(const struct wasm_extern_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_extern_set_host_info(struct wasm_extern_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_extern_set_host_info_with_finalizer(struct wasm_extern_t *object,
                                              void *info,
                                              void (*finalizer)(void*));

/// Deletes a handle of an extern. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_extern_delete(struct wasm_extern_t *object);

/// Another handle of the same object, owned by the caller. NULL for NULL.
WASM_API_EXTERN struct wasm_instance_t *wasm_instance_copy(const struct wasm_instance_t *object);

/// Whether both are handles of the same object. NULL is the same as NULL.
WASM_API_EXTERN
bool wasm_instance_same(const struct wasm_instance_t *a,
                        const struct wasm_instance_t *b);

/// What was last attached to the object, through whichever handle; else NULL.
WASM_API_EXTERN void *wasm_instance_get_host_info(const struct wasm_instance_t *object);

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
WASM_API_EXTERN void wasm_instance_set_host_info(struct wasm_instance_t *object, void *info);

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
WASM_API_EXTERN
void wasm_instance_set_host_info_with_finalizer(struct wasm_instance_t *object,
                                                void *info,
                                                void (*finalizer)(void*));

/// Deletes a handle of an instance. NULL is accepted. The object lives on while its store or
/// another handle does. Any thread.
WASM_API_EXTERN void wasm_instance_delete(struct wasm_instance_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_ref_t *wasm_trap_as_ref(struct wasm_trap_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN const struct wasm_ref_t *wasm_trap_as_ref_const(const struct wasm_trap_t *object);

/// The same, as trap: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_trap_t *wasm_ref_as_trap(struct wasm_ref_t *object);

/// The same, as trap: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN const struct wasm_trap_t *wasm_ref_as_trap_const(const struct wasm_ref_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_ref_t *wasm_foreign_as_ref(struct wasm_foreign_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_ref_t *wasm_foreign_as_ref_const(const struct wasm_foreign_t *object);

/// The same, as foreign: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_foreign_t *wasm_ref_as_foreign(struct wasm_ref_t *object);

/// The same, as foreign: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_foreign_t *wasm_ref_as_foreign_const(const struct wasm_ref_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_ref_t *wasm_module_as_ref(struct wasm_module_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_ref_t *wasm_module_as_ref_const(const struct wasm_module_t *object);

/// The same, as module: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_module_t *wasm_ref_as_module(struct wasm_ref_t *object);

/// The same, as module: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_module_t *wasm_ref_as_module_const(const struct wasm_ref_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_ref_t *wasm_func_as_ref(struct wasm_func_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN const struct wasm_ref_t *wasm_func_as_ref_const(const struct wasm_func_t *object);

/// The same, as func: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_func_t *wasm_ref_as_func(struct wasm_ref_t *object);

/// The same, as func: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN const struct wasm_func_t *wasm_ref_as_func_const(const struct wasm_ref_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_ref_t *wasm_global_as_ref(struct wasm_global_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_ref_t *wasm_global_as_ref_const(const struct wasm_global_t *object);

/// The same, as global: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_global_t *wasm_ref_as_global(struct wasm_ref_t *object);

/// The same, as global: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_global_t *wasm_ref_as_global_const(const struct wasm_ref_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_ref_t *wasm_table_as_ref(struct wasm_table_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN const struct wasm_ref_t *wasm_table_as_ref_const(const struct wasm_table_t *object);

/// The same, as table: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_table_t *wasm_ref_as_table(struct wasm_ref_t *object);

/// The same, as table: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN const struct wasm_table_t *wasm_ref_as_table_const(const struct wasm_ref_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_ref_t *wasm_memory_as_ref(struct wasm_memory_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_ref_t *wasm_memory_as_ref_const(const struct wasm_memory_t *object);

/// The same, as memory: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_memory_t *wasm_ref_as_memory(struct wasm_ref_t *object);

/// The same, as memory: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_memory_t *wasm_ref_as_memory_const(const struct wasm_ref_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_ref_t *wasm_extern_as_ref(struct wasm_extern_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_ref_t *wasm_extern_as_ref_const(const struct wasm_extern_t *object);

/// The same, as extern: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_extern_t *wasm_ref_as_extern(struct wasm_ref_t *object);

/// The same, as extern: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_extern_t *wasm_ref_as_extern_const(const struct wasm_ref_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_ref_t *wasm_instance_as_ref(struct wasm_instance_t *object);

/// The same, as ref. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_ref_t *wasm_instance_as_ref_const(const struct wasm_instance_t *object);

/// The same, as instance: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_instance_t *wasm_ref_as_instance(struct wasm_ref_t *object);

/// The same, as instance: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_instance_t *wasm_ref_as_instance_const(const struct wasm_ref_t *object);

/// The same, as extern. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_extern_t *wasm_func_as_extern(struct wasm_func_t *object);

/// The same, as extern. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_extern_t *wasm_func_as_extern_const(const struct wasm_func_t *object);

/// The same, as func: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_func_t *wasm_extern_as_func(struct wasm_extern_t *object);

/// The same, as func: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_func_t *wasm_extern_as_func_const(const struct wasm_extern_t *object);

/// The same, as extern. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_extern_t *wasm_global_as_extern(struct wasm_global_t *object);

/// The same, as extern. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_extern_t *wasm_global_as_extern_const(const struct wasm_global_t *object);

/// The same, as global: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_global_t *wasm_extern_as_global(struct wasm_extern_t *object);

/// The same, as global: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_global_t *wasm_extern_as_global_const(const struct wasm_extern_t *object);

/// The same, as extern. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_extern_t *wasm_table_as_extern(struct wasm_table_t *object);

/// The same, as extern. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_extern_t *wasm_table_as_extern_const(const struct wasm_table_t *object);

/// The same, as table: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_table_t *wasm_extern_as_table(struct wasm_extern_t *object);

/// The same, as table: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_table_t *wasm_extern_as_table_const(const struct wasm_extern_t *object);

/// The same, as extern. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_extern_t *wasm_memory_as_extern(struct wasm_memory_t *object);

/// The same, as extern. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_extern_t *wasm_memory_as_extern_const(const struct wasm_memory_t *object);

/// The same, as memory: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN struct wasm_memory_t *wasm_extern_as_memory(struct wasm_extern_t *object);

/// The same, as memory: NULL where it is of another kind. Borrowed, not a copy.
WASM_API_EXTERN
const struct wasm_memory_t *wasm_extern_as_memory_const(const struct wasm_extern_t *object);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_byte_vec_new_empty(struct wasm_byte_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN void wasm_byte_vec_new_uninitialized(struct wasm_byte_vec_t *out, size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_byte_vec_new(struct wasm_byte_vec_t *out,
                       size_t size,
                       const wasm_byte_t *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_byte_vec_copy(struct wasm_byte_vec_t *out,
                        const struct wasm_byte_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_byte_vec_delete(struct wasm_byte_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_val_vec_new_empty(struct wasm_val_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN void wasm_val_vec_new_uninitialized(struct wasm_val_vec_t *out, size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_val_vec_new(struct wasm_val_vec_t *out,
                      size_t size,
                      const struct wasm_val_t *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_val_vec_copy(struct wasm_val_vec_t *out,
                       const struct wasm_val_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_val_vec_delete(struct wasm_val_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_valtype_vec_new_empty(struct wasm_valtype_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN
void wasm_valtype_vec_new_uninitialized(struct wasm_valtype_vec_t *out,
                                        size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_valtype_vec_new(struct wasm_valtype_vec_t *out,
                          size_t size,
                          struct wasm_valtype_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_valtype_vec_copy(struct wasm_valtype_vec_t *out,
                           const struct wasm_valtype_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_valtype_vec_delete(struct wasm_valtype_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_functype_vec_new_empty(struct wasm_functype_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN
void wasm_functype_vec_new_uninitialized(struct wasm_functype_vec_t *out,
                                         size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_functype_vec_new(struct wasm_functype_vec_t *out,
                           size_t size,
                           struct wasm_functype_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_functype_vec_copy(struct wasm_functype_vec_t *out,
                            const struct wasm_functype_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_functype_vec_delete(struct wasm_functype_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_globaltype_vec_new_empty(struct wasm_globaltype_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN
void wasm_globaltype_vec_new_uninitialized(struct wasm_globaltype_vec_t *out,
                                           size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_globaltype_vec_new(struct wasm_globaltype_vec_t *out,
                             size_t size,
                             struct wasm_globaltype_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_globaltype_vec_copy(struct wasm_globaltype_vec_t *out,
                              const struct wasm_globaltype_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_globaltype_vec_delete(struct wasm_globaltype_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_tabletype_vec_new_empty(struct wasm_tabletype_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN
void wasm_tabletype_vec_new_uninitialized(struct wasm_tabletype_vec_t *out,
                                          size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_tabletype_vec_new(struct wasm_tabletype_vec_t *out,
                            size_t size,
                            struct wasm_tabletype_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_tabletype_vec_copy(struct wasm_tabletype_vec_t *out,
                             const struct wasm_tabletype_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_tabletype_vec_delete(struct wasm_tabletype_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_memorytype_vec_new_empty(struct wasm_memorytype_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN
void wasm_memorytype_vec_new_uninitialized(struct wasm_memorytype_vec_t *out,
                                           size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_memorytype_vec_new(struct wasm_memorytype_vec_t *out,
                             size_t size,
                             struct wasm_memorytype_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_memorytype_vec_copy(struct wasm_memorytype_vec_t *out,
                              const struct wasm_memorytype_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_memorytype_vec_delete(struct wasm_memorytype_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_tagtype_vec_new_empty(struct wasm_tagtype_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN
void wasm_tagtype_vec_new_uninitialized(struct wasm_tagtype_vec_t *out,
                                        size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_tagtype_vec_new(struct wasm_tagtype_vec_t *out,
                          size_t size,
                          struct wasm_tagtype_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_tagtype_vec_copy(struct wasm_tagtype_vec_t *out,
                           const struct wasm_tagtype_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_tagtype_vec_delete(struct wasm_tagtype_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_externtype_vec_new_empty(struct wasm_externtype_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN
void wasm_externtype_vec_new_uninitialized(struct wasm_externtype_vec_t *out,
                                           size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_externtype_vec_new(struct wasm_externtype_vec_t *out,
                             size_t size,
                             struct wasm_externtype_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_externtype_vec_copy(struct wasm_externtype_vec_t *out,
                              const struct wasm_externtype_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_externtype_vec_delete(struct wasm_externtype_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_importtype_vec_new_empty(struct wasm_importtype_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN
void wasm_importtype_vec_new_uninitialized(struct wasm_importtype_vec_t *out,
                                           size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_importtype_vec_new(struct wasm_importtype_vec_t *out,
                             size_t size,
                             struct wasm_importtype_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_importtype_vec_copy(struct wasm_importtype_vec_t *out,
                              const struct wasm_importtype_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_importtype_vec_delete(struct wasm_importtype_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_exporttype_vec_new_empty(struct wasm_exporttype_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN
void wasm_exporttype_vec_new_uninitialized(struct wasm_exporttype_vec_t *out,
                                           size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_exporttype_vec_new(struct wasm_exporttype_vec_t *out,
                             size_t size,
                             struct wasm_exporttype_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_exporttype_vec_copy(struct wasm_exporttype_vec_t *out,
                              const struct wasm_exporttype_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_exporttype_vec_delete(struct wasm_exporttype_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_frame_vec_new_empty(struct wasm_frame_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN void wasm_frame_vec_new_uninitialized(struct wasm_frame_vec_t *out, size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_frame_vec_new(struct wasm_frame_vec_t *out,
                        size_t size,
                        struct wasm_frame_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_frame_vec_copy(struct wasm_frame_vec_t *out,
                         const struct wasm_frame_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_frame_vec_delete(struct wasm_frame_vec_t *vec);

/// Makes an empty vector.
WASM_API_EXTERN void wasm_extern_vec_new_empty(struct wasm_extern_vec_t *out);

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
WASM_API_EXTERN void wasm_extern_vec_new_uninitialized(struct wasm_extern_vec_t *out, size_t size);

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
WASM_API_EXTERN
void wasm_extern_vec_new(struct wasm_extern_vec_t *out,
                         size_t size,
                         struct wasm_extern_t *const *data);

/// Makes a vector of copies. An empty one where that fails.
WASM_API_EXTERN
void wasm_extern_vec_copy(struct wasm_extern_vec_t *out,
                          const struct wasm_extern_vec_t *from);

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_extern_vec_delete(struct wasm_extern_vec_t *vec);

/// The version of the library that is loaded, such as `0.2.0`; compare
/// `WITRT_VERSION`, that of the header. NUL-terminated; it lives for ever.
WASM_API_EXTERN const char *witrt_version(void);

/// The error of the last function that failed on this thread, or NULL.
///
/// It is borrowed: valid until the next function fails on this thread, or
/// `witrt_error_clear_last`. Success leaves it alone, so look at it only after
/// a function has answered that it failed. `wasm_func_call` leaves its traps
/// here too.
WASM_API_EXTERN const struct witrt_error_t *witrt_error_last(void);

/// Forgets this thread's last error.
WASM_API_EXTERN void witrt_error_clear_last(void);

/// Deletes an error. NULL is accepted.
WASM_API_EXTERN void witrt_error_delete(struct witrt_error_t *error);

/// A copy of an error, owned by the caller: the way to keep the last error.
WASM_API_EXTERN struct witrt_error_t *witrt_error_copy(const struct witrt_error_t *error);

/// The kind, one of `witrt_error_kind_enum`; `WITRT_ERROR_NONE` for NULL.
WASM_API_EXTERN witrt_error_kind_t witrt_error_kind(const struct witrt_error_t *error);

/// The message: UTF-8, NUL-terminated, in English, never NULL. Borrowed from
/// the error.
WASM_API_EXTERN const char *witrt_error_message(const struct witrt_error_t *error);

/// The name of a kind, such as `MalformedText`; NULL for a number that is
/// none. It lives for ever.
WASM_API_EXTERN const char *witrt_error_kind_name(witrt_error_kind_t kind);

/// Which argument, result or import is at fault, counted from zero. False,
/// and nothing written, where that does not apply.
WASM_API_EXTERN bool witrt_error_argument(const struct witrt_error_t *error, size_t *index);

/// Where a text is ill-formed, in code units from its start. False, and
/// nothing written, where that does not apply.
WASM_API_EXTERN bool witrt_error_position(const struct witrt_error_t *error, size_t *position);

/// Where a module is wrong, binary or text, in bytes from its start. False, and
/// nothing written, where that does not apply.
WASM_API_EXTERN bool witrt_error_offset(const struct witrt_error_t *error, size_t *offset);

/// Where a text module is wrong: line and column, both counted from one.
/// Either pointer may be NULL. False, and nothing written, where that does not
/// apply.
WASM_API_EXTERN
bool witrt_error_line_column(const struct witrt_error_t *error,
                             size_t *line,
                             size_t *column);

/// The capacity that would have been enough, in code units, after
/// `WITRT_ERROR_BUFFER_TOO_SMALL`, and where a `grow` refused. False, and nothing
/// written, where that does not apply.
WASM_API_EXTERN bool witrt_error_capacity(const struct witrt_error_t *error, size_t *capacity);

/// Which of the built-in traps it was; `WITRT_TRAP_NONE` for a trap of the
/// host's own and for what is no trap.
WASM_API_EXTERN witrt_trap_code_t witrt_error_trap_code(const struct witrt_error_t *error);

/// The trap, borrowed from the error; NULL for what is no trap, and in the
/// last error, which keeps no object of a store.
WASM_API_EXTERN const struct wasm_trap_t *witrt_error_trap(const struct witrt_error_t *error);

/// The error that a trap stands for, with the facts above. Owned by the
/// caller.
WASM_API_EXTERN struct witrt_error_t *witrt_trap_error(const struct wasm_trap_t *trap);

/// The status that a guest ended with by itself, which is `WITRT_TRAP_EXITED`: zero
/// is success. False, and nothing written, for any other error.
WASM_API_EXTERN bool witrt_error_exit_status(const struct witrt_error_t *error, int32_t *status);

/// The status that a guest ended with by itself, which is `WITRT_TRAP_EXITED`: zero
/// is success. False, and nothing written, for any other trap.
WASM_API_EXTERN bool witrt_trap_exit_status(const struct wasm_trap_t *trap, int32_t *status);

/// Which of the built-in traps it is; `WITRT_TRAP_NONE` for one of the host's
/// own.
WASM_API_EXTERN witrt_trap_code_t witrt_trap_code(const struct wasm_trap_t *trap);

/// A configuration with every option at its default. Owned by the caller.
WASM_API_EXTERN struct wasm_config_t *wasm_config_new(void);

/// An engine with the default configuration. Owned by the caller.
WASM_API_EXTERN struct wasm_engine_t *wasm_engine_new(void);

/// An engine with this configuration, which is consumed also on failure; NULL
/// stands for the default one. NULL for options that do not go together or
/// that this machine cannot have. Owned by the caller.
WASM_API_EXTERN struct wasm_engine_t *wasm_engine_new_with_config(struct wasm_config_t *config);

/// As `wasm_engine_new_with_config`, with an error that tells why. `error` may
/// be NULL; what is written there is owned by the caller, NULL on success.
WASM_API_EXTERN
struct wasm_engine_t *witrt_engine_new_with_config(struct wasm_config_t *config,
                                                   struct witrt_error_t **error);

/// Moves the epoch of all stores of this engine on by one tick, which is how a
/// deadline comes to pass. Any thread may do this while guests run.
WASM_API_EXTERN void witrt_engine_increment_epoch(const struct wasm_engine_t *engine);

/// The encoding of the host's own text, for what asks in no particular one.
/// Default: `WASM_UTF8`. False for an unknown encoding.
WASM_API_EXTERN
bool witrt_config_set_host_encoding(struct wasm_config_t *config,
                                    wasm_encoding_t encoding);

/// What becomes of ill-formed text where a string does not say. Default:
/// `WITRT_ILL_FORMED_REJECT`. False for an unknown number.
WASM_API_EXTERN
bool witrt_config_set_ill_formed(struct wasm_config_t *config,
                                 witrt_ill_formed_t rule);

/// Counts what guests execute, and stops one with a trap when its store's fuel
/// is used up: see `witrt_store_set_fuel`. Default: off.
///
/// Most instructions take one, those of compiled adapters too. A step of an
/// interpreted adapter takes one, and one for each value that it passes on. How
/// long the text is that is read or written counts nowhere.
///
/// Functions of components are entered by the engine's own way then, which takes
/// longer: the shorter one would count. So it is with pools.
WASM_API_EXTERN bool witrt_config_set_consume_fuel(struct wasm_config_t *config, bool on);

/// Stops guests at a deadline: see `witrt_store_set_epoch_deadline` and
/// `witrt_engine_increment_epoch`. Default: off.
WASM_API_EXTERN bool witrt_config_set_epoch_interruption(struct wasm_config_t *config, bool on);

/// The most bytes that one linear memory may have; growing beyond fails as the
/// guest sees it. Default: what its type permits.
WASM_API_EXTERN bool witrt_config_set_max_memory_bytes(struct wasm_config_t *config, size_t bytes);

/// The most elements that one table may have. Default: what its type permits.
WASM_API_EXTERN
bool witrt_config_set_max_table_elements(struct wasm_config_t *config,
                                         size_t elements);

/// The most instances, and the most memories and tables, that one store may
/// have. Instances of components are counted by themselves, and may each consist
/// of as many. Default: no bound.
WASM_API_EXTERN bool witrt_config_set_max_instances(struct wasm_config_t *config, size_t instances);

/// How many bytes of the host's stack guests may use, host functions that they
/// call included. A guest that needs more traps. Default: 256 KiB. Zero is
/// refused when the engine is made.
///
/// Whatever stack a call is made on needs that much and 128 KiB more, and what
/// callbacks use when they are called at the end of it: by default 384 KiB, so
/// that threads with 512 KiB do, as macOS makes them. On a thread whose own stack
/// has not enough, as those of musl have not by default,
/// calls and instantiations fail with `WITRT_ERROR_OUT_OF_RANGE`: make such
/// threads with a larger stack, or this number smaller. A stack that the host has
/// made itself, as coroutines have, nobody can ask: it has to have the room.
/// Compiling needs 512 KiB, and is done on a thread of its own where the calling
/// thread has less.
///
/// A callback that has gone to another stack cannot call the store that has
/// called it: that is `WITRT_ERROR_STORE_BUSY`, or a trap as of an exhausted stack
/// where both are coroutines' and it cannot be told. Other stores it can call. Calls
/// that run on one thread have to return in the opposite order of their
/// beginnings, on the thread where they began.
///
/// Interpreted adapters hold values of up to some 16 MiB besides, in all.
WASM_API_EXTERN bool witrt_config_set_max_stack_bytes(struct wasm_config_t *config, size_t bytes);

/// Compiles on several threads. Default: on.
WASM_API_EXTERN bool witrt_config_set_parallel_compilation(struct wasm_config_t *config, bool on);

/// How hard the compiler works. Default: `WITRT_OPT_LEVEL_SPEED`. False for an
/// unknown number.
WASM_API_EXTERN
bool witrt_config_set_opt_level(struct wasm_config_t *config,
                                witrt_opt_level_t level);

/// What runs adapters. Default: `WITRT_BACK_END_COMPILED`. The environment
/// variable `WITRT_BACK_END`, which is `compiled` or `reference`, overrides it.
/// False for an unknown number.
WASM_API_EXTERN
bool witrt_config_set_back_end(struct wasm_config_t *config,
                               witrt_back_end_t back_end);

/// Keeps compiled code in this folder, given in UTF-8 and NUL-terminated, and
/// takes it from there the next time. The folder is made where it is missing.
/// Default: no cache.
WASM_API_EXTERN bool witrt_config_set_cache_dir(struct wasm_config_t *config, const char *path);

/// Tells of each call of a function that an instance exports, `call greet("Zoë", 3)`,
/// and that it imports, `import env.log(7)`, with the arguments; of a long text the
/// first hundred characters, and of a value with parts the first eight. Functions in tables are not
/// told of. `env` is given to each call. The finalizer may be NULL; else
/// it is called once with `env`, when the configuration is gone, its engine, and all that
/// was made with that.
///
/// Default: none, and then nothing of it is there: a call has not one instruction
/// more. False for a callback that is NULL; the finalizer is not called then.
WASM_API_EXTERN
bool witrt_config_set_trace(struct wasm_config_t *config,
                            witrt_trace_callback_t callback,
                            void *env,
                            void (*finalizer)(void*));

/// Sets memory aside for this many instances at once, so that making one is
/// faster; more than these cannot be made, in as many stores at most if references
/// are used in them. An instance may have a memory and eight tables of 100,000
/// elements. It is address space that is set aside, twice a memory for each.
/// Default: none, memory is asked for with each instance.
WASM_API_EXTERN bool witrt_config_set_pooling(struct wasm_config_t *config, uint32_t instances);

/// A new, empty store. The engine may be deleted before it. Owned by the
/// caller.
WASM_API_EXTERN struct wasm_store_t *wasm_store_new(const struct wasm_engine_t *engine);

/// Gives the store's guests so much fuel, in place of what is left. A new store
/// has none. False, with `WITRT_ERROR_UNSUPPORTED`, where the engine does not
/// count fuel.
WASM_API_EXTERN bool witrt_store_set_fuel(const struct wasm_store_t *store, uint64_t fuel);

/// The fuel that is left. False, and nothing written, where the engine does not
/// count fuel.
WASM_API_EXTERN bool witrt_store_get_fuel(const struct wasm_store_t *store, uint64_t *fuel);

/// Stops the store's guests with a trap when the engine's epoch has moved on by
/// so many ticks from now: see `witrt_engine_increment_epoch`. Without a call
/// of this there is no deadline, nor with a number of ticks that nobody can wait
/// for. It has no effect where the engine has no epochs.
WASM_API_EXTERN
bool witrt_store_set_epoch_deadline(const struct wasm_store_t *store,
                                    uint64_t ticks);

/// Has a callback asked whenever this store's deadline has come to pass, in place of
/// an earlier one; NULL for none, which is so at first. `env` is given to each call.
/// The finalizer may be NULL; else it is called once with `env`, when the callback is
/// needed no more: at the latest with the store. Where this fails it is not called.
///
/// False, with `WITRT_ERROR_UNSUPPORTED`, where the engine has no epochs.
WASM_API_EXTERN
bool witrt_store_set_epoch_callback(const struct wasm_store_t *store,
                                    witrt_epoch_callback_t callback,
                                    void *env,
                                    void (*finalizer)(void*));

/// The most bytes that one linear memory of this store may have, in place of what the
/// engine was made with (`witrt_config_set_max_memory_bytes`). Growing beyond fails as
/// the guest sees it; a memory that is larger already stays as it is. It holds for
/// what is made and grows from now on. False for a store that is NULL or busy.
WASM_API_EXTERN
bool witrt_store_set_max_memory_bytes(const struct wasm_store_t *store,
                                      size_t bytes);

/// The most elements that one table of this store may have, as
/// `witrt_store_set_max_memory_bytes`.
WASM_API_EXTERN
bool witrt_store_set_max_table_elements(const struct wasm_store_t *store,
                                        size_t elements);

/// The most instances that this store may have, and no more than the engine was made
/// for (`witrt_config_set_max_instances`). Those of components are counted by
/// themselves, and those that are there stay. False for a store that is NULL or busy.
WASM_API_EXTERN
bool witrt_store_set_max_instances(const struct wasm_store_t *store,
                                   size_t instances);

/// Copies the strings of guests that are still held, and runs the deferred
/// calls (such as a guest's `free`) that are owed. Every call does this first,
/// so it is of use only to have it done by a certain time.
///
/// False when a deferred call trapped; all of them run all the same. `error`
/// may be NULL; what is written there is owned by the caller, NULL on success.
WASM_API_EXTERN
bool witrt_store_settle(const struct wasm_store_t *store,
                        struct witrt_error_t **error);

/// Gives up the reference, string or parts that a value owns, and leaves a null
/// reference. The struct itself is the caller's. NULL is accepted.
WASM_API_EXTERN void wasm_val_delete(struct wasm_val_t *val);

/// Copies a value, with a reference, string or parts of its own, into `out`, whatever
/// was there before. Where that fails, `out` is a null reference.
WASM_API_EXTERN void wasm_val_copy(struct wasm_val_t *out, const struct wasm_val_t *val);

/// A resource of the host's own: `data` is what its methods get as their first
/// argument (`wasm_resource_data`). A component that imports its type may hold it
/// longer than the host does; when nobody holds it any more, the finalizer, which
/// may be NULL, is called once with `data`, on whichever thread that happens. It
/// must not use the store. Owned by the caller; it belongs to no store.
///
/// Where this fails, NULL is returned, and the finalizer is not called. `error` may
/// be NULL; what is written there is owned by the caller, NULL on success.
WASM_API_EXTERN
struct wasm_resource_t *wasm_resource_new(void *data,
                                          void (*finalizer)(void*),
                                          struct witrt_error_t **error);

/// What `wasm_resource_new` was given. NULL for a resource that a component has
/// made.
WASM_API_EXTERN void *wasm_resource_data(const struct wasm_resource_t *resource);

/// Whether both are the same resource.
WASM_API_EXTERN
bool wasm_resource_same(const struct wasm_resource_t *resource,
                        const struct wasm_resource_t *other);

/// Another handle of the same resource, to be kept beyond the value or callback
/// that this one belongs to. NULL for NULL. Owned by the caller.
WASM_API_EXTERN struct wasm_resource_t *wasm_resource_copy(const struct wasm_resource_t *resource);

/// Deletes a handle that `wasm_resource_new` or `wasm_resource_copy` made, or
/// that was a result by itself; on one within a value it does nothing, as it goes
/// with that value, and on NULL neither. When the last handle of a component's own
/// resource is deleted, the component destroys it before it runs the next time. Any
/// thread.
WASM_API_EXTERN void wasm_resource_delete(struct wasm_resource_t *resource);

/// A string of the library's own: a copy of text in this encoding, checked to
/// be well-formed. NULL for an unknown encoding, ill-formed text, or NULL text
/// of a size other than zero. `size` counts code units. Owned by the caller; it
/// belongs to no store.
WASM_API_EXTERN
struct wasm_string_t *wasm_string_new(wasm_encoding_t encoding,
                                      const void *data,
                                      size_t size);

/// A copy of a string, to be kept beyond the callback or call that the text
/// belongs to. NULL for NULL. Owned by the caller; it belongs to no store.
WASM_API_EXTERN struct wasm_string_t *wasm_string_copy(const struct wasm_string_t *string);

/// Deletes a string that the library gave away: a result, or what
/// `wasm_string_new` and `wasm_string_copy` made. On a host's own struct and on
/// NULL it does nothing; deleting an argument of a callback is refused and left as
/// the last error. Any thread.
///
/// Deleting one a second time, and any other use of it, is refused as well, for as
/// long as fewer than 64 strings were deleted, or given to callbacks, since: of its
/// store, if that still lives, or of those that belong to none. Later the pointer
/// may be another string's.
WASM_API_EXTERN void wasm_string_delete(struct wasm_string_t *string);

/// The encoding that the text is stored in, which is the one to read it in at
/// the least cost. `WASM_UTF8` for NULL.
WASM_API_EXTERN wasm_encoding_t wasm_string_encoding(const struct wasm_string_t *string);

/// The length in code units of an encoding: what `wasm_string_read` will write.
/// Zero, with the reason in the last error, for an unknown encoding, ill-formed
/// text or NULL.
WASM_API_EXTERN
size_t wasm_string_length(const struct wasm_string_t *string,
                          wasm_encoding_t encoding);

/// Copies the text into memory of the caller's, in the encoding that is wanted,
/// straight from where it lies and without a terminating NUL.
///
/// `capacity` and `*written` count code units; `written` may be NULL. On failure
/// nothing is written: ill-formed text, an unknown encoding, NULL, or, with
/// `WITRT_ERROR_BUFFER_TOO_SMALL`, too little capacity; the last error then
/// tells the length: `witrt_error_capacity`.
WASM_API_EXTERN
bool wasm_string_read(const struct wasm_string_t *string,
                      wasm_encoding_t encoding,
                      void *destination,
                      size_t capacity,
                      size_t *written);

/// Copies a string as `wasm_string_read` does, and deletes it: one call for
/// what is read once. False, and the string is as it was, where it cannot be
/// copied. `error` may be NULL; what is written there is owned by the caller,
/// NULL on success.
WASM_API_EXTERN
bool wasm_string_take(struct wasm_string_t *string,
                      wasm_encoding_t encoding,
                      void *destination,
                      size_t capacity,
                      struct witrt_error_t **error);

/// Tells where the text lies, as UTF-8: `bytes` is set to borrowed bytes, not
/// NUL-terminated, which must not be changed or deleted.
///
/// They are valid until a guest runs in the string's store, its memory is
/// written to or grows, or the string is deleted. False, and nothing written,
/// for a string that is stored in another encoding, ill-formed text, and NULL.
WASM_API_EXTERN
bool wasm_string_borrow(const struct wasm_string_t *string,
                        struct wasm_byte_vec_t *bytes);

/// Whether the text can be read: a string that is there, in a known encoding,
/// and well-formed or to be made so. Leaves the reason in the last error where
/// not.
WASM_API_EXTERN bool wasm_string_is_valid(const struct wasm_string_t *string);

/// The narrowest encoding that has one unit for each character of a text, and how many characters that are: what a host needs to
/// make room that stores text as narrowly as it can. The text is looked at where it
/// lies. Either pointer may be NULL. False, and nothing written, for ill-formed
/// text and NULL.
WASM_API_EXTERN
bool wasm_string_narrowest(const struct wasm_string_t *string,
                           wasm_narrowest_t *narrowest,
                           size_t *characters);

/// Whether it is a handle of the library's, whose text is read through the
/// functions and not through `data`.
WASM_API_EXTERN bool wasm_string_is_handle(const struct wasm_string_t *string);

/// The type of values of this kind, one of `wasm_valkind_enum`; NULL for an
/// unknown kind. Owned by the caller.
WASM_API_EXTERN struct wasm_valtype_t *wasm_valtype_new(wasm_valkind_t kind);

/// The kind of its values. A type of a module that no value can have answers
/// with a number outside `wasm_valkind_enum`: 4 for a vector of 128 bits, 255
/// for a reference of another type.
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const struct wasm_valtype_t *ty);

/// The name of a kind of values, such as `s8`, as modules write it. Static text,
/// NUL-terminated; NULL for a number that is no kind.
WASM_API_EXTERN const char *witrt_valkind_name(wasm_valkind_t kind);

/// A function type. Both vectors are consumed, also on failure; NULL is an
/// empty one. NULL for more than 1,000 parameters or results, which no function of
/// a module has. Owned by the caller.
WASM_API_EXTERN
struct wasm_functype_t *wasm_functype_new(struct wasm_valtype_vec_t *params,
                                          struct wasm_valtype_vec_t *results);

/// The parameters, borrowed from the type.
WASM_API_EXTERN
const struct wasm_valtype_vec_t *wasm_functype_params(const struct wasm_functype_t *ty);

/// The results, borrowed from the type.
WASM_API_EXTERN
const struct wasm_valtype_vec_t *wasm_functype_results(const struct wasm_functype_t *ty);

/// What a parameter is called, borrowed from the type. NULL where it has no name,
/// or there is no such parameter. Not NUL-terminated.
///
/// Text modules can name the parameters of adapters; binary modules cannot, and
/// types that are made here have no names. Names do not make types differ.
WASM_API_EXTERN
const wasm_name_t *witrt_functype_param_name(const struct wasm_functype_t *ty,
                                             size_t index);

/// A global type. The content is consumed; `mutability` is one of
/// `wasm_mutability_enum`. NULL for a content of an interface kind: no global
/// holds such values. Owned by the caller.
WASM_API_EXTERN
struct wasm_globaltype_t *wasm_globaltype_new(struct wasm_valtype_t *content,
                                              wasm_mutability_t mutability);

/// What it holds, borrowed from the type.
WASM_API_EXTERN
const struct wasm_valtype_t *wasm_globaltype_content(const struct wasm_globaltype_t *ty);

/// Whether it can be set.
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const struct wasm_globaltype_t *ty);

/// A table type. The element is consumed, and must be a reference, else NULL;
/// the limits are copied as they are. Owned by the caller.
WASM_API_EXTERN
struct wasm_tabletype_t *wasm_tabletype_new(struct wasm_valtype_t *element,
                                            const struct wasm_limits_t *limits);

/// What it holds, borrowed from the type.
WASM_API_EXTERN
const struct wasm_valtype_t *wasm_tabletype_element(const struct wasm_tabletype_t *ty);

/// Its limits, borrowed from the type.
WASM_API_EXTERN
const struct wasm_limits_t *wasm_tabletype_limits(const struct wasm_tabletype_t *ty);

/// A memory type; the limits are copied as they are. Owned by the caller.
WASM_API_EXTERN struct wasm_memorytype_t *wasm_memorytype_new(const struct wasm_limits_t *limits);

/// Its limits, borrowed from the type.
WASM_API_EXTERN
const struct wasm_limits_t *wasm_memorytype_limits(const struct wasm_memorytype_t *ty);

/// A tag type. The function type is consumed. Owned by the caller.
WASM_API_EXTERN struct wasm_tagtype_t *wasm_tagtype_new(struct wasm_functype_t *ty);

/// What is thrown, borrowed from the type.
WASM_API_EXTERN
const struct wasm_functype_t *wasm_tagtype_functype(const struct wasm_tagtype_t *ty);

/// The name of a kind of imports and exports, such as `memory`. Static text,
/// NUL-terminated; NULL for a number that is no kind.
WASM_API_EXTERN const char *witrt_externkind_name(wasm_externkind_t kind);

/// Writes a type to `out` as messages have it: `func (name: string) -> (u32)`,
/// `memory 1 16`, `global mut i64`, `table 1 funcref`; of a component's function as WIT
/// has it. An empty vector on failure. Owned by the caller.
WASM_API_EXTERN void witrt_externtype_print(const struct wasm_externtype_t *ty, wasm_name_t *out);

/// Which kind of type it is, one of `wasm_externkind_enum`.
WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const struct wasm_externtype_t *ty);

/// How many parts a type has: fields, cases, names of an enum or of flags; 1 for a
/// list, which is the type of its elements. 0 for a type without parts.
WASM_API_EXTERN size_t witrt_valtype_size(const struct wasm_valtype_t *ty);

/// Writes the name of a part to `out`: of a record's field, of a case, of a flag;
/// of a resource, at 0, its own. Empty where it has none, and where there is no such
/// part. Owned by the caller.
WASM_API_EXTERN
void witrt_valtype_name(const struct wasm_valtype_t *ty,
                        size_t index,
                        wasm_name_t *out);

/// The type of a part: of a field, of what a case holds, of a list's elements. NULL
/// for a case that holds nothing, and where there is no such part. Owned by the
/// caller.
WASM_API_EXTERN
struct wasm_valtype_t *witrt_valtype_at(const struct wasm_valtype_t *ty,
                                        size_t index);

/// Whether both are the same type, with all their parts and names.
WASM_API_EXTERN
bool witrt_valtype_equal(const struct wasm_valtype_t *ty,
                         const struct wasm_valtype_t *other);

/// Writes a type to `out` as WIT has it, with all parts in place of names of types:
/// `list<record { name: string, qty: u32 }>`. Owned by the caller.
WASM_API_EXTERN void witrt_valtype_print(const struct wasm_valtype_t *ty, wasm_name_t *out);

/// An import type. All three are consumed, also on failure; a NULL name is the
/// empty one. Owned by the caller.
WASM_API_EXTERN
struct wasm_importtype_t *wasm_importtype_new(wasm_name_t *module,
                                              wasm_name_t *name,
                                              struct wasm_externtype_t *ty);

/// The first name, borrowed from the import type. Not NUL-terminated.
WASM_API_EXTERN const wasm_name_t *wasm_importtype_module(const struct wasm_importtype_t *ty);

/// The second name, borrowed from the import type. Not NUL-terminated.
WASM_API_EXTERN const wasm_name_t *wasm_importtype_name(const struct wasm_importtype_t *ty);

/// What has to be supplied, borrowed from the import type.
WASM_API_EXTERN
const struct wasm_externtype_t *wasm_importtype_type(const struct wasm_importtype_t *ty);

/// An export type. Both are consumed, also on failure; a NULL name is the empty
/// one. Owned by the caller.
WASM_API_EXTERN
struct wasm_exporttype_t *wasm_exporttype_new(wasm_name_t *name,
                                              struct wasm_externtype_t *ty);

/// The name, borrowed from the export type. Not NUL-terminated.
WASM_API_EXTERN const wasm_name_t *wasm_exporttype_name(const struct wasm_exporttype_t *ty);

/// What it is, borrowed from the export type.
WASM_API_EXTERN
const struct wasm_externtype_t *wasm_exporttype_type(const struct wasm_exporttype_t *ty);

/// A trap of the host's own, for a callback to return. The message is copied,
/// and may lack the NUL that ends it. NULL where there is no memory for it. Owned
/// by the caller.
WASM_API_EXTERN
struct wasm_trap_t *wasm_trap_new(const struct wasm_store_t *store,
                                  const wasm_message_t *message);

/// Writes a copy of the message to `out`, with the NUL that ends it, which its
/// size counts; an empty vector on failure. Owned by the caller.
WASM_API_EXTERN void wasm_trap_message(const struct wasm_trap_t *trap, wasm_message_t *out);

/// The innermost frame; NULL where no wasm was running. Owned by the caller.
WASM_API_EXTERN struct wasm_frame_t *wasm_trap_origin(const struct wasm_trap_t *trap);

/// Writes all frames to `out`, innermost first; an empty vector where no wasm
/// was running, and on failure. Owned by the caller.
WASM_API_EXTERN void wasm_trap_trace(const struct wasm_trap_t *trap, struct wasm_frame_vec_t *out);

/// A copy of a frame. NULL for NULL. Owned by the caller.
WASM_API_EXTERN struct wasm_frame_t *wasm_frame_copy(const struct wasm_frame_t *frame);

/// The instance that the function belongs to, borrowed from the frame; NULL
/// where that is not known: its module has several instances in the store.
WASM_API_EXTERN struct wasm_instance_t *wasm_frame_instance(const struct wasm_frame_t *frame);

/// The function's index in its module, imports first.
WASM_API_EXTERN uint32_t wasm_frame_func_index(const struct wasm_frame_t *frame);

/// Where it was, in bytes from the start of the function's body.
WASM_API_EXTERN size_t wasm_frame_func_offset(const struct wasm_frame_t *frame);

/// Where it was, in bytes from the start of the module.
WASM_API_EXTERN size_t wasm_frame_module_offset(const struct wasm_frame_t *frame);

/// The function's name, where the module's name section gives one; else NULL.
/// Borrowed from the frame, in UTF-8, not NUL-terminated.
WASM_API_EXTERN const wasm_name_t *witrt_frame_func_name(const struct wasm_frame_t *frame);

/// Compiles a module: a core binary, a core binary with an interface section, a
/// component, or the text of any, with or without `(@interface …)` forms; the bytes
/// tell which, and are borrowed for the call. NULL for what is no valid module, with
/// the reason and the place in the last error.
///
/// A core module of wit-bindgen, whose custom sections `component-type…` describe a
/// component, becomes that component, unless it imports WASI preview 1.
///
/// A component is refused (`WITRT_ERROR_INVALID_CORE`) that passes on more than 100,000
/// items among the instances and components within it, counting all that is in an
/// instance each time; in which components are more than 100 deep, within each other or
/// as each instantiates the next; that has more than 100,000 outer aliases, counting
/// each for all levels it reaches; whose lists of imports and exports, with names and
/// parameters, take more than 16 MiB; or that names more than 10,000 resource types.
/// Types may be 100 deep.
///
/// The module works in every store of the same engine. Owned by the caller.
WASM_API_EXTERN
struct wasm_module_t *wasm_module_new(const struct wasm_store_t *store,
                                      const struct wasm_byte_vec_t *bytes);

/// As `wasm_module_new`, of the `size` bytes at `data`, by an engine: no store is
/// needed to compile. With an error object: `error` may be NULL; what is written
/// there is owned by the caller, NULL on success. Any thread, and several at once
/// with the same engine.
WASM_API_EXTERN
struct wasm_module_t *witrt_module_new(const struct wasm_engine_t *engine,
                                       const void *data,
                                       size_t size,
                                       struct witrt_error_t **error);

/// As `witrt_module_new`, of what is in a file: a binary, text, or a component, in
/// either form. The file is read, and not needed afterwards.
///
/// `path` is UTF-8 and NUL-terminated, and borrowed for the call. NULL, with the path
/// in the message, for a file that is not there or cannot be read
/// (`WITRT_ERROR_UNREADABLE_FILE`), and for what is no valid module. `error` may be
/// NULL; what is written there is owned by the caller, NULL on success. The module is
/// owned by the caller; it works in every store of the same engine. Any thread, and
/// several at once with the same engine.
WASM_API_EXTERN
struct wasm_module_t *witrt_module_new_from_file(const struct wasm_engine_t *engine,
                                                 const char *path,
                                                 struct witrt_error_t **error);

/// As `witrt_module_new`, of a core module, binary or text, that has no interface of its
/// own, by a face: the types of its functions in WIT, and the convention by which their
/// values travel, in TOML. `docs/guests.md` tells what a face is. The module is then
/// like one with an interface section: strings, lists and other values go in and out as
/// the host has them.
///
/// The `size` bytes at `data` are the module, the `face_size` bytes at `face` the face,
/// in UTF-8; both are borrowed for the call. NULL for a module or a face that does not
/// parse, and for a face that does not fit the module: the error tells line and column
/// in the face, and what the module has. `WITRT_ERROR_UNSUPPORTED` where the library
/// was built without faces. `error` may be NULL; what is written there is owned by the
/// caller, NULL on success. The module is owned by the caller. Any thread, and several
/// at once with the same engine.
WASM_API_EXTERN
struct wasm_module_t *witrt_module_attach(const struct wasm_engine_t *engine,
                                          const void *data,
                                          size_t size,
                                          const char *face,
                                          size_t face_size,
                                          struct witrt_error_t **error);

/// Whether the bytes are a valid module in any of the forms that
/// `wasm_module_new` takes; the reason is in the last error where not.
WASM_API_EXTERN
bool wasm_module_validate(const struct wasm_store_t *store,
                          const struct wasm_byte_vec_t *bytes);

/// As `wasm_module_validate`, of the `size` bytes at `data`, by an engine. With an
/// error object: `error` may be NULL; what is written there is owned by the
/// caller, NULL on success.
WASM_API_EXTERN
bool witrt_module_validate(const struct wasm_engine_t *engine,
                           const void *data,
                           size_t size,
                           struct witrt_error_t **error);

/// Writes what must be supplied to instantiate it to `out`, in the order in
/// which `wasm_instance_new` takes it. Owned by the caller.
WASM_API_EXTERN
void wasm_module_imports(const struct wasm_module_t *module,
                         struct wasm_importtype_vec_t *out);

/// Writes what its instances offer to `out`, in the order of
/// `wasm_instance_exports`. Owned by the caller.
WASM_API_EXTERN
void wasm_module_exports(const struct wasm_module_t *module,
                         struct wasm_exporttype_vec_t *out);

/// Writes the compiled module to `out`, for `wasm_module_deserialize`; its
/// interface stays with it. An empty vector on failure. Owned by the caller.
WASM_API_EXTERN
void wasm_module_serialize(const struct wasm_module_t *module,
                           struct wasm_byte_vec_t *out);

/// The module that `wasm_module_serialize` wrote, without compiling it. NULL
/// for bytes that are damaged, or were made by another version, for another
/// machine or with other options. Owned by the caller.
///
/// The bytes hold machine code that will be run: they must come from
/// `wasm_module_serialize` by a way that nobody untrusted has had access to.
/// Damage by accident is found out; intent is not.
WASM_API_EXTERN
struct wasm_module_t *wasm_module_deserialize(const struct wasm_store_t *store,
                                              const struct wasm_byte_vec_t *bytes);

/// As `wasm_module_deserialize`, of the `size` bytes at `data`, by an engine. With
/// an error object: `error` may be NULL; what is written there is owned by the
/// caller, NULL on success.
WASM_API_EXTERN
struct wasm_module_t *witrt_module_deserialize(const struct wasm_engine_t *engine,
                                               const void *data,
                                               size_t size,
                                               struct witrt_error_t **error);

/// The module in a file that holds what `wasm_module_serialize` wrote, without
/// compiling it. The file is read once, to find damage, and then mapped and not
/// copied: that is faster than `wasm_module_deserialize`, and processes that
/// load the same file share its memory. It stays open and mapped as long as the
/// module, or a store with an instance of it, lives.
///
/// `path` is UTF-8 and NUL-terminated, and borrowed for the call. NULL, with
/// the path in the message, for a file that is not there or cannot be read
/// (`WITRT_ERROR_UNREADABLE_FILE`), that is damaged, or was made by another
/// version, for another machine or with other options
/// (`WITRT_ERROR_BAD_ARTEFACT`). `error` may be NULL; what is written there is
/// owned by the caller, NULL on success. The module is owned by the caller; it
/// works in every store of the same engine.
///
/// The file holds machine code that will be run: it must come from
/// `wasm_module_serialize` by a way that nobody untrusted has had access to.
/// While it is mapped, nobody may change it or make it shorter. To replace it,
/// write another file and rename it to this name; Windows refuses that, and
/// any change, while it is mapped.
WASM_API_EXTERN
struct wasm_module_t *witrt_module_deserialize_file(const struct wasm_engine_t *engine,
                                                    const char *path,
                                                    struct witrt_error_t **error);

/// The module for other threads. Owned by the caller.
WASM_API_EXTERN struct wasm_shared_module_t *wasm_module_share(const struct wasm_module_t *module);

/// A shared module for a store. NULL where the store has another engine. Owned
/// by the caller.
WASM_API_EXTERN
struct wasm_module_t *wasm_module_obtain(const struct wasm_store_t *store,
                                         const struct wasm_shared_module_t *shared);

/// Makes a binary of a text module, and writes it to `out`; a binary is copied
/// as it is. Types and indices are not checked: loading does that. False, and
/// nothing written, where the syntax is wrong. Both `*out` and `*error` are
/// owned by the caller; `error` may be NULL, and is set to NULL on success.
WASM_API_EXTERN
bool witrt_module_assemble(const struct wasm_byte_vec_t *text,
                           struct wasm_byte_vec_t *out,
                           struct witrt_error_t **error);

/// Calls a function. NULL for success; else a trap, owned by the caller, and
/// the reason in the last error too.
///
/// `args` are borrowed, and of the kinds that the function takes. `results` is
/// the caller's memory: what is in it is overwritten, and owned by the caller
/// from then on; on a trap it stays as it is. It has room for all results that
/// the function has, or none: then they are given up. Elements beyond them are
/// left alone. Either vector may be NULL for an empty one. Room for some of the
/// results only, a wrong number or kind of arguments, ill-formed text and a busy
/// store are traps too, before the function runs; the message tells how many
/// there should be.
WASM_API_EXTERN
struct wasm_trap_t *wasm_func_call(const struct wasm_func_t *func,
                                   const struct wasm_val_vec_t *args,
                                   struct wasm_val_vec_t *results);

/// As `wasm_func_call`, with an error object, which tells what a trap does not:
/// the kind, the argument, the position in its text. True for success. `error`
/// may be NULL; what is written there is owned by the caller, NULL on success.
WASM_API_EXTERN
bool witrt_func_call(const struct wasm_func_t *func,
                     const struct wasm_val_vec_t *args,
                     struct wasm_val_vec_t *results,
                     struct witrt_error_t **error);

/// A host function of this type, which is borrowed. NULL for a callback that
/// is NULL. Owned by the caller.
WASM_API_EXTERN
struct wasm_func_t *wasm_func_new(const struct wasm_store_t *store,
                                  const struct wasm_functype_t *ty,
                                  wasm_func_callback_t callback);

/// A host function of this type, which is borrowed; `env` is given to each
/// call. The finalizer may be NULL; else it is called once with `env`, when the
/// function is gone: at the latest with its store. Where this fails it is not
/// called. NULL for a callback that is NULL. Owned by the caller.
WASM_API_EXTERN
struct wasm_func_t *wasm_func_new_with_env(const struct wasm_store_t *store,
                                           const struct wasm_functype_t *ty,
                                           wasm_func_callback_with_env_t callback,
                                           void *env,
                                           void (*finalizer)(void*));

/// A copy of its type. Owned by the caller.
WASM_API_EXTERN struct wasm_functype_t *wasm_func_type(const struct wasm_func_t *func);

/// How many parameters it has.
WASM_API_EXTERN size_t wasm_func_param_arity(const struct wasm_func_t *func);

/// How many results it has.
WASM_API_EXTERN size_t wasm_func_result_arity(const struct wasm_func_t *func);

/// Prepares a function for calls with slots of these kinds, which must fit its
/// type. Owned by the caller; NULL, with `WITRT_ERROR_WRONG_KIND`, where they do
/// not fit. `error` may be NULL; what is written there is owned by the caller,
/// NULL on success.
WASM_API_EXTERN
struct witrt_prepared_t *witrt_func_prepare(const struct wasm_func_t *func,
                                            const witrt_slot_kind_t *params,
                                            size_t param_count,
                                            const witrt_slot_kind_t *results,
                                            size_t result_count,
                                            struct witrt_error_t **error);

/// Deletes it; not the function. NULL is accepted.
WASM_API_EXTERN void witrt_prepared_delete(struct witrt_prepared_t *prepared);

/// Calls the function. `args` has a slot for each parameter and `results` one
/// for each result; both are the caller's. True for success.
///
/// Arguments are borrowed, with what they point to. Of a result that is text,
/// the slot's `buffer` says where to write and how much room there is, and after
/// the call `text` in its place is what was written; or `grow` makes room, and learns
/// how long the text is. Other
/// results are written over what was in the slot: numbers, and strings and
/// references that the caller owns.
///
/// On failure the slots of results are as they were, though buffers may have
/// been written to, and room may have been made. `error` may be NULL; what is
/// written there is owned by the caller, NULL on success. It is as for
/// `witrt_func_call`, and one more: `WITRT_ERROR_BUFFER_TOO_SMALL` where the call
/// was made, but a text did not fit. All slots are written then; the size of
/// such a text is what is needed, and the text itself is kept for
/// `witrt_prepared_take_result`. It is the same where a `grow` refused, which is
/// `WITRT_ERROR_OUT_OF_MEMORY` (`witrt_error_capacity` tells the length), and where it
/// gave memory that is not aligned, or Latin-1 does not have a character of the text, which
/// is `WITRT_ERROR_OUT_OF_RANGE` (the size of a `text` is zero then).
WASM_API_EXTERN
bool witrt_prepared_call(const struct witrt_prepared_t *prepared,
                         const union witrt_slot_t *args,
                         union witrt_slot_t *results,
                         struct witrt_error_t **error);

/// The result of this index of the last call, if its buffer was too small for
/// it, its `grow` did not make room, or Latin-1 does not have it. Owned by the caller, who may ask once;
/// NULL where there is none, which includes a call that failed otherwise. The next call
/// forgets it.
///
/// The last call is the one that returned last: right after a call this is its
/// own text, whatever calls were made within it, and it is gone where one is made
/// after it, such as by a callback that returns to another call of the same.
WASM_API_EXTERN
struct wasm_string_t *witrt_prepared_take_result(const struct witrt_prepared_t *prepared,
                                                 size_t index);

/// Puts a result that the last call kept, as for `witrt_prepared_take_result`, where the
/// slot says, which is like one of a call: text and any other value that there was no
/// room for. Where there is too little room again, that is the same error, and the value
/// is kept still. True for success. `error` may be NULL; what is written there is owned
/// by the caller, NULL on success.
WASM_API_EXTERN
bool witrt_prepared_take(const struct witrt_prepared_t *prepared,
                         size_t index,
                         union witrt_slot_t *result,
                         struct witrt_error_t **error);

/// Prepares a function for calls with values that are described: numbers, text, and a
/// host's own structs and arrays, for which a component has lists, records, and all
/// others. See `witrt_field_t`. What a slot then holds is
///
/// ```text
/// a number, text, a string    as for witrt_func_prepare
/// WASM_BOOL, WASM_CHAR        u8, u32
/// WASM_ENUM, WASM_FLAGS       u32
/// WASM_OWN, WASM_BORROW       resource: lent, or given away; of a result, owned
/// WITRT_SLOT_VAL              val
/// WASM_LIST as argument       span
/// any other as argument       value
/// described, as result        buffer before the call, span after it
/// WITRT_SLOT_GROWN            grow before the call, span after it
/// ```
///
/// The room for a result, `buffer`, has the struct first, or the elements of the list,
/// and behind them what these point to: text, lists. Resources in it are handles which
/// the caller owns, each. Nothing in it is allocated by the library.
///
/// Values go straight from the host's structs into the component's memory, and back, and
/// a call allocates nothing, but for a result that is a resource its handle. Not where
/// there is a `WITRT_SLOT_VAL`, which as a result is a tree that the caller owns, or a string
/// to be read later, or where resources are in a result: they can be taken from the
/// component once only, and a value that there is no room for is looked at twice. Such a call
/// makes a tree of its values first, which takes one allocation or more.
///
/// Owned by the caller; NULL where the description does not fit the function's type, and
/// where sizes and offsets cannot be; the message tells which way leads there:
/// `parameter 1 ("items"), element, field "qty": expected u32, found string`. `error` may be NULL;
/// what is written there is owned by the caller, NULL on success.
WASM_API_EXTERN
struct witrt_prepared_t *witrt_func_prepare_fields(const struct wasm_func_t *func,
                                                   const struct witrt_field_t *params,
                                                   size_t param_count,
                                                   const struct witrt_field_t *results,
                                                   size_t result_count,
                                                   struct witrt_error_t **error);

/// A host function whose type is what the kinds say. `env` is given to each
/// call. The finalizer may be NULL; else it is called once with `env`, when the
/// function is gone: at the latest with its store. Where this fails it is not
/// called. Owned by the caller; NULL for a callback that is NULL and kinds that
/// are unknown. `error` may be NULL; what is written there is owned by the
/// caller, NULL on success.
WASM_API_EXTERN
struct wasm_func_t *witrt_func_new_with_slots(const struct wasm_store_t *store,
                                              const witrt_slot_kind_t *params,
                                              size_t param_count,
                                              const witrt_slot_kind_t *results,
                                              size_t result_count,
                                              witrt_slot_callback_t callback,
                                              void *env,
                                              void (*finalizer)(void*),
                                              struct witrt_error_t **error);

/// Returns text as a result: the `size` code units at `data` are copied at once, in
/// the encoding that the result's kind says, and the result's slot is not
/// looked at. False, with the reason in the last error, for an index of no
/// string, ill-formed text, or NULL text of a size other than zero.
WASM_API_EXTERN
bool witrt_caller_return_text(const struct witrt_caller_t *caller,
                              size_t index,
                              const void *data,
                              size_t size);

/// A trap for the callback to return: for one that does not have its store at
/// hand. The message, `size` bytes of UTF-8 and not NUL-terminated, is copied;
/// what is ill-formed in it becomes U+FFFD. NULL where there is no memory for it.
/// Owned by the caller.
WASM_API_EXTERN
struct wasm_trap_t *witrt_caller_trap(const struct witrt_caller_t *caller,
                                      const char *message,
                                      size_t size);

/// A host function for an import of this type, which is borrowed, with values that are
/// described as for `witrt_func_prepare_fields`. The callback, `env`, the finalizer and
/// `error` are as for `witrt_func_new_with_slots`. Owned by the caller; NULL for a type of
/// no component, and where the description does not fit it.
///
/// Arguments are valid until the callback returns: a list as `span`, a struct as `value`,
/// text as `text`. One for which there are functions is put where the callback says, with
/// `witrt_caller_argument`.
///
/// What is shown is read only. Where a component calls, text in its encoding, and lists whose
/// elements lie as the component has them, are in the component's own memory, also those
/// that a struct points to: nothing is copied. They stay as they are for all of the callback,
/// which may call other functions of the store: not the instance that calls, which is busy
/// (`WITRT_ERROR_STORE_BUSY`), so that nobody moves or changes its memory. Afterwards it may
/// be anywhere: what is kept is to be copied, and another thread that reads is to be done
/// when the callback returns. Everything else is shown in memory of the store's, or of the
/// host that calls, under the same rules.
///
/// A result that is described is copied as soon as the callback has returned, or with
/// `witrt_caller_return_value`, and text that is the result itself with
/// `witrt_caller_return_text`: what ends with the callback is returned with these. It may
/// point to what the arguments show.
/// Resources in it stay the callback's own handles, one that is the result itself is
/// given up.
WASM_API_EXTERN
struct wasm_func_t *witrt_func_new_with_fields(const struct wasm_store_t *store,
                                               const struct wasm_functype_t *ty,
                                               const struct witrt_field_t *params,
                                               size_t param_count,
                                               const struct witrt_field_t *results,
                                               size_t result_count,
                                               witrt_slot_callback_t callback,
                                               void *env,
                                               void (*finalizer)(void*),
                                               struct witrt_error_t **error);

/// Puts an argument into an object of the host's that its description is of: for those
/// that have functions, a container of C++ for example, and possible for all that are
/// described. Handles of resources in it are then the callback's. False, with the reason
/// in the last error, for an index of no such argument, and where a function refuses.
WASM_API_EXTERN
bool witrt_caller_argument(const struct witrt_caller_t *caller,
                           size_t index,
                           void *value);

/// Returns a value as the result of a callback with described values: what `result` holds,
/// as a slot of that result, is copied at once, and the result's own slot is not looked
/// at. False, with the reason in the last error, for an index of no result, and for what
/// is no such value.
WASM_API_EXTERN
bool witrt_caller_return_value(const struct witrt_caller_t *caller,
                               size_t index,
                               const union witrt_slot_t *result);

/// A global that holds a copy of `val`. NULL where the value's kind is not the
/// type's content. Owned by the caller.
WASM_API_EXTERN
struct wasm_global_t *wasm_global_new(const struct wasm_store_t *store,
                                      const struct wasm_globaltype_t *ty,
                                      const struct wasm_val_t *val);

/// A copy of its type. Owned by the caller.
WASM_API_EXTERN struct wasm_globaltype_t *wasm_global_type(const struct wasm_global_t *object);

/// Writes what it holds to `out`, whatever was there before; a null reference
/// on failure. Owned by the caller.
WASM_API_EXTERN void wasm_global_get(const struct wasm_global_t *object, struct wasm_val_t *out);

/// Puts a copy of `val` into it. Nothing happens, but for the last error, where
/// it is constant or the value of another kind.
WASM_API_EXTERN void wasm_global_set(struct wasm_global_t *object, const struct wasm_val_t *val);

/// A table whose elements are all `init`, NULL for null; the reference is
/// borrowed. NULL for limits out of order or beyond what the store permits, and
/// for a reference that is not of the element's type. Owned by the caller.
WASM_API_EXTERN
struct wasm_table_t *wasm_table_new(const struct wasm_store_t *store,
                                    const struct wasm_tabletype_t *ty,
                                    struct wasm_ref_t *init);

/// A copy of its type. Owned by the caller.
WASM_API_EXTERN struct wasm_tabletype_t *wasm_table_type(const struct wasm_table_t *object);

/// The element of that index; NULL for a null element, and where there is none.
/// Owned by the caller.
WASM_API_EXTERN
struct wasm_ref_t *wasm_table_get(const struct wasm_table_t *object,
                                  wasm_table_size_t index);

/// Sets the element of that index; the reference is borrowed, NULL for null.
/// False where there is no such element or it takes no such reference.
WASM_API_EXTERN
bool wasm_table_set(struct wasm_table_t *object,
                    wasm_table_size_t index,
                    struct wasm_ref_t *reference);

/// How many elements it has.
WASM_API_EXTERN wasm_table_size_t wasm_table_size(const struct wasm_table_t *object);

/// Adds `delta` elements, each of them `init`; the reference is borrowed, NULL
/// for null. False where it may not grow so far.
WASM_API_EXTERN
bool wasm_table_grow(struct wasm_table_t *object,
                     wasm_table_size_t delta,
                     struct wasm_ref_t *init);

/// A memory. NULL for limits out of order or beyond what the store permits.
/// Owned by the caller.
WASM_API_EXTERN
struct wasm_memory_t *wasm_memory_new(const struct wasm_store_t *store,
                                      const struct wasm_memorytype_t *ty);

/// A copy of its type. Owned by the caller.
WASM_API_EXTERN struct wasm_memorytype_t *wasm_memory_type(const struct wasm_memory_t *object);

/// Its bytes, to be read and written until it grows or a guest runs that may
/// let it grow. Strings of guests that are still held are copied first, so that
/// they stay what they were.
WASM_API_EXTERN char *wasm_memory_data(const struct wasm_memory_t *object);

/// Its size in bytes.
WASM_API_EXTERN size_t wasm_memory_data_size(const struct wasm_memory_t *object);

/// Its size in pages.
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const struct wasm_memory_t *object);

/// Adds `delta` pages. False where it may not grow so far.
WASM_API_EXTERN bool wasm_memory_grow(struct wasm_memory_t *object, wasm_memory_pages_t delta);

/// Copies `size` bytes out of a memory, from `offset` on, into memory of the
/// caller's, or within that memory. True for success. False, and nothing written, where they are not all in
/// the memory (`WITRT_ERROR_OUT_OF_RANGE`), for a shared memory
/// (`WITRT_ERROR_UNSUPPORTED`), and for NULL, unless `size` is zero. `error` may be
/// NULL; what is written there is owned by the caller, NULL on success. The store's
/// thread.
WASM_API_EXTERN
bool witrt_memory_read(const struct wasm_memory_t *object,
                       size_t offset,
                       void *destination,
                       size_t size,
                       struct witrt_error_t **error);

/// Copies the `size` bytes at `data`, which may be in it, into a memory, from `offset` on. Strings of
/// guests that are still held are copied first, so that they stay what they were.
/// True for success. False, and nothing written, as for `witrt_memory_read`. `error`
/// may be NULL; what is written there is owned by the caller, NULL on success. The
/// store's thread.
WASM_API_EXTERN
bool witrt_memory_write(struct wasm_memory_t *object,
                        size_t offset,
                        const void *data,
                        size_t size,
                        struct witrt_error_t **error);

/// Which kind of object it is, one of `wasm_externkind_enum`.
WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const struct wasm_extern_t *object);

/// A copy of its type. Owned by the caller.
WASM_API_EXTERN struct wasm_externtype_t *wasm_extern_type(const struct wasm_extern_t *object);

/// A new object of the host's: it has an identity and host info, and travels as
/// an externref. Owned by the caller.
WASM_API_EXTERN struct wasm_foreign_t *wasm_foreign_new(const struct wasm_store_t *store);

/// An instance of a module. `imports` are borrowed, in the order of
/// `wasm_module_imports`; NULL is an empty vector. What a store's WASI is to supply
/// may be NULL there, or left out: see `witrt_store_set_wasi`. The module's start
/// function runs here.
///
/// NULL where something does not fit or the start function traps. Where `trap`
/// is not NULL, `*trap` is set to a trap that tells why, owned by the caller,
/// and to NULL on success. Owned by the caller.
WASM_API_EXTERN
struct wasm_instance_t *wasm_instance_new(const struct wasm_store_t *store,
                                          const struct wasm_module_t *module,
                                          const struct wasm_extern_vec_t *imports,
                                          struct wasm_trap_t **trap);

/// As `wasm_instance_new`, with an error object, which tells the import at
/// fault and holds the trap if it was one. `error` may be NULL; what is written
/// there is owned by the caller, NULL on success.
WASM_API_EXTERN
struct wasm_instance_t *witrt_instance_new(const struct wasm_store_t *store,
                                           const struct wasm_module_t *module,
                                           const struct wasm_extern_vec_t *imports,
                                           struct witrt_error_t **error);

/// Writes handles of all exports to `out`, in the order of
/// `wasm_module_exports`; an empty vector on failure. Owned by the caller.
WASM_API_EXTERN
void wasm_instance_exports(const struct wasm_instance_t *instance,
                           struct wasm_extern_vec_t *out);

/// The export of that name, `size` bytes of UTF-8. NULL where there is none.
/// Owned by the caller.
WASM_API_EXTERN
struct wasm_extern_t *witrt_instance_export(const struct wasm_instance_t *instance,
                                            const char *name,
                                            size_t size);

/// A linker with nothing in it. Owned by the caller.
WASM_API_EXTERN struct witrt_linker_t *witrt_linker_new(void);

/// Deletes a linker. NULL is accepted.
WASM_API_EXTERN void witrt_linker_delete(struct witrt_linker_t *linker);

/// Defines a thing, which is borrowed, under two names in UTF-8. A later one
/// takes the place of an earlier one of the same names, unless both are
/// functions and their types differ: then each serves the imports of its own
/// type. False for an object of another store than those before, and for names
/// that are not UTF-8.
WASM_API_EXTERN
bool witrt_linker_define(struct witrt_linker_t *linker,
                         const char *module,
                         size_t module_size,
                         const char *name,
                         size_t name_size,
                         const struct wasm_extern_t *item);

/// Defines every export of an instance under one module name. Of a component, these
/// are the functions and core modules of the interface of that name, or of a version
/// that can stand for it; with an empty name, those of all its interfaces, each under
/// its own. An instance within an interface has the name `ns:pkg/iface@1.2.3#instance`.
/// Core modules, which no list of imports has, come to a component only so. False as
/// for `witrt_linker_define`.
WASM_API_EXTERN
bool witrt_linker_define_instance(struct witrt_linker_t *linker,
                                  const char *module,
                                  size_t module_size,
                                  const struct wasm_instance_t *instance);

/// Makes one interface of all that an instance of a component exports, under this name:
/// the functions and core modules of its world, and each of its interfaces as an instance
/// within it (`name#ns:pkg/iface@1.2.3`). Of a core module it does what
/// `witrt_linker_define_instance` does. False as for `witrt_linker_define`.
WASM_API_EXTERN
bool witrt_linker_define_instance_as(struct witrt_linker_t *linker,
                                     const char *name,
                                     size_t name_size,
                                     const struct wasm_instance_t *instance);

/// Defines a host function of this type under two names, in one call: as
/// `wasm_func_new_with_env` makes it. The type is borrowed; `env` is given to each
/// call. The finalizer may be NULL; else it is called once with `env`, when the
/// function is gone: at the latest with its store. Where this fails it is not called.
///
/// True for success. False for a callback, type or store that is NULL, for another
/// store than that of what was defined before (`WITRT_ERROR_WRONG_STORE`), and for
/// names that are not UTF-8. `error` may be NULL; what is written there is owned by
/// the caller, NULL on success.
WASM_API_EXTERN
bool witrt_linker_define_func(struct witrt_linker_t *linker,
                              const struct wasm_store_t *store,
                              const char *module,
                              size_t module_size,
                              const char *name,
                              size_t name_size,
                              const struct wasm_functype_t *ty,
                              wasm_func_callback_with_env_t callback,
                              void *env,
                              void (*finalizer)(void*),
                              struct witrt_error_t **error);

/// Defines each function that a module asks for and that is not defined yet, in this
/// store: a guest that calls one traps, with a message that names it. So a module
/// can be instantiated of which a part is used that does without them. Imports that
/// are no functions stay missing.
///
/// True for success; false as for `witrt_linker_define`. `error` may be NULL; what is
/// written there is owned by the caller, NULL on success.
WASM_API_EXTERN
bool witrt_linker_define_unknown_as_traps(struct witrt_linker_t *linker,
                                          const struct wasm_store_t *store,
                                          const struct wasm_module_t *module,
                                          struct witrt_error_t **error);

/// What is defined under two names in UTF-8: another handle of it; of several
/// functions of different types the one that was defined first. NULL where there is
/// nothing. Owned by the caller.
WASM_API_EXTERN
struct wasm_extern_t *witrt_linker_get(const struct witrt_linker_t *linker,
                                       const char *module,
                                       size_t module_size,
                                       const char *name,
                                       size_t name_size);

/// An instance of a module whose imports are looked up by name, and then, if they
/// are WASI's, taken from what the store was given: see `witrt_store_set_wasi`. NULL
/// where one is missing (the error's message tells all that are), and as for
/// `wasm_instance_new`. `error` may be NULL; what is written there is owned by
/// the caller, NULL on success. Owned by the caller.
WASM_API_EXTERN
struct wasm_instance_t *witrt_linker_instantiate(const struct witrt_linker_t *linker,
                                                 const struct wasm_store_t *store,
                                                 const struct wasm_module_t *module,
                                                 struct witrt_error_t **error);

/// One that gives nothing. Owned by the caller.
WASM_API_EXTERN struct witrt_wasi_t *witrt_wasi_new(void);

/// Deletes it; stores that were given it keep what they have. NULL is accepted.
WASM_API_EXTERN void witrt_wasi_delete(struct witrt_wasi_t *wasi);

/// Adds an argument. By convention the first is the program's name. False for text
/// with U+0000 in it, which guests could not tell from its end, and where arguments
/// and variables have more than 2 MiB together, in UTF-8 and with 16 bytes more for
/// each. Guests may take less: a component that was made of a core module by the
/// adapter of preview 1 traps where one of them has more than some 40 KiB.
WASM_API_EXTERN
bool witrt_wasi_push_arg(struct witrt_wasi_t *wasi,
                         const struct wasm_string_t *arg);

/// Sets a variable of the environment, in place of an earlier one of that name.
/// False for text with U+0000 in it, for a name with `=`, and for an empty one, and
/// beyond the limit that `witrt_wasi_push_arg` tells.
WASM_API_EXTERN
bool witrt_wasi_set_env(struct witrt_wasi_t *wasi,
                        const struct wasm_string_t *name,
                        const struct wasm_string_t *value);

/// Gives what the process itself has: bits of `witrt_wasi_inherit_enum`. False for
/// unknown ones.
WASM_API_EXTERN bool witrt_wasi_inherit(struct witrt_wasi_t *wasi, witrt_wasi_inherit_t what);

/// Standard input is a copy of these bytes. Each instance reads them from the start.
WASM_API_EXTERN
bool witrt_wasi_set_stdin_bytes(struct witrt_wasi_t *wasi,
                                const wasm_byte_t *data,
                                size_t size);

/// Standard input is a file, which is opened now, and of which all instances have
/// the same position. False where it cannot be opened.
WASM_API_EXTERN
bool witrt_wasi_set_stdin_file(struct witrt_wasi_t *wasi,
                               const struct wasm_string_t *path);

/// Standard output goes to a file, which is made, or emptied, now. False where that
/// cannot be.
WASM_API_EXTERN
bool witrt_wasi_set_stdout_file(struct witrt_wasi_t *wasi,
                                const struct wasm_string_t *path);

/// The same for standard error.
WASM_API_EXTERN
bool witrt_wasi_set_stderr_file(struct witrt_wasi_t *wasi,
                                const struct wasm_string_t *path);

/// Standard input comes from a function, to which `env` is given. The finalizer may
/// be NULL; else it is called once with `env`, when neither this object nor a store
/// needs it any more, on any thread. Where this fails it is not called.
WASM_API_EXTERN
bool witrt_wasi_set_stdin_callback(struct witrt_wasi_t *wasi,
                                   witrt_wasi_read_t callback,
                                   void *env,
                                   void (*finalizer)(void*));

/// Standard output goes to a function, as the guest writes it; or, by line, a whole
/// line at a time with the line feed at its end. Of these, what is not a whole line
/// comes when `witrt_instance_run` returns, else when the store goes, on the thread
/// that deletes it; a line of more than 64 KiB comes in pieces. The finalizer is as
/// that of `witrt_wasi_set_stdin_callback`.
WASM_API_EXTERN
bool witrt_wasi_set_stdout_callback(struct witrt_wasi_t *wasi,
                                    witrt_wasi_write_t callback,
                                    bool by_line,
                                    void *env,
                                    void (*finalizer)(void*));

/// The same for standard error.
WASM_API_EXTERN
bool witrt_wasi_set_stderr_callback(struct witrt_wasi_t *wasi,
                                    witrt_wasi_write_t callback,
                                    bool by_line,
                                    void *env,
                                    void (*finalizer)(void*));

/// Gives the host's folder `host` under the name `guest`, to be read, or also to be
/// written: one of `witrt_wasi_access_enum`. Guests cannot leave it: not by `..`,
/// not by absolute paths, not by symbolic links. Each instance opens it anew. False
/// where it is no folder that can be opened, and for an unknown access.
WASM_API_EXTERN
bool witrt_wasi_preopen_dir(struct witrt_wasi_t *wasi,
                            const struct wasm_string_t *host,
                            const struct wasm_string_t *guest,
                            witrt_wasi_access_t access);

/// Permits connections to an address, and to listen there for whoever connects:
/// `127.0.0.1:8080`, `[::1]:80`; all ports without one; a range of addresses as
/// `10.0.0.0/8`. Connections are made and datagrams
/// sent from the local address and port that the system chooses (`0.0.0.0:0`,
/// `[::]:0`); datagrams come from addresses that are permitted. False for what is no
/// address.
WASM_API_EXTERN
bool witrt_wasi_allow_address(struct witrt_wasi_t *wasi,
                              const struct wasm_string_t *address);

/// Permits all addresses that the process can reach.
WASM_API_EXTERN bool witrt_wasi_allow_network(struct witrt_wasi_t *wasi);

/// Permits to look up which addresses names have.
WASM_API_EXTERN bool witrt_wasi_allow_name_lookup(struct witrt_wasi_t *wasi);

/// Clocks that are the same in each run: the wall clock starts at this time, in
/// nanoseconds since 1970, the monotonic one at zero, and each reading of one moves
/// it on by `step` nanoseconds. Waiting takes real time all the same.
WASM_API_EXTERN
bool witrt_wasi_set_clocks(struct witrt_wasi_t *wasi,
                           uint64_t start,
                           uint64_t step);

/// Random numbers that are the same in each run. They are no secret then.
WASM_API_EXTERN bool witrt_wasi_set_random_seed(struct witrt_wasi_t *wasi, uint64_t seed);

/// How many handles an instance may have at once: of open files and folders, of
/// streams, sockets and what it waits for. More trap. Default: 512.
WASM_API_EXTERN bool witrt_wasi_set_max_handles(struct witrt_wasi_t *wasi, size_t handles);

/// Gives a store's guests what WASI has for them, in place of what they were given
/// before. It is what instances get that are made from now on, each with
/// descriptors, streams and clocks of its own, as a process has. `wasi` is borrowed.
///
/// Imports of `wasi_snapshot_preview1`, and of `wasi:cli`, `clocks`, `filesystem`,
/// `io`, `random` and `sockets` of any version 0.2, come from there, where a linker
/// does not define them, or `imports` has NULL in their places or leaves all of them
/// out; a component's interface is taken from one of the two as a whole. Of a core
/// module that exports it, `_initialize` is called when an instance is made.
///
/// False where a folder cannot be opened, and, with `WITRT_ERROR_UNSUPPORTED`, where
/// this library was built without WASI. `error` may be NULL; what is written there is
/// owned by the caller, NULL on success.
WASM_API_EXTERN
bool witrt_store_set_wasi(const struct wasm_store_t *store,
                          const struct witrt_wasi_t *wasi,
                          struct witrt_error_t **error);

/// Runs a command to its end: `_start` of a core module, `wasi:cli/run` of a
/// component. True where it has ended by itself, with its status in `*status`, which
/// may be NULL: zero is success. False for what is no command, for traps, and as for
/// a call. `error` may be NULL; what is written there is owned by the caller, NULL on
/// success.
///
/// What ends a guest in a call otherwise is a trap, `WITRT_TRAP_EXITED`: see
/// `witrt_trap_exit_status`. A core module can be called again; a component that has
/// exited cannot.
WASM_API_EXTERN
bool witrt_instance_run(const struct wasm_instance_t *instance,
                        int32_t *status,
                        struct witrt_error_t **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus


/* ---- The families, for headers that declare types of their own ---- */

#define WASM_DECLARE_OWN(name)                                                 \
  typedef struct wasm_##name##_t wasm_##name##_t;                              \
  WASM_API_EXTERN void wasm_##name##_delete(wasm_##name##_t *object);

#define WASM_DECLARE_VEC(name, ptr_or_none)                                    \
  typedef struct wasm_##name##_vec_t {                                         \
    size_t size;                                                               \
    wasm_##name##_t ptr_or_none *data;                                         \
  } wasm_##name##_vec_t;                                                       \
  WASM_API_EXTERN void wasm_##name##_vec_new_empty(wasm_##name##_vec_t *out);  \
  WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(                    \
      wasm_##name##_vec_t *out, size_t size);                                  \
  WASM_API_EXTERN void wasm_##name##_vec_new(                                  \
      wasm_##name##_vec_t *out, size_t size,                                   \
      wasm_##name##_t ptr_or_none const data[]);                               \
  WASM_API_EXTERN void wasm_##name##_vec_copy(                                 \
      wasm_##name##_vec_t *out, const wasm_##name##_vec_t *from);              \
  WASM_API_EXTERN void wasm_##name##_vec_delete(wasm_##name##_vec_t *vec);

#define WASM_DECLARE_TYPE(name)                                                \
  WASM_DECLARE_OWN(name)                                                       \
  WASM_DECLARE_VEC(name, *)                                                    \
  WASM_API_EXTERN wasm_##name##_t *wasm_##name##_copy(                         \
      const wasm_##name##_t *object);

#define WASM_DECLARE_REF_BASE(name)                                            \
  WASM_DECLARE_OWN(name)                                                       \
  WASM_API_EXTERN wasm_##name##_t *wasm_##name##_copy(                         \
      const wasm_##name##_t *object);                                          \
  WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t *a,            \
                                          const wasm_##name##_t *b);           \
  WASM_API_EXTERN void *wasm_##name##_get_host_info(                           \
      const wasm_##name##_t *object);                                          \
  WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t *object,    \
                                                   void *info);                \
  WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(             \
      wasm_##name##_t *object, void *info, void (*finalizer)(void *));

#define WASM_DECLARE_REF(name)                                                 \
  WASM_DECLARE_REF_BASE(name)                                                  \
  WASM_API_EXTERN wasm_ref_t *wasm_##name##_as_ref(wasm_##name##_t *object);   \
  WASM_API_EXTERN wasm_##name##_t *wasm_ref_as_##name(wasm_ref_t *object);     \
  WASM_API_EXTERN const wasm_ref_t *wasm_##name##_as_ref_const(                \
      const wasm_##name##_t *object);                                          \
  WASM_API_EXTERN const wasm_##name##_t *wasm_ref_as_##name##_const(           \
      const wasm_ref_t *object);

#define WASM_DECLARE_SHARABLE_REF(name)                                        \
  WASM_DECLARE_REF(name)                                                       \
  WASM_DECLARE_OWN(shared_##name)                                              \
  WASM_API_EXTERN wasm_shared_##name##_t *wasm_##name##_share(                 \
      const wasm_##name##_t *object);                                          \
  WASM_API_EXTERN wasm_##name##_t *wasm_##name##_obtain(                       \
      wasm_store_t *store, const wasm_shared_##name##_t *shared);

/* ---- Names are vectors of bytes ---- */

#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
/* The standard's first spelling of it. */
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

/* ---- Cases ---- */

/// A case, and what it holds. For a result, 0 is success and 1 failure.
struct wasm_variant_t {
  /// Which case, in the order of the type.
  uint32_t index;
  /// What it holds: `WASM_EMPTY_VAL` for a case that holds nothing.
  wasm_val_t val;
};

/* ---- Initializers ---- */

/// A vector of nothing.
#define WASM_EMPTY_VEC {0, NULL}

/// A vector around an array of the caller's: to be lent, never to be deleted.
#define WASM_ARRAY_VEC(array) {sizeof(array) / sizeof(*(array)), array}

/* Strings around a host's own text: initializers of a `wasm_string_t`. Sizes
 * count code units, not bytes. */

/// A string of `size` bytes of UTF-8.
#define WASM_STRING_UTF8(data, size) {(data), (size), WASM_UTF8, 0, 0}

/// A string of `size` units of UTF-16.
#define WASM_STRING_UTF16(data, size) {(data), (size), WASM_UTF16, 0, 0}

/// A string of `size` bytes of Latin-1.
#define WASM_STRING_LATIN1(data, size) {(data), (size), WASM_LATIN1, 0, 0}

/// A string of `size` units of UTF-32.
#define WASM_STRING_UTF32(data, size) {(data), (size), WASM_UTF32, 0, 0}

/// A string around a literal: WASM_STRING_LIT("text"), in UTF-8.
#define WASM_STRING_LIT(literal) {"" literal, sizeof("" literal) - 1, WASM_UTF8, 0, 0}

/// A string around a literal: WASM_STRING_LIT16(u"text"), in UTF-16.
#define WASM_STRING_LIT16(literal) \
  {u"" literal, sizeof(u"" literal) / 2 - 1, WASM_UTF16, 0, 0}

/// The empty string.
#define WASM_EMPTY_STRING {NULL, 0, WASM_UTF8, 0, 0}

/* Lists around a host's own array: initializers of a `wasm_list_t`. */

/// A list of `size` numbers, or strings, of a kind.
#define WASM_LIST_OF(kind, data, size) {(data), (size), (kind)}

/// A list of `size` values.
#define WASM_LIST_OF_VALS(data, size) {(data), (size), WASM_VAL}

/* Values: initializers of a `wasm_val_t`. */

#ifndef __cplusplus

#define WASM_I32_VAL(i) {.kind = WASM_I32, .of = {.i32 = i}}
#define WASM_I64_VAL(i) {.kind = WASM_I64, .of = {.i64 = i}}
#define WASM_F32_VAL(z) {.kind = WASM_F32, .of = {.f32 = z}}
#define WASM_F64_VAL(z) {.kind = WASM_F64, .of = {.f64 = z}}
#define WASM_S8_VAL(i) {.kind = WASM_S8, .of = {.s8 = i}}
#define WASM_U8_VAL(i) {.kind = WASM_U8, .of = {.u8 = i}}
#define WASM_S16_VAL(i) {.kind = WASM_S16, .of = {.s16 = i}}
#define WASM_U16_VAL(i) {.kind = WASM_U16, .of = {.u16 = i}}
#define WASM_S32_VAL(i) {.kind = WASM_S32, .of = {.s32 = i}}
#define WASM_U32_VAL(i) {.kind = WASM_U32, .of = {.u32 = i}}
#define WASM_S64_VAL(i) {.kind = WASM_S64, .of = {.s64 = i}}
#define WASM_U64_VAL(i) {.kind = WASM_U64, .of = {.u64 = i}}
/// A string value around a `wasm_string_t *`.
#define WASM_STRING_VAL(s) {.kind = WASM_STRING, .of = {.string = s}}
#define WASM_BOOL_VAL(b) {.kind = WASM_BOOL, .of = {.u8 = (b) ? 1 : 0}}
#define WASM_CHAR_VAL(c) {.kind = WASM_CHAR, .of = {.u32 = c}}
#define WASM_ENUM_VAL(i) {.kind = WASM_ENUM, .of = {.u32 = i}}
#define WASM_FLAGS_VAL(bits) {.kind = WASM_FLAGS, .of = {.u32 = bits}}
/// A list value around a `wasm_list_t *`.
#define WASM_LIST_VAL(l) {.kind = WASM_LIST, .of = {.list = l}}
/// A record around a `wasm_val_vec_t *` with its fields in order.
#define WASM_RECORD_VAL(v) {.kind = WASM_RECORD, .of = {.fields = v}}
/// A tuple around a `wasm_val_vec_t *`.
#define WASM_TUPLE_VAL(v) {.kind = WASM_TUPLE, .of = {.fields = v}}
/// A variant around a `wasm_variant_t *`.
#define WASM_VARIANT_VAL(v) {.kind = WASM_VARIANT, .of = {.variant = v}}
/// A result around a `wasm_variant_t *`.
#define WASM_RESULT_VAL(v) {.kind = WASM_RESULT, .of = {.variant = v}}
/// An option that holds the value at a `wasm_val_t *`.
#define WASM_SOME_VAL(v) {.kind = WASM_OPTION, .of = {.option = v}}
/// An option that holds nothing.
#define WASM_NONE_VAL {.kind = WASM_OPTION, .of = {.option = NULL}}
/// A resource that is given away, or lent.
#define WASM_OWN_VAL(r) {.kind = WASM_OWN, .of = {.resource = r}}
#define WASM_BORROW_VAL(r) {.kind = WASM_BORROW, .of = {.resource = r}}
/// What a case without a payload holds.
#define WASM_EMPTY_VAL {.kind = WASM_NONE, .of = {.u64 = 0}}
#define WASM_REF_VAL(r) {.kind = WASM_EXTERNREF, .of = {.ref = r}}
#define WASM_INIT_VAL {.kind = WASM_EXTERNREF, .of = {.ref = NULL}}

#else /* C++, which has no such initializers before C++20 */

#define WITRT_VAL(member, number, type)                    \
  static inline wasm_val_t witrt_val_##member(type value) { \
    wasm_val_t val;                                        \
    val.kind = number;                                     \
    val.of.u64 = 0;                                        \
    val.of.member = value;                                 \
    return val;                                            \
  }
WITRT_VAL(i32, WASM_I32, int32_t)
WITRT_VAL(i64, WASM_I64, int64_t)
WITRT_VAL(f32, WASM_F32, float32_t)
WITRT_VAL(f64, WASM_F64, float64_t)
WITRT_VAL(s8, WASM_S8, int8_t)
WITRT_VAL(u8, WASM_U8, uint8_t)
WITRT_VAL(s16, WASM_S16, int16_t)
WITRT_VAL(u16, WASM_U16, uint16_t)
WITRT_VAL(s32, WASM_S32, int32_t)
WITRT_VAL(u32, WASM_U32, uint32_t)
WITRT_VAL(s64, WASM_S64, int64_t)
WITRT_VAL(u64, WASM_U64, uint64_t)
WITRT_VAL(string, WASM_STRING, struct wasm_string_t *)
WITRT_VAL(ref, WASM_EXTERNREF, struct wasm_ref_t *)
WITRT_VAL(list, WASM_LIST, const struct wasm_list_t *)
WITRT_VAL(option, WASM_OPTION, const struct wasm_val_t *)
#undef WITRT_VAL
#define WITRT_VAL(member, name, type)                                           \
  static inline wasm_val_t witrt_val_of_##name(wasm_valkind_t kind, type value) { \
    wasm_val_t val;                                                             \
    val.kind = kind;                                                            \
    val.of.u64 = 0;                                                             \
    val.of.member = value;                                                      \
    return val;                                                                 \
  }
WITRT_VAL(u8, byte, uint8_t)
WITRT_VAL(u32, word, uint32_t)
WITRT_VAL(fields, fields, const struct wasm_val_vec_t *)
WITRT_VAL(variant, variant, const struct wasm_variant_t *)
WITRT_VAL(resource, resource, struct wasm_resource_t *)
#undef WITRT_VAL

#define WASM_I32_VAL(i) witrt_val_i32(i)
#define WASM_I64_VAL(i) witrt_val_i64(i)
#define WASM_F32_VAL(z) witrt_val_f32(z)
#define WASM_F64_VAL(z) witrt_val_f64(z)
#define WASM_S8_VAL(i) witrt_val_s8(i)
#define WASM_U8_VAL(i) witrt_val_u8(i)
#define WASM_S16_VAL(i) witrt_val_s16(i)
#define WASM_U16_VAL(i) witrt_val_u16(i)
#define WASM_S32_VAL(i) witrt_val_s32(i)
#define WASM_U32_VAL(i) witrt_val_u32(i)
#define WASM_S64_VAL(i) witrt_val_s64(i)
#define WASM_U64_VAL(i) witrt_val_u64(i)
#define WASM_STRING_VAL(s) witrt_val_string(s)
#define WASM_BOOL_VAL(b) witrt_val_of_byte(WASM_BOOL, (b) ? 1 : 0)
#define WASM_CHAR_VAL(c) witrt_val_of_word(WASM_CHAR, c)
#define WASM_ENUM_VAL(i) witrt_val_of_word(WASM_ENUM, i)
#define WASM_FLAGS_VAL(bits) witrt_val_of_word(WASM_FLAGS, bits)
#define WASM_LIST_VAL(l) witrt_val_list(l)
#define WASM_RECORD_VAL(v) witrt_val_of_fields(WASM_RECORD, v)
#define WASM_TUPLE_VAL(v) witrt_val_of_fields(WASM_TUPLE, v)
#define WASM_VARIANT_VAL(v) witrt_val_of_variant(WASM_VARIANT, v)
#define WASM_RESULT_VAL(v) witrt_val_of_variant(WASM_RESULT, v)
#define WASM_SOME_VAL(v) witrt_val_option(v)
#define WASM_NONE_VAL witrt_val_option(NULL)
#define WASM_OWN_VAL(r) witrt_val_of_resource(WASM_OWN, r)
#define WASM_BORROW_VAL(r) witrt_val_of_resource(WASM_BORROW, r)
#define WASM_EMPTY_VAL witrt_val_of_word(WASM_NONE, 0)
#define WASM_REF_VAL(r) witrt_val_ref(r)
#define WASM_INIT_VAL witrt_val_ref(NULL)

#endif /* __cplusplus */

/* ---- Descriptions: initializers of a `witrt_field_t` ---- */

/// A parameter or result that is no struct of the host's: of a kind of
/// `wasm_valkind_enum`, or of `witrt_slot_kind_enum`.
#define WITRT_PLAIN(kind) {(kind), 0, 0, 0, 0, 0, NULL, NULL}

/// An element, or a payload without a struct around it, of this C type.
#define WITRT_VALUE(type, kind) {(kind), 0, 0, sizeof(type), 0, 0, NULL, NULL}

/// A member of a struct: a number, text, a resource.
#define WITRT_FIELD(type, member, kind) \
  {(kind), 0, offsetof(type, member), sizeof(((type *)0)->member), 0, 0, NULL, NULL}

/// A member of a struct that is what another description, at this address, says.
#define WITRT_FIELD_AS(type, member, description)                                 \
  {WITRT_SLOT_SAME, 0, offsetof(type, member), sizeof(((type *)0)->member), 0, 1, \
   (description), NULL}

/// A parameter, a result, or an element: what another description says.
#define WITRT_SAME(description) {WITRT_SLOT_SAME, 0, 0, 0, 0, 1, (description), NULL}

/// A struct that is a record or a tuple, with an array of its fields.
#define WITRT_RECORD(type, fields) \
  {WASM_RECORD, 0, 0, sizeof(type), 0, sizeof(fields) / sizeof(*(fields)), (fields), NULL}

/// A `witrt_span_t`, or another struct of pointer and size, whose elements this describes.
#define WITRT_LIST(element) {WASM_LIST, 0, 0, sizeof(witrt_span_t), 0, 1, (element), NULL}

/// An array of this type, which is a list of exactly as many elements, which this describes.
#define WITRT_ARRAY(type, element) {WITRT_SLOT_ARRAY, 0, 0, sizeof(type), 0, 1, (element), NULL}

/// A struct with a member `tag` that is 1 where there is a payload, which this describes.
/// Both may be members of the struct around it, of which this then is a field.
#define WITRT_OPTION(type, tag, payload)                                                 \
  {WASM_OPTION, sizeof(((type *)0)->tag), 0, sizeof(type), offsetof(type, tag), 1, (payload), \
   NULL}

/// A struct with a member `tag` that tells the case, with an array of the payloads.
#define WITRT_VARIANT(type, tag, cases)                                            \
  {WASM_VARIANT, sizeof(((type *)0)->tag), 0, sizeof(type), offsetof(type, tag),   \
   sizeof(cases) / sizeof(*(cases)), (cases), NULL}

/// The same for a result: the tag is 0 for success, 1 for failure, and there are two.
#define WITRT_RESULT(type, tag, cases)                                           \
  {WASM_RESULT, sizeof(((type *)0)->tag), 0, sizeof(type), offsetof(type, tag), \
   sizeof(cases) / sizeof(*(cases)), (cases), NULL}

/// The payload of a case that has none.
#define WITRT_NOTHING {WASM_NONE, 0, 0, 0, 0, 0, NULL, NULL}

/// A result that goes to where a function of the host's makes room for all of it.
#define WITRT_GROWN(description) {WITRT_SLOT_GROWN, 0, 0, 0, 0, 1, (description), NULL}

/* ---- Helpers ---- */

#ifdef __cplusplus
extern "C" {
#endif

#ifndef WITRT_PREFIXED_NAMES_ONLY
/// Fails to compile where the sizes are not what the library was built with.
static inline void assertions(void) {
  (void)sizeof(char[sizeof(float) == sizeof(uint32_t) ? 1 : -1]);
  (void)sizeof(char[sizeof(double) == sizeof(uint64_t) ? 1 : -1]);
  (void)sizeof(char[sizeof(intptr_t) == sizeof(uint32_t) ||
                    sizeof(intptr_t) == sizeof(uint64_t) ? 1 : -1]);
  (void)sizeof(char[sizeof(((wasm_val_t *)0)->of) == 8 ? 1 : -1]);
}
#endif

/// A host's own string around `size` code units at `data`, which are borrowed for as
/// long as it is used: what the initializers make, for those who cannot use them.
static inline wasm_string_t wasm_string_of(wasm_encoding_t encoding, const void *data, size_t size) {
  wasm_string_t string;
  string.data = data;
  string.size = size;
  string.encoding = encoding;
  string.flags = 0;
  string.reserved = 0;
  return string;
}

/// A copy of a NUL-terminated text, without the NUL. Owned by the caller.
static inline void wasm_name_new_from_string(wasm_name_t *out, const char *text) {
  wasm_name_new(out, strlen(text), text);
}

/// A copy of a NUL-terminated text, with the NUL. Owned by the caller.
static inline void wasm_name_new_from_string_nt(wasm_name_t *out, const char *text) {
  wasm_name_new(out, strlen(text) + 1, text);
}

/// The elements of a list of values: `element` is `WASM_VAL`.
static inline const wasm_val_t *wasm_list_vals(const wasm_list_t *list) {
  return (const wasm_val_t *)list->data;
}

/// The elements of a list of strings: `element` is `WASM_STRING`.
static inline const wasm_string_t *wasm_list_strings(const wasm_list_t *list) {
  return (const wasm_string_t *)list->data;
}

/// Whether values of this kind are numbers, of core modules or of interfaces.
static inline bool wasm_valkind_is_num(wasm_valkind_t kind) {
  return kind < WASM_STRING;
}

/// Whether values of this kind are references.
static inline bool wasm_valkind_is_ref(wasm_valkind_t kind) {
  return kind >= WASM_EXTERNREF;
}

/// Whether values of this kind are strings.
static inline bool wasm_valkind_is_string(wasm_valkind_t kind) {
  return kind == WASM_STRING;
}

/// Whether values of this type are numbers: no references, and no strings.
static inline bool wasm_valtype_is_num(const wasm_valtype_t *type) {
  return wasm_valkind_is_num(wasm_valtype_kind(type));
}

/// Whether values of this type are references.
static inline bool wasm_valtype_is_ref(const wasm_valtype_t *type) {
  return wasm_valkind_is_ref(wasm_valtype_kind(type));
}

/// Whether values of this type are strings.
static inline bool wasm_valtype_is_string(const wasm_valtype_t *type) {
  return wasm_valkind_is_string(wasm_valtype_kind(type));
}

/* The types of values, each owned by the caller. */

static inline wasm_valtype_t *wasm_valtype_new_i32(void) {
  return wasm_valtype_new(WASM_I32);
}
static inline wasm_valtype_t *wasm_valtype_new_i64(void) {
  return wasm_valtype_new(WASM_I64);
}
static inline wasm_valtype_t *wasm_valtype_new_f32(void) {
  return wasm_valtype_new(WASM_F32);
}
static inline wasm_valtype_t *wasm_valtype_new_f64(void) {
  return wasm_valtype_new(WASM_F64);
}
static inline wasm_valtype_t *wasm_valtype_new_s8(void) {
  return wasm_valtype_new(WASM_S8);
}
static inline wasm_valtype_t *wasm_valtype_new_u8(void) {
  return wasm_valtype_new(WASM_U8);
}
static inline wasm_valtype_t *wasm_valtype_new_s16(void) {
  return wasm_valtype_new(WASM_S16);
}
static inline wasm_valtype_t *wasm_valtype_new_u16(void) {
  return wasm_valtype_new(WASM_U16);
}
static inline wasm_valtype_t *wasm_valtype_new_s32(void) {
  return wasm_valtype_new(WASM_S32);
}
static inline wasm_valtype_t *wasm_valtype_new_u32(void) {
  return wasm_valtype_new(WASM_U32);
}
static inline wasm_valtype_t *wasm_valtype_new_s64(void) {
  return wasm_valtype_new(WASM_S64);
}
static inline wasm_valtype_t *wasm_valtype_new_u64(void) {
  return wasm_valtype_new(WASM_U64);
}
static inline wasm_valtype_t *wasm_valtype_new_string(void) {
  return wasm_valtype_new(WASM_STRING);
}
static inline wasm_valtype_t *wasm_valtype_new_bool(void) {
  return wasm_valtype_new(WASM_BOOL);
}
static inline wasm_valtype_t *wasm_valtype_new_char(void) {
  return wasm_valtype_new(WASM_CHAR);
}
static inline wasm_valtype_t *wasm_valtype_new_externref(void) {
  return wasm_valtype_new(WASM_EXTERNREF);
}
static inline wasm_valtype_t *wasm_valtype_new_funcref(void) {
  return wasm_valtype_new(WASM_FUNCREF);
}

/* Function types of so many parameters and so many results, in this order. The
 * value types are consumed; the result is owned by the caller. */

static inline wasm_functype_t *wasm_functype_new_0_0(void) {
  wasm_valtype_vec_t params;
  wasm_valtype_vec_t results;
  wasm_valtype_vec_new_empty(&params);
  wasm_valtype_vec_new_empty(&results);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_0_1(wasm_valtype_t *r1) {
  wasm_valtype_vec_t params;
  wasm_valtype_vec_t results;
  wasm_valtype_t *results_[1];
  wasm_valtype_vec_new_empty(&params);
  results_[0] = r1;
  wasm_valtype_vec_new(&results, 1, results_);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_0_2(wasm_valtype_t *r1, wasm_valtype_t *r2) {
  wasm_valtype_vec_t params;
  wasm_valtype_vec_t results;
  wasm_valtype_t *results_[2];
  wasm_valtype_vec_new_empty(&params);
  results_[0] = r1;
  results_[1] = r2;
  wasm_valtype_vec_new(&results, 2, results_);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_1_0(wasm_valtype_t *p1) {
  wasm_valtype_vec_t params;
  wasm_valtype_t *params_[1];
  wasm_valtype_vec_t results;
  params_[0] = p1;
  wasm_valtype_vec_new(&params, 1, params_);
  wasm_valtype_vec_new_empty(&results);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_1_1(wasm_valtype_t *p1, wasm_valtype_t *r1) {
  wasm_valtype_vec_t params;
  wasm_valtype_t *params_[1];
  wasm_valtype_vec_t results;
  wasm_valtype_t *results_[1];
  params_[0] = p1;
  wasm_valtype_vec_new(&params, 1, params_);
  results_[0] = r1;
  wasm_valtype_vec_new(&results, 1, results_);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_1_2(wasm_valtype_t *p1, wasm_valtype_t *r1, wasm_valtype_t *r2) {
  wasm_valtype_vec_t params;
  wasm_valtype_t *params_[1];
  wasm_valtype_vec_t results;
  wasm_valtype_t *results_[2];
  params_[0] = p1;
  wasm_valtype_vec_new(&params, 1, params_);
  results_[0] = r1;
  results_[1] = r2;
  wasm_valtype_vec_new(&results, 2, results_);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_2_0(wasm_valtype_t *p1, wasm_valtype_t *p2) {
  wasm_valtype_vec_t params;
  wasm_valtype_t *params_[2];
  wasm_valtype_vec_t results;
  params_[0] = p1;
  params_[1] = p2;
  wasm_valtype_vec_new(&params, 2, params_);
  wasm_valtype_vec_new_empty(&results);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_2_1(wasm_valtype_t *p1, wasm_valtype_t *p2, wasm_valtype_t *r1) {
  wasm_valtype_vec_t params;
  wasm_valtype_t *params_[2];
  wasm_valtype_vec_t results;
  wasm_valtype_t *results_[1];
  params_[0] = p1;
  params_[1] = p2;
  wasm_valtype_vec_new(&params, 2, params_);
  results_[0] = r1;
  wasm_valtype_vec_new(&results, 1, results_);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_2_2(wasm_valtype_t *p1, wasm_valtype_t *p2, wasm_valtype_t *r1, wasm_valtype_t *r2) {
  wasm_valtype_vec_t params;
  wasm_valtype_t *params_[2];
  wasm_valtype_vec_t results;
  wasm_valtype_t *results_[2];
  params_[0] = p1;
  params_[1] = p2;
  wasm_valtype_vec_new(&params, 2, params_);
  results_[0] = r1;
  results_[1] = r2;
  wasm_valtype_vec_new(&results, 2, results_);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_3_0(wasm_valtype_t *p1, wasm_valtype_t *p2, wasm_valtype_t *p3) {
  wasm_valtype_vec_t params;
  wasm_valtype_t *params_[3];
  wasm_valtype_vec_t results;
  params_[0] = p1;
  params_[1] = p2;
  params_[2] = p3;
  wasm_valtype_vec_new(&params, 3, params_);
  wasm_valtype_vec_new_empty(&results);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_3_1(wasm_valtype_t *p1, wasm_valtype_t *p2, wasm_valtype_t *p3, wasm_valtype_t *r1) {
  wasm_valtype_vec_t params;
  wasm_valtype_t *params_[3];
  wasm_valtype_vec_t results;
  wasm_valtype_t *results_[1];
  params_[0] = p1;
  params_[1] = p2;
  params_[2] = p3;
  wasm_valtype_vec_new(&params, 3, params_);
  results_[0] = r1;
  wasm_valtype_vec_new(&results, 1, results_);
  return wasm_functype_new(&params, &results);
}
static inline wasm_functype_t *wasm_functype_new_3_2(wasm_valtype_t *p1, wasm_valtype_t *p2, wasm_valtype_t *p3, wasm_valtype_t *r1, wasm_valtype_t *r2) {
  wasm_valtype_vec_t params;
  wasm_valtype_t *params_[3];
  wasm_valtype_vec_t results;
  wasm_valtype_t *results_[2];
  params_[0] = p1;
  params_[1] = p2;
  params_[2] = p3;
  wasm_valtype_vec_new(&params, 3, params_);
  results_[0] = r1;
  results_[1] = r2;
  wasm_valtype_vec_new(&results, 2, results_);
  return wasm_functype_new(&params, &results);
}

/// A value that carries a pointer as an integer of its size.
static inline void wasm_val_init_ptr(wasm_val_t *out, void *pointer) {
#if UINTPTR_MAX == UINT32_MAX
  out->kind = WASM_I32;
  out->of.i32 = (int32_t)(intptr_t)pointer;
#else
  out->kind = WASM_I64;
  out->of.i64 = (int64_t)(intptr_t)pointer;
#endif
}

/// The pointer that `wasm_val_init_ptr` put into a value.
static inline void *wasm_val_ptr(const wasm_val_t *val) {
#if UINTPTR_MAX == UINT32_MAX
  return (void *)(intptr_t)val->of.i32;
#else
  return (void *)(intptr_t)val->of.i64;
#endif
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#undef own

#endif /* WITRT_H */
