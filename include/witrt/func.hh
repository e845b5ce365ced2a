// Functions. Part of witrt.hh.

#ifndef WITRT_FUNC_HH
#define WITRT_FUNC_HH

#include <vector>

#include "engine.hh"
#include "val.hh"

WITRT_BEGIN

template <class F> class TypedFunc;

/// A function: of a guest, its interface, or the host.
class FuncRef : public Object<FuncRef, wasm_func_t> {
 public:
  using Object::Object;

  /// A host function of any callable whose signature is known: function
  /// pointers, lambdas that are not generic. It is kept, by copy or move, until
  /// the function is gone, at the latest with its store.
  ///
  /// Parameters and results are what `TypedFunc` takes, and with them as many
  /// as a tuple has; their types are the function's: integers are interface
  /// kinds (`int32_t` is an s32). Text that is passed as a view is the guest's,
  /// and readable until the callable returns or calls into the store; a
  /// `StringRef` is readable until it returns.
  ///
  /// A callable may call everything, also in the store that it is called from.
  /// An exception that leaves it becomes a trap with the exception's message,
  /// and so does the error of a callable that returns `Result`; an `Error` that
  /// was a trap becomes that trap.
  ///
  ///     auto repeat = Func::wrap(store, [](std::string_view text, int32_t n) {
  ///       std::string all;
  ///       while (n-- > 0) all += text;
  ///       return all;
  ///     }).unwrap();
  template <class F> static Result<Owned<FuncRef>> wrap(StoreRef store, F&& callable);

  /// The same with the kinds of this type where it has a choice: integers may
  /// be core ones (`int32_t` is an i32). Values that only components have need it: the
  /// type is the import's. Of these an argument owns what it holds, or is a `Span` of
  /// const numbers, or structs of them, that is lent until the callable returns.
  template <class F>
  static Result<Owned<FuncRef>> wrap(StoreRef store, FuncTypeRef type, F&& callable);

  /// A copy of its type.
  FuncType type() const { return FuncType::from_raw(wasm_func_type(get())); }
  std::size_t param_count() const noexcept { return wasm_func_param_arity(get()); }
  std::size_t result_count() const noexcept { return wasm_func_result_arity(get()); }

  /// Checks it against a signature, once, for calls that check nothing more:
  /// `func.typed<std::string(std::string_view, int32_t)>()`.
  template <class F> Result<TypedFunc<F>> typed() const;

  /// Calls it with values of any kinds, which are checked in each call. The
  /// error tells the argument at fault and where its text is ill-formed; it has
  /// the trap if there was one.
  ///
  ///     auto results = func.call("text", 3, uint8_t{7}).unwrap();
  template <class... T> Result<std::vector<Val>> call(T&&... args) const {
    const std::array<Val, sizeof...(T)> vals = {Val(std::forward<T>(args))...};
    return call_with(Span<const Val>(vals.data(), vals.size()));
  }
  /// The same, with arguments that are counted when it runs.
  Result<std::vector<Val>> call_with(Span<const Val> vals) const {
    FuncType type = this->type();
    auto params = type.params();
    std::vector<wasm_val_t> from, to(result_count());
    from.reserve(vals.size());
    for (const Val& val : vals) {
      bool known = from.size() < params.size();
      from.push_back(val.raw_as(known ? params[from.size()].kind() : val.kind()));
    }
    std::vector<Val> results(to.size());
    wasm_val_vec_t args = {from.size(), from.data()}, outs = {to.size(), to.data()};
    witrt_error_t* error = nullptr;
    if (!witrt_func_call(get(), &args, &outs, &error)) return Error::from_raw(error);
    for (std::size_t i = 0; i < to.size(); i++) results[i] = Val::from_raw(to[i]);
    return results;
  }
};
using Func = Owned<FuncRef>;

WITRT_END

#endif
