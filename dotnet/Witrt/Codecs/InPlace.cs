#pragma warning disable CS8500 // addresses and sizes of what is a type parameter; none outlives its statement

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>
/// Records that are a struct without references: a guest's fields are copied from where the struct has them, and to there.
/// </summary>
internal sealed unsafe class StructCodec<T> : Codec<T>
{
    private readonly RecordCodec<T> fields;
    private readonly Codec[] codecs;
    private readonly int[] offsets;

    internal StructCodec(RecordCodec<T> fields, int[] offsets)
    {
        this.fields = fields;
        codecs = fields.Codecs;
        this.offsets = offsets;
    }

    internal override void Write(T value, Val* to, Scratch scratch) => fields.Write(value, to, scratch);

    internal override T Read(Val* from, Store store) => fields.Read(from, store);

    internal override bool Describe(Field* field, bool isResult, Scratch scratch) => DescribeInPlace(field, scratch);

    internal override bool DescribeInPlace(Field* field, Scratch scratch)
    {
        var parts = scratch.Array<Field>(codecs.Length);
        for (int i = 0; i < codecs.Length; i++)
        {
            if (!codecs[i].DescribeInPlace(&parts[i], scratch)) return false;
            parts[i].Offset = (nuint)offsets[i];
        }
        *field = new Field { Kind = (byte)ValueKind.Record, Size = (nuint)sizeof(T), Count = (nuint)codecs.Length, Parts = parts };
        return true;
    }

    internal override void Lend(T value, Slot* slot, Scratch scratch)
    {
        var copy = (T*)scratch.Take((nuint)sizeof(T));
        *copy = value;
        slot->Data = copy;
    }

    internal override void Offer(Slot* slot, Scratch scratch) => scratch.Room(slot, sizeof(T));

    internal override T Take(Slot* slot, Scratch scratch) => *(T*)slot->Data;
}

/// <summary>An array that the elements of a result are copied into, in the call that returns them.</summary>
internal abstract unsafe class NewArray
{
    private protected GCHandle pin = GCHandle.Alloc(null, GCHandleType.Pinned);
    private readonly GCHandle self;

    private protected NewArray() => self = GCHandle.Alloc(this, GCHandleType.Weak);

    ~NewArray()
    {
        pin.Free();
        self.Free();
    }

    internal void Offer(Slot* slot)
    {
        // What a call left that failed afterwards.
        pin.Target = null;
        slot->Data = Hooks.GrowArrayEntry;
        slot->Length = (nuint)(nint)GCHandle.ToIntPtr(self);
    }

    /// <summary>Makes it, for so many bytes, and pins it.</summary>
    internal abstract void* Make(nuint bytes);
}

internal sealed unsafe class NewArray<T> : NewArray
{
    internal override void* Make(nuint bytes)
    {
        int count = checked((int)(bytes / (nuint)sizeof(T)));
#if NET5_0_OR_GREATER
        pin.Target = GC.AllocateUninitializedArray<T>(count);
#else
        pin.Target = new T[count];
#endif
        return (void*)pin.AddrOfPinnedObject();
    }

    internal T[] Take()
    {
        if (pin.Target is not T[] made) return Array.Empty<T>();
        pin.Target = null;
        return made;
    }

    /// <summary>Whether arrays of these can be pinned: not where they hold references, nor what the runtime lays out as it likes.</summary>
    internal static bool IsPossible
    {
        get
        {
            if (RuntimeHelpers.IsReferenceOrContainsReferences<T>()) return false;
            if (typeof(T) == typeof(bool)) return true;
            try
            {
                GCHandle.Alloc(new T[1], GCHandleType.Pinned).Free();
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }
}
