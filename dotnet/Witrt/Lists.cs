#pragma warning disable CS8500 // addresses of elements whose type is a parameter

using System;

namespace Witrt;

/// <summary>A function on a list of scalars, such as bytes, which lies in memory of the caller's.</summary>
public delegate TResult ListFunc<T, out TResult>(ReadOnlySpan<T> list) where T : unmanaged;

/// <summary>A function on a list of scalars without a result.</summary>
public delegate void ListAction<T>(ReadOnlySpan<T> list) where T : unmanaged;

public sealed unsafe partial class Function
{
    /// <summary>
    /// It as a delegate on a span of numbers, <see cref="bool"/> or characters, which the guest gets in one copy, with a result.
    /// </summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public ListFunc<T, TResult> AsListFunc<T, TResult>() where T : unmanaged => new ListCall<T, TResult>(this).Func;

    /// <summary>The same without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public ListAction<T> AsListAction<T>() where T : unmanaged => new ListCall<T, Nothing>(this).Action;
}

public sealed unsafe partial class Instance
{
    /// <summary>The exported function of that name as a delegate on a span of scalars, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListFunc<T, TResult> GetListFunc<T, TResult>(string name) where T : unmanaged => GetFunction(name).AsListFunc<T, TResult>();

    /// <summary>The exported function of that name as a delegate on a span of scalars, without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListAction<T> GetListAction<T>(string name) where T : unmanaged => GetFunction(name).AsListAction<T>();
}

public sealed partial class Interface
{
    /// <summary>The function of that name as a delegate on a span of scalars, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListFunc<T, TResult> GetListFunc<T, TResult>(string name) where T : unmanaged => GetFunction(name).AsListFunc<T, TResult>();

    /// <summary>The function of that name as a delegate on a span of scalars, without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public ListAction<T> GetListAction<T>(string name) where T : unmanaged => GetFunction(name).AsListAction<T>();
}

public sealed partial class Linker
{
    /// <summary>
    /// Defines a host function that looks at a guest's list of numbers, <see cref="bool"/> or characters as a span, which is
    /// valid until it returns or calls a guest. No array is made.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a result.</exception>
    public void DefineList<T, TResult>(string module, string name, ListFunc<T, TResult> function) where T : unmanaged =>
        DefineCallback(module, name, new ListFuncCallback<T, TResult>(function));

    /// <summary>The same without a result.</summary>
    public void DefineList<T>(string module, string name, ListAction<T> function) where T : unmanaged =>
        DefineCallback(module, name, new ListActionCallback<T>(function));
}

internal sealed unsafe class ListCall<T, TResult> : ValueCall where T : unmanaged
{
    private readonly ListCodec<ReadOnlyMemory<T>, T> list;
    private readonly Codec<TResult>? result;

    internal ListCall(Function function) : base(function, 1)
    {
        // What does not fit is found as for an array.
        list = (ListCodec<ReadOnlyMemory<T>, T>)Parameter<ReadOnlyMemory<T>>(0);
        result = Result<TResult>();
        Describe(result, list);
    }

    internal TResult Func(ReadOnlySpan<T> given)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            Val* values = scratch.Array<Val>(1 + results);
            fixed (T* items = given)
            {
                if (described is not null)
                {
                    Slot* slots = scratch.Array<Slot>(2);
                    slots->Data = items;
                    slots->Length = (nuint)given.Length;
                    return Invoke(slots, 1, result, scratch);
                }
                scratch.Argument = 0;
                var lent = list.Lend(given, items, scratch);
                values->Kind = (byte)ValueKind.List;
                values->Pointer = &lent;
                return Invoke(values, 1, result);
            }
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(ReadOnlySpan<T> given) => Func(given);
}

internal abstract unsafe class ListCallback<T, TResult> : Callback where T : unmanaged
{
    private protected ListCallback() : base(new[] { typeof(ReadOnlyMemory<T>) }, typeof(TResult))
    {
    }

    // `ReadOnlyMemory<char>` is text elsewhere.
    internal override bool IsPlain => false;

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) => throw new NotSupportedException();

    internal override Codec?[] Bind(FunctionType type, Place root)
    {
        var parameter = root.Parameter(0);
        var list = Codec.Bind<ReadOnlyMemory<T>>(type.Parameters[0], parameter) as ListCodec<ReadOnlyMemory<T>, T>;
        if (list?.IsPacked != true) throw parameter.Fault($"a span is of scalars only: take {typeof(T)}[]");
        bool isVoid = typeof(TResult) == typeof(Nothing) && type.Results.Count == 0;
        return new Codec?[] { list, isVoid ? null : Codec.BindResult<TResult>(type, root.Result()) };
    }

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store)
    {
        var result = Run(((ListCodec<ReadOnlyMemory<T>, T>)codecs[0]!).Look(arguments));
        if (codecs[1] is not null) ValueFunction.Return(result, results, codecs[1], store);
    }

    private protected abstract TResult Run(ReadOnlySpan<T> list);
}

internal sealed class ListFuncCallback<T, TResult> : ListCallback<T, TResult> where T : unmanaged
{
    private readonly ListFunc<T, TResult> function;

    internal ListFuncCallback(ListFunc<T, TResult> function) => this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override TResult Run(ReadOnlySpan<T> list) => function(list);
}

internal sealed class ListActionCallback<T> : ListCallback<T, Nothing> where T : unmanaged
{
    private readonly ListAction<T> function;

    internal ListActionCallback(ListAction<T> function) => this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override Nothing Run(ReadOnlySpan<T> list)
    {
        function(list);
        return default;
    }
}
