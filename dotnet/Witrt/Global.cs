using System;

namespace Witrt;

/// <summary>A global of a guest or the host. It belongs to its store, and goes with it.</summary>
public sealed unsafe class Global
{
    private readonly NativeHandle handle;

    /// <summary>Takes a global that the caller, who is inside the store, owns.</summary>
    internal Global(Store store, void* global)
    {
        Store = store;
        handle = store.Own(global, &Native.wasm_global_delete);
        void* type = Native.wasm_global_type(global);
        if (type == null) throw WitrtException.Last();
        Type = WitType.Copy(Native.wasm_globaltype_content(type));
        IsMutable = Native.wasm_globaltype_mutability(type) != 0;
        Native.wasm_globaltype_delete(type);
    }

    /// <summary>A new global that holds this: a number of the core's kinds, or a reference.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="kind">What it holds; integers of interfaces stand for the core's.</param>
    /// <param name="value">What it holds at first.</param>
    /// <param name="mutable">Whether it can be set.</param>
    /// <exception cref="WitrtException">The kind is none of the core's, or the value of another.</exception>
    public Global(Store store, ValueKind kind, Value value, bool mutable = true)
    {
        Store = store ?? throw new ArgumentNullException(nameof(store));
        Type = WitType.Of(kind);
        IsMutable = mutable;
        using var inside = store.Enter();
        void* type = Native.wasm_globaltype_new(Native.wasm_valtype_copy(Type.Pointer), mutable ? (byte)1 : (byte)0);
        if (type == null) throw WitrtException.Last();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            Val given;
            new ValueCodec(Type).Write(value, &given, scratch);
            void* global = Native.wasm_global_new(store.Pointer, type, &given);
            if (global == null) throw WitrtException.Last();
            handle = store.Own(global, &Native.wasm_global_delete);
        }
        finally
        {
            scratch.End(mark);
            Native.wasm_globaltype_delete(type);
        }
    }

    /// <summary>The store that it lives in.</summary>
    public Store Store { get; }

    /// <summary>The type of what it holds.</summary>
    public WitType Type { get; }

    /// <summary>Whether it can be set.</summary>
    public bool IsMutable { get; }

    internal void* Pointer => handle.Pointer;

    /// <summary>What it holds.</summary>
    /// <exception cref="WitrtException">
    /// <see cref="ErrorKind.Immutable"/> where it cannot be set; <see cref="ErrorKind.WrongKind"/> for a value of another kind.
    /// </exception>
    public Value Value
    {
        get
        {
            using var inside = Store.Enter();
            Val held;
            Native.wasm_global_get(Pointer, &held);
            GC.KeepAlive(this);
            try
            {
                return ValueCodec.Read(&held, Type, Store);
            }
            finally
            {
                Native.wasm_val_delete(&held);
            }
        }
        set
        {
            // The C function only leaves a last error.
            if (!IsMutable) throw new WitrtException(ErrorKind.Immutable, "the global cannot be set");
            using var inside = Store.Enter();
            var scratch = Store.Scratch;
            var mark = scratch.Begin();
            try
            {
                Val given;
                new ValueCodec(Type).Write(value, &given, scratch);
                if (given.Kind != (byte)Type.Kind)
                    throw new WitrtException(ErrorKind.WrongKind, $"the global holds {Type}: a {value.Kind} is something else");
                Native.wasm_global_set(Pointer, &given);
                GC.KeepAlive(this);
            }
            finally
            {
                scratch.End(mark);
            }
        }
    }
}
