using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>A host function of a type with parts: a callback, and how its values are read and written for this type.</summary>
internal sealed unsafe class ValueFunction
{
    private readonly Callback callback;
    private readonly Codec?[] codecs;

    /// <summary>What a failure holds, where the result is a <c>result</c>.</summary>
    private readonly WitType? error;
    private readonly bool mayFail;

    private ValueFunction(Callback callback, Codec?[] codecs, FunctionType type)
    {
        this.callback = callback;
        this.codecs = codecs;
        mayFail = type.Results.Count == 1 && type.Results[0].Kind == ValueKind.Result;
        if (mayFail) error = type.Results[0].Parts[1].Type;
    }

    /// <summary>A function of this type, owned by the caller, who is inside the store.</summary>
    /// <exception cref="WitrtException">The delegate cannot be one; the message has the place.</exception>
    internal static void* New(Callback callback, Store store, FunctionType type, string subject)
    {
        var root = new Place(type, subject, ErrorKind.IncompatibleImport);
        callback.CheckCounts(type, root);
        var function = new ValueFunction(callback, callback.Bind(type, root), type);
        callback.Home(store);
        IntPtr self = GCHandle.ToIntPtr(GCHandle.Alloc(function));
        void* made = Native.wasm_func_new_with_env(store.Pointer, type.Pointer, Entry, (void*)self, Callback.Release);
        GC.KeepAlive(type);
        if (made != null) return made;
        GCHandle.FromIntPtr(self).Free();
        throw WitrtException.Last();
    }

#if NET5_0_OR_GREATER
    private static void* Entry => (delegate* unmanaged[Cdecl]<void*, Vec*, Vec*, void*>)&Call;

    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#else
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void* CallFunction(void* env, Vec* arguments, Vec* results);

    // Kept for ever: C code may call it for as long as the process lives.
    private static readonly CallFunction call = Call;
    private static readonly void* Entry = (void*)Marshal.GetFunctionPointerForDelegate(call);
#endif
    private static void* Call(void* env, Vec* arguments, Vec* results)
    {
        var self = (ValueFunction)GCHandle.FromIntPtr((IntPtr)env).Target!;
        if (self.callback.TryStore is not Store store) return null;
        try
        {
            self.Run(arguments, results, store);
            return null;
        }
        catch (Exception exception)
        {
            return Callback.TrapOf(exception, store.Pointer);
        }
    }

    private void Run(Vec* arguments, Vec* results, Store store)
    {
        var scratch = store.Scratch;
        var mark = scratch.BeginHost();
        try
        {
            try
            {
                callback.Invoke((Val*)arguments->Data, (int)arguments->Size, (Val*)results->Data, (int)results->Size, codecs, store);
            }
            catch (ResultException failure) when (mayFail)
            {
                var variant = scratch.Array<VariantVal>(1);
                variant->Index = 1;
                scratch.Lasting = true;
                failure.Write(error, &variant->Val, scratch);
                *(Val*)results->Data = new Val { Kind = (byte)ValueKind.Result, Pointer = variant };
            }
        }
        finally
        {
            scratch.EndHost(mark);
        }
    }

    /// <summary>Writes the result of a delegate.</summary>
    internal static void Return<T>(T value, Val* results, Codec? codec, Store store)
    {
        var scratch = store.Scratch;
        scratch.Lasting = true;
        var written = (Codec<T>)codec!;
        if (written is RecordCodec<T> { OfResults: not null } several)
        {
            several.WriteAll(value, results, scratch);
            return;
        }
        var made = new Val();
        written.Write(value, &made, scratch);
        // A reference or resource by itself goes to the library; the rest is read in place.
        if ((ValueKind)made.Kind is ValueKind.Own or ValueKind.ExternRef or ValueKind.FuncRef && made.Pointer != null) scratch.Disown();
        *results = made;
    }

    /// <summary>Writes results that tell their kinds.</summary>
    internal static void ReturnAll(Value[] values, Val* results, Codec?[] codecs, Store store)
    {
        var scratch = store.Scratch;
        scratch.Lasting = true;
        for (int i = 0; i < values.Length; i++)
        {
            var made = new Val();
            ((ValueCodec)codecs[i]!).Write(values[i], &made, scratch);
            if ((ValueKind)made.Kind is ValueKind.Own or ValueKind.ExternRef or ValueKind.FuncRef && made.Pointer != null) scratch.Disown();
            results[i] = made;
        }
    }
}

/// <summary>A host function of values that tell their kinds, for imports of any type.</summary>
internal sealed unsafe class DynamicCallback : Callback
{
    private readonly Func<Value[], Value[]> function;

    internal DynamicCallback(Func<Value[], Value[]> function) : base(Array.Empty<Type>(), typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    internal override bool HasKind => true;

    internal override bool IsPlain => false;

    internal override void CheckCounts(FunctionType type, Place root)
    {
    }

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) => throw new NotSupportedException();

    /// <summary>Those of the results, and then those of the parameters.</summary>
    internal override Codec?[] Bind(FunctionType type, Place root)
    {
        var codecs = new Codec?[type.Results.Count + type.Parameters.Count];
        for (int i = 0; i < codecs.Length; i++)
            codecs[i] = new ValueCodec(i < type.Results.Count ? type.Results[i] : type.Parameters[i - type.Results.Count]);
        return codecs;
    }

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        var given = new Value[count];
        for (int i = 0; i < count; i++) given[i] = ((ValueCodec)codecs[resultCount + i]!).Read(&arguments[i], store);
        var returned = function(given) ?? Array.Empty<Value>();
        if (returned.Length != resultCount)
            throw new InvalidOperationException($"the host function returned {returned.Length} values, not {resultCount}");
        ValueFunction.ReturnAll(returned, results, codecs, store);
    }
}
