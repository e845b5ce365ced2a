#pragma warning disable CS8500 // addresses of locals whose type is a parameter; none outlives its statement

using System;
using System.Collections.Generic;

namespace Witrt;

/// <summary>A case of a variant, as a class derived from the variant's.</summary>
internal abstract unsafe class CaseCodec<T>
{
    internal abstract Type Type { get; }

    internal abstract void Write(T value, Val* to, Scratch scratch);

    internal abstract T Read(Val* from, Store store);
}

internal sealed unsafe class CaseCodec<T, TCase> : CaseCodec<T> where TCase : class, T
{
    private readonly Codec<TCase> codec;

    internal CaseCodec(Codec<TCase> codec) => this.codec = codec;

    internal override Type Type => typeof(TCase);

    internal override void Write(T value, Val* to, Scratch scratch) => codec.Write((TCase)value!, to, scratch);

    internal override T Read(Val* from, Store store) => codec.Read(from, store);
}

/// <summary>Variants: the class of an object says which case it is.</summary>
internal sealed unsafe class VariantCodec<T> : Codec<T> where T : class
{
    private readonly CaseCodec<T>[] cases;
    private readonly Place place;

    internal VariantCodec(CaseCodec<T>[] cases, Place place) => (this.cases, this.place) = (cases, place);

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        if (value is null) throw TextCodec.Null(scratch, place);
        var type = value.GetType();
        for (int i = 0; i < cases.Length; i++)
        {
            if (cases[i].Type != type) continue;
            var variant = scratch.Array<VariantVal>(1);
            variant->Index = (uint)i;
            cases[i].Write(value, &variant->Val, scratch);
            to->Kind = (byte)ValueKind.Variant;
            to->Pointer = variant;
            return;
        }
        throw new ArgumentException($"{place}: a {type} is no case of {typeof(T)}", $"argument {scratch.Argument}");
    }

    internal override T Read(Val* from, Store store)
    {
        var variant = (VariantVal*)from->Pointer;
        return cases[(int)variant->Index].Read(&variant->Val, store);
    }
}

/// <summary>Enums: by the names of the cases.</summary>
internal sealed unsafe class EnumCodec<T> : Codec<T> where T : unmanaged, Enum
{
    private readonly T[] cases;
    private readonly Place place;

    private EnumCodec(T[] cases, Place place) => (this.cases, this.place) = (cases, place);

    internal static Codec<T> Bind(WitType type, Place place)
    {
        if (type.Kind == ValueKind.Flags) return FlagsCodec<T>.Bind(type, place);
        if (type.Kind != ValueKind.Enum) throw place.Mismatch(type, typeof(T));
        return new EnumCodec<T>(Members(type, place), place);
    }

    /// <summary>The member for each name of a type's.</summary>
    internal static T[] Members(WitType type, Place place)
    {
#if NET5_0_OR_GREATER
        var names = Enum.GetNames<T>();
        var values = Enum.GetValues<T>();
#else
        var names = Enum.GetNames(typeof(T));
        var values = (T[])Enum.GetValues(typeof(T));
#endif
        var members = new T[type.Parts.Count];
        for (int i = 0; i < members.Length; i++)
        {
            string name = type.Parts[i].Name;
            int found = Array.FindIndex(names, member => Names.Same(member, name));
            if (found < 0) throw place.Fault($"{typeof(T).Name} has no member for \"{name}\" of {type}");
            members[i] = values[found];
        }
        return members;
    }

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        to->Kind = (byte)ValueKind.Enum;
        for (int i = 0; i < cases.Length; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(cases[i], value)) continue;
            to->Bits = (ulong)i;
            return;
        }
        throw new ArgumentException($"{place}: {value} is no case that the guest knows", $"argument {scratch.Argument}");
    }

    internal override T Read(Val* from, Store store) => cases[(int)(uint)from->Bits];

    internal override bool Describe(Field* field, bool isResult, Scratch scratch)
    {
        *field = new Field { Kind = (byte)ValueKind.Enum };
        return true;
    }

    internal override void Lend(T value, Slot* slot, Scratch scratch)
    {
        Val val;
        Write(value, &val, scratch);
        slot->Bits = val.Bits;
    }

    internal override void Offer(Slot* slot, Scratch scratch)
    {
    }

    internal override T Take(Slot* slot, Scratch scratch) => cases[(int)(uint)slot->Bits];
}

/// <summary>Flags: a bit for each name.</summary>
internal sealed unsafe class FlagsCodec<T> : Codec<T> where T : unmanaged, Enum
{
    private readonly ulong[] bits;
    private readonly ulong all;
    private readonly Place place;

    private FlagsCodec(ulong[] bits, Place place)
    {
        (this.bits, this.place) = (bits, place);
        foreach (ulong bit in bits) all |= bit;
    }

    internal static Codec<T> Bind(WitType type, Place place) =>
        new FlagsCodec<T>(Array.ConvertAll(EnumCodec<T>.Members(type, place), ToBits), place);

    private static ulong ToBits(T value) => sizeof(T) switch
    {
        1 => *(byte*)&value,
        2 => *(ushort*)&value,
        4 => *(uint*)&value,
        _ => *(ulong*)&value,
    };

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        ulong given = ToBits(value);
        if ((given & ~all) != 0)
            throw new ArgumentException($"{place}: {value} has flags that the guest does not know", $"argument {scratch.Argument}");
        uint flags = 0;
        for (int i = 0; i < bits.Length; i++)
        {
            if ((given & bits[i]) == bits[i]) flags |= 1u << i;
        }
        to->Kind = (byte)ValueKind.Flags;
        to->Bits = flags;
    }

    internal override bool Describe(Field* field, bool isResult, Scratch scratch)
    {
        *field = new Field { Kind = (byte)ValueKind.Flags };
        return true;
    }

    internal override void Lend(T value, Slot* slot, Scratch scratch)
    {
        Val val;
        Write(value, &val, scratch);
        slot->Bits = val.Bits;
    }

    internal override void Offer(Slot* slot, Scratch scratch)
    {
    }

    internal override T Take(Slot* slot, Scratch scratch) => Of((uint)slot->Bits);

    internal override T Read(Val* from, Store store) => Of((uint)from->Bits);

    private T Of(uint flags)
    {
        ulong value = 0;
        for (int i = 0; i < bits.Length; i++)
        {
            if ((flags >> i & 1) != 0) value |= bits[i];
        }
        return *(T*)&value;
    }
}

/// <summary>How names of guests and of .NET are compared.</summary>
internal static class Names
{
    /// <summary>Whether both are one name: `next-char`, `NextChar`, `nextChar`.</summary>
    internal static bool Same(string one, string other)
    {
        int i = 0, j = 0;
        while (true)
        {
            while (i < one.Length && IsSeparator(one[i])) i++;
            while (j < other.Length && IsSeparator(other[j])) j++;
            if (i == one.Length || j == other.Length) return i == one.Length && j == other.Length;
            if (char.ToLowerInvariant(one[i++]) != char.ToLowerInvariant(other[j++])) return false;
        }
    }

    private static bool IsSeparator(char unit) => unit is '-' or '_' or '%';
}
