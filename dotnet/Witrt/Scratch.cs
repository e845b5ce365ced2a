using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>
/// Native memory of a store, in which the values of calls are laid out: given out
/// piece by piece, and back in the opposite order. In a steady state nothing is
/// allocated. Used by who is inside the store.
/// </summary>
internal sealed unsafe class Scratch
{
    /// <summary>What is longer, in bytes, is pinned where it lies, not copied.</summary>
    internal const int Short = 4096;

    /// <summary>So much memory is kept between calls.</summary>
    private const nuint Kept = 1 << 20;

    private readonly List<Chunk> chunks = new List<Chunk>();
    private int chunk = -1;
    private byte* at, end;

    private Held[] held = new Held[8];
    private int heldCount;

    /// <summary>From where on things are held that the last host function returned; negative where there are none.</summary>
    private int left = -1;

    /// <summary>Which argument is being written, for what is thrown then.</summary>
    internal int Argument;

    /// <summary>Whether what is written now is read after this method has returned: nothing may be pinned.</summary>
    internal bool Lasting;

    private struct Chunk
    {
        internal byte* Start;
        internal nuint Size;
    }

    /// <summary>What the values of a call refer to, and is given up after it.</summary>
    private struct Held
    {
        internal GCHandle Pin;
        internal Resource? Used;
        internal Resource? Lent;
        internal void* Reference;
        internal void* Resource;
    }

    /// <summary>What a call or host function comes back to that ran within another, as while a property of an argument was read.</summary>
    internal readonly struct Mark
    {
        internal readonly int Chunk, Held, Left, Argument;
        internal readonly byte* At;
        internal readonly bool Lasting;

        internal Mark(Scratch scratch)
        {
            Chunk = scratch.chunk;
            At = scratch.at;
            Held = scratch.heldCount;
            Left = scratch.left;
            Argument = scratch.Argument;
            Lasting = scratch.Lasting;
        }
    }

    internal Scratch(Store store) => Store = store;

    /// <summary>Whose it is.</summary>
    internal Store Store { get; }

    ~Scratch() => Free();

    /// <summary>Gives everything back; nobody is inside the store.</summary>
    internal void Free()
    {
        GC.SuppressFinalize(this);
        GiveUp(0);
        Drop(0);
        chunk = -1;
        at = end = null;
    }

    internal Mark Begin()
    {
        var mark = new Mark(this);
        left = -1;
        Lasting = false;
        return mark;
    }

    /// <summary>Ends a call: everything since the mark is given up.</summary>
    internal void End(in Mark mark)
    {
        if (heldCount > mark.Held) GiveUp(mark.Held);
        left = mark.Left;
        Rewind(mark);
        if (mark.Chunk < 0 && chunks.Count > 1) Shrink();
    }

    /// <summary>Begins a host function: what the last one has returned was read since.</summary>
    internal Mark BeginHost()
    {
        if (left >= 0) GiveUp(left);
        left = -1;
        return Begin();
    }

    /// <summary>Ends a host function, whose results stay until the next one begins.</summary>
    internal void EndHost(in Mark mark)
    {
        for (int i = mark.Held; i < heldCount; i++) held[i].Lent?.Dispose();
        left = heldCount > mark.Held ? mark.Held : -1;
        Rewind(mark);
    }

    private void Rewind(in Mark mark)
    {
        chunk = mark.Chunk;
        at = mark.At;
        end = chunk < 0 ? null : chunks[chunk].Start + chunks[chunk].Size;
        Argument = mark.Argument;
        Lasting = mark.Lasting;
    }

    /// <summary>Zeroed room for one.</summary>
    internal T* New<T>() where T : unmanaged
    {
        var room = (T*)Take((nuint)sizeof(T));
        *room = default;
        return room;
    }

    /// <summary>Room for so many, whatever is in it.</summary>
    internal T* Array<T>(int count) where T : unmanaged => (T*)Take(checked((nuint)count * (nuint)sizeof(T)));

    /// <summary>Zeroed room for a result that is described.</summary>
    internal void Room(Slot* slot, int size)
    {
        slot->Data = Take((nuint)size);
        slot->Length = (nuint)size;
        new Span<byte>(slot->Data, size).Clear();
    }

    /// <summary>Room of this size, aligned for everything.</summary>
    internal byte* Take(nuint size)
    {
        size = (size + 7) & ~(nuint)7;
        if ((nuint)(end - at) < size) Grow(size);
        byte* room = at;
        at += size;
        return room;
    }

    private void Grow(nuint size)
    {
        // The next chunk that is there, if it does; those that follow go where it does not.
        int next = chunk + 1;
        if (next < chunks.Count && chunks[next].Size < size) Drop(next);
        if (next == chunks.Count)
        {
            nuint room = chunk < 0 ? 4096 : chunks[chunk].Size * 2;
            if (room < size) room = size;
            chunks.Add(new Chunk { Start = (byte*)Marshal.AllocHGlobal((nint)room), Size = room });
        }
        chunk = next;
        at = chunks[chunk].Start;
        end = at + chunks[chunk].Size;
    }

    private void Drop(int first)
    {
        for (int i = first; i < chunks.Count; i++) Marshal.FreeHGlobal((IntPtr)chunks[i].Start);
        chunks.RemoveRange(first, chunks.Count - first);
    }

    private void Shrink()
    {
        nuint total = 0;
        for (int i = 0; i < chunks.Count; i++)
        {
            total += chunks[i].Size;
            if (total > Kept)
            {
                Drop(i);
                return;
            }
        }
    }

    /// <summary>A host's own string around a copy of a text, or the text itself, pinned.</summary>
    internal HostString* Text(string text)
    {
        var made = Array<HostString>(1);
        Text(text, made);
        return made;
    }

    /// <summary>The same, where the string is to lie.</summary>
    internal void Text(string text, HostString* made)
    {
        if (2 * text.Length > Short && !Lasting)
        {
            var pin = GCHandle.Alloc(text, GCHandleType.Pinned);
            Hold(pin);
            *made = new HostString((char*)pin.AddrOfPinnedObject(), text.Length);
            return;
        }
        *made = new HostString((char*)Copy(text.AsSpan()), text.Length);
    }

    /// <summary>A copy of these.</summary>
    internal void* Copy<T>(ReadOnlySpan<T> items) where T : unmanaged
    {
        var copy = Array<T>(items.Length);
        items.CopyTo(new Span<T>(copy, items.Length));
        return copy;
    }

    internal void Hold(GCHandle pin) => Next().Pin = pin;

    /// <summary>Keeps a resource until the call has run, also where somebody disposes of it.</summary>
    internal void* Hold(Resource used)
    {
        ref var next = ref Next();
        void* kept = used.Keep();
        next.Used = used;
        return kept;
    }

    /// <summary>Ends a resource that a host function was lent when that returns.</summary>
    internal void HoldLent(Resource lent) => Next().Lent = lent;

    /// <summary>Deletes a reference after the call.</summary>
    internal void HoldReference(void* reference) => Next().Reference = reference;

    /// <summary>Deletes a resource's handle after the call.</summary>
    internal void HoldResource(void* resource) => Next().Resource = resource;

    /// <summary>The reference or resource that was held last goes to the library.</summary>
    internal void Disown() => held[heldCount - 1].Reference = held[heldCount - 1].Resource = null;

    private ref Held Next()
    {
        if (heldCount == held.Length) System.Array.Resize(ref held, 2 * heldCount);
        return ref held[heldCount++];
    }

    private void GiveUp(int first)
    {
        for (int i = first; i < heldCount; i++)
        {
            ref var one = ref held[i];
            if (one.Pin.IsAllocated) one.Pin.Free();
            one.Used?.Release();
            if (one.Reference != null) Native.wasm_ref_delete(one.Reference);
            if (one.Resource != null) Native.wasm_resource_delete(one.Resource);
            one = default;
        }
        heldCount = first;
    }
}
