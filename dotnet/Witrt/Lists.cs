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

internal sealed unsafe class ListCall<T, TResult> : ValueCall where T : unmanaged
{
    private readonly byte element;
    private readonly Codec<TResult>? result;

    internal ListCall(Function function) : base(function, 1)
    {
        // What does not fit is found as for an array.
        var parameter = Parameter<ReadOnlyMemory<T>>(0);
        element = (byte)Kinds.InterfaceOf(typeof(T));
        result = Result<TResult>();
        Describe(result, parameter);
    }

    internal TResult Func(ReadOnlySpan<T> list)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            Val* values = scratch.Array<Val>(1 + results);
            fixed (T* items = list)
            {
                if (described is not null)
                {
                    Slot* slots = scratch.Array<Slot>(2);
                    slots->Data = items;
                    slots->Length = (nuint)list.Length;
                    return Invoke(slots, 1, result, scratch);
                }
                var lent = new ListVal { Data = items, Size = (nuint)list.Length, Element = element };
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

    internal void Action(ReadOnlySpan<T> list) => Func(list);
}
