// Written by arity.py; change that.

using System;

namespace Witrt;

public sealed partial class Interface
{
    /// <summary>The exported function of that name as a delegate of 0 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<TResult> GetFunc<TResult>(string name) => GetFunction(name).AsFunc<TResult>();

    /// <summary>The exported function of that name as a delegate of 0 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action GetAction(string name) => GetFunction(name).AsAction();

    /// <summary>The exported function of that name as a delegate of 1 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, TResult> GetFunc<T1, TResult>(string name) => GetFunction(name).AsFunc<T1, TResult>();

    /// <summary>The exported function of that name as a delegate of 1 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1> GetAction<T1>(string name) => GetFunction(name).AsAction<T1>();

    /// <summary>The exported function of that name as a delegate of 2 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, T2, TResult> GetFunc<T1, T2, TResult>(string name) => GetFunction(name).AsFunc<T1, T2, TResult>();

    /// <summary>The exported function of that name as a delegate of 2 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1, T2> GetAction<T1, T2>(string name) => GetFunction(name).AsAction<T1, T2>();

    /// <summary>The exported function of that name as a delegate of 3 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, T2, T3, TResult> GetFunc<T1, T2, T3, TResult>(string name) => GetFunction(name).AsFunc<T1, T2, T3, TResult>();

    /// <summary>The exported function of that name as a delegate of 3 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1, T2, T3> GetAction<T1, T2, T3>(string name) => GetFunction(name).AsAction<T1, T2, T3>();

    /// <summary>The exported function of that name as a delegate of 4 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, T2, T3, T4, TResult> GetFunc<T1, T2, T3, T4, TResult>(string name) => GetFunction(name).AsFunc<T1, T2, T3, T4, TResult>();

    /// <summary>The exported function of that name as a delegate of 4 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1, T2, T3, T4> GetAction<T1, T2, T3, T4>(string name) => GetFunction(name).AsAction<T1, T2, T3, T4>();

    /// <summary>The exported function of that name as a delegate of 5 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, T2, T3, T4, T5, TResult> GetFunc<T1, T2, T3, T4, T5, TResult>(string name) => GetFunction(name).AsFunc<T1, T2, T3, T4, T5, TResult>();

    /// <summary>The exported function of that name as a delegate of 5 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1, T2, T3, T4, T5> GetAction<T1, T2, T3, T4, T5>(string name) => GetFunction(name).AsAction<T1, T2, T3, T4, T5>();

    /// <summary>The exported function of that name as a delegate of 6 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, TResult> GetFunc<T1, T2, T3, T4, T5, T6, TResult>(string name) => GetFunction(name).AsFunc<T1, T2, T3, T4, T5, T6, TResult>();

    /// <summary>The exported function of that name as a delegate of 6 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6> GetAction<T1, T2, T3, T4, T5, T6>(string name) => GetFunction(name).AsAction<T1, T2, T3, T4, T5, T6>();

    /// <summary>The exported function of that name as a delegate of 7 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, T7, TResult> GetFunc<T1, T2, T3, T4, T5, T6, T7, TResult>(string name) => GetFunction(name).AsFunc<T1, T2, T3, T4, T5, T6, T7, TResult>();

    /// <summary>The exported function of that name as a delegate of 7 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6, T7> GetAction<T1, T2, T3, T4, T5, T6, T7>(string name) => GetFunction(name).AsAction<T1, T2, T3, T4, T5, T6, T7>();

    /// <summary>The exported function of that name as a delegate of 8 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> GetFunc<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(string name) => GetFunction(name).AsFunc<T1, T2, T3, T4, T5, T6, T7, T8, TResult>();

    /// <summary>The exported function of that name as a delegate of 8 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6, T7, T8> GetAction<T1, T2, T3, T4, T5, T6, T7, T8>(string name) => GetFunction(name).AsAction<T1, T2, T3, T4, T5, T6, T7, T8>();

    /// <summary>The exported function of that name as a delegate of 9 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> GetFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(string name) => GetFunction(name).AsFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>();

    /// <summary>The exported function of that name as a delegate of 9 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> GetAction<T1, T2, T3, T4, T5, T6, T7, T8, T9>(string name) => GetFunction(name).AsAction<T1, T2, T3, T4, T5, T6, T7, T8, T9>();

    /// <summary>The exported function of that name as a delegate of 10 parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> GetFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(string name) => GetFunction(name).AsFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>();

    /// <summary>The exported function of that name as a delegate of 10 parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> GetAction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(string name) => GetFunction(name).AsAction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>();
}
