// Types of values, functions, imports and exports. Part of witrt.hh.
//
// Types are values: they belong to no engine and no store, `copy()` is a deep
// copy, and any thread may use them.

#ifndef WITRT_TYPES_HH
#define WITRT_TYPES_HH

#include <initializer_list>

#include "error.hh"

WITRT_BEGIN

/// The name of a kind of values, such as `s8`; `?` for a number that is none.
inline std::string_view kind_name(wasm_valkind_t kind) noexcept {
  const char* name = witrt_valkind_name(kind);
  return name ? name : "?";
}

/// The type of a value.
class ValTypeRef : public CopyView<ValTypeRef, wasm_valtype_t> {
 public:
  using CopyView::CopyView;

  /// The type of values of this kind, one of `wasm_valkind_enum`.
  static Result<Owned<ValTypeRef>> make(wasm_valkind_t kind) {
    return detail::owned<ValTypeRef>(wasm_valtype_new(kind));
  }
  /// The kind, one of `wasm_valkind_enum`; another number where no value can
  /// have the type.
  wasm_valkind_t kind() const noexcept { return wasm_valtype_kind(get()); }
};
using ValType = Owned<ValTypeRef>;

/// Parameters and results of a function.
class FuncTypeRef : public CopyView<FuncTypeRef, wasm_functype_t> {
 public:
  using CopyView::CopyView;
  using Kinds = std::initializer_list<wasm_valkind_t>;

  /// A function type: `FuncType::make({WASM_STRING, WASM_S32}, {WASM_STRING})`.
  static Result<Owned<FuncTypeRef>> make(Kinds params, Kinds results) {
    wasm_valtype_vec_t from, to;
    bool ok = fill(&from, params);
    if (!fill(&to, results) || !ok) {
      Error error = Error::last();
      wasm_valtype_vec_delete(&from);
      wasm_valtype_vec_delete(&to);
      return error;
    }
    return detail::owned<FuncTypeRef>(wasm_functype_new(&from, &to));
  }
  /// The parameters, borrowed from the type.
  List<ValTypeRef> params() const noexcept { return list(wasm_functype_params(get())); }
  /// The results, borrowed from the type.
  List<ValTypeRef> results() const noexcept { return list(wasm_functype_results(get())); }
  /// What a parameter is called, borrowed from the type; empty if it has no name.
  std::string_view param_name(std::size_t index) const noexcept {
    const wasm_name_t* name = witrt_functype_param_name(get(), index);
    return name ? detail::text_of(name) : std::string_view();
  }

 private:
  static bool fill(wasm_valtype_vec_t* vec, Kinds kinds) noexcept {
    wasm_valtype_vec_new_uninitialized(vec, kinds.size());
    if (vec->size != kinds.size()) return false;
    std::size_t i = 0;
    for (wasm_valkind_t kind : kinds)
      if (!(vec->data[i++] = wasm_valtype_new(kind))) return false;
    return true;
  }
  static List<ValTypeRef> list(const wasm_valtype_vec_t* vec) noexcept {
    return vec ? List<ValTypeRef>(vec->data, vec->size) : List<ValTypeRef>();
  }
};
using FuncType = Owned<FuncTypeRef>;

/// A smallest and a largest size: of a memory in pages of 64 KiB, of a table in
/// elements.
struct Limits : wasm_limits_t {
  explicit constexpr Limits(std::uint32_t least = 0, std::uint32_t most = 0xffffffff) noexcept
    : wasm_limits_t{least, most} {}
  explicit constexpr Limits(const wasm_limits_t* limits) noexcept
    : wasm_limits_t{limits ? limits->min : 0, limits ? limits->max : 0} {}
};

/// What a global holds, and whether it can be set.
class GlobalTypeRef : public CopyView<GlobalTypeRef, wasm_globaltype_t> {
 public:
  using CopyView::CopyView;

  static Result<Owned<GlobalTypeRef>> make(wasm_valkind_t content, bool is_mutable) {
    wasm_valtype_t* type = wasm_valtype_new(content);
    if (!type) return Error::last();
    return detail::owned<GlobalTypeRef>(
      wasm_globaltype_new(type, is_mutable ? WASM_VAR : WASM_CONST));
  }
  ValTypeRef content() const noexcept { return ValTypeRef(wasm_globaltype_content(get())); }
  bool is_mutable() const noexcept { return wasm_globaltype_mutability(get()) == WASM_VAR; }
};
using GlobalType = Owned<GlobalTypeRef>;

/// What a table holds, and how much of it.
class TableTypeRef : public CopyView<TableTypeRef, wasm_tabletype_t> {
 public:
  using CopyView::CopyView;

  /// The element is `WASM_FUNCREF` or `WASM_EXTERNREF`.
  static Result<Owned<TableTypeRef>> make(wasm_valkind_t element, const Limits& limits) {
    wasm_valtype_t* type = wasm_valtype_new(element);
    if (!type) return Error::last();
    return detail::owned<TableTypeRef>(wasm_tabletype_new(type, &limits));
  }
  ValTypeRef element() const noexcept { return ValTypeRef(wasm_tabletype_element(get())); }
  Limits limits() const noexcept { return Limits(wasm_tabletype_limits(get())); }
};
using TableType = Owned<TableTypeRef>;

/// How large a memory is and may become.
class MemoryTypeRef : public CopyView<MemoryTypeRef, wasm_memorytype_t> {
 public:
  using CopyView::CopyView;

  static Result<Owned<MemoryTypeRef>> make(const Limits& limits) {
    return detail::owned<MemoryTypeRef>(wasm_memorytype_new(&limits));
  }
  Limits limits() const noexcept { return Limits(wasm_memorytype_limits(get())); }
};
using MemoryType = Owned<MemoryTypeRef>;

/// What an exception of this tag carries.
class TagTypeRef : public CopyView<TagTypeRef, wasm_tagtype_t> {
 public:
  using CopyView::CopyView;
  FuncTypeRef func_type() const noexcept { return FuncTypeRef(wasm_tagtype_functype(get())); }
};
using TagType = Owned<TagTypeRef>;

/// The type of any import or export. The casts give a view of the same type,
/// which is empty where it is of another kind.
class ExternTypeRef : public CopyView<ExternTypeRef, wasm_externtype_t> {
 public:
  using CopyView::CopyView;

  /// One of `wasm_externkind_enum`.
  wasm_externkind_t kind() const noexcept { return wasm_externtype_kind(get()); }
  FuncTypeRef as_func() const noexcept { return FuncTypeRef(wasm_externtype_as_functype(get())); }
  GlobalTypeRef as_global() const noexcept {
    return GlobalTypeRef(wasm_externtype_as_globaltype(get()));
  }
  TableTypeRef as_table() const noexcept {
    return TableTypeRef(wasm_externtype_as_tabletype(get()));
  }
  MemoryTypeRef as_memory() const noexcept {
    return MemoryTypeRef(wasm_externtype_as_memorytype(get()));
  }
  TagTypeRef as_tag() const noexcept { return TagTypeRef(wasm_externtype_as_tagtype(get())); }
  /// As messages have it: `func (string, i64) -> (u32)`, `memory 1 16`.
  std::string text() const {
    wasm_name_t raw;
    witrt_externtype_print(get(), &raw);
    std::string text(raw.data ? raw.data : "", raw.size);
    wasm_name_delete(&raw);
    return text;
  }
};
using ExternType = Owned<ExternTypeRef>;

/// An import: two names and what has to be supplied, all borrowed from it.
class ImportTypeRef : public CopyView<ImportTypeRef, wasm_importtype_t> {
 public:
  using CopyView::CopyView;
  std::string_view module() const noexcept { return detail::text_of(wasm_importtype_module(get())); }
  std::string_view name() const noexcept { return detail::text_of(wasm_importtype_name(get())); }
  ExternTypeRef type() const noexcept { return ExternTypeRef(wasm_importtype_type(get())); }
};
using ImportType = Owned<ImportTypeRef>;
using ImportTypes = OwnedList<ImportTypeRef>;

/// An export: a name and what it is, both borrowed from it.
class ExportTypeRef : public CopyView<ExportTypeRef, wasm_exporttype_t> {
 public:
  using CopyView::CopyView;
  std::string_view name() const noexcept { return detail::text_of(wasm_exporttype_name(get())); }
  ExternTypeRef type() const noexcept { return ExternTypeRef(wasm_exporttype_type(get())); }
};
using ExportType = Owned<ExportTypeRef>;
using ExportTypes = OwnedList<ExportTypeRef>;

WITRT_END

#endif
