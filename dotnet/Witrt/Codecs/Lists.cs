#pragma warning disable CS8500 // addresses of locals whose type is a parameter; none outlives its statement

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>A .NET type of lists: how its elements are come by, and how one is made.</summary>
internal abstract class ListShape<TList, T>
{
    internal virtual bool IsNull(TList list) => list is null;

    internal abstract int Count(TList list);

    /// <summary>The elements where they lie, if that is in one piece; the array, if they are one.</summary>
    internal abstract bool TrySpan(TList list, out ReadOnlySpan<T> span, out T[]? array);

    internal abstract T At(TList list, int index);

    internal abstract TList Make(T[] items);
}

internal sealed class ArrayShape<T> : ListShape<T[], T>
{
    internal override int Count(T[] list) => list.Length;

    internal override bool TrySpan(T[] list, out ReadOnlySpan<T> span, out T[]? array)
    {
        span = list;
        array = list;
        return true;
    }

    internal override T At(T[] list, int index) => list[index];

    internal override T[] Make(T[] items) => items;
}

internal sealed class MemoryShape<T> : ListShape<ReadOnlyMemory<T>, T>
{
    internal override bool IsNull(ReadOnlyMemory<T> list) => false;

    internal override int Count(ReadOnlyMemory<T> list) => list.Length;

    internal override bool TrySpan(ReadOnlyMemory<T> list, out ReadOnlySpan<T> span, out T[]? array)
    {
        span = list.Span;
        array = MemoryMarshal.TryGetArray(list, out var segment) ? segment.Array : null;
        return true;
    }

    internal override T At(ReadOnlyMemory<T> list, int index) => list.Span[index];

    internal override ReadOnlyMemory<T> Make(T[] items) => items;
}

/// <summary>The same that may be written.</summary>
internal sealed class WritableShape<T> : ListShape<Memory<T>, T>
{
    internal override bool IsNull(Memory<T> list) => false;

    internal override int Count(Memory<T> list) => list.Length;

    internal override bool TrySpan(Memory<T> list, out ReadOnlySpan<T> span, out T[]? array)
    {
        span = list.Span;
        array = MemoryMarshal.TryGetArray<T>(list, out var segment) ? segment.Array : null;
        return true;
    }

    internal override T At(Memory<T> list, int index) => list.Span[index];

    internal override Memory<T> Make(T[] items) => items;
}

/// <summary>A part of an array; one of none is empty.</summary>
internal sealed class SegmentShape<T> : ListShape<ArraySegment<T>, T>
{
    internal override bool IsNull(ArraySegment<T> list) => false;

    internal override int Count(ArraySegment<T> list) => list.Count;

    internal override bool TrySpan(ArraySegment<T> list, out ReadOnlySpan<T> span, out T[]? array)
    {
        span = list;
        array = list.Array;
        return true;
    }

    internal override T At(ArraySegment<T> list, int index) => list[index];

    internal override ArraySegment<T> Make(T[] items) => items;
}

/// <summary><see cref="List{T}"/>, and the interfaces that it and arrays have.</summary>
internal sealed class ListShapes<TList, T> : ListShape<TList, T> where TList : class, IEnumerable<T>
{
    internal override int Count(TList list) => ((IReadOnlyList<T>)list).Count;

    internal override bool TrySpan(TList list, out ReadOnlySpan<T> span, out T[]? array)
    {
        array = list as T[];
        // What cannot be indexed is gone through once.
        if (array is null && list is not IReadOnlyList<T>) array = new List<T>(list).ToArray();
        span = array;
#if NET5_0_OR_GREATER
        if (list is List<T> items)
        {
            span = CollectionsMarshal.AsSpan(items);
            return true;
        }
#endif
        return array is not null;
    }

    internal override T At(TList list, int index) => ((IReadOnlyList<T>)list)[index];

    internal override TList Make(T[] items) => typeof(TList) == typeof(List<T>) ? (TList)(object)new List<T>(items) : (TList)(object)items;
}

/// <summary>Lists: of scalars in one copy, of all else element by element.</summary>
internal sealed unsafe class ListCodec<TList, T> : Codec<TList>
{
    private readonly ListShape<TList, T> shape;
    private readonly Codec<T> element;

    /// <summary>The kind of scalars, whose bits are the guest's; else that of any value.</summary>
    private readonly ValueKind packed;

    /// <summary>What a result is copied into, where it can be.</summary>
    private NewArray<T>? made;

    private readonly Place place, elementPlace;

    private ListCodec(ListShape<TList, T> shape, Codec<T> element, ValueKind packed, Place place, Place elementPlace)
    {
        (this.place, this.elementPlace) = (place, elementPlace);
        this.shape = shape;
        this.element = element;
        this.packed = packed;
    }

    internal static Codec Bind(ListShape<TList, T> shape, WitType type, Place place)
    {
        if (type.Kind != ValueKind.List) throw place.Mismatch(type, typeof(TList));
        var of = type.At(0);
        var elementPlace = place.In("element");
        var element = Bind<T>(of, elementPlace);
        bool isScalar = Kinds.Fits(typeof(T), of.Kind) && Kinds.WidthOf(of.Kind) > 0;
        return new ListCodec<TList, T>(shape, element, isScalar ? of.Kind : typeof(T) == typeof(string) && of.Kind == ValueKind.String ? of.Kind : ValueKind.Val, place, elementPlace);
    }

    internal override void Write(TList list, Val* to, Scratch scratch)
    {
        if (shape.IsNull(list)) throw TextCodec.Null(scratch, place);
        var made = scratch.New<ListVal>();
        to->Kind = (byte)ValueKind.List;
        to->Pointer = made;
        made->Element = (byte)packed;
        bool inOnePiece = shape.TrySpan(list, out var span, out var array);
        int count = inOnePiece ? span.Length : shape.Count(list);
        made->Size = (nuint)count;
        if (count == 0) return;
        if (packed == ValueKind.String)
        {
            var texts = scratch.Array<HostString>(count);
            for (int i = 0; i < count; i++)
            {
                var text = inOnePiece ? span[i] : shape.At(list, i);
                elementPlace.Element = i;
                if (text is null) throw TextCodec.Null(scratch, elementPlace);
                scratch.Text(*(string*)&text, &texts[i]);
            }
            made->Data = texts;
        }
        else if (packed != ValueKind.Val)
        {
            made->Data = Packed(list, count, span, array, inOnePiece, scratch);
        }
        else
        {
            if (inOnePiece)
            {
                made->Data = WriteEach(span, scratch);
                return;
            }
            var vals = scratch.Array<Val>(count);
            for (int i = 0; i < count; i++)
            {
                elementPlace.Element = i;
                element.Write(shape.At(list, i), &vals[i], scratch);
            }
            made->Data = vals;
        }
    }

    /// <summary>Elements by themselves, as values that tell their kinds.</summary>
    private Val* WriteEach(ReadOnlySpan<T> span, Scratch scratch)
    {
        var vals = scratch.Array<Val>(span.Length);
        for (int i = 0; i < span.Length; i++)
        {
            elementPlace.Element = i;
            element.Write(span[i], &vals[i], scratch);
        }
        return vals;
    }

    /// <summary>A list for the time of a call: itself, which is pinned at <paramref name="items"/>, where it is of scalars.</summary>
    internal ListVal Lend(ReadOnlySpan<T> list, T* items, Scratch scratch) => new ListVal
    {
        Element = (byte)packed,
        Size = (nuint)list.Length,
        Data = packed == ValueKind.Val ? WriteEach(list, scratch) : items,
    };

    /// <summary>Scalars where they lie.</summary>
    internal ReadOnlySpan<T> Look(Val* from)
    {
        var list = (ListVal*)from->Pointer;
        return new ReadOnlySpan<T>(list->Data, checked((int)list->Size));
    }

    /// <summary>Whether it is of scalars.</summary>
    internal bool IsPacked => packed is not ValueKind.Val and not ValueKind.String;

    /// <summary>Scalars: a copy, or themselves, pinned, where they are many.</summary>
    private void* Packed(TList list, int count, ReadOnlySpan<T> span, T[]? array, bool inOnePiece, Scratch scratch)
    {
        nuint size = checked((nuint)count * (nuint)sizeof(T));
        if (size > Scratch.Short && !scratch.Lasting && array is not null && typeof(T) != typeof(bool))
        {
            scratch.Hold(GCHandle.Alloc(array, GCHandleType.Pinned));
            // It is pinned by now, so that its address stays.
            fixed (T* first = span) return first;
        }
        byte* copy = scratch.Take(size);
        if (inOnePiece)
        {
            span.CopyTo(new Span<T>(copy, count));
        }
        else
        {
            for (int i = 0; i < count; i++) ((T*)copy)[i] = shape.At(list, i);
        }
        return copy;
    }

    internal override TList Read(Val* from, Store store)
    {
        var list = (ListVal*)from->Pointer;
        int count = checked((int)list->Size);
        if (count == 0) return shape.Make(Array.Empty<T>());
        T[] items;
        if (list->Element == (byte)packed && packed != ValueKind.Val && packed != ValueKind.String)
        {
#if NET5_0_OR_GREATER
            items = GC.AllocateUninitializedArray<T>(count);
#else
            items = new T[count];
#endif
            new ReadOnlySpan<T>(list->Data, count).CopyTo(items);
            return shape.Make(items);
        }
        items = new T[count];
        for (int i = 0; i < count; i++)
        {
            var val = ElementAt(list, i);
            items[i] = element.Read(&val, store);
        }
        return shape.Make(items);
    }

    private static Val ElementAt(ListVal* list, int index) => ValueCodec.ElementAt(list, index);

    internal override bool Describe(Field* field, bool isResult, Scratch scratch)
    {
        var parts = scratch.Array<Field>(2);
        if (!NewArray<T>.IsPossible || !element.DescribeInPlace(&parts[0], scratch)) return false;
        var list = new Field { Kind = (byte)ValueKind.List, Size = (nuint)sizeof(Slot), Count = 1, Parts = parts };
        *field = list;
        if (!isResult) return true;
        parts[1] = list;
        *field = new Field { Kind = Native.SlotGrown, Count = 1, Parts = &parts[1] };
        made = new NewArray<T>();
        return true;
    }

    internal override void Lend(TList list, Slot* slot, Scratch scratch)
    {
        if (shape.IsNull(list)) throw TextCodec.Null(scratch, place);
        bool inOnePiece = shape.TrySpan(list, out var span, out var array);
        int count = inOnePiece ? span.Length : shape.Count(list);
        slot->Length = (nuint)count;
        slot->Data = count == 0 ? null : Packed(list, count, span, array, inOnePiece, scratch);
    }

    internal override void Offer(Slot* slot, Scratch scratch) => made!.Offer(slot);

    internal override TList Take(Slot* slot, Scratch scratch) => shape.Make(made!.Take());
}
