// Globals, tables, memories, the host's own objects. Part of witrt.hh.

#ifndef WITRT_OBJECT_HH
#define WITRT_OBJECT_HH

#include "func.hh"

WITRT_BEGIN

/// A global of a guest or the host.
class GlobalRef : public Object<GlobalRef, wasm_global_t> {
 public:
  using Object::Object;

  /// A global with a first value.
  static Result<Owned<GlobalRef>> make(StoreRef store, GlobalTypeRef type, const Val& val) {
    wasm_val_t raw = val.raw_as(type.content().kind());
    return detail::owned<GlobalRef>(wasm_global_new(store.get(), type.get(), &raw));
  }
  GlobalType type() const { return GlobalType::from_raw(wasm_global_type(get())); }
  /// What it holds; the null reference on failure.
  Val value() const {
    wasm_val_t raw;
    wasm_global_get(get(), &raw);
    return Val::from_raw(raw);
  }
  /// Puts a copy of a value into it: fails where it is constant or of another
  /// kind.
  Result<void> set(const Val& val) const {
    wasm_val_t raw = val.raw_as(type().content().kind());
    witrt_error_clear_last();
    wasm_global_set(get(), &raw);
    return detail::done(witrt_error_last() == nullptr);
  }
};
using Global = Owned<GlobalRef>;

/// A table of a guest or the host.
class TableRef : public Object<TableRef, wasm_table_t> {
 public:
  using Object::Object;

  /// A table whose elements are all `init`.
  static Result<Owned<TableRef>> make(StoreRef store, TableTypeRef type, AnyRef init = nullptr) {
    return detail::owned<TableRef>(wasm_table_new(store.get(), type.get(), init.get()));
  }
  TableType type() const { return TableType::from_raw(wasm_table_type(get())); }
  /// The number of its elements.
  std::uint32_t size() const noexcept { return wasm_table_size(get()); }
  /// An element; empty for a null element, and where there is none.
  Ref at(std::uint32_t index) const { return Ref::from_raw(wasm_table_get(get(), index)); }
  Result<void> set(std::uint32_t index, AnyRef element) const {
    return detail::done(wasm_table_set(get(), index, element.get()));
  }
  /// Adds so many elements, each of them `init`.
  Result<void> grow(std::uint32_t delta, AnyRef init = nullptr) const {
    return detail::done(wasm_table_grow(get(), delta, init.get()));
  }
};
using Table = Owned<TableRef>;

/// A linear memory of a guest or the host.
class MemoryRef : public Object<MemoryRef, wasm_memory_t> {
 public:
  using Object::Object;

  static Result<Owned<MemoryRef>> make(StoreRef store, MemoryTypeRef type) {
    return detail::owned<MemoryRef>(wasm_memory_new(store.get(), type.get()));
  }
  MemoryType type() const { return MemoryType::from_raw(wasm_memory_type(get())); }
  /// Its bytes, to be read and written until it grows or a guest runs that may
  /// let it grow: ask again after each call.
  Span<std::uint8_t> data() const noexcept {
    void* bytes = wasm_memory_data(get());
    return {static_cast<std::uint8_t*>(bytes), bytes ? wasm_memory_data_size(get()) : 0};
  }
  /// Copies bytes out of it, from `offset` on: all of them, or none.
  Result<void> read(std::size_t offset, Span<std::uint8_t> destination) const {
    witrt_error_t* error = nullptr;
    bool ok = witrt_memory_read(get(), offset, destination.data(), destination.size(), &error);
    return detail::done(ok, error);
  }
  /// Copies bytes into it, from `offset` on: all of them, or none.
  Result<void> write(std::size_t offset, Span<const std::uint8_t> bytes) const {
    witrt_error_t* error = nullptr;
    bool ok = witrt_memory_write(get(), offset, bytes.data(), bytes.size(), &error);
    return detail::done(ok, error);
  }
  /// Its size in pages of 64 KiB.
  std::uint32_t pages() const noexcept { return wasm_memory_size(get()); }
  /// Adds so many pages.
  Result<void> grow(std::uint32_t delta) const {
    return detail::done(wasm_memory_grow(get(), delta));
  }
};
using Memory = Owned<MemoryRef>;

/// An object of the host's own, which travels through guests as an externref.
class ForeignRef : public Object<ForeignRef, wasm_foreign_t> {
 public:
  using Object::Object;

  static Result<Owned<ForeignRef>> make(StoreRef store) {
    return detail::owned<ForeignRef>(wasm_foreign_new(store.get()));
  }
  /// One that owns a `T`, which is destroyed when the object is gone, on any
  /// thread. `host<T>(reference)` is how to come back to it.
  template <class T> static Result<Owned<ForeignRef>> make(StoreRef store, std::unique_ptr<T> value) {
    auto made = make(store);
    if (made.ok())
      made->set_host_info(value.release(), [](void* info) { delete static_cast<T*>(info); });
    return made;
  }
};
using Foreign = Owned<ForeignRef>;

/// The `T` of an object that `Foreign::make` gave one; null for what has none.
/// The type is not checked: it has to be the one that was given.
template <class T, class V, class R> T* host(const Object<V, R>& object) noexcept {
  return static_cast<T*>(object.host_info());
}

/// Anything that can be imported and exported, borrowed. Functions, globals,
/// tables and memories convert to it; the casts give a view of the same object,
/// which is empty where it is of another kind.
class ExternRef : public Object<ExternRef, wasm_extern_t> {
 public:
  using Object::Object;
  ExternRef() noexcept = default;
  ExternRef(FuncRef func) noexcept : Object(wasm_func_as_extern(func.get())) {}
  ExternRef(GlobalRef global) noexcept : Object(wasm_global_as_extern(global.get())) {}
  ExternRef(TableRef table) noexcept : Object(wasm_table_as_extern(table.get())) {}
  ExternRef(MemoryRef memory) noexcept : Object(wasm_memory_as_extern(memory.get())) {}

  /// One of `wasm_externkind_enum`.
  wasm_externkind_t kind() const noexcept { return wasm_extern_kind(get()); }
  ExternType type() const { return ExternType::from_raw(wasm_extern_type(get())); }
  FuncRef as_func() const noexcept { return FuncRef(wasm_extern_as_func(get())); }
  GlobalRef as_global() const noexcept { return GlobalRef(wasm_extern_as_global(get())); }
  TableRef as_table() const noexcept { return TableRef(wasm_extern_as_table(get())); }
  MemoryRef as_memory() const noexcept { return MemoryRef(wasm_extern_as_memory(get())); }
};
using Extern = Owned<ExternRef>;
using Externs = OwnedList<ExternRef>;

WITRT_END

#endif
