#pragma warning disable CS8500 // addresses of elements whose type is a parameter

using System;

namespace Witrt;

/// <summary>A function on a list of scalars, such as bytes, which lies in memory of the caller's.</summary>
public delegate TResult ListFunc<T, out TResult>(ReadOnlySpan<T> list) where T : unmanaged;

/// <summary>A function on a list of scalars without a result.</summary>
public delegate void ListAction<T>(ReadOnlySpan<T> list) where T : unmanaged;

/// <summary>A function on something, such as a resource, and a list of scalars, with a result.</summary>
public delegate TResult ListFunc<in T1, T, out TResult>(T1 argument, ReadOnlySpan<T> list) where T : unmanaged;

/// <summary>A function on something and a list of scalars without a result.</summary>
public delegate void ListAction<in T1, T>(T1 argument, ReadOnlySpan<T> list) where T : unmanaged;

public sealed unsafe partial class Function
{
    /// <summary>
    /// It as a delegate on a span of numbers, <see cref="bool"/> or characters, which the guest gets in one copy, with a result.
    /// </summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public ListFunc<T, TResult> AsListFunc<T, TResult>() where T : unmanaged => new ListCall<Nothing, T, TResult>(this).Func;

    /// <summary>The same without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public ListAction<T> AsListAction<T>() where T : unmanaged => new ListCall<Nothing, T, Nothing>(this).Action;

    /// <summary>It as a delegate on something and a span of scalars, with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public ListFunc<T1, T, TResult> AsListFunc<T1, T, TResult>() where T : unmanaged => new ListCall<T1, T, TResult>(this).Func;

    /// <summary>The same without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public ListAction<T1, T> AsListAction<T1, T>() where T : unmanaged => new ListCall<T1, T, Nothing>(this).Action;
}

public sealed unsafe partial class Instance
{
    /// <summary>The exported function of that name as a delegate on a span of scalars, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListFunc<T, TResult> GetListFunc<T, TResult>(string name) where T : unmanaged => GetFunction(name).AsListFunc<T, TResult>();

    /// <summary>The exported function of that name as a delegate on a span of scalars, without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListAction<T> GetListAction<T>(string name) where T : unmanaged => GetFunction(name).AsListAction<T>();

    /// <summary>The exported function of that name as a delegate on something and a span of scalars, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListFunc<T1, T, TResult> GetListFunc<T1, T, TResult>(string name) where T : unmanaged => GetFunction(name).AsListFunc<T1, T, TResult>();

    /// <summary>The exported function of that name as a delegate on something and a span of scalars, without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListAction<T1, T> GetListAction<T1, T>(string name) where T : unmanaged => GetFunction(name).AsListAction<T1, T>();
}

public sealed partial class Interface
{
    /// <summary>The function of that name as a delegate on a span of scalars, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListFunc<T, TResult> GetListFunc<T, TResult>(string name) where T : unmanaged => GetFunction(name).AsListFunc<T, TResult>();

    /// <summary>The function of that name as a delegate on a span of scalars, without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListAction<T> GetListAction<T>(string name) where T : unmanaged => GetFunction(name).AsListAction<T>();

    /// <summary>The function of that name as a delegate on something and a span of scalars, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListFunc<T1, T, TResult> GetListFunc<T1, T, TResult>(string name) where T : unmanaged => GetFunction(name).AsListFunc<T1, T, TResult>();

    /// <summary>The function of that name as a delegate on something and a span of scalars, without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListAction<T1, T> GetListAction<T1, T>(string name) where T : unmanaged => GetFunction(name).AsListAction<T1, T>();
}

public sealed partial class Linker
{
    /// <summary>
    /// Defines a host function that looks at a guest's list of numbers, <see cref="bool"/> or characters as a span, which is
    /// valid until it returns or calls a guest. No array is made.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a result.</exception>
    public void DefineList<T, TResult>(string module, string name, ListFunc<T, TResult> function) where T : unmanaged =>
        DefineCallback(module, name, new ListCallback<Nothing, T, TResult>(function is null ? null : (_, list) => function(list)));

    /// <summary>The same without a result.</summary>
    public void DefineList<T>(string module, string name, ListAction<T> function) where T : unmanaged =>
        DefineCallback(module, name, new ListCallback<Nothing, T, Nothing>(function is null ? null : (_, list) => { function(list); return default; }));

    /// <summary>
    /// Defines a host function that takes something, such as its resource, and looks at a guest's list of scalars as a span, which is
    /// valid until it returns or calls a guest. No array is made.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a parameter or result.</exception>
    public void DefineList<T1, T, TResult>(string module, string name, ListFunc<T1, T, TResult> function) where T : unmanaged =>
        DefineCallback(module, name, new ListCallback<T1, T, TResult>(function));

    /// <summary>The same without a result.</summary>
    public void DefineList<T1, T>(string module, string name, ListAction<T1, T> function) where T : unmanaged =>
        DefineCallback(module, name, new ListCallback<T1, T, Nothing>(function is null ? null : (argument, list) => { function(argument, list); return default; }));
}

/// <summary>A call with a list of scalars, and with what <typeparamref name="T1"/> is before it, unless that is <see cref="Nothing"/>.</summary>
internal sealed unsafe class ListCall<T1, T, TResult> : ValueCall where T : unmanaged
{
    private readonly Codec<T1>? first;
    private readonly ListCodec<ReadOnlyMemory<T>, T> list;
    private readonly Codec<TResult>? result;

    /// <summary>How many parameters come before the list.</summary>
    private static int Before => typeof(T1) == typeof(Nothing) ? 0 : 1;

    internal ListCall(Function function) : base(function, Before + 1)
    {
        if (Before > 0) first = Parameter<T1>(0);
        // What does not fit is found as for an array.
        list = (ListCodec<ReadOnlyMemory<T>, T>)Parameter<ReadOnlyMemory<T>>(Before);
        result = Result<TResult>();
        if (first is null) Describe(result, list);
        else Describe(result, first, list);
    }

    internal TResult Func(ReadOnlySpan<T> given) => Func(default!, given);

    internal void Action(ReadOnlySpan<T> given) => Func(default!, given);

    internal void Action(T1 argument, ReadOnlySpan<T> given) => Func(argument, given);

    internal TResult Func(T1 argument, ReadOnlySpan<T> given)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            fixed (T* items = given)
            {
                scratch.Argument = 0;
                if (described is not null)
                {
                    Slot* slots = scratch.Array<Slot>(Before + 1 + Math.Max(1, results));
                    first?.Lend(argument, slots, scratch);
                    slots[Before].Data = items;
                    slots[Before].Length = (nuint)given.Length;
                    return Invoke(slots, Before + 1, result, scratch);
                }
                Val* values = scratch.Array<Val>(Before + 1 + Math.Max(1, results));
                first?.Write(argument, values, scratch);
                scratch.Argument = Before;
                var lent = list.Lend(given, items, scratch);
                values[Before].Kind = (byte)ValueKind.List;
                values[Before].Pointer = &lent;
                return Invoke(values, Before + 1, result);
            }
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }
}

/// <summary>A host function on a list of scalars, with the same before it.</summary>
internal sealed unsafe class ListCallback<T1, T, TResult> : Callback where T : unmanaged
{
    private readonly ListFunc<T1, T, TResult> function;

    private static int Before => typeof(T1) == typeof(Nothing) ? 0 : 1;

    internal ListCallback(ListFunc<T1, T, TResult>? function)
        : base(Before == 0 ? new[] { typeof(ReadOnlyMemory<T>) } : new[] { typeof(T1), typeof(ReadOnlyMemory<T>) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    // `ReadOnlyMemory<char>` is text elsewhere.
    internal override bool IsPlain => false;

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) => throw new NotSupportedException();

    internal override Codec?[] Bind(FunctionType type, Place root)
    {
        var first = Before == 0 ? null : Codec.Bind<T1>(type.Parameters[0], root.Parameter(0));
        var parameter = root.Parameter(Before);
        var list = Codec.Bind<ReadOnlyMemory<T>>(type.Parameters[Before], parameter) as ListCodec<ReadOnlyMemory<T>, T>;
        if (list?.IsPacked != true) throw parameter.Fault($"a span is of scalars only: take {typeof(T)}[]");
        bool isVoid = typeof(TResult) == typeof(Nothing) && type.Results.Count == 0;
        return new Codec?[] { first, list, isVoid ? null : Codec.BindResult<TResult>(type, root.Result()) };
    }

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        var argument = codecs[0] is null ? default! : ((Codec<T1>)codecs[0]!).Read(arguments, store);
        var result = function(argument, ((ListCodec<ReadOnlyMemory<T>, T>)codecs[1]!).Look(arguments + Before));
        if (codecs[2] is not null) ValueFunction.Return(result, results, codecs[2], store);
    }
}
