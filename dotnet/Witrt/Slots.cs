// Values between .NET and the slots of a prepared call. Numbers are copied as
// they are; a string's own UTF-16 is pointed to; a result's text is written
// into the new string itself.

#pragma warning disable CS8500 // addresses of locals and slots whose type is a parameter; none outlives its statement

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>Values into slots and out of them.</summary>
internal static unsafe class Slots
{
    /// <summary>The longest string that .NET can have.</summary>
    internal const int MaxStringLength = 0x3FFFFFDF;

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

    /// <summary>A value that a guest gave, which the caller now owns; no text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Take<T>(Slot* slot, Store store)
    {
        if (typeof(T).IsValueType) return *(T*)slot;
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

    /// <summary>A new string, written by the library; the handle is lent.</summary>
    internal static string CopyText(void* text, nuint length) =>
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
        : throw TooLong(length);

    internal static WitrtException TooLong(nuint length) =>
        new WitrtException(ErrorKind.OutOfRange, $"a text of {length} UTF-16 units is longer than a string can be");

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

/// <summary>
/// Where the text of a result is written, in the call that returns it: room for a short one, of which the string is then
/// made; or the new string itself, which is made when the length is known, and pinned until the call has returned. One at a
/// time: the store is shut meanwhile.
/// </summary>
internal sealed unsafe class NewText
{
    /// <summary>So many units are short.</summary>
    internal const int Few = 2048;

    private readonly char* room = (char*)Marshal.AllocHGlobal(Few * sizeof(char));
    private readonly GCHandle pin = GCHandle.Alloc(null, GCHandleType.Pinned);

    /// <summary>A text that there was no room for.</summary>
    private string? kept;

    ~NewText()
    {
        pin.Free();
        Marshal.FreeHGlobal((IntPtr)room);
    }

    /// <summary>Offers room for a short text, or a string of any length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Offer(Slot* slot, bool any)
    {
        slot->Data = any ? Hooks.GrowEntry : room;
        slot->Length = any ? (nuint)(nint)GCHandle.ToIntPtr(pin) : Few;
    }

    /// <summary>Puts a text in place of what was offered.</summary>
    internal void Keep(Slot* slot, string text)
    {
        slot->Data = null;
        kept = text;
    }

    /// <summary>What was written where the slot says.</summary>
    internal string Take(Slot* slot)
    {
        if (slot->Data == room) return new string(room, 0, (int)slot->Length);
        string? text = kept;
        kept = null;
        if (slot->Data == null) return text!;
        var handle = pin;
        text = (string?)handle.Target;
        handle.Target = null;
        // Where nothing was written, none was made.
        return text ?? "";
    }
}
