#pragma warning disable CS8500 // addresses of locals whose type is a parameter; none outlives its statement

using System;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>Numbers, truth values and characters: the bits.</summary>
internal sealed unsafe class ScalarCodec<T> : Codec<T> where T : unmanaged
{
    private readonly byte kind;

    private ScalarCodec(ValueKind kind) => this.kind = (byte)kind;

    internal static Codec<T> Bind(WitType type, Place place) =>
        Kinds.Fits(typeof(T), type.Kind) ? new ScalarCodec<T>(type.Kind) : throw place.Mismatch(type, typeof(T));

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        to->Kind = kind;
        to->Bits = 0;
        *(T*)&to->Bits = value;
    }

    internal override T Read(Val* from, Store store) => *(T*)&from->Bits;

    internal override bool Describe(Field* field, bool isResult, Scratch scratch) => DescribeInPlace(field, scratch);

    internal override bool DescribeInPlace(Field* field, Scratch scratch)
    {
        *field = new Field { Kind = kind, Size = (nuint)sizeof(T) };
        return true;
    }

    internal override void Lend(T value, Slot* slot, Scratch scratch) => *(T*)slot = value;

    internal override void Offer(Slot* slot, Scratch scratch)
    {
    }

    internal override T Take(Slot* slot, Scratch scratch) => *(T*)slot;
}

/// <summary>Text.</summary>
internal sealed unsafe class TextCodec : Codec<string>
{
    private const byte Kind = (byte)ValueKind.String;
    private readonly Place place;

    /// <summary>Where it goes as one of several results.</summary>
    private NewText? own;

    private TextCodec(Place place) => this.place = place;

    internal static Codec<string> Bind(WitType type, Place place) =>
        type.Kind == ValueKind.String ? new TextCodec(place) : throw place.Mismatch(type, typeof(string));

    internal override void Write(string value, Val* to, Scratch scratch)
    {
        if (value is null) throw Null(scratch, place);
        to->Kind = Kind;
        to->Pointer = scratch.Text(value);
    }

    internal override string Read(Val* from, Store store) => Read((HostString*)from->Pointer);

    internal override bool Describe(Field* field, bool isResult, Scratch scratch)
    {
        *field = new Field { Kind = isResult ? Native.SlotGrowUtf16 : Native.SlotUtf16 };
        return true;
    }

    internal override void Lend(string value, Slot* slot, Scratch scratch)
    {
        if (value is null) throw Null(scratch, place);
        HostString text;
        scratch.Text(value, &text);
        slot->Data = text.Data;
        slot->Length = text.Size;
    }

    /// <summary>Others come in the same call, so that the store's one place is not enough.</summary>
    internal void BesideOthers() => own = new NewText();

    internal override void Offer(Slot* slot, Scratch scratch) => (own ?? scratch.Store.NewText).Offer(slot, true);

    internal override string Take(Slot* slot, Scratch scratch) => (own ?? scratch.Store.NewText).Take(slot);

    /// <summary>What there is to say of null where a text, list or object is needed.</summary>
    internal static Exception Null(Scratch scratch, object place) => scratch.Lasting
        ? new InvalidOperationException($"{place}: the host function returned null where there has to be a value")
        : new ArgumentNullException($"argument {scratch.Argument}", $"{place}: null stands for nothing but an option that holds nothing");

    /// <summary>A new string of text in the host's encoding, or behind a handle.</summary>
    internal static string Read(HostString* text)
    {
        if (text->Reserved == 0 && text->Encoding == Native.Utf16)
        {
            if (text->Size > Slots.MaxStringLength) throw Slots.TooLong(text->Size);
            return new string((char*)text->Data, 0, (int)text->Size);
        }
        const int Few = 256;
        char* room = stackalloc char[Few];
        nuint written;
        if (Native.wasm_string_read(text, Native.Utf16, room, Few, &written) != 0) return new string(room, 0, (int)written);
        return Slots.CopyText(text, Native.wasm_string_length(text, Native.Utf16));
    }
}

/// <summary>A part of a text, which is given only.</summary>
internal sealed unsafe class TextPartCodec : Codec<ReadOnlyMemory<char>>
{
    internal static Codec<ReadOnlyMemory<char>> Bind(WitType type, Place place) =>
        type.Kind == ValueKind.String ? new TextPartCodec() : throw place.Mismatch(type, typeof(string));

    internal override void Write(ReadOnlyMemory<char> value, Val* to, Scratch scratch)
    {
        to->Kind = (byte)ValueKind.String;
        var made = scratch.Array<HostString>(1);
        *made = new HostString((char*)scratch.Copy(value.Span), value.Length);
        to->Pointer = made;
    }

    internal override ReadOnlyMemory<char> Read(Val* from, Store store) => TextCodec.Read((HostString*)from->Pointer).AsMemory();
}

/// <summary>Nothing.</summary>
internal sealed unsafe class NothingCodec : Codec<Nothing>
{
    internal static readonly NothingCodec Instance = new NothingCodec();

    internal override void Write(Nothing value, Val* to, Scratch scratch)
    {
        to->Kind = (byte)ValueKind.None;
        to->Bits = 0;
    }

    internal override Nothing Read(Val* from, Store store) => default;
}

/// <summary>References of core modules and adapters: any object, or a function.</summary>
internal sealed unsafe class ReferenceCodec<T> : Codec<T> where T : class
{
    private readonly byte kind;

    private ReferenceCodec(ValueKind kind) => this.kind = (byte)kind;

    internal static Codec<T> Bind(WitType type, Place place) =>
        Kinds.Fits(typeof(T), type.Kind) ? new ReferenceCodec<T>(type.Kind) : throw place.Mismatch(type, typeof(T));

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        to->Kind = kind;
        to->Pointer = Slots.NewReference(value, scratch.Store);
        if (to->Pointer != null) scratch.HoldReference(to->Pointer);
    }

    internal override T Read(Val* from, Store store) =>
        (T)(from->Pointer == null ? null : Slots.TakeReference(Native.wasm_ref_copy(from->Pointer), store))!;
}
