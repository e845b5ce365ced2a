using System;

namespace Witrt;

/// <summary>A table of references, of a guest or the host. It belongs to its store, and goes with it.</summary>
public sealed unsafe class Table
{
    private readonly NativeHandle handle;

    /// <summary>Takes a table that the caller, who is inside the store, owns.</summary>
    internal Table(Store store, void* table)
    {
        Store = store;
        handle = store.Own(table, &Native.wasm_table_delete);
        void* type = Native.wasm_table_type(table);
        if (type == null) throw WitrtException.Last();
        Type = WitType.Copy(Native.wasm_tabletype_element(type));
        Native.wasm_tabletype_delete(type);
    }

    /// <summary>A new table.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="kind"><see cref="ValueKind.FuncRef"/> or <see cref="ValueKind.ExternRef"/>.</param>
    /// <param name="size">How many elements it has.</param>
    /// <param name="most">How many it may have; null for no bound.</param>
    /// <param name="initial">What all elements are: null, a <see cref="Function"/>, or any object.</param>
    /// <exception cref="WitrtException">The sizes are out of order or beyond what the store permits, or the element is of another kind.</exception>
    public Table(Store store, ValueKind kind, uint size, uint? most = null, object? initial = null)
    {
        Store = store ?? throw new ArgumentNullException(nameof(store));
        Type = WitType.Of(kind);
        using var inside = store.Enter();
        uint* limits = stackalloc uint[2] { size, most ?? uint.MaxValue };
        void* type = Native.wasm_tabletype_new(Native.wasm_valtype_copy(Type.Pointer), limits);
        if (type == null) throw WitrtException.Last();
        void* reference = null;
        try
        {
            reference = Slots.NewReference(initial, store);
            void* table = Native.wasm_table_new(store.Pointer, type, reference);
            if (table == null) throw WitrtException.Last();
            handle = store.Own(table, &Native.wasm_table_delete);
        }
        finally
        {
            if (reference != null) Native.wasm_ref_delete(reference);
            Native.wasm_tabletype_delete(type);
        }
    }

    /// <summary>The store that it lives in.</summary>
    public Store Store { get; }

    /// <summary>The type of its elements.</summary>
    public WitType Type { get; }

    internal void* Pointer => handle.Pointer;

    /// <summary>How many elements it has.</summary>
    public uint Size
    {
        get
        {
            using var inside = Store.Enter();
            uint size = Native.wasm_table_size(Pointer);
            GC.KeepAlive(this);
            return size;
        }
    }

    /// <summary>An element: null, a <see cref="Function"/>, or an object of the host's.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.OutOfRange"/> where there is none of that number; <see cref="ErrorKind.WrongKind"/> for what it cannot hold.</exception>
    public object? this[uint index]
    {
        get
        {
            using var inside = Store.Enter();
            if (index >= Native.wasm_table_size(Pointer)) throw OutOfRange(index);
            void* reference = Native.wasm_table_get(Pointer, index);
            GC.KeepAlive(this);
            return Slots.TakeReference(reference, Store);
        }
        set
        {
            using var inside = Store.Enter();
            if (index >= Native.wasm_table_size(Pointer)) throw OutOfRange(index);
            void* reference = Slots.NewReference(value, Store);
            byte set = Native.wasm_table_set(Pointer, index, reference);
            if (reference != null) Native.wasm_ref_delete(reference);
            GC.KeepAlive(this);
            if (set == 0) throw WitrtException.Last();
        }
    }

    /// <summary>Adds elements, all of them this one. False where it may not grow so far.</summary>
    public bool Grow(uint delta, object? initial = null)
    {
        using var inside = Store.Enter();
        void* reference = Slots.NewReference(initial, Store);
        bool grown = Native.wasm_table_grow(Pointer, delta, reference) != 0;
        if (reference != null) Native.wasm_ref_delete(reference);
        GC.KeepAlive(this);
        return grown;
    }

    private WitrtException OutOfRange(uint index) =>
        new WitrtException(ErrorKind.OutOfRange, $"the table has {Native.wasm_table_size(Pointer)} elements, and none of number {index}");
}
