#pragma warning disable CS8500 // the address of a string, as a type that is a parameter; it does not outlive its statement

using System;

namespace Witrt;

/// <summary>
/// A function that is called with these .NET types, of which some have parts. It is made once. For a call, the arguments are
/// laid out in memory of the store's, and what is returned lies in one piece, of which the result is made: one crossing,
/// and nothing allocated but what the result is.
/// </summary>
internal abstract unsafe class ValueCall
{
    private protected readonly Store store;
    private readonly Function function;

    /// <summary>The call where all values are described, and none has to tell its kind; else null.</summary>
    private protected NativeHandle? described;

    /// <summary>How many values return.</summary>
    private protected readonly int results;

    /// <summary>The call where its result is text by itself, which then goes into the new string.</summary>
    private NativeHandle? text;

    private protected ValueCall(Function function, int parameters)
    {
        this.function = function;
        store = function.Store;
        var type = function.Type;
        results = type.Results.Count;
        if (type.Parameters.Count != parameters)
            throw new WitrtException(ErrorKind.WrongCount, $"the function is {type}: it has {type.Parameters.Count} parameters, not {parameters}");
    }

    private protected Codec<T> Parameter<T>(int index) =>
        Codec.Bind<T>(function.Type.Parameters[index], new Place(function.Type).Parameter(index));

    /// <summary>How the result is read; null where there is none.</summary>
    private protected Codec<T>? Result<T>()
    {
        var type = function.Type;
        bool wanted = typeof(T) != typeof(Nothing);
        if (results == 0 && !wanted) return null;
        bool isVoid = results == 1 && type.Results[0].Kind == ValueKind.Result && type.Results[0].Parts[0].Type is null;
        if (wanted != results > 0 && !isVoid)
            throw new WitrtException(ErrorKind.WrongCount, $"the function is {type}: it has {results} results, not {(wanted ? 1 : 0)}");
        return Codec.BindResult<T>(type, new Place(type).Result());
    }

    /// <summary>A call of values with text as its only result.</summary>
    private NativeHandle PrepareText()
    {
        int count = function.Type.Parameters.Count;
        using var inside = store.Enter();
        var parameters = new Field[count + 1];
        for (int i = 0; i < count; i++) parameters[i].Kind = Native.SlotVal;
        parameters[count].Kind = Native.SlotGrowUtf16;
        fixed (Field* fields = parameters)
        {
            void* error;
            void* prepared = Native.witrt_func_prepare_fields(function.Pointer, fields, (nuint)count, fields + count, 1, &error);
            if (prepared == null) throw WitrtException.Take(error);
            return store.Own(prepared, &Native.witrt_prepared_delete);
        }
    }

    /// <summary>Describes all values, if they can be: their codecs, and that of the result if there is one.</summary>
    private protected void Describe(Codec? result, params Codec[] parameters)
    {
        if (!TryDescribe(result, parameters) && result is TextCodec) text = PrepareText();
    }

    private bool TryDescribe(Codec? result, Codec[] parameters)
    {
        if (function.Type.IsPlain && results < 2 || result is null && results > 0) return false;
        using var inside = store.Enter();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            var fields = scratch.Array<Field>(parameters.Length + Math.Max(1, results));
            for (int i = 0; i < parameters.Length; i++)
            {
                if (!parameters[i].Describe(&fields[i], false, scratch)) return false;
            }
            if (result is not null && !result.Describe(&fields[parameters.Length], true, scratch)) return false;
            void* error;
            void* prepared = Native.witrt_func_prepare_fields(
                function.Pointer, fields, (nuint)parameters.Length, fields + parameters.Length, (nuint)results, &error);
            GC.KeepAlive(function);
            if (prepared == null) throw WitrtException.Take(error);
            described = store.Own(prepared, &Native.witrt_prepared_delete);
            return true;
        }
        finally
        {
            scratch.End(mark);
        }
    }

    /// <summary>Makes a call of values that are described.</summary>
    private protected T Invoke<T>(Slot* arguments, int count, Codec<T>? codec, Scratch scratch)
    {
        codec?.Offer(arguments + count, scratch);
        void* error = null;
        if (Native.witrt_prepared_call(described!.Pointer, arguments, arguments + count, &error) == 0) throw WitrtException.Take(error);
        GC.KeepAlive(this);
        return codec is null ? default! : codec.Take(arguments + count, scratch);
    }

    /// <summary>Makes the call, and reads what it returns; the caller is inside the store. There is room for that behind the arguments.</summary>
    private protected T Invoke<T>(Val* arguments, int count, Codec<T>? codec)
    {
        if (typeof(T) == typeof(string) && text is not null)
        {
            var slot = (Slot*)(arguments + count);
            store.NewText.Offer(slot, true);
            void* error = null;
            if (Native.witrt_prepared_call(text.Pointer, (Slot*)arguments, slot, &error) == 0) throw WitrtException.Take(error);
            // The handle must not be finalized while the call uses what it owns.
            GC.KeepAlive(this);
            string made = store.NewText.Take(slot);
            return *(T*)&made;
        }
        Val* returned = Call(arguments, count);
        if (codec is null) return default!;
        try
        {
            return results == 1 ? codec.Read(returned, store) : ((RecordCodec<T>)codec).ReadAll(returned, store);
        }
        finally
        {
            Delete(returned);
        }
    }

    /// <summary>Makes the call; what it returns is to be deleted.</summary>
    private protected Val* Call(Val* arguments, int count)
    {
        Val* returned = arguments + count;
        var given = new Vec { Size = (nuint)count, Data = arguments };
        var room = new Vec { Size = (nuint)results, Data = returned };
        void* error = null;
        if (Native.witrt_func_call(function.Pointer, &given, &room, &error) == 0) throw WitrtException.Take(error);
        // The handle must not be finalized while the call uses what it owns.
        GC.KeepAlive(this);
        return returned;
    }

    private protected void Delete(Val* returned)
    {
        for (int i = 0; i < results; i++) Native.wasm_val_delete(returned + i);
    }
}

/// <summary>A call with values that tell their kinds.</summary>
internal sealed unsafe class DynamicCall : ValueCall
{
    private readonly FunctionType type;
    private readonly Codec<Value>[] parameters;

    internal DynamicCall(Function function) : base(function, function.Type.Parameters.Count)
    {
        type = function.Type;
        parameters = new Codec<Value>[type.Parameters.Count];
        for (int i = 0; i < parameters.Length; i++) parameters[i] = new ValueCodec(type.Parameters[i]);
    }

    internal Value[] Call(Value[] arguments)
    {
        int count = parameters.Length;
        if (arguments.Length != count)
            throw new WitrtException(ErrorKind.WrongCount, $"the function is {type}, but there are {arguments.Length} arguments");
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            Val* values = scratch.Array<Val>(count + results + 1);
            for (int i = 0; i < count; i++)
            {
                scratch.Argument = i;
                parameters[i].Write(arguments[i], &values[i], scratch);
            }
            Val* returned = Call(values, count);
            try
            {
                var all = new Value[results];
                for (int i = 0; i < all.Length; i++) all[i] = ValueCodec.Read(returned + i, type.Results[i], store);
                return all;
            }
            finally
            {
                Delete(returned);
            }
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }
}
