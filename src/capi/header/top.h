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
