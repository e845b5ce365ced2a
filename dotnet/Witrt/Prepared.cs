#pragma warning disable CS8500 // the address of a string, as a type that is a parameter; it does not outlive its statement

using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Witrt;

/// <summary>
/// A function that is called with these .NET types. It is made once; what it
/// does for each call allocates nothing but result strings.
/// </summary>
internal abstract unsafe class Prepared
{
    private protected readonly Store store;
    private readonly Function function;
    private readonly byte[] slots;
    private readonly NativeHandle handle;

    /// <summary>Whether the result is text that becomes a string. There is room for a short one.</summary>
    private readonly bool isText;

    /// <summary>The call for text of any length, once there was one that is not short.</summary>
    private NativeHandle? whole;

    /// <summary>Whether that is the one to make, and how many in a row were short all the same.</summary>
    private bool isAny;
    private int shorts;

    /// <summary>The arguments that are references, which are made for each call.</summary>
    private readonly int[] references;

    private protected Prepared(Function function, Type[] parameters, Type result, byte resultSlot = 0)
    {
        var type = function.Type;
        if (type.Parameters.Count != parameters.Length)
            throw Mismatch(ErrorKind.WrongCount, null, $"it has {type.Parameters.Count} parameters, not {parameters.Length}", type);
        int results = result == typeof(Nothing) ? 0 : 1;
        if (type.Results.Count != results)
            throw Mismatch(ErrorKind.WrongCount, null, $"it has {type.Results.Count} results, not {results}", type);
        slots = new byte[parameters.Length];
        for (int i = 0; i < slots.Length; i++)
        {
            if (!Kinds.Match(parameters[i], type.Parameters[i].Kind, true, out slots[i]))
                throw new Place(type).Parameter(i).Mismatch(type.Parameters[i], parameters[i]);
        }
        var resultSlots = new byte[results];
        if (results == 1 && !Kinds.Match(result, type.Results[0].Kind, false, out resultSlots[0]))
            throw new Place(type).Result().Mismatch(type.Results[0], result);
        isText = resultSlot == 0 && result == typeof(string);
        if (resultSlot != 0) resultSlots[0] = resultSlot;
        else if (isText) resultSlots[0] = Native.SlotUtf16;
        this.function = function;
        store = function.Store;
        references = ReferencesIn(type);
        handle = Prepare(function, slots, resultSlots);
    }

    /// <summary>Whether this is how a function is called with these types: there is nothing with parts, and at most one result.</summary>
    internal static bool Suits(Function function, Type[] parameters, Type result)
    {
        var type = function.Type;
        if (!type.IsPlain || type.Results.Count > 1 || result != typeof(Nothing) && !Kinds.IsPlain(result, false)) return false;
        foreach (var parameter in parameters)
        {
            if (!Kinds.IsPlain(parameter, true)) return false;
        }
        return true;
    }

    private static NativeHandle Prepare(Function function, byte[] parameters, byte[] results)
    {
        using var inside = function.Store.Enter();
        fixed (byte* first = parameters)
        fixed (byte* second = results)
        {
            void* error;
            void* prepared = Native.witrt_func_prepare(
                function.Pointer, first, (nuint)parameters.Length, second, (nuint)results.Length, &error);
            GC.KeepAlive(function);
            if (prepared == null) throw WitrtException.Take(error);
            return function.Store.Own(prepared, &Native.witrt_prepared_delete);
        }
    }

    private static int[] ReferencesIn(FunctionType type)
    {
        var found = new List<int>();
        for (int i = 0; i < type.Parameters.Count; i++)
        {
            if (type.Parameters[i].Kind >= ValueKind.ExternRef) found.Add(i);
        }
        return found.Count == 0 ? Array.Empty<int>() : found.ToArray();
    }

    private static WitrtException Mismatch(ErrorKind kind, int? argument, string what, FunctionType type) =>
        new WitrtException(kind, $"the function is {type}: {what}", argument);

    /// <summary>Says where a result is to go, right before the call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void Offer<T>(Slot* slot)
    {
        if (typeof(T) == typeof(string)) store.NewText.Offer(slot, isAny);
    }

    /// <summary>Makes the call; the caller is inside the store, and what arguments point to is pinned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void Invoke(Slot* arguments, Slot* results)
    {
        void* error = null;
        if (Native.witrt_prepared_call((isAny ? whole! : handle).Pointer, arguments, results, &error) == 0) Failed(results, error);
        // The handle must not be finalized while the call uses what it owns.
        GC.KeepAlive(this);
    }

    /// <summary>What the call gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected T Take<T>(Slot* slot)
    {
        if (typeof(T) != typeof(string)) return Slots.Take<T>(slot, store);
        string text = store.NewText.Take(slot);
        if (isAny) Judge(text.Length);
        return *(T*)&text;
    }

    private void Judge(int length)
    {
        shorts = length > NewText.Few ? 0 : shorts + 1;
        if (shorts == 4) isAny = false;
    }

    /// <summary>Ends a call that was entered: gives up the references among its arguments, and leaves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void Finish(Slot* arguments, bool outermost)
    {
        if (references.Length != 0) Release(arguments);
        store.Leave(outermost);
    }

    private void Release(Slot* arguments)
    {
        foreach (int index in references) Native.wasm_ref_delete(arguments[index].Data);
    }

    /// <summary>Throws, unless it is only that a text is longer than the room that was offered: then the next ones may be, too.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Failed(Slot* results, void* error)
    {
        bool isLong = isText && (ErrorKind)Native.witrt_error_kind(error) == ErrorKind.BufferTooSmall;
        void* text = isLong ? Native.witrt_prepared_take_result(handle.Pointer, 0) : null;
        if (text == null) throw WitrtException.Take(error);
        Native.witrt_error_delete(error);
        try
        {
            store.NewText.Keep(results, Slots.CopyText(text, Native.wasm_string_length(text, Native.Utf16)));
        }
        finally
        {
            Native.wasm_string_delete(text);
        }
        whole ??= Prepare(function, slots, new[] { Native.SlotGrowUtf16 });
        (isAny, shorts) = (true, 0);
    }
}
