// Written by arity.py; change that.

using System;

namespace Witrt;

/// <summary>Functions of 0 parameters.</summary>
internal sealed unsafe class Call<TResult> : Prepared
{
    internal Call(Function function) : base(function, Array.Empty<Type>(), typeof(TResult))
    {
    }

    internal TResult Func()
    {
        Slot* slots = stackalloc Slot[1];
        bool outermost = store.EnterOutermost();
        try
        {
            {
                Offer<TResult>(slots + 0);
                Invoke(slots, slots + 0);
            }
            return Take<TResult>(slots + 0);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action() => Func();
}

/// <summary>Functions of 1 parameters.</summary>
internal sealed unsafe class Call<T1, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1)
    {
        Slot* slots = stackalloc Slot[2];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Offer<TResult>(slots + 1);
                Invoke(slots, slots + 1);
            }
            return Take<TResult>(slots + 1);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1) => Func(a1);
}

/// <summary>Functions of 2 parameters.</summary>
internal sealed unsafe class Call<T1, T2, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1), typeof(T2) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1, T2 a2)
    {
        Slot* slots = stackalloc Slot[3];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            fixed (char* p2 = &Slots.TextOf(a2))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Slots.Give(a2, p2, &slots[1], 1, store);
                Offer<TResult>(slots + 2);
                Invoke(slots, slots + 2);
            }
            return Take<TResult>(slots + 2);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1, T2 a2) => Func(a1, a2);
}

/// <summary>Functions of 3 parameters.</summary>
internal sealed unsafe class Call<T1, T2, T3, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1), typeof(T2), typeof(T3) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3)
    {
        Slot* slots = stackalloc Slot[4];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            fixed (char* p2 = &Slots.TextOf(a2))
            fixed (char* p3 = &Slots.TextOf(a3))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Slots.Give(a2, p2, &slots[1], 1, store);
                Slots.Give(a3, p3, &slots[2], 2, store);
                Offer<TResult>(slots + 3);
                Invoke(slots, slots + 3);
            }
            return Take<TResult>(slots + 3);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3) => Func(a1, a2, a3);
}

/// <summary>Functions of 4 parameters.</summary>
internal sealed unsafe class Call<T1, T2, T3, T4, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4)
    {
        Slot* slots = stackalloc Slot[5];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            fixed (char* p2 = &Slots.TextOf(a2))
            fixed (char* p3 = &Slots.TextOf(a3))
            fixed (char* p4 = &Slots.TextOf(a4))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Slots.Give(a2, p2, &slots[1], 1, store);
                Slots.Give(a3, p3, &slots[2], 2, store);
                Slots.Give(a4, p4, &slots[3], 3, store);
                Offer<TResult>(slots + 4);
                Invoke(slots, slots + 4);
            }
            return Take<TResult>(slots + 4);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4) => Func(a1, a2, a3, a4);
}

/// <summary>Functions of 5 parameters.</summary>
internal sealed unsafe class Call<T1, T2, T3, T4, T5, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5)
    {
        Slot* slots = stackalloc Slot[6];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            fixed (char* p2 = &Slots.TextOf(a2))
            fixed (char* p3 = &Slots.TextOf(a3))
            fixed (char* p4 = &Slots.TextOf(a4))
            fixed (char* p5 = &Slots.TextOf(a5))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Slots.Give(a2, p2, &slots[1], 1, store);
                Slots.Give(a3, p3, &slots[2], 2, store);
                Slots.Give(a4, p4, &slots[3], 3, store);
                Slots.Give(a5, p5, &slots[4], 4, store);
                Offer<TResult>(slots + 5);
                Invoke(slots, slots + 5);
            }
            return Take<TResult>(slots + 5);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5) => Func(a1, a2, a3, a4, a5);
}

/// <summary>Functions of 6 parameters.</summary>
internal sealed unsafe class Call<T1, T2, T3, T4, T5, T6, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6)
    {
        Slot* slots = stackalloc Slot[7];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            fixed (char* p2 = &Slots.TextOf(a2))
            fixed (char* p3 = &Slots.TextOf(a3))
            fixed (char* p4 = &Slots.TextOf(a4))
            fixed (char* p5 = &Slots.TextOf(a5))
            fixed (char* p6 = &Slots.TextOf(a6))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Slots.Give(a2, p2, &slots[1], 1, store);
                Slots.Give(a3, p3, &slots[2], 2, store);
                Slots.Give(a4, p4, &slots[3], 3, store);
                Slots.Give(a5, p5, &slots[4], 4, store);
                Slots.Give(a6, p6, &slots[5], 5, store);
                Offer<TResult>(slots + 6);
                Invoke(slots, slots + 6);
            }
            return Take<TResult>(slots + 6);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6) => Func(a1, a2, a3, a4, a5, a6);
}

/// <summary>Functions of 7 parameters.</summary>
internal sealed unsafe class Call<T1, T2, T3, T4, T5, T6, T7, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7)
    {
        Slot* slots = stackalloc Slot[8];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            fixed (char* p2 = &Slots.TextOf(a2))
            fixed (char* p3 = &Slots.TextOf(a3))
            fixed (char* p4 = &Slots.TextOf(a4))
            fixed (char* p5 = &Slots.TextOf(a5))
            fixed (char* p6 = &Slots.TextOf(a6))
            fixed (char* p7 = &Slots.TextOf(a7))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Slots.Give(a2, p2, &slots[1], 1, store);
                Slots.Give(a3, p3, &slots[2], 2, store);
                Slots.Give(a4, p4, &slots[3], 3, store);
                Slots.Give(a5, p5, &slots[4], 4, store);
                Slots.Give(a6, p6, &slots[5], 5, store);
                Slots.Give(a7, p7, &slots[6], 6, store);
                Offer<TResult>(slots + 7);
                Invoke(slots, slots + 7);
            }
            return Take<TResult>(slots + 7);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7) => Func(a1, a2, a3, a4, a5, a6, a7);
}

/// <summary>Functions of 8 parameters.</summary>
internal sealed unsafe class Call<T1, T2, T3, T4, T5, T6, T7, T8, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8)
    {
        Slot* slots = stackalloc Slot[9];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            fixed (char* p2 = &Slots.TextOf(a2))
            fixed (char* p3 = &Slots.TextOf(a3))
            fixed (char* p4 = &Slots.TextOf(a4))
            fixed (char* p5 = &Slots.TextOf(a5))
            fixed (char* p6 = &Slots.TextOf(a6))
            fixed (char* p7 = &Slots.TextOf(a7))
            fixed (char* p8 = &Slots.TextOf(a8))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Slots.Give(a2, p2, &slots[1], 1, store);
                Slots.Give(a3, p3, &slots[2], 2, store);
                Slots.Give(a4, p4, &slots[3], 3, store);
                Slots.Give(a5, p5, &slots[4], 4, store);
                Slots.Give(a6, p6, &slots[5], 5, store);
                Slots.Give(a7, p7, &slots[6], 6, store);
                Slots.Give(a8, p8, &slots[7], 7, store);
                Offer<TResult>(slots + 8);
                Invoke(slots, slots + 8);
            }
            return Take<TResult>(slots + 8);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8) => Func(a1, a2, a3, a4, a5, a6, a7, a8);
}

/// <summary>Functions of 9 parameters.</summary>
internal sealed unsafe class Call<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9)
    {
        Slot* slots = stackalloc Slot[10];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            fixed (char* p2 = &Slots.TextOf(a2))
            fixed (char* p3 = &Slots.TextOf(a3))
            fixed (char* p4 = &Slots.TextOf(a4))
            fixed (char* p5 = &Slots.TextOf(a5))
            fixed (char* p6 = &Slots.TextOf(a6))
            fixed (char* p7 = &Slots.TextOf(a7))
            fixed (char* p8 = &Slots.TextOf(a8))
            fixed (char* p9 = &Slots.TextOf(a9))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Slots.Give(a2, p2, &slots[1], 1, store);
                Slots.Give(a3, p3, &slots[2], 2, store);
                Slots.Give(a4, p4, &slots[3], 3, store);
                Slots.Give(a5, p5, &slots[4], 4, store);
                Slots.Give(a6, p6, &slots[5], 5, store);
                Slots.Give(a7, p7, &slots[6], 6, store);
                Slots.Give(a8, p8, &slots[7], 7, store);
                Slots.Give(a9, p9, &slots[8], 8, store);
                Offer<TResult>(slots + 9);
                Invoke(slots, slots + 9);
            }
            return Take<TResult>(slots + 9);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9) => Func(a1, a2, a3, a4, a5, a6, a7, a8, a9);
}

/// <summary>Functions of 10 parameters.</summary>
internal sealed unsafe class Call<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult> : Prepared
{
    internal Call(Function function) : base(function, new[] { typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(T9), typeof(T10) }, typeof(TResult))
    {
    }

    internal TResult Func(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9, T10 a10)
    {
        Slot* slots = stackalloc Slot[11];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* p1 = &Slots.TextOf(a1))
            fixed (char* p2 = &Slots.TextOf(a2))
            fixed (char* p3 = &Slots.TextOf(a3))
            fixed (char* p4 = &Slots.TextOf(a4))
            fixed (char* p5 = &Slots.TextOf(a5))
            fixed (char* p6 = &Slots.TextOf(a6))
            fixed (char* p7 = &Slots.TextOf(a7))
            fixed (char* p8 = &Slots.TextOf(a8))
            fixed (char* p9 = &Slots.TextOf(a9))
            fixed (char* p10 = &Slots.TextOf(a10))
            {
                Slots.Give(a1, p1, &slots[0], 0, store);
                Slots.Give(a2, p2, &slots[1], 1, store);
                Slots.Give(a3, p3, &slots[2], 2, store);
                Slots.Give(a4, p4, &slots[3], 3, store);
                Slots.Give(a5, p5, &slots[4], 4, store);
                Slots.Give(a6, p6, &slots[5], 5, store);
                Slots.Give(a7, p7, &slots[6], 6, store);
                Slots.Give(a8, p8, &slots[7], 7, store);
                Slots.Give(a9, p9, &slots[8], 8, store);
                Slots.Give(a10, p10, &slots[9], 9, store);
                Offer<TResult>(slots + 10);
                Invoke(slots, slots + 10);
            }
            return Take<TResult>(slots + 10);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9, T10 a10) => Func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10);
}
