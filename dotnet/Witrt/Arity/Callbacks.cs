// Written by arity.py; change that.

using System;

namespace Witrt;

/// <summary>A host's Func of 0 parameters.</summary>
internal sealed unsafe class FuncCallback<TResult> : Callback
{
    private readonly Func<TResult> function;

    internal FuncCallback(Func<TResult> function) : base(Type.EmptyTypes, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(), results, caller, store);
}

/// <summary>A host's Action of 0 parameters.</summary>
internal sealed unsafe class ActionCallback : Callback
{
    private readonly Action function;

    internal ActionCallback(Action function) : base(Type.EmptyTypes, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function();
}

/// <summary>A host's Func of 1 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, TResult> : Callback
{
    private readonly Func<T1, TResult> function;

    internal FuncCallback(Func<T1, TResult> function) : base(new[] { typeof(T1) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store)), results, caller, store);
}

/// <summary>A host's Action of 1 parameters.</summary>
internal sealed unsafe class ActionCallback<T1> : Callback
{
    private readonly Action<T1> function;

    internal ActionCallback(Action<T1> function) : base(new[] { typeof(T1) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store));
}

/// <summary>A host's Func of 2 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, TResult> : Callback
{
    private readonly Func<T1, T2, TResult> function;

    internal FuncCallback(Func<T1, T2, TResult> function) : base(new[] { typeof(T1), typeof(T2) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store)), results, caller, store);
}

/// <summary>A host's Action of 2 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2> : Callback
{
    private readonly Action<T1, T2> function;

    internal ActionCallback(Action<T1, T2> function) : base(new[] { typeof(T1), typeof(T2) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store));
}

/// <summary>A host's Func of 3 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, TResult> : Callback
{
    private readonly Func<T1, T2, T3, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store)), results, caller, store);
}

/// <summary>A host's Action of 3 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3> : Callback
{
    private readonly Action<T1, T2, T3> function;

    internal ActionCallback(Action<T1, T2, T3> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store));
}

/// <summary>A host's Func of 4 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store)), results, caller, store);
}

/// <summary>A host's Action of 4 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4> : Callback
{
    private readonly Action<T1, T2, T3, T4> function;

    internal ActionCallback(Action<T1, T2, T3, T4> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store));
}

/// <summary>A host's Func of 5 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store)), results, caller, store);
}

/// <summary>A host's Action of 5 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store));
}

/// <summary>A host's Func of 6 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, T6, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, T6, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, T6, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store)), results, caller, store);
}

/// <summary>A host's Action of 6 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5, T6> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5, T6> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5, T6> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store));
}

/// <summary>A host's Func of 7 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, T6, T7, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, T6, T7, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, T6, T7, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store)), results, caller, store);
}

/// <summary>A host's Action of 7 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5, T6, T7> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5, T6, T7> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5, T6, T7> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store));
}

/// <summary>A host's Func of 8 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store), Slots.Look<T8>(&arguments[7], store)), results, caller, store);
}

/// <summary>A host's Action of 8 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5, T6, T7, T8> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5, T6, T7, T8> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store), Slots.Look<T8>(&arguments[7], store));
}
