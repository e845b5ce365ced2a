using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Witrt;

/// <summary>
/// A delegate that guests call. An exception that leaves it becomes a trap, and
/// is the inner exception of what the guest's caller gets.
/// </summary>
internal abstract unsafe class Callback
{
    /// <summary>Not a strong reference: the library holds this object until the store is gone.</summary>
    private WeakReference<Store>? store;

    private readonly Type[] parameters;
    private readonly Type result;

    private protected Callback(Type[] parameters, Type result)
    {
        this.parameters = parameters;
        this.result = result;
    }

    /// <summary>Calls the delegate. Whatever leaves it is caught.</summary>
    private protected abstract void Invoke(Slot* arguments, Slot* results, void* caller, Store store);

    /// <summary>How values with parts become its parameters, and its result such a value; null where it has no result.</summary>
    /// <exception cref="WitrtException">They do not go together; the message has the place.</exception>
    internal virtual Codec?[] Bind(FunctionType type, Place root)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            if (!Kinds.Fits(parameters[i], type.Parameters[i].Kind)) throw root.Parameter(i).Mismatch(type.Parameters[i], parameters[i]);
        }
        throw type.Results.Count == 1 ? root.Result().Mismatch(type.Results[0], result) : root.Fault($"it has {type.Results.Count} results");
    }

    /// <summary>The same with values of every kind. The result is written to scratch memory, which stays until the next host function begins.</summary>
    internal virtual void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) => throw new NotSupportedException();

    /// <summary>How the delegate takes text: in place, or as a new string.</summary>
    private protected virtual byte TextSlot => Native.SlotLazyUtf16;

    /// <summary>
    /// A function of the core or of an interface, owned by the caller, who is
    /// inside the store; null where its types are not of that level.
    /// </summary>
    internal void* NewFunction(Store store, bool core)
    {
        var parameterSlots = new byte[parameters.Length];
        for (int i = 0; i < parameterSlots.Length; i++)
        {
            if (!Kinds.Choose(parameters[i], core, false, out parameterSlots[i])) return null;
        }
        var resultSlots = new byte[result == typeof(Nothing) ? 0 : 1];
        if (resultSlots.Length == 1 && !Kinds.Choose(result, core, true, out resultSlots[0])) return null;
        return NewFunction(store, parameterSlots, resultSlots);
    }

    /// <summary>
    /// A function of this type, owned by the caller, who is inside the store.
    /// </summary>
    /// <exception cref="WitrtException">The delegate cannot be one; the message has the place.</exception>
    internal void* NewFunction(Store store, FunctionType type, string subject)
    {
        if (!IsPlain || !type.IsPlain || type.Results.Count > 1) return ValueFunction.New(this, store, type, subject);
        var resultSlots = new byte[result == typeof(Nothing) ? 0 : 1];
        if (type.Parameters.Count != parameters.Length || type.Results.Count != resultSlots.Length) return ValueFunction.New(this, store, type, subject);
        var parameterSlots = new byte[parameters.Length];
        for (int i = 0; i < parameterSlots.Length; i++)
        {
            if (!Kinds.Match(parameters[i], type.Parameters[i].Kind, false, out parameterSlots[i])) return ValueFunction.New(this, store, type, subject);
        }
        if (resultSlots.Length == 1 && !Kinds.Match(result, type.Results[0].Kind, true, out resultSlots[0])) return ValueFunction.New(this, store, type, subject);
        return NewFunction(store, parameterSlots, resultSlots);
    }

    private void* NewFunction(Store store, byte[] parameterSlots, byte[] resultSlots)
    {
        for (int i = 0; i < parameterSlots.Length; i++)
        {
            if (parameterSlots[i] == Native.SlotLazyUtf16) parameterSlots[i] = TextSlot;
        }
        Home(store);
        IntPtr self = GCHandle.ToIntPtr(GCHandle.Alloc(this));
        fixed (byte* first = parameterSlots)
        fixed (byte* second = resultSlots)
        {
            void* error;
            void* function = Native.witrt_func_new_with_slots(
                store.Pointer, first, (nuint)parameterSlots.Length, second, (nuint)resultSlots.Length,
                Entry, (void*)self, Release, &error);
            if (function != null) return function;
            GCHandle.FromIntPtr(self).Free();
            throw WitrtException.Take(error);
        }
    }

    /// <summary>Remembers the store that its functions are in.</summary>
    internal void Home(Store store) => this.store ??= new WeakReference<Store>(store);

    /// <summary>The store; whoever called the guest holds it.</summary>
    internal Store? TryStore => store!.TryGetTarget(out var alive) ? alive : null;

    /// <summary>Whether there may be functions that this can be.</summary>
    internal virtual bool HasKind => IsPlain ? HasKindIn(true) || HasKindIn(false) : Array.TrueForAll(parameters, Reflected.IsPossible) && (result == typeof(Nothing) || Reflected.IsPossible(result));

    /// <summary>Whether its parameters and its result are numbers, text and references. The type of others is an import's to say.</summary>
    internal virtual bool IsPlain => Array.TrueForAll(parameters, type => Kinds.IsPlain(type, true)) && (result == typeof(Nothing) || Kinds.IsPlain(result, true));

    /// <summary>Whether it has as many parameters and results as a function of this type.</summary>
    internal virtual void CheckCounts(FunctionType type, Place root)
    {
        if (type.Parameters.Count != parameters.Length) throw root.Fault($"it has {type.Parameters.Count} parameters, the host function {parameters.Length}");
        // Success that holds nothing needs no result.
        bool isVoid = type.Results.Count == 0 || type.Results.Count == 1 && type.Results[0].Kind == ValueKind.Result && type.Results[0].Parts[0].Type is null;
        if (result == typeof(Nothing) && !isVoid) throw root.Fault($"it has {type.Results.Count} results, the host function none");
    }

    private bool HasKindIn(bool core)
    {
        foreach (var type in parameters)
        {
            if (!Kinds.Choose(type, core, false, out _)) return false;
        }
        return result == typeof(Nothing) || Kinds.Choose(result, core, true, out _);
    }

    /// <summary>What there is to say where there are none.</summary>
    internal ArgumentException NoKind()
    {
        var names = new StringBuilder();
        foreach (var type in parameters) names.Append(names.Length > 0 ? ", " : "").Append(type.Name);
        return new ArgumentException(
            $"no function of a guest has the type ({names}) -> ({(result == typeof(Nothing) ? "" : result.Name)})");
    }

    /// <summary>Attaches an object of .NET's to one of a store's, which keeps it alive.</summary>
    internal static void Attach(void* reference, object target) =>
        Native.wasm_ref_set_host_info_with_finalizer(reference, (void*)GCHandle.ToIntPtr(GCHandle.Alloc(target)), Release);

    /// <summary>The exception that a trap was made of; null for other traps.</summary>
    internal static Exception? ExceptionOf(void* trap)
    {
        void* info = trap == null ? null : Native.wasm_trap_get_host_info(trap);
        return info == null ? null : GCHandle.FromIntPtr((IntPtr)info).Target as Exception;
    }

    /// <summary>
    /// The trap for an exception, owned by the caller. Nothing may leave this, and
    /// so it goes without the message, or the exception, where there is no memory
    /// for them.
    /// </summary>
    internal static void* TrapOf(Exception exception, void* store)
    {
        void* trap = null;
        try
        {
            byte[] utf8 = Text.ToUtf8(MessageOf(exception));
            fixed (byte* text = utf8)
            {
                var message = new Vec { Size = (nuint)utf8.Length, Data = text };
                trap = Native.wasm_trap_new(store, &message);
            }
            if (trap != null)
            {
                void* info = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(exception));
                Native.wasm_trap_set_host_info_with_finalizer(trap, info, Release);
            }
        }
        catch (Exception)
        {
        }
        if (trap == null) trap = Native.wasm_trap_new(store, null);
        if (trap == null) Environment.FailFast("no memory for the trap that an exception in a host function has to become");
        return trap;
    }

    /// <summary>What an exception says; its type, where it says nothing or throws in its turn.</summary>
    private static string MessageOf(Exception exception)
    {
        string? message = null;
        try
        {
            message = exception.Message;
        }
        catch (Exception)
        {
        }
        return message ?? exception.GetType().ToString();
    }

#if NET5_0_OR_GREATER
    private static void* Entry => (delegate* unmanaged[Cdecl]<void*, void*, Slot*, Slot*, void*>)&Call;
    internal static void* Release => (delegate* unmanaged[Cdecl]<void*, void>)&Free;

    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#else
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void* CallFunction(void* env, void* caller, Slot* arguments, Slot* results);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void FreeFunction(void* env);

    // Kept for ever: C code may call them for as long as the process lives.
    private static readonly CallFunction call = Call;
    private static readonly FreeFunction free = Free;
    private static readonly void* Entry = (void*)Marshal.GetFunctionPointerForDelegate(call);
    internal static readonly void* Release = (void*)Marshal.GetFunctionPointerForDelegate(free);
#endif
    private static void* Call(void* env, void* caller, Slot* arguments, Slot* results)
    {
        var self = (Callback)GCHandle.FromIntPtr((IntPtr)env).Target!;
        // Whoever called the guest holds its store.
        if (!self.store!.TryGetTarget(out var store)) return null;
        try
        {
            self.Invoke(arguments, results, caller, store);
            return null;
        }
        catch (Exception exception)
        {
            return TrapOf(exception, store.Pointer);
        }
    }

#if NET5_0_OR_GREATER
    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#endif
    private static void Free(void* env) => GCHandle.FromIntPtr((IntPtr)env).Free();
}
