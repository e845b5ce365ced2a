// Written by arity.py; change that.

using System;

namespace Witrt;

/// <summary>Functions of 0 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<TResult> : ValueCall
{
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 0)
    {
        result = Result<TResult>();
        Describe(result);
    }

    internal TResult Func()
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(0 + 1 + results);
                return Invoke(slots, 0, result, scratch);
            }
            Val* values = scratch.Array<Val>(0 + results);
            return Invoke(values, 0, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action() => Func();
}

/// <summary>Functions of 1 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 1)
    {
        c1 = Parameter<T1>(0);
        result = Result<TResult>();
        Describe(result, c1);
    }

    internal TResult Func(T1 a1)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(1 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                return Invoke(slots, 1, result, scratch);
            }
            Val* values = scratch.Array<Val>(1 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            return Invoke(values, 1, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1) => Func(a1);
}

/// <summary>Functions of 2 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, T2, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<T2> c2;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 2)
    {
        c1 = Parameter<T1>(0);
        c2 = Parameter<T2>(1);
        result = Result<TResult>();
        Describe(result, c1, c2);
    }

    internal TResult Func(T1 a1, T2 a2)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(2 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                scratch.Argument = 1;
                c2.Lend(a2, &slots[1], scratch);
                return Invoke(slots, 2, result, scratch);
            }
            Val* values = scratch.Array<Val>(2 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            scratch.Argument = 1;
            c2.Write(a2, &values[1], scratch);
            return Invoke(values, 2, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1, T2 a2) => Func(a1, a2);
}

/// <summary>Functions of 3 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, T2, T3, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<T2> c2;
    private readonly Codec<T3> c3;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 3)
    {
        c1 = Parameter<T1>(0);
        c2 = Parameter<T2>(1);
        c3 = Parameter<T3>(2);
        result = Result<TResult>();
        Describe(result, c1, c2, c3);
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(3 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                scratch.Argument = 1;
                c2.Lend(a2, &slots[1], scratch);
                scratch.Argument = 2;
                c3.Lend(a3, &slots[2], scratch);
                return Invoke(slots, 3, result, scratch);
            }
            Val* values = scratch.Array<Val>(3 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            scratch.Argument = 1;
            c2.Write(a2, &values[1], scratch);
            scratch.Argument = 2;
            c3.Write(a3, &values[2], scratch);
            return Invoke(values, 3, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3) => Func(a1, a2, a3);
}

/// <summary>Functions of 4 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, T2, T3, T4, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<T2> c2;
    private readonly Codec<T3> c3;
    private readonly Codec<T4> c4;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 4)
    {
        c1 = Parameter<T1>(0);
        c2 = Parameter<T2>(1);
        c3 = Parameter<T3>(2);
        c4 = Parameter<T4>(3);
        result = Result<TResult>();
        Describe(result, c1, c2, c3, c4);
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(4 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                scratch.Argument = 1;
                c2.Lend(a2, &slots[1], scratch);
                scratch.Argument = 2;
                c3.Lend(a3, &slots[2], scratch);
                scratch.Argument = 3;
                c4.Lend(a4, &slots[3], scratch);
                return Invoke(slots, 4, result, scratch);
            }
            Val* values = scratch.Array<Val>(4 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            scratch.Argument = 1;
            c2.Write(a2, &values[1], scratch);
            scratch.Argument = 2;
            c3.Write(a3, &values[2], scratch);
            scratch.Argument = 3;
            c4.Write(a4, &values[3], scratch);
            return Invoke(values, 4, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4) => Func(a1, a2, a3, a4);
}

/// <summary>Functions of 5 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, T2, T3, T4, T5, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<T2> c2;
    private readonly Codec<T3> c3;
    private readonly Codec<T4> c4;
    private readonly Codec<T5> c5;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 5)
    {
        c1 = Parameter<T1>(0);
        c2 = Parameter<T2>(1);
        c3 = Parameter<T3>(2);
        c4 = Parameter<T4>(3);
        c5 = Parameter<T5>(4);
        result = Result<TResult>();
        Describe(result, c1, c2, c3, c4, c5);
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(5 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                scratch.Argument = 1;
                c2.Lend(a2, &slots[1], scratch);
                scratch.Argument = 2;
                c3.Lend(a3, &slots[2], scratch);
                scratch.Argument = 3;
                c4.Lend(a4, &slots[3], scratch);
                scratch.Argument = 4;
                c5.Lend(a5, &slots[4], scratch);
                return Invoke(slots, 5, result, scratch);
            }
            Val* values = scratch.Array<Val>(5 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            scratch.Argument = 1;
            c2.Write(a2, &values[1], scratch);
            scratch.Argument = 2;
            c3.Write(a3, &values[2], scratch);
            scratch.Argument = 3;
            c4.Write(a4, &values[3], scratch);
            scratch.Argument = 4;
            c5.Write(a5, &values[4], scratch);
            return Invoke(values, 5, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5) => Func(a1, a2, a3, a4, a5);
}

/// <summary>Functions of 6 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, T2, T3, T4, T5, T6, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<T2> c2;
    private readonly Codec<T3> c3;
    private readonly Codec<T4> c4;
    private readonly Codec<T5> c5;
    private readonly Codec<T6> c6;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 6)
    {
        c1 = Parameter<T1>(0);
        c2 = Parameter<T2>(1);
        c3 = Parameter<T3>(2);
        c4 = Parameter<T4>(3);
        c5 = Parameter<T5>(4);
        c6 = Parameter<T6>(5);
        result = Result<TResult>();
        Describe(result, c1, c2, c3, c4, c5, c6);
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(6 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                scratch.Argument = 1;
                c2.Lend(a2, &slots[1], scratch);
                scratch.Argument = 2;
                c3.Lend(a3, &slots[2], scratch);
                scratch.Argument = 3;
                c4.Lend(a4, &slots[3], scratch);
                scratch.Argument = 4;
                c5.Lend(a5, &slots[4], scratch);
                scratch.Argument = 5;
                c6.Lend(a6, &slots[5], scratch);
                return Invoke(slots, 6, result, scratch);
            }
            Val* values = scratch.Array<Val>(6 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            scratch.Argument = 1;
            c2.Write(a2, &values[1], scratch);
            scratch.Argument = 2;
            c3.Write(a3, &values[2], scratch);
            scratch.Argument = 3;
            c4.Write(a4, &values[3], scratch);
            scratch.Argument = 4;
            c5.Write(a5, &values[4], scratch);
            scratch.Argument = 5;
            c6.Write(a6, &values[5], scratch);
            return Invoke(values, 6, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6) => Func(a1, a2, a3, a4, a5, a6);
}

/// <summary>Functions of 7 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, T2, T3, T4, T5, T6, T7, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<T2> c2;
    private readonly Codec<T3> c3;
    private readonly Codec<T4> c4;
    private readonly Codec<T5> c5;
    private readonly Codec<T6> c6;
    private readonly Codec<T7> c7;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 7)
    {
        c1 = Parameter<T1>(0);
        c2 = Parameter<T2>(1);
        c3 = Parameter<T3>(2);
        c4 = Parameter<T4>(3);
        c5 = Parameter<T5>(4);
        c6 = Parameter<T6>(5);
        c7 = Parameter<T7>(6);
        result = Result<TResult>();
        Describe(result, c1, c2, c3, c4, c5, c6, c7);
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(7 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                scratch.Argument = 1;
                c2.Lend(a2, &slots[1], scratch);
                scratch.Argument = 2;
                c3.Lend(a3, &slots[2], scratch);
                scratch.Argument = 3;
                c4.Lend(a4, &slots[3], scratch);
                scratch.Argument = 4;
                c5.Lend(a5, &slots[4], scratch);
                scratch.Argument = 5;
                c6.Lend(a6, &slots[5], scratch);
                scratch.Argument = 6;
                c7.Lend(a7, &slots[6], scratch);
                return Invoke(slots, 7, result, scratch);
            }
            Val* values = scratch.Array<Val>(7 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            scratch.Argument = 1;
            c2.Write(a2, &values[1], scratch);
            scratch.Argument = 2;
            c3.Write(a3, &values[2], scratch);
            scratch.Argument = 3;
            c4.Write(a4, &values[3], scratch);
            scratch.Argument = 4;
            c5.Write(a5, &values[4], scratch);
            scratch.Argument = 5;
            c6.Write(a6, &values[5], scratch);
            scratch.Argument = 6;
            c7.Write(a7, &values[6], scratch);
            return Invoke(values, 7, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7) => Func(a1, a2, a3, a4, a5, a6, a7);
}

/// <summary>Functions of 8 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, T2, T3, T4, T5, T6, T7, T8, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<T2> c2;
    private readonly Codec<T3> c3;
    private readonly Codec<T4> c4;
    private readonly Codec<T5> c5;
    private readonly Codec<T6> c6;
    private readonly Codec<T7> c7;
    private readonly Codec<T8> c8;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 8)
    {
        c1 = Parameter<T1>(0);
        c2 = Parameter<T2>(1);
        c3 = Parameter<T3>(2);
        c4 = Parameter<T4>(3);
        c5 = Parameter<T5>(4);
        c6 = Parameter<T6>(5);
        c7 = Parameter<T7>(6);
        c8 = Parameter<T8>(7);
        result = Result<TResult>();
        Describe(result, c1, c2, c3, c4, c5, c6, c7, c8);
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(8 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                scratch.Argument = 1;
                c2.Lend(a2, &slots[1], scratch);
                scratch.Argument = 2;
                c3.Lend(a3, &slots[2], scratch);
                scratch.Argument = 3;
                c4.Lend(a4, &slots[3], scratch);
                scratch.Argument = 4;
                c5.Lend(a5, &slots[4], scratch);
                scratch.Argument = 5;
                c6.Lend(a6, &slots[5], scratch);
                scratch.Argument = 6;
                c7.Lend(a7, &slots[6], scratch);
                scratch.Argument = 7;
                c8.Lend(a8, &slots[7], scratch);
                return Invoke(slots, 8, result, scratch);
            }
            Val* values = scratch.Array<Val>(8 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            scratch.Argument = 1;
            c2.Write(a2, &values[1], scratch);
            scratch.Argument = 2;
            c3.Write(a3, &values[2], scratch);
            scratch.Argument = 3;
            c4.Write(a4, &values[3], scratch);
            scratch.Argument = 4;
            c5.Write(a5, &values[4], scratch);
            scratch.Argument = 5;
            c6.Write(a6, &values[5], scratch);
            scratch.Argument = 6;
            c7.Write(a7, &values[6], scratch);
            scratch.Argument = 7;
            c8.Write(a8, &values[7], scratch);
            return Invoke(values, 8, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8) => Func(a1, a2, a3, a4, a5, a6, a7, a8);
}

/// <summary>Functions of 9 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<T2> c2;
    private readonly Codec<T3> c3;
    private readonly Codec<T4> c4;
    private readonly Codec<T5> c5;
    private readonly Codec<T6> c6;
    private readonly Codec<T7> c7;
    private readonly Codec<T8> c8;
    private readonly Codec<T9> c9;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 9)
    {
        c1 = Parameter<T1>(0);
        c2 = Parameter<T2>(1);
        c3 = Parameter<T3>(2);
        c4 = Parameter<T4>(3);
        c5 = Parameter<T5>(4);
        c6 = Parameter<T6>(5);
        c7 = Parameter<T7>(6);
        c8 = Parameter<T8>(7);
        c9 = Parameter<T9>(8);
        result = Result<TResult>();
        Describe(result, c1, c2, c3, c4, c5, c6, c7, c8, c9);
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(9 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                scratch.Argument = 1;
                c2.Lend(a2, &slots[1], scratch);
                scratch.Argument = 2;
                c3.Lend(a3, &slots[2], scratch);
                scratch.Argument = 3;
                c4.Lend(a4, &slots[3], scratch);
                scratch.Argument = 4;
                c5.Lend(a5, &slots[4], scratch);
                scratch.Argument = 5;
                c6.Lend(a6, &slots[5], scratch);
                scratch.Argument = 6;
                c7.Lend(a7, &slots[6], scratch);
                scratch.Argument = 7;
                c8.Lend(a8, &slots[7], scratch);
                scratch.Argument = 8;
                c9.Lend(a9, &slots[8], scratch);
                return Invoke(slots, 9, result, scratch);
            }
            Val* values = scratch.Array<Val>(9 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            scratch.Argument = 1;
            c2.Write(a2, &values[1], scratch);
            scratch.Argument = 2;
            c3.Write(a3, &values[2], scratch);
            scratch.Argument = 3;
            c4.Write(a4, &values[3], scratch);
            scratch.Argument = 4;
            c5.Write(a5, &values[4], scratch);
            scratch.Argument = 5;
            c6.Write(a6, &values[5], scratch);
            scratch.Argument = 6;
            c7.Write(a7, &values[6], scratch);
            scratch.Argument = 7;
            c8.Write(a8, &values[7], scratch);
            scratch.Argument = 8;
            c9.Write(a9, &values[8], scratch);
            return Invoke(values, 9, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9) => Func(a1, a2, a3, a4, a5, a6, a7, a8, a9);
}

/// <summary>Functions of 10 parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> : ValueCall
{
    private readonly Codec<T1> c1;
    private readonly Codec<T2> c2;
    private readonly Codec<T3> c3;
    private readonly Codec<T4> c4;
    private readonly Codec<T5> c5;
    private readonly Codec<T6> c6;
    private readonly Codec<T7> c7;
    private readonly Codec<T8> c8;
    private readonly Codec<T9> c9;
    private readonly Codec<T10> c10;
    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, 10)
    {
        c1 = Parameter<T1>(0);
        c2 = Parameter<T2>(1);
        c3 = Parameter<T3>(2);
        c4 = Parameter<T4>(3);
        c5 = Parameter<T5>(4);
        c6 = Parameter<T6>(5);
        c7 = Parameter<T7>(6);
        c8 = Parameter<T8>(7);
        c9 = Parameter<T9>(8);
        c10 = Parameter<T10>(9);
        result = Result<TResult>();
        Describe(result, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10);
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9, T10 a10)
    {
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {
            if (described is not null)
            {
                Slot* slots = scratch.Array<Slot>(10 + 1 + results);
                scratch.Argument = 0;
                c1.Lend(a1, &slots[0], scratch);
                scratch.Argument = 1;
                c2.Lend(a2, &slots[1], scratch);
                scratch.Argument = 2;
                c3.Lend(a3, &slots[2], scratch);
                scratch.Argument = 3;
                c4.Lend(a4, &slots[3], scratch);
                scratch.Argument = 4;
                c5.Lend(a5, &slots[4], scratch);
                scratch.Argument = 5;
                c6.Lend(a6, &slots[5], scratch);
                scratch.Argument = 6;
                c7.Lend(a7, &slots[6], scratch);
                scratch.Argument = 7;
                c8.Lend(a8, &slots[7], scratch);
                scratch.Argument = 8;
                c9.Lend(a9, &slots[8], scratch);
                scratch.Argument = 9;
                c10.Lend(a10, &slots[9], scratch);
                return Invoke(slots, 10, result, scratch);
            }
            Val* values = scratch.Array<Val>(10 + results);
            scratch.Argument = 0;
            c1.Write(a1, &values[0], scratch);
            scratch.Argument = 1;
            c2.Write(a2, &values[1], scratch);
            scratch.Argument = 2;
            c3.Write(a3, &values[2], scratch);
            scratch.Argument = 3;
            c4.Write(a4, &values[3], scratch);
            scratch.Argument = 4;
            c5.Write(a5, &values[4], scratch);
            scratch.Argument = 5;
            c6.Write(a6, &values[5], scratch);
            scratch.Argument = 6;
            c7.Write(a7, &values[6], scratch);
            scratch.Argument = 7;
            c8.Write(a8, &values[7], scratch);
            scratch.Argument = 8;
            c9.Write(a9, &values[8], scratch);
            scratch.Argument = 9;
            c10.Write(a10, &values[9], scratch);
            return Invoke(values, 10, result);
        }
        finally
        {
            scratch.End(mark);
            store.Leave(outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9, T10 a10) => Func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10);
}
