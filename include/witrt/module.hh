// Modules, instances, linking. Part of witrt.hh.

#ifndef WITRT_MODULE_HH
#define WITRT_MODULE_HH

#include "host.hh"
#include "object.hh"

WITRT_BEGIN

class SharedModule;

/// A compiled module. It works in every store of the engine.
class ModuleRef : public Object<ModuleRef, wasm_module_t> {
 public:
  using Object::Object;

  /// Compiles a module, on any thread: a binary, with an interface section or without, or
  /// text. The error tells what is wrong and where: `offset()` in a binary,
  /// `line_column()` in text.
  static Result<Owned<ModuleRef>> compile(const Engine& engine, std::string_view bytes) {
    witrt_error_t* error = nullptr;
    wasm_module_t* module = witrt_module_new(engine.get(), bytes.data(), bytes.size(), &error);
    return detail::owned<ModuleRef>(module, error);
  }
  /// Compiles what is in a file, which is anything that `compile` takes. The path is
  /// UTF-8, and stands in the error.
  static Result<Owned<ModuleRef>> from_file(const Engine& engine, const std::string& path) {
    witrt_error_t* error = nullptr;
    wasm_module_t* module = witrt_module_new_from_file(engine.get(), path.c_str(), &error);
    return detail::owned<ModuleRef>(module, error);
  }
  /// Compiles a core module that has no interface of its own, by a face: the types of its
  /// functions in WIT, and the convention by which their values travel, in TOML. The
  /// error tells line and column in the face.
  static Result<Owned<ModuleRef>> attach(const Engine& engine, std::string_view bytes,
                                         std::string_view face) {
    witrt_error_t* error = nullptr;
    wasm_module_t* module = witrt_module_attach(engine.get(), bytes.data(), bytes.size(),
                                                face.data(), face.size(), &error);
    return detail::owned<ModuleRef>(module, error);
  }
  /// Whether `compile` would take it, and why not.
  static Result<void> validate(const Engine& engine, std::string_view bytes) {
    witrt_error_t* error = nullptr;
    bool ok = witrt_module_validate(engine.get(), bytes.data(), bytes.size(), &error);
    return detail::done(ok, error);
  }
  /// What `serialize` gave, without compiling it. It is machine code that will
  /// be run: no untrusted party must have had access to it.
  static Result<Owned<ModuleRef>> deserialize(const Engine& engine, std::string_view bytes) {
    witrt_error_t* error = nullptr;
    wasm_module_t* module =
        witrt_module_deserialize(engine.get(), bytes.data(), bytes.size(), &error);
    return detail::owned<ModuleRef>(module, error);
  }
  /// The same from a file in which that is, mapped and not copied. The path is
  /// UTF-8. Nobody may change the file as long as the module, or a store with an
  /// instance of it, lives; another may be renamed to its name.
  static Result<Owned<ModuleRef>> deserialize_file(const Engine& engine,
                                                   const std::string& path) {
    witrt_error_t* error = nullptr;
    wasm_module_t* module = witrt_module_deserialize_file(engine.get(), path.c_str(), &error);
    return detail::owned<ModuleRef>(module, error);
  }
  /// The compiled module as bytes.
  Result<std::string> serialize() const {
    wasm_byte_vec_t raw;
    wasm_module_serialize(get(), &raw);
    if (raw.size == 0) return Error::last();
    std::string bytes(raw.data, raw.size);
    wasm_byte_vec_delete(&raw);
    return bytes;
  }
  /// What has to be supplied, in the order of `Instance::make`.
  ImportTypes imports() const {
    ImportTypes::Vec raw;
    wasm_module_imports(get(), &raw);
    return ImportTypes::from_raw(raw);
  }
  /// What its instances offer, in the order of `Instance::exports`.
  ExportTypes exports() const {
    ExportTypes::Vec raw;
    wasm_module_exports(get(), &raw);
    return ExportTypes::from_raw(raw);
  }
  /// The module for other stores and threads.
  Result<SharedModule> share() const;
};
using Module = Owned<ModuleRef>;

/// A module that is independent of stores. Copies are the same module; any
/// thread may use it, and several at once.
class SharedModule {
 public:
  /// Empty.
  SharedModule() noexcept = default;
  /// Takes a handle of the C API.
  static SharedModule from_raw(wasm_shared_module_t* raw) {
    SharedModule shared;
    shared.raw_ = {raw, wasm_shared_module_delete};
    return shared;
  }
  wasm_shared_module_t* get() const noexcept { return raw_.get(); }
  explicit operator bool() const noexcept { return raw_ != nullptr; }
  /// The module for a store, which has to be of the same engine.
  Result<Module> obtain(StoreRef store) const {
    return detail::owned<ModuleRef>(wasm_module_obtain(store.get(), get()));
  }

 private:
  std::shared_ptr<wasm_shared_module_t> raw_;
};

inline Result<SharedModule> ModuleRef::share() const {
  wasm_shared_module_t* raw = wasm_module_share(get());
  if (!raw) return Error::last();
  return SharedModule::from_raw(raw);
}

/// A module with its imports supplied.
class InstanceRef : public Object<InstanceRef, wasm_instance_t> {
 public:
  using Object::Object;

  /// An instance; the imports are borrowed, in the order of `Module::imports`.
  /// Those that the store's WASI supplies may be empty, or left out. The module's
  /// start function runs here. `Linker` supplies imports by name.
  static Result<Owned<InstanceRef>> make(StoreRef store, ModuleRef module,
                                         Span<const ExternRef> imports = {}) {
    std::vector<wasm_extern_t*> raws;
    raws.reserve(imports.size());
    for (ExternRef import : imports) raws.push_back(import.get());
    wasm_extern_vec_t raw = {raws.size(), raws.data()};
    witrt_error_t* error = nullptr;
    wasm_instance_t* instance = witrt_instance_new(store.get(), module.get(), &raw, &error);
    return detail::owned<InstanceRef>(instance, error);
  }
  static Result<Owned<InstanceRef>> make(StoreRef store, ModuleRef module,
                                         std::initializer_list<ExternRef> imports) {
    return make(store, module, Span<const ExternRef>(imports.begin(), imports.size()));
  }

  /// Runs a command to its end, and gives the status that it ends with by itself:
  /// zero is success. See `witrt_instance_run`.
  Result<int> run() const {
    std::int32_t status = 0;
    witrt_error_t* error = nullptr;
    if (!witrt_instance_run(get(), &status, &error)) return Error::from_raw(error);
    return status;
  }
  /// All exports, in the order of `Module::exports`, which has their names.
  Externs exports() const {
    Externs::Vec raw;
    wasm_instance_exports(get(), &raw);
    return Externs::from_raw(raw);
  }
  /// The export of that name.
  Result<Extern> get_export(std::string_view name) const {
    return detail::owned<ExternRef>(witrt_instance_export(get(), name.data(), name.size()));
  }
  /// The function, global, table or memory of that name.
  Result<Func> func(std::string_view name) const { return get_as<FuncRef>(name, "function"); }
  Result<Global> global(std::string_view name) const { return get_as<GlobalRef>(name, "global"); }
  Result<Table> table(std::string_view name) const { return get_as<TableRef>(name, "table"); }
  Result<Memory> memory(std::string_view name) const { return get_as<MemoryRef>(name, "memory"); }
  /// The function of that name, checked against a signature:
  ///
  ///     auto greet = instance.func<std::u16string(std::u16string_view)>("greet").unwrap();
  ///     std::u16string answer = greet.call(u"Zoë").unwrap();
  template <class F> Result<TypedFunc<F>> func(std::string_view name) const {
    auto found = func(name);
    if (!found.ok()) return found.err();
    return found->template typed<F>();
  }

 private:
  template <class V> Result<Owned<V>> get_as(std::string_view name, const char* what) const {
    auto found = get_export(name);
    if (!found.ok()) return found.err();
    V object = found->as_ref().template as<V>();
    if (!object)
      return Error("the export \"" + std::string(name) + "\" is no " + what, WITRT_ERROR_WRONG_KIND);
    // The casts are the same handle.
    (void)found->release();
    return Owned<V>::from_raw(object.get());
  }
};
using Instance = Owned<InstanceRef>;

/// Things of one store by name, to satisfy imports with. It keeps the store.
/// One thread at a time.
class Linker : public Owned<View<witrt_linker_t>> {
 public:
  Linker() { reset(witrt_linker_new()); }

  /// Defines a thing, which is borrowed, in place of an earlier one of the same
  /// names; functions of different types stand side by side.
  Result<void> define(std::string_view module, std::string_view name, ExternRef item) {
    return detail::done(witrt_linker_define(get(), module.data(), module.size(), name.data(),
                                            name.size(), item.get()));
  }
  /// Defines every export of an instance under one module name.
  Result<void> define(std::string_view module, InstanceRef instance) {
    return detail::done(
      witrt_linker_define_instance(get(), module.data(), module.size(), instance.get()));
  }
  /// Makes one interface of all that an instance of a component exports: the functions
  /// of its world, and each of its interfaces as an instance within it.
  Result<void> define_as(std::string_view name, InstanceRef instance) {
    return detail::done(
      witrt_linker_define_instance_as(get(), name.data(), name.size(), instance.get()));
  }
  /// Defines a host function, as `Func::wrap` makes it. Where the signature has
  /// integers of 32 or 64 bits it serves both imports of the interface kinds
  /// and of the core kinds.
  ///
  ///     linker.define_func(store, "host", "log", [](std::string_view line) {
  ///       std::cout << line << '\n';
  ///     }).unwrap();
  template <class F>
  Result<void> define_func(StoreRef store, std::string_view module, std::string_view name,
                           F&& callable) {
    using Host = detail::HostOwner<F>;
    Host host(std::forward<F>(callable));
    auto func = host.make(store);
    if (!func.ok()) return func.err();
    auto defined = define(module, name, *func);
    if constexpr (Host::Type::has_core()) {
      if (!defined.ok()) return defined;
      auto core = host.make(store, detail::any_core);
      if (!core.ok()) return core.err();
      defined = define(module, name, *core);
    }
    return defined;
  }
  /// The same of a type, as `Func::wrap` takes it: that of an import of a component,
  /// whose values have parts.
  template <class F>
  Result<void> define_func(StoreRef store, FuncTypeRef type, std::string_view module,
                           std::string_view name, F&& callable) {
    auto func = detail::HostOwner<F>(std::forward<F>(callable)).make(store, type);
    if (!func.ok()) return func.err();
    return define(module, name, *func);
  }
  /// What is defined under two names.
  Result<Extern> get_extern(std::string_view module, std::string_view name) const {
    return detail::owned<ExternRef>(
      witrt_linker_get(get(), module.data(), module.size(), name.data(), name.size()));
  }
  /// Defines each function that a module asks for and that is not defined yet: to
  /// call it is a trap, which names it.
  Result<void> define_unknown_as_traps(StoreRef store, ModuleRef module) {
    witrt_error_t* error = nullptr;
    bool ok = witrt_linker_define_unknown_as_traps(get(), store.get(), module.get(), &error);
    return detail::done(ok, error);
  }
  /// An instance of a module whose imports are found by name; the error tells
  /// all that are missing.
  Result<Instance> instantiate(StoreRef store, ModuleRef module) const {
    witrt_error_t* error = nullptr;
    wasm_instance_t* instance =
      witrt_linker_instantiate(get(), store.get(), module.get(), &error);
    return detail::owned<InstanceRef>(instance, error);
  }
};

inline InstanceRef FrameRef::instance() const noexcept {
  return InstanceRef(wasm_frame_instance(get()));
}

WITRT_END

#endif
