using System;

namespace Witrt;

/// <summary>A linear memory of a guest or the host. It belongs to its store, and goes with it.</summary>
public sealed unsafe class Memory
{
    private readonly NativeHandle handle;

    internal Memory(Store store, void* memory)
    {
        Store = store;
        handle = store.Own(memory, &Native.wasm_memory_delete);
    }

    /// <summary>A new memory, all zeros, for modules that import one.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="pages">How many pages of 64 KiB it has.</param>
    /// <param name="most">How many it may have; null for no bound.</param>
    /// <exception cref="WitrtException">The sizes are out of order or beyond what the store permits.</exception>
    public Memory(Store store, uint pages, uint? most = null)
    {
        Store = store ?? throw new ArgumentNullException(nameof(store));
        using var inside = store.Enter();
        uint* limits = stackalloc uint[2] { pages, most ?? uint.MaxValue };
        void* type = Native.wasm_memorytype_new(limits);
        if (type == null) throw WitrtException.Last();
        void* memory = Native.wasm_memory_new(store.Pointer, type);
        Native.wasm_memorytype_delete(type);
        if (memory == null) throw WitrtException.Last();
        handle = store.Own(memory, &Native.wasm_memory_delete);
    }

    /// <summary>The store that it lives in.</summary>
    public Store Store { get; }

    internal void* Pointer => handle.Pointer;

    /// <summary>How many pages of 64 KiB it has.</summary>
    public uint Size
    {
        get
        {
            using var inside = Store.Enter();
            uint pages = Native.wasm_memory_size(Pointer);
            GC.KeepAlive(this);
            return pages;
        }
    }

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
