using System;

namespace Witrt;

/// <summary>Which .NET types stand for which kinds of values.</summary>
internal static class Kinds
{
    private const byte None = 255;

    /// <summary>Whether values of this kind fit a slot of a prepared call: numbers, text and references.</summary>
    internal static bool IsPlain(ValueKind kind) => kind < ValueKind.Bool || kind >= ValueKind.ExternRef;

    /// <summary>Whether values of this .NET type do, given to a guest or got from one.</summary>
    internal static bool IsPlain(Type type, bool given)
    {
        Of(type, out byte asInterface, out byte asCore);
        byte kind = asInterface == None ? asCore : asInterface;
        return kind != None && IsPlain((ValueKind)kind) && (given || type != typeof(ReadOnlyMemory<char>));
    }

    /// <summary>Whether a value of this .NET type stands for a kind without parts.</summary>
    internal static bool Fits(Type type, ValueKind kind)
    {
        Of(type, out byte asInterface, out byte asCore);
        return (byte)kind == asInterface || (byte)kind == asCore;
    }

    /// <summary>
    /// The slot kind for a value of this .NET type where a function has a value of
    /// this kind; false where they do not go together.
    /// </summary>
    internal static bool Match(Type type, ValueKind kind, bool given, out byte slot)
    {
        slot = SlotOf(kind, given);
        return IsPlain(kind) && Fits(type, kind);
    }

    /// <summary>
    /// The slot kind for a value of a host function of this .NET type, in a
    /// function of the core or of an interface; false where it cannot have such.
    /// </summary>
    internal static bool Choose(Type type, bool core, bool given, out byte slot)
    {
        Of(type, out byte asInterface, out byte asCore);
        byte kind = core ? asCore : asInterface;
        slot = SlotOf((ValueKind)kind, given);
        return kind != None && IsPlain((ValueKind)kind);
    }

    /// <summary>How a slot of a host function holds a kind: text that is given is pointed to, text that is got is lazy.</summary>
    private static byte SlotOf(ValueKind kind, bool given) =>
        kind != ValueKind.String ? (byte)kind : given ? Native.SlotUtf16 : Native.SlotLazyUtf16;

    /// <summary>The kind of an interface that a .NET type stands for; <see cref="ValueKind.Val"/> for none without parts.</summary>
    internal static ValueKind InterfaceOf(Type type)
    {
        Of(type, out byte asInterface, out _);
        return asInterface == None ? ValueKind.Val : (ValueKind)asInterface;
    }

    /// <summary>The bytes of a scalar; zero for all else.</summary>
    internal static uint WidthOf(ValueKind kind) => kind switch
    {
        ValueKind.S8 or ValueKind.U8 or ValueKind.Bool => 1,
        ValueKind.S16 or ValueKind.U16 => 2,
        ValueKind.S32 or ValueKind.U32 or ValueKind.I32 or ValueKind.F32 or ValueKind.Char => 4,
        ValueKind.S64 or ValueKind.U64 or ValueKind.I64 or ValueKind.F64 => 8,
        _ => 0,
    };

    /// <summary>What messages call a .NET type: as WIT has it, where it stands for a kind without parts.</summary>
    internal static string NameOf(Type type)
    {
        if (type == typeof(Nothing)) return "nothing";
        var kind = InterfaceOf(type);
        return kind == ValueKind.Val ? type.ToString() : kind.ToString().ToLowerInvariant();
    }

    /// <summary>The kinds that a .NET type stands for, in an interface and in the core.</summary>
    private static void Of(Type type, out byte asInterface, out byte asCore)
    {
        (asInterface, asCore) =
            type == typeof(int) ? ((byte)ValueKind.S32, (byte)ValueKind.I32) :
            type == typeof(uint) ? ((byte)ValueKind.U32, (byte)ValueKind.I32) :
            type == typeof(long) ? ((byte)ValueKind.S64, (byte)ValueKind.I64) :
            type == typeof(ulong) ? ((byte)ValueKind.U64, (byte)ValueKind.I64) :
            type == typeof(float) ? ((byte)ValueKind.F32, (byte)ValueKind.F32) :
            type == typeof(double) ? ((byte)ValueKind.F64, (byte)ValueKind.F64) :
            type == typeof(sbyte) ? ((byte)ValueKind.S8, None) :
            type == typeof(byte) ? ((byte)ValueKind.U8, None) :
            type == typeof(short) ? ((byte)ValueKind.S16, None) :
            type == typeof(ushort) ? ((byte)ValueKind.U16, None) :
            type == typeof(bool) ? ((byte)ValueKind.Bool, None) :
            type == typeof(string) || type == typeof(ReadOnlyMemory<char>) ? ((byte)ValueKind.String, None) :
            type == typeof(object) ? ((byte)ValueKind.ExternRef, (byte)ValueKind.ExternRef) :
            type == typeof(Function) ? (None, (byte)ValueKind.FuncRef) :
            // .NET Standard has no such type.
            type.FullName == "System.Text.Rune" ? ((byte)ValueKind.Char, None) :
            (None, None);
    }
}
