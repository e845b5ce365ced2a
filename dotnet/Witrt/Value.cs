using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Witrt;

/// <summary>
/// A value of any kind, a tree of values where it has parts: for programs that do not know the types. All .NET types that
/// stand for kinds without parts convert to it by themselves. It belongs to no store, but for functions and resources in it.
/// </summary>
/// <remarks>
/// Values that calls return know their types, so that fields, cases and flags can be asked for by name. Values that are
/// made here may name them too: the names are looked up when the value is given to a function.
/// </remarks>
public readonly struct Value
{
    private readonly ulong bits;

    /// <summary>
    /// Text; an array of scalars, of strings or of values; of a variant, result or option what it holds, in an array of one, or
    /// null; names that are still to be looked up; a resource, function or other object.
    /// </summary>
    private readonly object? reference;

    private readonly WitType? type;

    internal Value(ValueKind kind, ulong bits, object? reference = null, WitType? type = null)
    {
        Kind = kind;
        this.bits = bits;
        this.reference = reference;
        this.type = type;
    }

    /// <summary>A case that is told by its name, and what it holds.</summary>
    internal sealed class NamedCase
    {
        internal NamedCase(string name, Value[]? payload)
        {
            Name = name;
            Payload = payload;
        }

        internal string Name { get; }

        internal Value[]? Payload { get; }
    }

    /// <summary>What it is. Of <see cref="int"/> and the like it is the interface's kind, which core functions take too.</summary>
    public ValueKind Kind { get; }

    /// <summary>Its type; null for a value that the program made.</summary>
    public WitType? Type => type;

    internal ulong Bits => bits;

    internal object? Reference => reference;

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

    /// <summary>A <see cref="ValueKind.Bool"/>.</summary>
    public static implicit operator Value(bool value) => new Value(ValueKind.Bool, value ? 1ul : 0);

#if NET5_0_OR_GREATER
    /// <summary>A <see cref="ValueKind.Char"/>.</summary>
    public static implicit operator Value(Rune value) => new Value(ValueKind.Char, (uint)value.Value);
#endif

    /// <summary>A <see cref="ValueKind.Char"/>: a Unicode scalar value.</summary>
    public static Value Char(int scalar) => new Value(ValueKind.Char, (uint)scalar);

    /// <summary>A <see cref="ValueKind.String"/>.</summary>
    public static implicit operator Value(string value) =>
        new Value(ValueKind.String, 0, value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>A <see cref="ValueKind.FuncRef"/>; null is the null reference.</summary>
    public static implicit operator Value(Function? value) => new Value(ValueKind.FuncRef, 0, value);

    /// <summary>A resource: given away or lent, as the function's type says.</summary>
    public static implicit operator Value(Resource value) =>
        new Value(ValueKind.Own, 0, value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>An <see cref="ValueKind.ExternRef"/>; null is the null reference.</summary>
    public static Value FromObject(object? value) => new Value(ValueKind.ExternRef, 0, value);

    /// <summary>A list of an array of scalars or strings, which is not copied.</summary>
    /// <exception cref="ArgumentException">The elements are of another type.</exception>
    public static Value List(Array items)
    {
        if (items is null) throw new ArgumentNullException(nameof(items));
        if (items is not Value[] && ValueCodec.ElementKind(items) == ValueKind.Val)
            throw new ArgumentException($"no list of a guest has elements that are {items.GetType().GetElementType()}", nameof(items));
        return new Value(ValueKind.List, 0, items);
    }

    /// <summary>A list of values, which are all of one type.</summary>
    public static Value List(params Value[] items) => new Value(ValueKind.List, 0, items ?? throw new ArgumentNullException(nameof(items)));

    /// <summary>A record: its fields, in the order of its type.</summary>
    public static Value Record(params Value[] fields) => new Value(ValueKind.Record, 0, fields ?? throw new ArgumentNullException(nameof(fields)));

    /// <summary>A tuple.</summary>
    public static Value Tuple(params Value[] fields) => new Value(ValueKind.Tuple, 0, fields ?? throw new ArgumentNullException(nameof(fields)));

    /// <summary>A case of a variant, by its number, and what it holds.</summary>
    public static Value Variant(uint index, Value? payload = null) => new Value(ValueKind.Variant, index, One(payload));

    /// <summary>A case of a variant, by its name, and what it holds.</summary>
    public static Value Variant(string name, Value? payload = null) =>
        new Value(ValueKind.Variant, 0, new NamedCase(name ?? throw new ArgumentNullException(nameof(name)), One(payload)));

    /// <summary>A case of an enum, by its number.</summary>
    public static Value Enum(uint index) => new Value(ValueKind.Enum, index);

    /// <summary>A case of an enum, by its name.</summary>
    public static Value Enum(string name) =>
        new Value(ValueKind.Enum, 0, new NamedCase(name ?? throw new ArgumentNullException(nameof(name)), null));

    /// <summary>Flags: a bit for each, in the order of their type.</summary>
    public static Value Flags(uint bits) => new Value(ValueKind.Flags, bits);

    /// <summary>Flags, by their names.</summary>
    public static Value Flags(params string[] names) => new Value(ValueKind.Flags, 0, names ?? throw new ArgumentNullException(nameof(names)));

    /// <summary>An option that holds nothing.</summary>
    public static Value None => new Value(ValueKind.Option, 0);

    /// <summary>An option that holds a value.</summary>
    public static Value Some(Value value) => new Value(ValueKind.Option, 1, One(value));

    /// <summary>Success, and what it holds.</summary>
    public static Value Ok(Value? payload = null) => new Value(ValueKind.Result, 0, One(payload));

    /// <summary>Failure, and what it holds.</summary>
    public static Value Failed(Value? payload = null) => new Value(ValueKind.Result, 1, One(payload));

    private static Value[]? One(Value? payload) => payload is Value value ? new[] { value } : null;

    /// <summary>How many elements, fields or parts it has: of an option, variant and result one, if it holds something.</summary>
    public int Count => reference is Array items && Kind != ValueKind.Flags ? items.Length : reference is NamedCase { Payload: not null } ? 1 : 0;

    /// <summary>An element, a field; what an option, variant or result holds, at 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none of that number.</exception>
    public Value this[int index] => index < 0 || index >= Count
        ? throw new ArgumentOutOfRangeException(nameof(index), index, $"the {Kind} has {Count} parts")
        : reference is NamedCase named ? named.Payload![0]
        : reference is Value[] values ? values[index]
        : ValueCodec.ElementOf((Array)reference!, index, type?.At(0));

    /// <summary>A field of a record, by its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Value this[string name]
    {
        get
        {
            if (Kind == ValueKind.Record && type is not null)
            {
                for (int i = 0; i < type.Parts.Count; i++)
                {
                    if (type.Parts[i].Name == name) return this[i];
                }
            }
            throw new KeyNotFoundException($"the {Kind} has no field \"{name}\" that is known");
        }
    }

    /// <summary>Which case it is: of a variant or enum; 0 for success and for none, else 1.</summary>
    public int CaseIndex => Kind is ValueKind.Variant or ValueKind.Enum or ValueKind.Result or ValueKind.Option
        ? (int)bits
        : throw new InvalidOperationException($"a {Kind} has no cases");

    /// <summary>What the case is called: of a variant or enum; <c>ok</c> or <c>error</c>, <c>none</c> or <c>some</c>. Null where it is not known.</summary>
    public string? CaseName => Kind switch
    {
        ValueKind.Option => bits == 0 ? "none" : "some",
        ValueKind.Result => bits == 0 ? "ok" : "error",
        ValueKind.Variant or ValueKind.Enum => reference is NamedCase named ? named.Name : type?.Parts[(int)bits].Name,
        _ => throw new InvalidOperationException($"a {Kind} has no cases"),
    };

    /// <summary>The names of the flags that are set; of a value that knows its type, or was made of names.</summary>
    public IReadOnlyList<string> FlagNames
    {
        get
        {
            if (Kind != ValueKind.Flags) throw new InvalidOperationException($"a {Kind} has no flags");
            if (reference is string[] given) return given;
            var names = new List<string>();
            for (int i = 0; i < (type?.Parts.Count ?? 0); i++)
            {
                if ((bits >> i & 1) != 0) names.Add(type!.Parts[i].Name);
            }
            return names;
        }
    }

    /// <summary>
    /// The value as the .NET type that stands for its kind: a list of scalars or text as an array of these, a resource as
    /// <see cref="Resource"/>, the number of an enum or of flags as <see cref="uint"/>; all else with parts as an array of
    /// <see cref="Value"/>, empty where it holds nothing.
    /// </summary>
    public object? ToObject() => Kind switch
    {
        ValueKind.S8 => (sbyte)bits,
        ValueKind.U8 => (byte)bits,
        ValueKind.S16 => (short)bits,
        ValueKind.U16 => (ushort)bits,
        ValueKind.I32 or ValueKind.S32 => (int)bits,
        ValueKind.U32 or ValueKind.Enum or ValueKind.Flags => (uint)bits,
        ValueKind.I64 or ValueKind.S64 => (long)bits,
        ValueKind.U64 => bits,
        ValueKind.F32 => BitConverter.Int32BitsToSingle((int)bits),
        ValueKind.F64 => BitConverter.Int64BitsToDouble((long)bits),
        ValueKind.Bool => bits != 0,
#if NET5_0_OR_GREATER
        ValueKind.Char => new Rune((uint)bits),
#else
        ValueKind.Char => char.ConvertFromUtf32((int)bits),
#endif
        ValueKind.Variant or ValueKind.Option or ValueKind.Result =>
            (reference is NamedCase named ? named.Payload : (Value[]?)reference) ?? Array.Empty<Value>(),
        _ => reference,
    };

    /// <summary>The exception for a failure that holds this.</summary>
    internal ResultException ToException() => ToObject() switch
    {
        string text => new ResultException<string>(text),
        bool flag => new ResultException<bool>(flag),
        sbyte number => new ResultException<sbyte>(number),
        byte number => new ResultException<byte>(number),
        short number => new ResultException<short>(number),
        ushort number => new ResultException<ushort>(number),
        int number => new ResultException<int>(number),
        uint number when Kind == ValueKind.U32 => new ResultException<uint>(number),
        long number => new ResultException<long>(number),
        ulong number => new ResultException<ulong>(number),
        float number => new ResultException<float>(number),
        double number => new ResultException<double>(number),
        _ => new ResultException<Value>(this),
    };

    /// <summary>
    /// Text and numbers in .NET's usual form, whatever the culture; values with parts as
    /// <c>{name: Zoë, tags: [a, b], home: some({x: 3, y: 4})}</c>.
    /// </summary>
    public override string ToString()
    {
        switch (Kind)
        {
            case ValueKind.List: return $"[{Joined(false)}]";
            case ValueKind.Record: return $"{{{Joined(true)}}}";
            case ValueKind.Tuple: return $"({Joined(false)})";
            case ValueKind.Flags when type is not null || reference is not null: return $"{{{string.Join(", ", FlagNames)}}}";
            case ValueKind.Enum: return CaseName ?? bits.ToString(CultureInfo.InvariantCulture);
            case ValueKind.Variant or ValueKind.Option or ValueKind.Result:
                string name = CaseName ?? bits.ToString(CultureInfo.InvariantCulture);
                return Count == 0 ? name : $"{name}({this[0]})";
            case ValueKind.Own or ValueKind.Borrow: return type?.ToString() ?? "resource";
            default: return Convert.ToString(ToObject(), CultureInfo.InvariantCulture) ?? "null";
        }
    }

    private string Joined(bool named)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Count; i++)
        {
            if (i > 0) text.Append(", ");
            if (named && type is not null) text.Append(type.Parts[i].Name).Append(": ");
            text.Append(this[i]);
        }
        return text.ToString();
    }
}
