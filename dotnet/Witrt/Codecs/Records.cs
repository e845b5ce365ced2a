using System;

namespace Witrt;

/// <summary>A field of a record: where it comes from in a .NET object, and what it is to a guest.</summary>
internal abstract unsafe class FieldCodec<T>
{
    internal abstract void Write(T value, Val* to, Scratch scratch);

    /// <summary>The codec that reads it.</summary>
    internal abstract Codec Codec { get; }
}

internal sealed unsafe class FieldCodec<T, TField> : FieldCodec<T>
{
    private readonly Func<T, TField> get;
    private readonly Codec<TField> codec;

    internal FieldCodec(Func<T, TField> get, Codec<TField> codec)
    {
        this.get = get;
        this.codec = codec;
    }

    internal override Codec Codec => codec;

    internal override void Write(T value, Val* to, Scratch scratch) => codec.Write(get(value), to, scratch);
}

/// <summary>Makes an object of fields that lie one after the other.</summary>
internal delegate T Maker<T>(IntPtr fields, Store store);

/// <summary>Records and tuples: field by field.</summary>
internal sealed unsafe class RecordCodec<T> : Codec<T>
{
    private readonly byte kind;
    private readonly FieldCodec<T>[] fields;
    private readonly Maker<T> make;
    private readonly Place place;

    /// <summary>Makes the object of slots, where it is the results of a function with several, not a value.</summary>
    internal Maker<T>? OfResults { get; set; }

    internal RecordCodec(ValueKind kind, FieldCodec<T>[] fields, Maker<T> make, Place place)
    {
        this.place = place;
        this.kind = (byte)kind;
        this.fields = fields;
        this.make = make;
    }

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        if (value is null) throw TextCodec.Null(scratch, place);
        var vec = scratch.Array<Vec>(1);
        var vals = scratch.Array<Val>(fields.Length);
        for (int i = 0; i < fields.Length; i++) fields[i].Write(value, &vals[i], scratch);
        vec->Size = (nuint)fields.Length;
        vec->Data = vals;
        to->Kind = kind;
        to->Pointer = vec;
    }

    internal Codec[] Codecs => Array.ConvertAll(fields, field => field.Codec);

    /// <summary>Writes the fields as values by themselves, as several results of a host function are.</summary>
    internal void WriteAll(T value, Val* to, Scratch scratch)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i].Write(value, &to[i], scratch);
            // A reference goes to the library.
            if (to[i].Kind >= (byte)ValueKind.ExternRef && to[i].Pointer != null) scratch.Disown();
        }
    }

    /// <summary>Reads values that lie one after the other.</summary>
    internal T ReadAll(Val* from, Store store) => make((IntPtr)from, store);

    internal override T Read(Val* from, Store store) => make((IntPtr)((Vec*)from->Pointer)->Data, store);

    /// <summary>Describes several results, each in a field of its own.</summary>
    internal override bool Describe(Field* field, bool isResult, Scratch scratch)
    {
        if (OfResults is null || !isResult) return false;
        for (int i = 0; i < fields.Length; i++)
        {
            if (!fields[i].Codec.Describe(&field[i], true, scratch)) return false;
            (fields[i].Codec as TextCodec)?.BesideOthers();
        }
        return true;
    }

    internal override void Offer(Slot* slot, Scratch scratch)
    {
        for (int i = 0; i < fields.Length; i++) fields[i].Codec.Offer(&slot[i], scratch);
    }

    internal override T Take(Slot* slot, Scratch scratch) => OfResults!((IntPtr)slot, scratch.Store);
}

/// <summary>What a case of one value holds: the object is made of it, and gives it.</summary>
internal sealed unsafe class SingleCodec<T, TField> : Codec<T>
{
    private readonly Func<T, TField> get;
    private readonly Func<TField, T> make;
    private readonly Codec<TField> codec;

    internal SingleCodec(Func<T, TField> get, Func<TField, T> make, Codec<TField> codec)
    {
        this.get = get;
        this.make = make;
        this.codec = codec;
    }

    internal override void Write(T value, Val* to, Scratch scratch) => codec.Write(get(value), to, scratch);

    internal override T Read(Val* from, Store store) => make(codec.Read(from, store));
}

/// <summary>What a case without a value is.</summary>
internal sealed unsafe class EmptyCodec<T> : Codec<T>
{
    private readonly Func<T> make;

    internal EmptyCodec(Func<T> make) => this.make = make;

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        to->Kind = (byte)ValueKind.None;
        to->Bits = 0;
    }

    internal override T Read(Val* from, Store store) => make();
}
