using System;
using System.Collections.Generic;

namespace Witrt;

/// <summary>A module with its imports supplied. It belongs to its store, and goes with it.</summary>
public sealed unsafe partial class Instance
{
    private readonly NativeHandle handle;

    /// <summary>The store that it lives in.</summary>
    public Store Store { get; }

    /// <summary>An instance of a module that imports nothing. The module's start function runs here.</summary>
    /// <exception cref="WitrtException">It does import something, or has another engine than the store.</exception>
    /// <exception cref="TrapException">The start function trapped.</exception>
    public Instance(Store store, Module module)
    {
        Store = store ?? throw new ArgumentNullException(nameof(store));
        if (module is null) throw new ArgumentNullException(nameof(module));
        using var inside = store.Enter();
        using var borrowed = module.Borrow();
        void* error;
        void* instance = Native.witrt_instance_new(store.Pointer, borrowed.Pointer, null, &error);
        if (instance == null) throw WitrtException.Take(error);
        handle = store.Own(instance, &Native.wasm_instance_delete);
        Exports = module.Exports;
    }

    /// <summary>What <see cref="Linker.Instantiate"/> made; the caller is inside the store.</summary>
    internal Instance(Store store, void* instance, IReadOnlyList<ModuleExport> exports)
    {
        Store = store;
        handle = store.Own(instance, &Native.wasm_instance_delete);
        Exports = exports;
    }

    /// <summary>What it offers.</summary>
    public IReadOnlyList<ModuleExport> Exports { get; }

    /// <summary>
    /// An interface of a component, by its name: <c>probe:guest/text</c>, with a version or without; another version
    /// that can stand for the one that is asked for is found too.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.OutOfRange"/> where there is none.</exception>
    public Interface this[string name] => Interface.Of(this, name ?? throw new ArgumentNullException(nameof(name)));

    /// <summary>For those who are inside the store.</summary>
    internal void* Pointer => handle.Pointer;

    /// <summary>
    /// Runs a command to its end: <c>_start</c> of a core module, <c>wasi:cli/run</c> of a
    /// component. Gives the status that it ends with by itself: zero is success.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.OutOfRange"/> for what is no command.</exception>
    /// <exception cref="TrapException">It trapped.</exception>
    public int Run()
    {
        using var inside = Store.Enter();
        int status;
        void* error;
        bool ended = Native.witrt_instance_run(Pointer, &status, &error) != 0;
        GC.KeepAlive(this);
        return ended ? status : throw WitrtException.Take(error);
    }

    /// <summary>
    /// The exported function of that name. One of a component's interfaces is <c>probe:guest/text@1.2.0#parse</c>; the version
    /// may be left out, or the interface, where that is unambiguous.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongKind"/> where there is none.</exception>
    public Function GetFunction(string name)
    {
        using var inside = Store.Enter();
        return new Function(Store, Export(name, ExternKind.Function));
    }

    /// <summary>
    /// The exported function of that name as a delegate of any type: parameters and
    /// result decide which function type is meant.
    /// </summary>
    /// <remarks>
    /// This makes code while the program runs. Where that cannot be, as in programs
    /// that are compiled ahead of time, use <c>GetFunc</c> and <c>GetAction</c>,
    /// which do the same for any <see cref="Func{TResult}"/> and <see cref="Action"/>.
    /// </remarks>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    /// <exception cref="ArgumentException">The delegate has parameters that no function of a guest can have.</exception>
#if NET7_0_OR_GREATER
    [System.Diagnostics.CodeAnalysis.RequiresDynamicCode("Delegates of a type that is found out at run time need new code; GetFunc and GetAction do not.")]
#endif
    public TDelegate GetFunction<TDelegate>(string name) where TDelegate : Delegate => GetFunction(name).As<TDelegate>();

    /// <summary>The exported global of that name.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongKind"/> where there is none.</exception>
    public Global GetGlobal(string name)
    {
        using var inside = Store.Enter();
        return new Global(Store, Export(name, ExternKind.Global));
    }

    /// <summary>The exported table of that name.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongKind"/> where there is none.</exception>
    public Table GetTable(string name)
    {
        using var inside = Store.Enter();
        return new Table(Store, Export(name, ExternKind.Table));
    }

    /// <summary>The exported linear memory of that name.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongKind"/> where there is none.</exception>
    public Memory GetMemory(string name)
    {
        using var inside = Store.Enter();
        return new Memory(Store, Export(name, ExternKind.Memory));
    }

    /// <summary>Whether the library finds an export by this name.</summary>
    internal bool Finds(string name)
    {
        byte[] utf8 = Text.ToUtf8(name);
        using var inside = Store.Enter();
        fixed (byte* bytes = utf8)
        {
            void* item = Native.witrt_instance_export(Pointer, bytes, (nuint)utf8.Length - 1);
            GC.KeepAlive(this);
            Native.wasm_extern_delete(item);
            return item != null;
        }
    }

    /// <summary>The export's handle, owned by the caller.</summary>
    private void* Export(string name, ExternKind kind)
    {
        if (name is null) throw new ArgumentNullException(nameof(name));
        byte[] utf8 = Text.ToUtf8(name);
        fixed (byte* bytes = utf8)
        {
            void* item = Native.witrt_instance_export(Pointer, bytes, (nuint)utf8.Length - 1);
            GC.KeepAlive(this);
            if (item != null && (ExternKind)Native.wasm_extern_kind(item) == kind) return item;
            Native.wasm_extern_delete(item);
            string what = kind.ToString().ToLowerInvariant();
            throw new WitrtException(ErrorKind.WrongKind, $"the instance exports no {what} \"{name}\"");
        }
    }
}
