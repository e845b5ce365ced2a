using System;
using System.Collections.Generic;

namespace Witrt;

/// <summary>
/// Things of one store by name, to satisfy imports with. It belongs to its store,
/// and goes with it.
/// </summary>
public sealed unsafe partial class Linker
{
    private readonly NativeHandle handle;
    private readonly Dictionary<(string Module, string Name), HostFunction> hosts =
        new Dictionary<(string Module, string Name), HostFunction>();

    /// <summary>The store that all of it lives in.</summary>
    public Store Store { get; }

    /// <summary>A linker with nothing in it.</summary>
    public Linker(Store store)
    {
        Store = store ?? throw new ArgumentNullException(nameof(store));
        using var inside = store.Enter();
        void* linker = Native.witrt_linker_new();
        if (linker == null) throw WitrtException.Last();
        handle = store.Own(linker, &Native.witrt_linker_delete);
    }

    /// <summary>
    /// Defines a function under two names. It takes the place of what was defined
    /// before under the same names, unless both are functions of different types
    /// that came from guests: then each serves the imports of its own type.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongStore"/> for one of another store.</exception>
    public void Define(string module, string name, Function function)
    {
        if (function is null) throw new ArgumentNullException(nameof(function));
        using var inside = Store.Enter();
        hosts.Remove((module, name));
        DefineItem(module, name, function.Pointer);
        GC.KeepAlive(function);
    }

    /// <summary>Defines a linear memory under two names.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongStore"/> for one of another store.</exception>
    public void Define(string module, string name, Memory memory)
    {
        if (memory is null) throw new ArgumentNullException(nameof(memory));
        using var inside = Store.Enter();
        hosts.Remove((module, name));
        DefineItem(module, name, memory.Pointer);
        GC.KeepAlive(memory);
    }

    /// <summary>Defines a global under two names.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongStore"/> for one of another store.</exception>
    public void Define(string module, string name, Global global)
    {
        if (global is null) throw new ArgumentNullException(nameof(global));
        using var inside = Store.Enter();
        hosts.Remove((module, name));
        DefineItem(module, name, global.Pointer);
        GC.KeepAlive(global);
    }

    /// <summary>Defines a table under two names.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongStore"/> for one of another store.</exception>
    public void Define(string module, string name, Table table)
    {
        if (table is null) throw new ArgumentNullException(nameof(table));
        using var inside = Store.Enter();
        hosts.Remove((module, name));
        DefineItem(module, name, table.Pointer);
        GC.KeepAlive(table);
    }

    /// <summary>
    /// Defines every export of an instance under one module name. Of a component, these are the functions of the interface
    /// of that name, or of a version that can stand for it; with an empty name, of all its interfaces.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongStore"/> for one of another store.</exception>
    public void Define(string module, Instance instance) => Define(module ?? throw new ArgumentNullException(nameof(module)), instance, false);

    /// <summary>
    /// Makes one interface of all that an instance of a component exports, under this name: the functions and core modules of
    /// its world, and each of its interfaces as an instance within it. Of a core module it does what
    /// <see cref="Define(string, Instance)"/> does.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongStore"/> for one of another store.</exception>
    public void DefineAs(string name, Instance instance) => Define(name ?? throw new ArgumentNullException(nameof(name)), instance, true);

    private void Define(string name, Instance instance, bool whole)
    {
        if (instance is null) throw new ArgumentNullException(nameof(instance));
        byte[] utf8 = Text.ToUtf8(name);
        using var inside = Store.Enter();
        fixed (byte* bytes = utf8)
        {
            nuint size = (nuint)utf8.Length - 1;
            byte defined = whole
                ? Native.witrt_linker_define_instance_as(handle.Pointer, bytes, size, instance.Pointer)
                : Native.witrt_linker_define_instance(handle.Pointer, bytes, size, instance.Pointer);
            GC.KeepAlive(this);
            GC.KeepAlive(instance);
            if (defined == 0) throw WitrtException.Last();
        }
    }

    /// <summary>
    /// The function that is defined under two names: of several with different types the
    /// one that was defined first.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.OutOfRange"/> where nothing is, <see cref="ErrorKind.WrongKind"/> where it is no function.</exception>
    public Function GetFunction(string module, string name)
    {
        using var inside = Store.Enter();
        if (module is not null && name is not null && hosts.TryGetValue((module, name), out var host) && host.Types.Count == 0)
        {
            void* function = host.Callback.NewFunction(Store, false);
            if (function == null) function = host.Callback.NewFunction(Store, true);
            if (function == null) throw host.Callback.NoKind();
            try
            {
                DefineItem(module, name, function);
            }
            finally
            {
                Native.wasm_func_delete(function);
            }
        }
        return new Function(Store, Get(module!, name!, ExternKind.Function));
    }

    /// <summary>The linear memory that is defined under two names.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.OutOfRange"/> where nothing is, <see cref="ErrorKind.WrongKind"/> where it is no memory.</exception>
    public Memory GetMemory(string module, string name)
    {
        using var inside = Store.Enter();
        return new Memory(Store, Get(module, name, ExternKind.Memory));
    }

    /// <summary>The global that is defined under two names.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.OutOfRange"/> where nothing is, <see cref="ErrorKind.WrongKind"/> where it is no global.</exception>
    public Global GetGlobal(string module, string name)
    {
        using var inside = Store.Enter();
        return new Global(Store, Get(module, name, ExternKind.Global));
    }

    /// <summary>The table that is defined under two names.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.OutOfRange"/> where nothing is, <see cref="ErrorKind.WrongKind"/> where it is no table.</exception>
    public Table GetTable(string module, string name)
    {
        using var inside = Store.Enter();
        return new Table(Store, Get(module, name, ExternKind.Table));
    }

    /// <summary>What is defined under two names, owned by the caller, who is inside the store.</summary>
    private void* Get(string module, string name, ExternKind kind)
    {
        byte[] first = Text.ToUtf8(module ?? throw new ArgumentNullException(nameof(module)));
        byte[] second = Text.ToUtf8(name ?? throw new ArgumentNullException(nameof(name)));
        fixed (byte* firstBytes = first)
        fixed (byte* secondBytes = second)
        {
            void* item = Native.witrt_linker_get(
                handle.Pointer, firstBytes, (nuint)first.Length - 1, secondBytes, (nuint)second.Length - 1);
            GC.KeepAlive(this);
            if (item == null) throw WitrtException.Last();
            if ((ExternKind)Native.wasm_extern_kind(item) == kind) return item;
            Native.wasm_extern_delete(item);
            throw new WitrtException(ErrorKind.WrongKind, $"\"{module}\" \"{name}\" is no {kind.ToString().ToLowerInvariant()}");
        }
    }

    /// <summary>
    /// Defines each function that a module asks for and that is not defined yet: to call
    /// it is a trap, which names it. Imports that are no functions stay missing.
    /// </summary>
    public void DefineUnknownAsTraps(Module module)
    {
        if (module is null) throw new ArgumentNullException(nameof(module));
        using var inside = Store.Enter();
        foreach (var import in module.Imports) Supply(import);
        using var borrowed = module.Borrow();
        void* error;
        byte defined = Native.witrt_linker_define_unknown_as_traps(handle.Pointer, Store.Pointer, borrowed.Pointer, &error);
        GC.KeepAlive(this);
        if (defined == 0) throw WitrtException.Take(error);
    }

    /// <summary>
    /// An instance of a module whose imports are looked up by name. The module's
    /// start function runs here.
    /// </summary>
    /// <exception cref="WitrtException">Imports are missing (the message tells all that are) or have other types.</exception>
    /// <exception cref="TrapException">The start function trapped.</exception>
    public Instance Instantiate(Module module)
    {
        if (module is null) throw new ArgumentNullException(nameof(module));
        using var inside = Store.Enter();
        foreach (var import in module.Imports) Supply(import);
        using var borrowed = module.Borrow();
        void* error;
        void* instance = Native.witrt_linker_instantiate(handle.Pointer, Store.Pointer, borrowed.Pointer, &error);
        GC.KeepAlive(this);
        return instance == null ? throw WitrtException.Take(error) : new Instance(Store, instance, module.Exports);
    }

    /// <summary>
    /// Defines a host function that takes and returns values that tell their kinds, for imports of any type. Exceptions
    /// that leave it are traps to the guest; a <see cref="ResultException"/> is the failure of its <c>result</c>.
    /// </summary>
    public void DefineDynamic(string module, string name, Func<Value[], Value[]> function) =>
        DefineCallback(module, name, new DynamicCallback(function));

    /// <summary>Defines a host function, which is made when it is known which type is wanted.</summary>
    private void DefineCallback(string module, string name, Callback callback)
    {
        if (module is null) throw new ArgumentNullException(nameof(module));
        if (name is null) throw new ArgumentNullException(nameof(name));
        if (!callback.HasKind) throw callback.NoKind();
        using var inside = Store.Enter();
        hosts[(module, name)] = new HostFunction(callback);
    }

    /// <summary>
    /// Makes the host functions that an import asks for. An <see cref="int"/> is an
    /// <c>i32</c> to one module and an <c>s32</c> to the next. Which version of an interface
    /// can stand for another is for the library to say: all are made.
    /// </summary>
    private void Supply(ModuleImport import)
    {
        if (import.FunctionType is null) return;
        if (hosts.TryGetValue((import.Module, import.Name), out var exact))
        {
            Supply(import, import.Module, exact);
            return;
        }
        if (import.Module.IndexOf('@') < 0) return;
        foreach (var host in hosts)
        {
            if (host.Key.Name != import.Name || !Interface.SameButVersion(host.Key.Module, import.Module)) continue;
            // Without a version it is whichever is asked for.
            Supply(import, host.Key.Module.IndexOf('@') < 0 ? import.Module : host.Key.Module, host.Value);
        }
    }

    private void Supply(ModuleImport import, string module, HostFunction host)
    {
        var type = (module, import.FunctionType!.ToString());
        if (host.Types.Contains(type)) return;
        void* function = host.Callback.NewFunction(Store, import.FunctionType, $"the import \"{import.Module}\" \"{import.Name}\"");
        try
        {
            DefineItem(module, import.Name, function);
            host.Types.Add(type);
        }
        finally
        {
            Native.wasm_func_delete(function);
        }
    }

    /// <summary>Defines something, which is borrowed; the caller is inside the store.</summary>
    private void DefineItem(string module, string name, void* item)
    {
        byte[] first = Text.ToUtf8(module ?? throw new ArgumentNullException(nameof(module)));
        byte[] second = Text.ToUtf8(name ?? throw new ArgumentNullException(nameof(name)));
        fixed (byte* firstBytes = first)
        fixed (byte* secondBytes = second)
        {
            byte defined = Native.witrt_linker_define(
                handle.Pointer, firstBytes, (nuint)first.Length - 1, secondBytes, (nuint)second.Length - 1, item);
            GC.KeepAlive(this);
            if (defined == 0) throw WitrtException.Last();
        }
    }

    /// <summary>A host function, and the interfaces and types in which it is defined already.</summary>
    private sealed class HostFunction
    {
        internal HostFunction(Callback callback) => Callback = callback;

        internal Callback Callback { get; }

        internal HashSet<(string Module, string Type)> Types { get; } = new HashSet<(string Module, string Type)>();
    }
}
