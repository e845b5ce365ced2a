// Written by arity.py; change that.

using System;

namespace Witrt;

public sealed unsafe partial class Function
{
    /// <summary>The most parameters that a delegate can have.</summary>
    private const int MaxParameters = 10;

    /// <summary>Makes a delegate of so many parameters, of any types.</summary>
    private Func<Delegate> AnyFunc(int parameters) => parameters switch
    {
        0 => AsFunc<object>,
        1 => AsFunc<object, object>,
        2 => AsFunc<object, object, object>,
        3 => AsFunc<object, object, object, object>,
        4 => AsFunc<object, object, object, object, object>,
        5 => AsFunc<object, object, object, object, object, object>,
        6 => AsFunc<object, object, object, object, object, object, object>,
        7 => AsFunc<object, object, object, object, object, object, object, object>,
        8 => AsFunc<object, object, object, object, object, object, object, object, object>,
        9 => AsFunc<object, object, object, object, object, object, object, object, object, object>,
        _ => AsFunc<object, object, object, object, object, object, object, object, object, object, object>,
    };

    /// <summary>The same of one without a result.</summary>
    private Func<Delegate> AnyAction(int parameters) => parameters switch
    {
        0 => AsAction,
        1 => AsAction<object>,
        2 => AsAction<object, object>,
        3 => AsAction<object, object, object>,
        4 => AsAction<object, object, object, object>,
        5 => AsAction<object, object, object, object, object>,
        6 => AsAction<object, object, object, object, object, object>,
        7 => AsAction<object, object, object, object, object, object, object>,
        8 => AsAction<object, object, object, object, object, object, object, object>,
        9 => AsAction<object, object, object, object, object, object, object, object, object>,
        _ => AsAction<object, object, object, object, object, object, object, object, object, object>,
    };

    /// <summary>It as a delegate of 0 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<TResult> AsFunc<TResult>() =>
        Prepared.Suits(this, Array.Empty<Type>(), typeof(TResult)) ? new Call<TResult>(this).Func : new ValueCall<TResult>(this).Func;

    /// <summary>It as a delegate of 0 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action AsAction() =>
        Prepared.Suits(this, Array.Empty<Type>(), typeof(Nothing)) ? new Call<Nothing>(this).Action : new ValueCall<Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<TResult>(Store store, Func<TResult> function, bool core = false) =>
        From(store, new FuncCallback<TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From(Store store, Action function, bool core = false) =>
        From(store, new ActionCallback(function), core);

    /// <summary>It as a delegate of 1 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, TResult> AsFunc<T1, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1) }, typeof(TResult)) ? new Call<T1, TResult>(this).Func : new ValueCall<T1, TResult>(this).Func;

    /// <summary>It as a delegate of 1 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1> AsAction<T1>() =>
        Prepared.Suits(this, new[] { typeof(T1) }, typeof(Nothing)) ? new Call<T1, Nothing>(this).Action : new ValueCall<T1, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, TResult>(Store store, Func<T1, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1>(Store store, Action<T1> function, bool core = false) =>
        From(store, new ActionCallback<T1>(function), core);

    /// <summary>It as a delegate of 2 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, T2, TResult> AsFunc<T1, T2, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2) }, typeof(TResult)) ? new Call<T1, T2, TResult>(this).Func : new ValueCall<T1, T2, TResult>(this).Func;

    /// <summary>It as a delegate of 2 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1, T2> AsAction<T1, T2>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2) }, typeof(Nothing)) ? new Call<T1, T2, Nothing>(this).Action : new ValueCall<T1, T2, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, T2, TResult>(Store store, Func<T1, T2, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, T2, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1, T2>(Store store, Action<T1, T2> function, bool core = false) =>
        From(store, new ActionCallback<T1, T2>(function), core);

    /// <summary>It as a delegate of 3 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, T2, T3, TResult> AsFunc<T1, T2, T3, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3) }, typeof(TResult)) ? new Call<T1, T2, T3, TResult>(this).Func : new ValueCall<T1, T2, T3, TResult>(this).Func;

    /// <summary>It as a delegate of 3 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1, T2, T3> AsAction<T1, T2, T3>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3) }, typeof(Nothing)) ? new Call<T1, T2, T3, Nothing>(this).Action : new ValueCall<T1, T2, T3, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, T2, T3, TResult>(Store store, Func<T1, T2, T3, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, T2, T3, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1, T2, T3>(Store store, Action<T1, T2, T3> function, bool core = false) =>
        From(store, new ActionCallback<T1, T2, T3>(function), core);

    /// <summary>It as a delegate of 4 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, T2, T3, T4, TResult> AsFunc<T1, T2, T3, T4, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4) }, typeof(TResult)) ? new Call<T1, T2, T3, T4, TResult>(this).Func : new ValueCall<T1, T2, T3, T4, TResult>(this).Func;

    /// <summary>It as a delegate of 4 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1, T2, T3, T4> AsAction<T1, T2, T3, T4>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4) }, typeof(Nothing)) ? new Call<T1, T2, T3, T4, Nothing>(this).Action : new ValueCall<T1, T2, T3, T4, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, T2, T3, T4, TResult>(Store store, Func<T1, T2, T3, T4, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, T2, T3, T4, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1, T2, T3, T4>(Store store, Action<T1, T2, T3, T4> function, bool core = false) =>
        From(store, new ActionCallback<T1, T2, T3, T4>(function), core);

    /// <summary>It as a delegate of 5 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, T2, T3, T4, T5, TResult> AsFunc<T1, T2, T3, T4, T5, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5) }, typeof(TResult)) ? new Call<T1, T2, T3, T4, T5, TResult>(this).Func : new ValueCall<T1, T2, T3, T4, T5, TResult>(this).Func;

    /// <summary>It as a delegate of 5 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1, T2, T3, T4, T5> AsAction<T1, T2, T3, T4, T5>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5) }, typeof(Nothing)) ? new Call<T1, T2, T3, T4, T5, Nothing>(this).Action : new ValueCall<T1, T2, T3, T4, T5, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, T2, T3, T4, T5, TResult>(Store store, Func<T1, T2, T3, T4, T5, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, T2, T3, T4, T5, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1, T2, T3, T4, T5>(Store store, Action<T1, T2, T3, T4, T5> function, bool core = false) =>
        From(store, new ActionCallback<T1, T2, T3, T4, T5>(function), core);

    /// <summary>It as a delegate of 6 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, TResult> AsFunc<T1, T2, T3, T4, T5, T6, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6) }, typeof(TResult)) ? new Call<T1, T2, T3, T4, T5, T6, TResult>(this).Func : new ValueCall<T1, T2, T3, T4, T5, T6, TResult>(this).Func;

    /// <summary>It as a delegate of 6 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6> AsAction<T1, T2, T3, T4, T5, T6>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6) }, typeof(Nothing)) ? new Call<T1, T2, T3, T4, T5, T6, Nothing>(this).Action : new ValueCall<T1, T2, T3, T4, T5, T6, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, T2, T3, T4, T5, T6, TResult>(Store store, Func<T1, T2, T3, T4, T5, T6, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, T2, T3, T4, T5, T6, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1, T2, T3, T4, T5, T6>(Store store, Action<T1, T2, T3, T4, T5, T6> function, bool core = false) =>
        From(store, new ActionCallback<T1, T2, T3, T4, T5, T6>(function), core);

    /// <summary>It as a delegate of 7 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, T7, TResult> AsFunc<T1, T2, T3, T4, T5, T6, T7, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7) }, typeof(TResult)) ? new Call<T1, T2, T3, T4, T5, T6, T7, TResult>(this).Func : new ValueCall<T1, T2, T3, T4, T5, T6, T7, TResult>(this).Func;

    /// <summary>It as a delegate of 7 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6, T7> AsAction<T1, T2, T3, T4, T5, T6, T7>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7) }, typeof(Nothing)) ? new Call<T1, T2, T3, T4, T5, T6, T7, Nothing>(this).Action : new ValueCall<T1, T2, T3, T4, T5, T6, T7, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, T2, T3, T4, T5, T6, T7, TResult>(Store store, Func<T1, T2, T3, T4, T5, T6, T7, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, T2, T3, T4, T5, T6, T7, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1, T2, T3, T4, T5, T6, T7>(Store store, Action<T1, T2, T3, T4, T5, T6, T7> function, bool core = false) =>
        From(store, new ActionCallback<T1, T2, T3, T4, T5, T6, T7>(function), core);

    /// <summary>It as a delegate of 8 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> AsFunc<T1, T2, T3, T4, T5, T6, T7, T8, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8) }, typeof(TResult)) ? new Call<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(this).Func : new ValueCall<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(this).Func;

    /// <summary>It as a delegate of 8 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6, T7, T8> AsAction<T1, T2, T3, T4, T5, T6, T7, T8>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8) }, typeof(Nothing)) ? new Call<T1, T2, T3, T4, T5, T6, T7, T8, Nothing>(this).Action : new ValueCall<T1, T2, T3, T4, T5, T6, T7, T8, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(Store store, Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1, T2, T3, T4, T5, T6, T7, T8>(Store store, Action<T1, T2, T3, T4, T5, T6, T7, T8> function, bool core = false) =>
        From(store, new ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8>(function), core);

    /// <summary>It as a delegate of 9 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> AsFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9) }, typeof(TResult)) ? new Call<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(this).Func : new ValueCall<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(this).Func;

    /// <summary>It as a delegate of 9 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> AsAction<T1, T2, T3, T4, T5, T6, T7, T8, T9>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9) }, typeof(Nothing)) ? new Call<T1, T2, T3, T4, T5, T6, T7, T8, T9, Nothing>(this).Action : new ValueCall<T1, T2, T3, T4, T5, T6, T7, T8, T9, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(Store store, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1, T2, T3, T4, T5, T6, T7, T8, T9>(Store store, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> function, bool core = false) =>
        From(store, new ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9>(function), core);

    /// <summary>It as a delegate of 10 parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> AsFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9), typeof(T10) }, typeof(TResult)) ? new Call<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(this).Func : new ValueCall<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(this).Func;

    /// <summary>It as a delegate of 10 parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> AsAction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>() =>
        Prepared.Suits(this, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9), typeof(T10) }, typeof(Nothing)) ? new Call<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, Nothing>(this).Action : new ValueCall<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, Nothing>(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(Store store, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> function, bool core = false) =>
        From(store, new FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(function), core);

    /// <inheritdoc cref="From{TResult}(Store, Func{TResult}, bool)"/>
    public static Function From<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(Store store, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> function, bool core = false) =>
        From(store, new ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(function), core);
}
