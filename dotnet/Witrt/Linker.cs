using System;

namespace Witrt;

/// <summary>
/// Things of one store by name, to satisfy imports with. It belongs to its store,
/// and goes with it.
/// </summary>
public sealed unsafe partial class Linker
{
    private readonly NativeHandle handle;

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
    /// Defines a function under two names. A later one takes the place of an
    /// earlier one of the same names and type.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongStore"/> for one of another store.</exception>
    public void Define(string module, string name, Function function)
    {
        if (function is null) throw new ArgumentNullException(nameof(function));
        using var inside = Store.Enter();
        DefineItem(module, name, function.Pointer);
        GC.KeepAlive(function);
    }

    /// <summary>Defines a linear memory under two names.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongStore"/> for one of another store.</exception>
    public void Define(string module, string name, Memory memory)
    {
        if (memory is null) throw new ArgumentNullException(nameof(memory));
        using var inside = Store.Enter();
        DefineItem(module, name, memory.Pointer);
        GC.KeepAlive(memory);
    }

    /// <summary>Defines every export of an instance under one module name.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongStore"/> for one of another store.</exception>
    public void Define(string module, Instance instance)
    {
        if (instance is null) throw new ArgumentNullException(nameof(instance));
        byte[] utf8 = Text.ToUtf8(module ?? throw new ArgumentNullException(nameof(module)));
        using var inside = Store.Enter();
        fixed (byte* bytes = utf8)
        {
            byte defined = Native.witrt_linker_define_instance(handle.Pointer, bytes, (nuint)utf8.Length - 1, instance.Pointer);
            GC.KeepAlive(this);
            GC.KeepAlive(instance);
            if (defined == 0) throw WitrtException.Last();
        }
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
        void* obtained = module.Obtain(Store);
        void* error;
        void* instance = Native.witrt_linker_instantiate(handle.Pointer, Store.Pointer, obtained, &error);
        Native.wasm_module_delete(obtained);
        GC.KeepAlive(this);
        return instance == null ? throw WitrtException.Take(error) : new Instance(Store, instance);
    }

    /// <summary>
    /// Defines a host function. Types such as <see cref="int"/> are what core
    /// functions take and also what interfaces do: then it serves both.
    /// </summary>
    private void DefineCallback(string module, string name, Callback callback)
    {
        using var inside = Store.Enter();
        bool any = false;
        foreach (bool core in stackalloc[] { false, true })
        {
            void* function = callback.NewFunction(Store, core);
            if (function == null) continue;
            any = true;
            try
            {
                DefineItem(module, name, function);
            }
            finally
            {
                Native.wasm_func_delete(function);
            }
        }
        if (!any) throw callback.NoKind();
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
}
