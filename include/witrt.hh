// witrt.hh: call WebAssembly from C++ with the values you already have.
//
// Everything of witrt.h in the habits of C++17: owners that delete, views that
// do not, text as std::string_view and std::u16string_view, functions with
// types. Header-only: it needs nothing but the library that witrt.h needs.
// C++20 adds char8_t and std::span, C++23 std::expected.
//
//     witrt::Engine engine;
//     witrt::Store store(engine);
//     auto module = witrt::Module::compile(engine, bytes).unwrap();
//     auto instance = witrt::Instance::make(store, module).unwrap();
//     auto greet = instance.func<std::u16string(std::u16string_view)>("greet").unwrap();
//     std::u16string answer = greet.call(u"Zoë 🦀").unwrap();
//
// Ownership. A class such as `Func` owns a handle: it is moved, never copied,
// and deletes the handle when it goes. Its view, `FuncRef`, has all of its
// functions, and is what borrowed things are; an owner converts to its view.
// `AnyRef`, the view of `Ref`, refers to an object of any kind. A handle is not
// the object: objects live as long as their store, and a store as long as
// anything that was made in it, so that owners may go in any order. `get()`
// lends the handle to the C API, `release()` and `from_raw()` pass it on.
//
// Errors. What may fail returns a `Result`, which has what was asked for or an
// `Error` with kind, message, argument and position. `unwrap()` moves the one
// out. Where there is none, it throws the `Error` (or a `TrapError`) if
// WITRT_EXCEPTIONS is defined before this is included, and prints it and ends
// the program if not. Nothing else throws but what the standard library throws,
// and -fno-exceptions and -fno-rtti are fine.
//
// Empty handles (default-made, moved-from) may be used: what they are asked for
// fails with WITRT_ERROR_NULL_POINTER.
//
// Text. Parameters are borrowed views; results are owned, and transcoded from
// the guest straight into them. Text that is ill-formed is refused, with the
// argument and the position.
//
// Threads. `Engine` and `SharedModule` may be copied, and used by several
// threads at once. Types, frames and errors: any thread. A `Store` and all that
// was made in it: one thread at a time. Destructors: any.
//
// The parts, each of which may be read by itself:
//
//     witrt/handle.hh    Owned, View, List, Span
//     witrt/error.hh     Result, Error, Trap, Frame
//     witrt/string.hh    String
//     witrt/types.hh     FuncType and the other types
//     witrt/engine.hh    Config, Engine, Store
//     witrt/val.hh       Val, Ref
//     witrt/value.hh     WITRT_FIELDS, Result<T, E>, Resource
//     witrt/func.hh      Func
//     witrt/typed.hh     TypedFunc (on witrt/slot.hh)
//     witrt/host.hh      what stands behind Func::wrap
//     witrt/object.hh    Global, Table, Memory, Foreign, Extern
//     witrt/module.hh    Module, Instance, Linker
//     witrt/wasi.hh      Wasi

#ifndef WITRT_HH
#define WITRT_HH

#include "witrt/module.hh"
#include "witrt/wasi.hh"

#endif
