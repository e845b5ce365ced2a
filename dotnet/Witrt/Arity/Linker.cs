// Written by arity.py; change that.

using System;

namespace Witrt;

public sealed unsafe partial class Linker
{
    /// <summary>
    /// Defines a host function of 0 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<TResult>(string module, string name, Func<TResult> function) =>
        DefineCallback(module, name, new FuncCallback<TResult>(function));

    /// <summary>
    /// Defines a host function of 0 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define(string module, string name, Action function) =>
        DefineCallback(module, name, new ActionCallback(function));

    /// <summary>
    /// Defines a host function of 1 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, TResult>(string module, string name, Func<T1, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, TResult>(function));

    /// <summary>
    /// Defines a host function of 1 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1>(string module, string name, Action<T1> function) =>
        DefineCallback(module, name, new ActionCallback<T1>(function));

    /// <summary>
    /// Defines a host function of 2 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, TResult>(string module, string name, Func<T1, T2, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, T2, TResult>(function));

    /// <summary>
    /// Defines a host function of 2 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2>(string module, string name, Action<T1, T2> function) =>
        DefineCallback(module, name, new ActionCallback<T1, T2>(function));

    /// <summary>
    /// Defines a host function of 3 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, TResult>(string module, string name, Func<T1, T2, T3, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, T2, T3, TResult>(function));

    /// <summary>
    /// Defines a host function of 3 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3>(string module, string name, Action<T1, T2, T3> function) =>
        DefineCallback(module, name, new ActionCallback<T1, T2, T3>(function));

    /// <summary>
    /// Defines a host function of 4 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, TResult>(string module, string name, Func<T1, T2, T3, T4, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, T2, T3, T4, TResult>(function));

    /// <summary>
    /// Defines a host function of 4 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4>(string module, string name, Action<T1, T2, T3, T4> function) =>
        DefineCallback(module, name, new ActionCallback<T1, T2, T3, T4>(function));

    /// <summary>
    /// Defines a host function of 5 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, TResult>(string module, string name, Func<T1, T2, T3, T4, T5, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, T2, T3, T4, T5, TResult>(function));

    /// <summary>
    /// Defines a host function of 5 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5>(string module, string name, Action<T1, T2, T3, T4, T5> function) =>
        DefineCallback(module, name, new ActionCallback<T1, T2, T3, T4, T5>(function));

    /// <summary>
    /// Defines a host function of 6 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6, TResult>(string module, string name, Func<T1, T2, T3, T4, T5, T6, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, T2, T3, T4, T5, T6, TResult>(function));

    /// <summary>
    /// Defines a host function of 6 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6>(string module, string name, Action<T1, T2, T3, T4, T5, T6> function) =>
        DefineCallback(module, name, new ActionCallback<T1, T2, T3, T4, T5, T6>(function));

    /// <summary>
    /// Defines a host function of 7 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6, T7, TResult>(string module, string name, Func<T1, T2, T3, T4, T5, T6, T7, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, T2, T3, T4, T5, T6, T7, TResult>(function));

    /// <summary>
    /// Defines a host function of 7 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6, T7>(string module, string name, Action<T1, T2, T3, T4, T5, T6, T7> function) =>
        DefineCallback(module, name, new ActionCallback<T1, T2, T3, T4, T5, T6, T7>(function));

    /// <summary>
    /// Defines a host function of 8 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(string module, string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(function));

    /// <summary>
    /// Defines a host function of 8 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6, T7, T8>(string module, string name, Action<T1, T2, T3, T4, T5, T6, T7, T8> function) =>
        DefineCallback(module, name, new ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8>(function));

    /// <summary>
    /// Defines a host function of 9 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(string module, string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(function));

    /// <summary>
    /// Defines a host function of 9 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6, T7, T8, T9>(string module, string name, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> function) =>
        DefineCallback(module, name, new ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9>(function));

    /// <summary>
    /// Defines a host function of 10 parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(string module, string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> function) =>
        DefineCallback(module, name, new FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(function));

    /// <summary>
    /// Defines a host function of 10 parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(string module, string name, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> function) =>
        DefineCallback(module, name, new ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(function));
}
