using System;
using System.Reflection;

namespace Witrt;

/// <summary>A function of a guest, its interface, or the host. It belongs to its store, and goes with it.</summary>
public sealed unsafe partial class Function
{
    private readonly NativeHandle handle;
    private DynamicCall? dynamic;

    /// <summary>The store that it lives in.</summary>
    public Store Store { get; }

    /// <summary>Its parameters and results.</summary>
    public FunctionType Type { get; }

    /// <summary>Takes a function that the caller, who is inside the store, owns.</summary>
    internal Function(Store store, void* function)
    {
        Store = store;
        handle = store.Own(function, &Native.wasm_func_delete);
        void* type = Native.wasm_func_type(function);
        Type = FunctionType.Of(type) ?? throw WitrtException.Last();
        Native.wasm_functype_delete(type);
    }

    /// <summary>For those who are inside the store.</summary>
    internal void* Pointer => handle.Pointer;

    /// <summary>
    /// Calls it with values that tell their kinds. Delegates are the fast way:
    /// <c>AsFunc</c> and <c>AsAction</c>.
    /// </summary>
    /// <exception cref="WitrtException">Too few or too many arguments, or one of a wrong kind; or ill-formed text.</exception>
    /// <exception cref="TrapException">The guest trapped.</exception>
    public Value[] Call(params Value[] arguments)
    {
        if (arguments is null) throw new ArgumentNullException(nameof(arguments));
        return (dynamic ??= new DynamicCall(this)).Call(arguments);
    }

    /// <summary>
    /// It as a delegate of any type: see <see cref="Instance.GetFunction{TDelegate}(string)"/>.
    /// </summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    /// <exception cref="ArgumentException">The delegate has parameters that no function of a guest can have.</exception>
#if NET7_0_OR_GREATER
    [System.Diagnostics.CodeAnalysis.RequiresDynamicCode("Delegates of a type that is found out at run time need new code; AsFunc and AsAction do not.")]
    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The type parameters of AsFunc and AsAction have no requirements.")]
    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2090", Justification = "A delegate's Invoke is kept with the delegate.")]
#endif
    public TDelegate As<TDelegate>() where TDelegate : Delegate
    {
        var invoke = typeof(TDelegate).GetMethod("Invoke") ?? throw new ArgumentException($"{typeof(TDelegate)} is no type of delegates");
        var parameters = invoke.GetParameters();
        if (parameters.Length > MaxParameters)
            throw new ArgumentException($"{typeof(TDelegate)} has more than {MaxParameters} parameters");
        bool action = invoke.ReturnType == typeof(void);
        var types = new Type[parameters.Length + (action ? 0 : 1)];
        for (int i = 0; i < parameters.Length; i++) types[i] = Suitable(parameters[i].ParameterType);
        if (!action) types[parameters.Length] = Suitable(invoke.ReturnType);
        var any = (action ? AnyAction(parameters.Length) : AnyFunc(parameters.Length)).Method;
        var one = types.Length == 0 ? any : any.GetGenericMethodDefinition().MakeGenericMethod(types);
        var natural = (Delegate)one.Invoke(this, BindingFlags.DoNotWrapExceptions, null, null, null)!;
        return natural as TDelegate ?? (TDelegate)Delegate.CreateDelegate(typeof(TDelegate), natural.Target, natural.Method);
    }

    /// <summary>
    /// A host function of any type, such as an import's, that takes and returns values that tell their kinds. Exceptions that
    /// leave it are traps to the guest.
    /// </summary>
    public static Function From(Store store, FunctionType type, Func<Value[], Value[]> function)
    {
        if (store is null) throw new ArgumentNullException(nameof(store));
        if (type is null) throw new ArgumentNullException(nameof(type));
        using var inside = store.Enter();
        return new Function(store, new DynamicCallback(function).NewFunction(store, type, "the function"));
    }

    private static Function From(Store store, Callback callback, bool core)
    {
        if (store is null) throw new ArgumentNullException(nameof(store));
        using var inside = store.Enter();
        void* function = callback.NewFunction(store, core);
        return function == null ? throw callback.NoKind() : new Function(store, function);
    }

    private static Type Suitable(Type type) =>
        Reflected.IsPossible(type) ? type : throw new ArgumentException($"no function of a guest has a value that is a {type}");
}
