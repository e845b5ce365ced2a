using System;

namespace Witrt;

/// <summary>A linear memory of a guest. It belongs to its store, and goes with it.</summary>
public sealed unsafe class Memory
{
    private readonly NativeHandle handle;

    internal Memory(Store store, void* memory)
    {
        Store = store;
        handle = store.Own(memory, &Native.wasm_memory_delete);
    }

    /// <summary>The store that it lives in.</summary>
    public Store Store { get; }

    internal void* Pointer => handle.Pointer;

    /// <summary>
    /// Its bytes, up to 2 GiB. They must not be touched after the memory has grown, which a
    /// guest can make it do, or the store is disposed: ask again instead of keeping them.
    /// </summary>
    public Span<byte> Bytes
    {
        get
        {
            using var inside = Store.Enter();
            byte* data = Native.wasm_memory_data(Pointer);
            nuint size = Native.wasm_memory_data_size(Pointer);
            GC.KeepAlive(this);
            return new Span<byte>(data, (int)Math.Min((ulong)size, int.MaxValue));
        }
    }

    /// <summary>Copies bytes out of it, from an offset on: all of them, or none.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.OutOfRange"/> where they are not all in it.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        nuint start = Config.Size(offset, nameof(offset));
        using var inside = Store.Enter();
        fixed (byte* bytes = destination)
        {
            void* error;
            byte done = Native.witrt_memory_read(Pointer, start, bytes, (nuint)destination.Length, &error);
            GC.KeepAlive(this);
            if (done == 0) throw WitrtException.Take(error);
        }
    }

    /// <summary>Copies bytes into it, from an offset on: all of them, or none.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.OutOfRange"/> where there is no room for all.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        nuint start = Config.Size(offset, nameof(offset));
        using var inside = Store.Enter();
        fixed (byte* data = bytes)
        {
            void* error;
            byte done = Native.witrt_memory_write(Pointer, start, data, (nuint)bytes.Length, &error);
            GC.KeepAlive(this);
            if (done == 0) throw WitrtException.Take(error);
        }
    }

    /// <summary>Adds pages of 64 KiB. False where it may not grow so far.</summary>
    public bool Grow(uint pages)
    {
        using var inside = Store.Enter();
        bool grown = Native.wasm_memory_grow(Pointer, pages) != 0;
        GC.KeepAlive(this);
        return grown;
    }
}
