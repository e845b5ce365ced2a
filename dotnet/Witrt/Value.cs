using System;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>
/// A value with its kind, for calls of functions whose type the program does not
/// know. All .NET types that stand for kinds convert to it by themselves.
/// </summary>
public readonly struct Value
{
    private readonly ulong bits;
    private readonly object? reference;

    /// <summary>What it is. Of <see cref="int"/> and the like it is the interface's kind, which core functions take too.</summary>
    public ValueKind Kind { get; }

    internal Value(ValueKind kind, ulong bits, object? reference = null)
    {
        Kind = kind;
        this.bits = bits;
        this.reference = reference;
    }

    internal ulong Bits => bits;

    /// <summary>An <see cref="ValueKind.S8"/>.</summary>
    public static implicit operator Value(sbyte value) => new Value(ValueKind.S8, (ulong)value);

    /// <summary>A <see cref="ValueKind.U8"/>.</summary>
    public static implicit operator Value(byte value) => new Value(ValueKind.U8, value);

    /// <summary>An <see cref="ValueKind.S16"/>.</summary>
    public static implicit operator Value(short value) => new Value(ValueKind.S16, (ulong)value);

    /// <summary>A <see cref="ValueKind.U16"/>.</summary>
    public static implicit operator Value(ushort value) => new Value(ValueKind.U16, value);

    /// <summary>An <see cref="ValueKind.S32"/>.</summary>
    public static implicit operator Value(int value) => new Value(ValueKind.S32, (ulong)value);

    /// <summary>A <see cref="ValueKind.U32"/>.</summary>
    public static implicit operator Value(uint value) => new Value(ValueKind.U32, value);

    /// <summary>An <see cref="ValueKind.S64"/>.</summary>
    public static implicit operator Value(long value) => new Value(ValueKind.S64, (ulong)value);

    /// <summary>A <see cref="ValueKind.U64"/>.</summary>
    public static implicit operator Value(ulong value) => new Value(ValueKind.U64, value);

    /// <summary>An <see cref="ValueKind.F32"/>.</summary>
    public static implicit operator Value(float value) => new Value(ValueKind.F32, (uint)BitConverter.SingleToInt32Bits(value));

    /// <summary>An <see cref="ValueKind.F64"/>.</summary>
    public static implicit operator Value(double value) => new Value(ValueKind.F64, (ulong)BitConverter.DoubleToInt64Bits(value));

    /// <summary>A <see cref="ValueKind.String"/>.</summary>
    public static implicit operator Value(string value) =>
        new Value(ValueKind.String, 0, value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>A <see cref="ValueKind.FuncRef"/>; null is the null reference.</summary>
    public static implicit operator Value(Function? value) => new Value(ValueKind.FuncRef, 0, value);

    /// <summary>An <see cref="ValueKind.ExternRef"/>; null is the null reference.</summary>
    public static Value FromObject(object? value) => new Value(ValueKind.ExternRef, 0, value);

    /// <summary>The value as the .NET type that stands for its kind.</summary>
    public object? ToObject() => Kind switch
    {
        ValueKind.S8 => (sbyte)bits,
        ValueKind.U8 => (byte)bits,
        ValueKind.S16 => (short)bits,
        ValueKind.U16 => (ushort)bits,
        ValueKind.I32 or ValueKind.S32 => (int)bits,
        ValueKind.U32 => (uint)bits,
        ValueKind.I64 or ValueKind.S64 => (long)bits,
        ValueKind.U64 => bits,
        ValueKind.F32 => BitConverter.Int32BitsToSingle((int)bits),
        ValueKind.F64 => BitConverter.Int64BitsToDouble((long)bits),
        _ => reference,
    };

    /// <summary>The value in .NET's usual form, whatever the culture.</summary>
    public override string ToString() => Convert.ToString(ToObject(), CultureInfo.InvariantCulture) ?? "null";
}

/// <summary>A call with values that tell their kinds.</summary>
internal sealed unsafe class DynamicCall : Prepared
{
    private readonly FunctionType type;

    internal DynamicCall(Function function)
        : base(function, SlotsOf(function.Type.Parameters, true), SlotsOf(function.Type.Results, false)) => type = function.Type;

    private static byte[] SlotsOf(System.Collections.Generic.IReadOnlyList<ValueKind> kinds, bool given)
    {
        var slots = new byte[kinds.Count];
        for (int i = 0; i < slots.Length; i++) slots[i] = Kinds.SlotOf(kinds[i], given);
        return slots;
    }

    internal Value[] Call(Value[] arguments)
    {
        int count = type.Parameters.Count;
        if (arguments.Length != count)
            throw new WitrtException(ErrorKind.WrongCount, $"the function is {type}, but there are {arguments.Length} arguments");
        var pinned = new GCHandle[count];
        var results = new Value[type.Results.Count];
        Slot* slots = stackalloc Slot[count + results.Length];
        bool outermost = store.EnterOutermost();
        try
        {
            for (int i = 0; i < count; i++) Give(arguments[i], i, &slots[i], ref pinned[i]);
            Invoke(slots, slots + count);
            for (int i = 0; i < results.Length; i++) results[i] = Take(type.Results[i], &slots[count + i]);
            return results;
        }
        finally
        {
            foreach (var pin in pinned)
            {
                if (pin.IsAllocated) pin.Free();
            }
            Finish(slots, outermost);
        }
    }

    private void Give(Value value, int index, Slot* slot, ref GCHandle pinned)
    {
        ValueKind wanted = type.Parameters[index];
        bool fits = value.Kind == wanted
            || (wanted == ValueKind.I32 && (value.Kind == ValueKind.S32 || value.Kind == ValueKind.U32))
            || (wanted == ValueKind.S32 && value.Kind == ValueKind.I32)
            || (wanted == ValueKind.I64 && (value.Kind == ValueKind.S64 || value.Kind == ValueKind.U64))
            || (wanted == ValueKind.S64 && value.Kind == ValueKind.I64);
        if (!fits)
            throw new WitrtException(ErrorKind.WrongKind, $"the function is {type}: argument {index} is a {value.Kind}", index);
        if (wanted == ValueKind.String)
        {
            var text = (string)value.ToObject()!;
            pinned = GCHandle.Alloc(text, GCHandleType.Pinned);
            slot->Data = (void*)pinned.AddrOfPinnedObject();
            slot->Length = (nuint)text.Length;
        }
        else if (wanted >= ValueKind.ExternRef)
        {
            slot->Data = Slots.NewReference(value.ToObject(), store);
        }
        else
        {
            slot->Bits = value.Bits;
        }
    }

    private Value Take(ValueKind kind, Slot* slot) =>
        kind == ValueKind.String ? new Value(kind, 0, Slots.TakeText(slot->Data, slot->Length))
        : kind >= ValueKind.ExternRef ? new Value(kind, 0, Slots.TakeReference(slot->Data, store))
        : new Value(kind, slot->Bits);
}
