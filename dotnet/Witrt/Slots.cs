// Values between .NET and the slots of a prepared call. Numbers are copied as
// they are; a string's own UTF-16 is pointed to; a result's text is written
// into the new string itself.

#pragma warning disable CS8500 // addresses of locals and slots whose type is a parameter; none outlives its statement

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>The result type of what has no result.</summary>
internal readonly struct Nothing
{
}

/// <summary>Which .NET types stand for which kinds of values.</summary>
internal static class Kinds
{
    private const byte None = 255;

    /// <summary>
    /// The slot kind for a value of this .NET type where a function has a value of
    /// this kind; false where they do not go together.
    /// </summary>
    internal static bool Match(Type type, ValueKind kind, bool given, out byte slot)
    {
        slot = SlotOf(kind, given);
        Of(type, out byte asInterface, out byte asCore);
        return (byte)kind == asInterface || (byte)kind == asCore;
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
        return kind != None;
    }

    /// <summary>How a slot holds a kind: text that is given is pointed to, text that is got is lazy.</summary>
    /// <exception cref="WitrtException">There is no slot for it: <see cref="ErrorKind.Unsupported"/>.</exception>
    internal static byte SlotOf(ValueKind kind, bool given) =>
        kind == ValueKind.String ? (given ? Native.SlotUtf16 : Native.SlotLazyUtf16)
        : kind < ValueKind.Bool || kind >= ValueKind.ExternRef ? (byte)kind
        : throw new WitrtException(ErrorKind.Unsupported, $"values of kind {kind} are not passed from .NET");

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
            type == typeof(string) || type == typeof(ReadOnlyMemory<char>) ? ((byte)ValueKind.String, None) :
            type == typeof(object) ? ((byte)ValueKind.ExternRef, (byte)ValueKind.ExternRef) :
            type == typeof(Function) ? (None, (byte)ValueKind.FuncRef) :
            (None, None);
    }
}

/// <summary>Values into slots and out of them.</summary>
internal static unsafe class Slots
{
    /// <summary>The longest string that .NET can have.</summary>
    private const int MaxStringLength = 0x3FFFFFDF;

    /// <summary>The first unit of a text, to be pinned; null for what is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ref char TextOf<T>(T value)
    {
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
            return ref MemoryMarshal.GetReference((*(ReadOnlyMemory<char>*)&value).Span);
        if (typeof(T) == typeof(string))
            return ref MemoryMarshal.GetReference((*(string*)&value).AsSpan());
        return ref *(char*)null;
    }

    /// <summary>Puts a value that is given to a guest; its text is pinned at <paramref name="text"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Give<T>(T value, char* text, Slot* slot, int index, Store store)
    {
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
        {
            slot->Data = text;
            slot->Length = (nuint)(*(ReadOnlyMemory<char>*)&value).Length;
        }
        else if (typeof(T).IsValueType)
        {
            *(T*)slot = value;
        }
        else if (typeof(T) == typeof(string))
        {
            if (value is null) throw NullText(index);
            slot->Data = text;
            slot->Length = (nuint)(*(string*)&value).Length;
        }
        else
        {
            slot->Data = NewReference(value, store);
        }
    }

    /// <summary>A value that a guest gave, which the caller now owns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Take<T>(Slot* slot, Store store)
    {
        if (typeof(T).IsValueType) return *(T*)slot;
        if (typeof(T) == typeof(string))
        {
            string text = TakeText(slot->Data, slot->Length);
            return *(T*)&text;
        }
        object? target = TakeReference(slot->Data, store);
        return (T)target!;
    }

    /// <summary>A value that a guest lends to a host function.</summary>
    internal static T Look<T>(Slot* slot, Store store)
    {
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
        {
            ReadOnlyMemory<char> memory = CopyText(slot->Data, slot->Length).AsMemory();
            return *(T*)&memory;
        }
        if (typeof(T).IsValueType) return *(T*)slot;
        if (typeof(T) == typeof(string))
        {
            string text = CopyText(slot->Data, slot->Length);
            return *(T*)&text;
        }
        object? target = TakeReference(Native.wasm_ref_copy(slot->Data), store);
        return (T)target!;
    }

    /// <summary>Puts the result of a host function.</summary>
    internal static void Return<T>(T value, Slot* slot, void* caller, Store store)
    {
        if (typeof(T) == typeof(Nothing)) return;
        if (typeof(T) == typeof(string) || typeof(T) == typeof(ReadOnlyMemory<char>))
        {
            if (value is null) throw new InvalidOperationException("the host function returned null where its result is a string");
            int length = typeof(T) == typeof(string) ? (*(string*)&value).Length : (*(ReadOnlyMemory<char>*)&value).Length;
            fixed (char* text = &TextOf(value))
            {
                if (Native.witrt_caller_return_text(caller, 0, text, (nuint)length) == 0) throw WitrtException.Last();
            }
        }
        else if (typeof(T).IsValueType)
        {
            *(T*)slot = value;
        }
        else
        {
            slot->Data = NewReference(value, store);
        }
    }

    /// <summary>A new string, written by the library; the handle is deleted.</summary>
    internal static string TakeText(void* text, nuint length)
    {
        if (length == 0)
        {
            Native.wasm_string_delete(text);
            return "";
        }
        try
        {
            return string.Create(CheckedLength(length), (IntPtr)text, static (span, text) =>
            {
                void* error;
                fixed (char* units = span)
                {
                    if (Native.wasm_string_take((void*)text, Native.Utf16, units, (nuint)span.Length, &error) == 0)
                        throw WitrtException.Take(error);
                }
            });
        }
        catch
        {
            // What could not be taken is still ours.
            Native.wasm_string_delete(text);
            throw;
        }
    }

    /// <summary>A new string, written by the library; the handle is lent.</summary>
    private static string CopyText(void* text, nuint length) =>
        length == 0 ? "" : string.Create(CheckedLength(length), (IntPtr)text, static (span, text) =>
        {
            fixed (char* units = span)
            {
                if (Native.wasm_string_read((void*)text, Native.Utf16, units, (nuint)span.Length, null) == 0)
                    throw WitrtException.Last();
            }
        });

    private static int CheckedLength(nuint length) =>
        length <= MaxStringLength ? (int)length
        : throw new WitrtException(ErrorKind.OutOfRange, $"a text of {length} UTF-16 units is longer than a string can be");

    private static ArgumentNullException NullText(int index) =>
        new ArgumentNullException($"argument {index}", "a string argument must not be null; the empty string is \"\"");

    /// <summary>A reference for a guest, owned by the caller: to an object of the host's, or a function.</summary>
    internal static void* NewReference(object? target, Store store)
    {
        if (target is null) return null;
        if (target is Function function)
        {
            void* copy = Native.wasm_ref_copy(function.Pointer);
            GC.KeepAlive(function);
            return copy != null ? copy : throw WitrtException.Last();
        }
        void* foreign = Native.wasm_foreign_new(store.Pointer);
        if (foreign == null) throw WitrtException.Last();
        Callback.Attach(foreign, target);
        return foreign;
    }

    /// <summary>What a reference stands for; the reference is deleted.</summary>
    internal static object? TakeReference(void* reference, Store store)
    {
        if (reference == null) return null;
        if (Native.wasm_ref_as_func(reference) != null) return new Function(store, reference);
        try
        {
            void* info = Native.wasm_ref_as_foreign(reference) == null ? null : Native.wasm_ref_get_host_info(reference);
            if (info == null) throw new WitrtException(ErrorKind.Unsupported, "the reference is to nothing that this program made");
            return GCHandle.FromIntPtr((IntPtr)info).Target;
        }
        finally
        {
            Native.wasm_ref_delete(reference);
        }
    }
}
