// The engine's signal handlers and the runtime's have to get along: both make
// exceptions of faults.

using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Witrt;

static class Signals
{
    private sealed class Box
    {
        public int Number = 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Divide(int a, int b) => a / b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Read(Box? box) => box!.Number;

    /// That the runtime makes its exceptions of faults.
    private static bool Works()
    {
        bool divided = false, read = false;
        try
        {
            Divide(1, 0);
        }
        catch (DivideByZeroException)
        {
            divided = true;
        }
        try
        {
            Read(null);
        }
        catch (NullReferenceException)
        {
            read = true;
        }
        return divided && read;
    }

    public static void Managed()
    {
        Check.Throws<DivideByZeroException>("1 / 0", () => Divide(1, 0));
        Check.Throws<OverflowException>("int.MinValue / -1", () => Divide(int.MinValue, -1));
        Check.Throws<NullReferenceException>("a field of null", () => Read(null));
    }

    private static (string, TrapCode, Action)[] Traps(Instance instance) => new (string, TrapCode, Action)[]
    {
        ("unreachable", TrapCode.Unreachable, instance.GetAction("unreachable")),
        ("out of bounds", TrapCode.MemoryOutOfBounds, instance.GetAction("bounds")),
        ("division by zero", TrapCode.DivisionByZero, () => instance.GetFunc<int, int>("divide")(0)),
        ("integer overflow", TrapCode.IntegerOverflow, () => instance.GetFunc<int, int>("overflow")(-1)),
        ("conversion of a NaN", TrapCode.BadConversionToInteger, () => instance.GetFunc<double, int>("convert")(double.NaN)),
        ("stack overflow", TrapCode.StackOverflow, instance.GetAction("recurse")),
        ("null table entry", TrapCode.NullReference, instance.GetAction("null entry")),
        ("bad signature", TrapCode.BadSignature, instance.GetAction("bad signature")),
        ("table out of bounds", TrapCode.TableOutOfBounds, instance.GetAction("table bounds")),
    };

    public static void AfterTraps()
    {
        using var guest = new Guest();
        for (int round = 1; round <= 2; round++)
        {
            foreach (var (name, code, call) in Traps(guest.Instance))
            {
                var trap = Check.Throws<TrapException>($"{name}, round {round}", call);
                Check.True($"{name}: its code and frames, and then the runtime's own exceptions",
                    trap.Code == code && trap.Frames.Count > 0 && Works(), $"{trap.Code}, {trap.Frames.Count} frames");
            }
        }
        Check.True("a frame has a name", Check.Throws<TrapException>("once more", guest.Instance.GetAction("bounds")).Frames[0].ToString()
            .StartsWith("bounds", StringComparison.Ordinal));
    }

    public static void Inside()
    {
        using var guest = new Guest();
        var notify = guest.Instance.GetAction("notify");
        bool worked = false;
        guest.Notified = () => worked = Works();
        notify();
        Check.True("caught inside", worked);
        guest.Notified = () => Divide(1, 0);
        Check.True("a division by zero that leaves", Check.Throws<TrapException>("1 / 0 inside", notify).InnerException is DivideByZeroException);
        guest.Notified = () => Read(null);
        Check.True("a null reference that leaves", Check.Throws<TrapException>("null inside", notify).InnerException is NullReferenceException);
        var traps = Traps(guest.Instance);
        int caught = 0;
        guest.Notified = () =>
        {
            foreach (var (_, code, call) in traps)
            {
                try
                {
                    call();
                }
                catch (TrapException trap) when (trap.Code == code && Works())
                {
                    caught++;
                }
            }
        };
        notify();
        Check.Equal("every trap inside a host function", traps.Length, caught);
    }

    public static void Threads()
    {
        int good = 0;
        for (int round = 0; round < 25; round++)
        {
            var threads = new Thread[4];
            for (int i = 0; i < threads.Length; i++)
            {
                threads[i] = new Thread(() =>
                {
                    bool worked = Works();
                    using var guest = new Guest();
                    foreach (var (_, code, call) in Traps(guest.Instance))
                    {
                        try
                        {
                            call();
                            worked = false;
                        }
                        catch (TrapException trap)
                        {
                            worked &= trap.Code == code && Works();
                        }
                    }
                    if (worked) Interlocked.Increment(ref good);
                });
                threads[i].Start();
            }
            foreach (var thread in threads) thread.Join();
        }
        Check.Equal("every trap on a hundred threads", 100, good);
    }
}
