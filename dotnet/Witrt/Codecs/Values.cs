using System;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>
/// Values that tell their kinds. The library checks them, and names the place of what does not fit; here names are looked
/// up, and integers of interfaces stand for those of the core.
/// </summary>
internal sealed unsafe class ValueCodec : Codec<Value>
{
    private readonly WitType type;

    internal ValueCodec(WitType type) => this.type = type;

    internal override void Write(Value value, Val* to, Scratch scratch) => Write(value, type, to, scratch);

    internal override Value Read(Val* from, Store store) => Read(from, type, store);

    private static void Write(in Value value, WitType? wanted, Val* to, Scratch scratch)
    {
        bool fits = wanted is not null && Wants(wanted.Kind, value.Kind);
        if (!fits) wanted = null;
        to->Kind = (byte)(wanted?.Kind ?? value.Kind);
        to->Bits = value.Bits;
        if (!fits && value.Kind is >= ValueKind.Enum and <= ValueKind.Option)
        {
            // The library refuses the kind, and looks at nothing else: nor does this, however deep it is.
            to->Bits = 0;
            return;
        }
        switch (value.Kind)
        {
            case ValueKind.String:
                to->Pointer = scratch.Text((string)value.Reference!);
                break;
            case ValueKind.List:
                to->Pointer = WriteList((Array)value.Reference!, wanted, scratch);
                break;
            case ValueKind.Record or ValueKind.Tuple:
                var fields = (Value[])value.Reference!;
                var vec = scratch.Array<Vec>(1);
                vec->Size = (nuint)fields.Length;
                vec->Data = WriteAll(fields, wanted, false, scratch);
                to->Pointer = vec;
                break;
            case ValueKind.Variant or ValueKind.Result:
                var variant = scratch.New<VariantVal>();
                variant->Index = IndexOf(value, wanted);
                variant->Val.Kind = (byte)ValueKind.None;
                if (value.Count == 1) Write(value[0], PartOf(wanted, variant->Index), &variant->Val, scratch);
                to->Pointer = variant;
                break;
            case ValueKind.Option:
                to->Pointer = null;
                if (value.Count == 0) break;
                var held = scratch.Array<Val>(1);
                Write(value[0], PartOf(wanted, 1), held, scratch);
                to->Pointer = held;
                break;
            case ValueKind.Enum:
                to->Bits = IndexOf(value, wanted);
                break;
            case ValueKind.Flags when value.Reference is string[] names:
                to->Bits = 0;
                foreach (string name in names) to->Bits |= 1u << (int)Find(name, wanted);
                break;
            case ValueKind.Own or ValueKind.Borrow:
                ResourceCodec.Write(to->Kind, (Resource)value.Reference!, to, scratch);
                break;
            case ValueKind.ExternRef or ValueKind.FuncRef:
                to->Pointer = Slots.NewReference(value.Reference, scratch.Store);
                if (to->Pointer != null) scratch.HoldReference(to->Pointer);
                break;
        }
    }

    /// <summary>Whether a value of the one kind may stand where the other is wanted.</summary>
    private static bool Wants(ValueKind wanted, ValueKind found) => wanted == found || wanted switch
    {
        ValueKind.I32 => found is ValueKind.S32 or ValueKind.U32,
        ValueKind.S32 => found == ValueKind.I32,
        ValueKind.I64 => found is ValueKind.S64 or ValueKind.U64,
        ValueKind.S64 => found == ValueKind.I64,
        ValueKind.Borrow => found == ValueKind.Own,
        ValueKind.Own => found == ValueKind.Borrow,
        _ => false,
    };

    private static WitType? PartOf(WitType? type, uint index) =>
        type is not null && index < type.Parts.Count ? type.Parts[(int)index].Type : null;

    private static uint IndexOf(in Value value, WitType? type) =>
        value.Reference is Value.NamedCase named ? Find(named.Name, type) : (uint)value.Bits;

    private static uint Find(string name, WitType? type)
    {
        for (int i = 0; i < (type?.Parts.Count ?? 0); i++)
        {
            if (type!.Parts[i].Name == name) return (uint)i;
        }
        throw new WitrtException(ErrorKind.OutOfRange, $"there is no \"{name}\" in {type?.ToString() ?? "a type that is not known here"}");
    }

    private static Val* WriteAll(Value[] values, WitType? type, bool sameType, Scratch scratch)
    {
        var vals = scratch.Array<Val>(values.Length);
        for (int i = 0; i < values.Length; i++) Write(values[i], PartOf(type, sameType ? 0 : (uint)i), &vals[i], scratch);
        return vals;
    }

    private static ListVal* WriteList(Array items, WitType? type, Scratch scratch)
    {
        var list = scratch.New<ListVal>();
        list->Size = (nuint)items.Length;
        list->Element = (byte)ElementKind(items);
        if (items.Length == 0)
        {
            // Of whichever type.
            list->Element = (byte)ValueKind.Val;
        }
        else if (items is Value[] values)
        {
            list->Data = WriteAll(values, type, true, scratch);
        }
        else if (items is string[] texts)
        {
            var made = scratch.Array<HostString>(texts.Length);
            for (int i = 0; i < texts.Length; i++) scratch.Text(texts[i] ?? throw TextCodec.Null(scratch, $"element {i}"), &made[i]);
            list->Data = made;
        }
        else
        {
            nuint size = (nuint)items.Length * Kinds.WidthOf((ValueKind)list->Element);
            byte* copy = scratch.Take(size);
            Copy(items, copy, size);
            list->Data = copy;
        }
        return list;
    }

    /// <summary>Copies the bytes of an array of scalars.</summary>
    private static void Copy(Array items, byte* to, nuint size)
    {
        switch (items)
        {
            case bool[] flags: flags.AsSpan().CopyTo(new Span<bool>(to, flags.Length)); break;
#if NET5_0_OR_GREATER
            case System.Text.Rune[] runes: runes.AsSpan().CopyTo(new Span<System.Text.Rune>(to, runes.Length)); break;
#endif
            default:
                var pin = GCHandle.Alloc(items, GCHandleType.Pinned);
                Buffer.MemoryCopy((void*)pin.AddrOfPinnedObject(), to, size, size);
                pin.Free();
                break;
        }
    }

    /// <summary>What the elements of an array are; <see cref="ValueKind.Val"/> for all but scalars and text.</summary>
    internal static ValueKind ElementKind(Array items) => items switch
    {
        // Arrays of signed and unsigned integers pass for each other.
        string[] => ValueKind.String,
        bool[] => ValueKind.Bool,
        float[] => ValueKind.F32,
        double[] => ValueKind.F64,
        _ => Kinds.InterfaceOf(items.GetType().GetElementType()!) is var kind && Kinds.WidthOf(kind) > 0 ? kind : ValueKind.Val,
    };

    /// <summary>An element of an array of scalars or strings.</summary>
    internal static Value ElementOf(Array items, int index, WitType? type) => items.GetValue(index) switch
    {
        string text => text,
        bool flag => flag,
        sbyte number => number,
        byte number => number,
        short number => number,
        ushort number => number,
        int number => number,
        uint number => type?.Kind == ValueKind.Char ? Value.Char((int)number) : number,
        long number => number,
        ulong number => number,
        float number => number,
        double number => number,
#if NET5_0_OR_GREATER
        System.Text.Rune rune => rune,
#endif
        var other => Value.FromObject(other),
    };

    /// <summary>A value of this type, with all that is in it.</summary>
    internal static Value Read(Val* from, WitType type, Store store)
    {
        var kind = (ValueKind)from->Kind;
        switch (kind)
        {
            case ValueKind.String:
                return new Value(kind, 0, TextCodec.Read((HostString*)from->Pointer), type);
            case ValueKind.List:
                return new Value(kind, 0, ReadList((ListVal*)from->Pointer, type.At(0), store), type);
            case ValueKind.Record or ValueKind.Tuple:
                var vec = (Vec*)from->Pointer;
                var fields = new Value[(int)vec->Size];
                for (int i = 0; i < fields.Length; i++) fields[i] = Read((Val*)vec->Data + i, type.At(i), store);
                return new Value(kind, 0, fields, type);
            case ValueKind.Variant or ValueKind.Result:
                var variant = (VariantVal*)from->Pointer;
                var part = type.Parts[(int)variant->Index].Type;
                return new Value(kind, variant->Index, part is null ? null : new[] { Read(&variant->Val, part, store) }, type);
            case ValueKind.Option:
                return from->Pointer == null
                    ? new Value(kind, 0, null, type)
                    : new Value(kind, 1, new[] { Read((Val*)from->Pointer, type.At(1), store) }, type);
            case ValueKind.Own or ValueKind.Borrow:
                return new Value(kind, 0, ResourceCodec.Take(from, store), type);
            case ValueKind.ExternRef or ValueKind.FuncRef:
                return new Value(kind, 0, from->Pointer == null ? null : Slots.TakeReference(Native.wasm_ref_copy(from->Pointer), store), type);
            default:
                return new Value(kind, from->Bits, null, type);
        }
    }

    private static Array ReadList(ListVal* list, WitType element, Store store)
    {
        int count = checked((int)list->Size);
        switch (element.Kind)
        {
            case ValueKind.Bool: return Packed<bool>(list, count, element, store);
            case ValueKind.S8: return Packed<sbyte>(list, count, element, store);
            case ValueKind.U8: return Packed<byte>(list, count, element, store);
            case ValueKind.S16: return Packed<short>(list, count, element, store);
            case ValueKind.U16: return Packed<ushort>(list, count, element, store);
            case ValueKind.S32: return Packed<int>(list, count, element, store);
#if NET5_0_OR_GREATER
            case ValueKind.Char: return Packed<System.Text.Rune>(list, count, element, store);
#else
            case ValueKind.Char:
#endif
            case ValueKind.U32: return Packed<uint>(list, count, element, store);
            case ValueKind.S64: return Packed<long>(list, count, element, store);
            case ValueKind.U64: return Packed<ulong>(list, count, element, store);
            case ValueKind.F32: return Packed<float>(list, count, element, store);
            case ValueKind.F64: return Packed<double>(list, count, element, store);
        }
        if (element.Kind == ValueKind.String)
        {
            var texts = new string[count];
            for (int i = 0; i < count; i++)
            {
                var val = ElementAt(list, i);
                texts[i] = TextCodec.Read((HostString*)val.Pointer);
            }
            return texts;
        }
        var values = new Value[count];
        for (int i = 0; i < count; i++)
        {
            var val = ElementAt(list, i);
            values[i] = Read(&val, element, store);
        }
        return values;
    }

    private static T[] Packed<T>(ListVal* list, int count, WitType element, Store store) where T : unmanaged
    {
        var items = new T[count];
        bool isPacked = list->Element == (byte)element.Kind;
        for (int i = 0; i < count && !isPacked; i++)
        {
            var val = ElementAt(list, i);
            items[i] = *(T*)&val.Bits;
        }
        if (isPacked) new ReadOnlySpan<T>(list->Data, count).CopyTo(items);
        return items;
    }

    /// <summary>An element as a value, however the list lies. Text is pointed to.</summary>
    internal static Val ElementAt(ListVal* list, int index)
    {
        if (list->Element == (byte)ValueKind.Val) return ((Val*)list->Data)[index];
        var val = new Val { Kind = list->Element };
        if (list->Element == (byte)ValueKind.String)
        {
            val.Pointer = (HostString*)list->Data + index;
            return val;
        }
        nuint width = Kinds.WidthOf((ValueKind)list->Element);
        Buffer.MemoryCopy((byte*)list->Data + (nuint)index * width, &val.Bits, 8, width);
        return val;
    }
}
