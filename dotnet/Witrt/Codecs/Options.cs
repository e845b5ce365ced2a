#pragma warning disable CS8500 // addresses and sizes of what is a type parameter; none outlives its statement

using System.Runtime.CompilerServices;

namespace Witrt;

/// <summary>An option, whose none is null.</summary>
internal sealed unsafe class NullableCodec<T> : Codec<T>
{
    private readonly Codec<T> some;

    internal NullableCodec(Codec<T> some) => this.some = some;

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        to->Kind = (byte)ValueKind.Option;
        to->Pointer = null;
        if (value is null) return;
        var held = scratch.Array<Val>(1);
        some.Write(value, held, scratch);
        to->Pointer = held;
    }

    internal override T Read(Val* from, Store store) => from->Pointer == null ? default! : some.Read((Val*)from->Pointer, store);
}

/// <summary>The same of what is no reference.</summary>
internal sealed unsafe class NullableStructCodec<T> : Codec<T?> where T : struct
{
    private readonly Codec<T> some;

    private NullableStructCodec(Codec<T> some) => this.some = some;

    internal static Codec<T?> Bind(WitType type, Place place) => type.Kind == ValueKind.Option
        ? new NullableStructCodec<T>(Bind<T>(type.At(1), place.Case("some")))
        : throw place.Mismatch(type, typeof(T?));

    internal override void Write(T? value, Val* to, Scratch scratch)
    {
        to->Kind = (byte)ValueKind.Option;
        to->Pointer = null;
        if (!value.HasValue) return;
        var held = scratch.Array<Val>(1);
        some.Write(value.GetValueOrDefault(), held, scratch);
        to->Pointer = held;
    }

    internal override T? Read(Val* from, Store store) => from->Pointer == null ? null : some.Read((Val*)from->Pointer, store);

    internal override bool Describe(Field* field, bool isResult, Scratch scratch) => DescribeInPlace(field, scratch);

    /// <summary>The runtime has a byte in front that tells whether there is a value, as an option's tag does.</summary>
    internal override bool DescribeInPlace(Field* field, Scratch scratch)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>()) return false;
        T? probe = default(T);
        var part = scratch.Array<Field>(1);
        if (*(byte*)&probe != 1 || !some.DescribeInPlace(part, scratch)) return false;
        part->Offset = (nuint)(sizeof(T?) - sizeof(T));
        *field = new Field { Kind = (byte)ValueKind.Option, TagSize = 1, Size = (nuint)sizeof(T?), Count = 1, Parts = part };
        return true;
    }

    internal override void Lend(T? value, Slot* slot, Scratch scratch)
    {
        var copy = (T?*)scratch.Take((nuint)sizeof(T?));
        *copy = value;
        slot->Data = copy;
    }

    internal override void Offer(Slot* slot, Scratch scratch) => scratch.Room(slot, sizeof(T?));

    internal override T? Take(Slot* slot, Scratch scratch) => *(T?*)slot->Data;
}

/// <summary>An option that says so.</summary>
internal sealed unsafe class OptionCodec<T> : Codec<Option<T>>
{
    private readonly Codec<T> some;

    private OptionCodec(Codec<T> some) => this.some = some;

    internal static Codec<Option<T>> Bind(WitType type, Place place) => type.Kind == ValueKind.Option
        ? new OptionCodec<T>(Bind<T>(type.At(1), place.Case("some")))
        : throw place.Mismatch(type, typeof(Option<T>));

    internal override void Write(Option<T> value, Val* to, Scratch scratch)
    {
        to->Kind = (byte)ValueKind.Option;
        to->Pointer = null;
        if (!value.HasValue) return;
        var held = scratch.Array<Val>(1);
        some.Write(value.Value, held, scratch);
        to->Pointer = held;
    }

    internal override Option<T> Read(Val* from, Store store) =>
        from->Pointer == null ? default : new Option<T>(some.Read((Val*)from->Pointer, store));
}

/// <summary>Success or failure as they are.</summary>
internal sealed unsafe class ResultCodec<T, TError> : Codec<Result<T, TError>>
{
    private readonly Codec<T> ok;
    private readonly Codec<TError> error;

    private ResultCodec(Codec<T> ok, Codec<TError> error)
    {
        this.ok = ok;
        this.error = error;
    }

    internal static Codec Bind(WitType type, Place place) => type.Kind == ValueKind.Result
        ? new ResultCodec<T, TError>(BindPart<T>(type.Parts[0].Type, place.Case("ok")), BindPart<TError>(type.Parts[1].Type, place.Case("err")))
        : throw place.Mismatch(type, typeof(Result<T, TError>));

    internal override void Write(Result<T, TError> value, Val* to, Scratch scratch)
    {
        var variant = scratch.Array<VariantVal>(1);
        variant->Index = value.IsOk ? 0u : 1u;
        to->Kind = (byte)ValueKind.Result;
        to->Pointer = variant;
        if (value.IsOk) ok.Write(value.Value, &variant->Val, scratch);
        else error.Write(value.Error, &variant->Val, scratch);
    }

    internal override Result<T, TError> Read(Val* from, Store store)
    {
        var variant = (VariantVal*)from->Pointer;
        return variant->Index == 0
            ? Result<T, TError>.Ok(ok.Read(&variant->Val, store))
            : Result<T, TError>.Failed(error.Read(&variant->Val, store));
    }
}

/// <summary>The value of a success; a failure is an exception.</summary>
internal sealed unsafe class ThrowingCodec<T> : Codec<T>
{
    private readonly Codec<T> ok;
    private readonly WitType? error;

    internal ThrowingCodec(Codec<T> ok, WitType? error)
    {
        this.ok = ok;
        this.error = error;
    }

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        var variant = scratch.Array<VariantVal>(1);
        variant->Index = 0;
        to->Kind = (byte)ValueKind.Result;
        to->Pointer = variant;
        ok.Write(value, &variant->Val, scratch);
    }

    internal override T Read(Val* from, Store store)
    {
        var variant = (VariantVal*)from->Pointer;
        if (variant->Index == 0) return ok.Read(&variant->Val, store);
        throw error is null ? new ResultException<Nothing>(default) : ValueCodec.Read(&variant->Val, error, store).ToException();
    }
}
