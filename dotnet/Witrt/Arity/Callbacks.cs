// Written by arity.py; change that.

using System;

namespace Witrt;

/// <summary>A host's Func of 0 parameters.</summary>
internal sealed unsafe class FuncCallback<TResult> : Callback
{
    private readonly Func<TResult> function;

    internal FuncCallback(Func<TResult> function) : base(Array.Empty<Type>(), typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(), results, codecs[0], store);
}

/// <summary>A host's Action of 0 parameters.</summary>
internal sealed unsafe class ActionCallback : Callback
{
    private readonly Action function;

    internal ActionCallback(Action function) : base(Array.Empty<Type>(), typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function();

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function();
        if (codecs[0] is not null) ValueFunction.Return(default(Nothing), results, codecs[0], store);
    }
}

/// <summary>A host's Func of 1 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, TResult> : Callback
{
    private readonly Func<T1, TResult> function;

    internal FuncCallback(Func<T1, TResult> function) : base(new[] { typeof(T1) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store)), results, codecs[1], store);
}

/// <summary>A host's Action of 1 parameters.</summary>
internal sealed unsafe class ActionCallback<T1> : Callback
{
    private readonly Action<T1> function;

    internal ActionCallback(Action<T1> function) : base(new[] { typeof(T1) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store));
        if (codecs[1] is not null) ValueFunction.Return(default(Nothing), results, codecs[1], store);
    }
}

/// <summary>A host's Func of 2 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, TResult> : Callback
{
    private readonly Func<T1, T2, TResult> function;

    internal FuncCallback(Func<T1, T2, TResult> function) : base(new[] { typeof(T1), typeof(T2) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store)), results, codecs[2], store);
}

/// <summary>A host's Action of 2 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2> : Callback
{
    private readonly Action<T1, T2> function;

    internal ActionCallback(Action<T1, T2> function) : base(new[] { typeof(T1), typeof(T2) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store));
        if (codecs[2] is not null) ValueFunction.Return(default(Nothing), results, codecs[2], store);
    }
}

/// <summary>A host's Func of 3 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, TResult> : Callback
{
    private readonly Func<T1, T2, T3, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store)), results, codecs[3], store);
}

/// <summary>A host's Action of 3 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3> : Callback
{
    private readonly Action<T1, T2, T3> function;

    internal ActionCallback(Action<T1, T2, T3> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store));
        if (codecs[3] is not null) ValueFunction.Return(default(Nothing), results, codecs[3], store);
    }
}

/// <summary>A host's Func of 4 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store)), results, codecs[4], store);
}

/// <summary>A host's Action of 4 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4> : Callback
{
    private readonly Action<T1, T2, T3, T4> function;

    internal ActionCallback(Action<T1, T2, T3, T4> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store));
        if (codecs[4] is not null) ValueFunction.Return(default(Nothing), results, codecs[4], store);
    }
}

/// <summary>A host's Func of 5 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store)), results, codecs[5], store);
}

/// <summary>A host's Action of 5 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store));
        if (codecs[5] is not null) ValueFunction.Return(default(Nothing), results, codecs[5], store);
    }
}

/// <summary>A host's Func of 6 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, T6, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, T6, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, T6, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store)), results, codecs[6], store);
}

/// <summary>A host's Action of 6 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5, T6> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5, T6> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5, T6> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store));
        if (codecs[6] is not null) ValueFunction.Return(default(Nothing), results, codecs[6], store);
    }
}

/// <summary>A host's Func of 7 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, T6, T7, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, T6, T7, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, T6, T7, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        Codec.Bind<T7>(type.Parameters[6], root.Parameter(6)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store), ((Codec<T7>)codecs[6]!).Read(&arguments[6], store)), results, codecs[7], store);
}

/// <summary>A host's Action of 7 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5, T6, T7> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5, T6, T7> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5, T6, T7> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        Codec.Bind<T7>(type.Parameters[6], root.Parameter(6)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store), ((Codec<T7>)codecs[6]!).Read(&arguments[6], store));
        if (codecs[7] is not null) ValueFunction.Return(default(Nothing), results, codecs[7], store);
    }
}

/// <summary>A host's Func of 8 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store), Slots.Look<T8>(&arguments[7], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        Codec.Bind<T7>(type.Parameters[6], root.Parameter(6)),
        Codec.Bind<T8>(type.Parameters[7], root.Parameter(7)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store), ((Codec<T7>)codecs[6]!).Read(&arguments[6], store), ((Codec<T8>)codecs[7]!).Read(&arguments[7], store)), results, codecs[8], store);
}

/// <summary>A host's Action of 8 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5, T6, T7, T8> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5, T6, T7, T8> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store), Slots.Look<T8>(&arguments[7], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        Codec.Bind<T7>(type.Parameters[6], root.Parameter(6)),
        Codec.Bind<T8>(type.Parameters[7], root.Parameter(7)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store), ((Codec<T7>)codecs[6]!).Read(&arguments[6], store), ((Codec<T8>)codecs[7]!).Read(&arguments[7], store));
        if (codecs[8] is not null) ValueFunction.Return(default(Nothing), results, codecs[8], store);
    }
}

/// <summary>A host's Func of 9 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store), Slots.Look<T8>(&arguments[7], store), Slots.Look<T9>(&arguments[8], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        Codec.Bind<T7>(type.Parameters[6], root.Parameter(6)),
        Codec.Bind<T8>(type.Parameters[7], root.Parameter(7)),
        Codec.Bind<T9>(type.Parameters[8], root.Parameter(8)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store), ((Codec<T7>)codecs[6]!).Read(&arguments[6], store), ((Codec<T8>)codecs[7]!).Read(&arguments[7], store), ((Codec<T9>)codecs[8]!).Read(&arguments[8], store)), results, codecs[9], store);
}

/// <summary>A host's Action of 9 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store), Slots.Look<T8>(&arguments[7], store), Slots.Look<T9>(&arguments[8], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        Codec.Bind<T7>(type.Parameters[6], root.Parameter(6)),
        Codec.Bind<T8>(type.Parameters[7], root.Parameter(7)),
        Codec.Bind<T9>(type.Parameters[8], root.Parameter(8)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store), ((Codec<T7>)codecs[6]!).Read(&arguments[6], store), ((Codec<T8>)codecs[7]!).Read(&arguments[7], store), ((Codec<T9>)codecs[8]!).Read(&arguments[8], store));
        if (codecs[9] is not null) ValueFunction.Return(default(Nothing), results, codecs[9], store);
    }
}

/// <summary>A host's Func of 10 parameters.</summary>
internal sealed unsafe class FuncCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> : Callback
{
    private readonly Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> function;

    internal FuncCallback(Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9), typeof(T10) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store), Slots.Look<T8>(&arguments[7], store), Slots.Look<T9>(&arguments[8], store), Slots.Look<T10>(&arguments[9], store)), results, caller, store);

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        Codec.Bind<T7>(type.Parameters[6], root.Parameter(6)),
        Codec.Bind<T8>(type.Parameters[7], root.Parameter(7)),
        Codec.Bind<T9>(type.Parameters[8], root.Parameter(8)),
        Codec.Bind<T10>(type.Parameters[9], root.Parameter(9)),
        Codec.BindResult<TResult>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store) =>
        ValueFunction.Return(function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store), ((Codec<T7>)codecs[6]!).Read(&arguments[6], store), ((Codec<T8>)codecs[7]!).Read(&arguments[7], store), ((Codec<T9>)codecs[8]!).Read(&arguments[8], store), ((Codec<T10>)codecs[9]!).Read(&arguments[9], store)), results, codecs[10], store);
}

/// <summary>A host's Action of 10 parameters.</summary>
internal sealed unsafe class ActionCallback<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> : Callback
{
    private readonly Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> function;

    internal ActionCallback(Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> function) : base(new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9), typeof(T10) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(Slots.Look<T1>(&arguments[0], store), Slots.Look<T2>(&arguments[1], store), Slots.Look<T3>(&arguments[2], store), Slots.Look<T4>(&arguments[3], store), Slots.Look<T5>(&arguments[4], store), Slots.Look<T6>(&arguments[5], store), Slots.Look<T7>(&arguments[6], store), Slots.Look<T8>(&arguments[7], store), Slots.Look<T9>(&arguments[8], store), Slots.Look<T10>(&arguments[9], store));

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {
        Codec.Bind<T1>(type.Parameters[0], root.Parameter(0)),
        Codec.Bind<T2>(type.Parameters[1], root.Parameter(1)),
        Codec.Bind<T3>(type.Parameters[2], root.Parameter(2)),
        Codec.Bind<T4>(type.Parameters[3], root.Parameter(3)),
        Codec.Bind<T5>(type.Parameters[4], root.Parameter(4)),
        Codec.Bind<T6>(type.Parameters[5], root.Parameter(5)),
        Codec.Bind<T7>(type.Parameters[6], root.Parameter(6)),
        Codec.Bind<T8>(type.Parameters[7], root.Parameter(7)),
        Codec.Bind<T9>(type.Parameters[8], root.Parameter(8)),
        Codec.Bind<T10>(type.Parameters[9], root.Parameter(9)),
        type.Results.Count == 0 ? null : Codec.BindResult<Nothing>(type, root.Result()),
    };

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        function(((Codec<T1>)codecs[0]!).Read(&arguments[0], store), ((Codec<T2>)codecs[1]!).Read(&arguments[1], store), ((Codec<T3>)codecs[2]!).Read(&arguments[2], store), ((Codec<T4>)codecs[3]!).Read(&arguments[3], store), ((Codec<T5>)codecs[4]!).Read(&arguments[4], store), ((Codec<T6>)codecs[5]!).Read(&arguments[5], store), ((Codec<T7>)codecs[6]!).Read(&arguments[6], store), ((Codec<T8>)codecs[7]!).Read(&arguments[7], store), ((Codec<T9>)codecs[8]!).Read(&arguments[8], store), ((Codec<T10>)codecs[9]!).Read(&arguments[9], store));
        if (codecs[10] is not null) ValueFunction.Return(default(Nothing), results, codecs[10], store);
    }
}
