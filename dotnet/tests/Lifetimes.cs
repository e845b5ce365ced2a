using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Witrt;

static class Lifetimes
{
    public static void Disposing()
    {
        // In every order.
        int orders = 0;
        foreach (var order in Permutations(new[] { 0, 1, 2 }))
        {
            var engine = new Engine();
            var module = Module.FromFile(engine, Check.Module("strings.wasm"));
            var store = new Store(engine);
            var greet = new Instance(store, module).GetFunc<string, string>("greet");
            var disposables = new IDisposable[] { engine, module, store };
            bool open = true;
            foreach (int next in order)
            {
                disposables[next].Dispose();
                disposables[next].Dispose();
                if (next == 2) open = false;
                try
                {
                    if ((greet("x").Length > 0) != open) orders = int.MinValue;
                }
                catch (ObjectDisposedException)
                {
                    if (open) orders = int.MinValue;
                }
            }
            orders++;
        }
        Check.Equal("engine, module and store in any order, twice each", 6, orders);

        var guest = new Guest();
        var echo = guest.Instance.GetFunc<string, string>("echo");
        var notify = guest.Instance.GetAction("notify");
        bool refused = false;
        guest.Notified = () =>
        {
            guest.Store.Dispose();
            try
            {
                echo("x");
            }
            catch (ObjectDisposedException)
            {
                refused = true;
            }
        };
        notify();
        Check.True("a store that is disposed inside a call goes when that returns", refused);
        Check.Throws<ObjectDisposedException>("a delegate of it", () => notify());
        Check.Throws<ObjectDisposedException>("a new instance in it", () => guest.Instance.GetFunction("echo"));
        Check.Throws<ObjectDisposedException>("its fuel", () => { var _ = guest.Store.Fuel; });
        guest.Engine.Dispose();
        Check.Throws<ObjectDisposedException>("a store of a disposed engine", () => new Store(guest.Engine));
        Check.Throws<ObjectDisposedException>("a module of a disposed engine", () => Module.FromText(guest.Engine, "(module)"));

        // From another thread, while a call is running.
        guest = new Guest();
        notify = guest.Instance.GetAction("notify");
        ErrorKind busy = 0;
        guest.Notified = () => Task.Run(() =>
        {
            try
            {
                guest.Instance.GetFunc<string, string>("echo");
            }
            catch (WitrtException error)
            {
                busy = error.Kind;
            }
            guest.Store.Dispose();
        }).Wait();
        notify();
        Check.Equal("another thread is refused meanwhile", ErrorKind.StoreBusy, busy);
        Check.Throws<ObjectDisposedException>("and what it disposed of is gone", () => notify());
    }

    private static IEnumerable<int[]> Permutations(int[] items) =>
        items.Length == 1 ? new[] { items }
        : items.SelectMany(first => Permutations(items.Where(i => i != first).ToArray()).Select(rest => rest.Prepend(first).ToArray()));

    public static void Collecting()
    {
        // Nothing is disposed; a thread collects all the time.
        using var stop = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            int rounds = 0;
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(rounds++ % 3);
                GC.WaitForPendingFinalizers();
            }
            return rounds;
        });
        int good = 0;
        var engine = new Engine();
        var module = Module.FromFile(engine, Check.Module("strings.wasm"));
        for (int i = 0; i < 300; i++)
        {
            if (Drop(engine, module) == "hello, collected! (9 bytes, 9 chars)") good++;
        }
        Check.Equal("stores, instances and delegates that are dropped", 300, good);

        using var guest = new Guest();
        var echo = guest.Instance.GetFunc<string, string>("echo");
        guest.Relayed = text => new string('r', 10) + text;
        var relay = guest.Instance.GetFunc<string, string>("relay");
        int calls = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string text = "number " + i;
            if (echo(text) == text && relay(text).Length == text.Length + 10) calls++;
        }
        Check.Equal("strings that are moved by the collector", 20_000, calls);
        var same = guest.Instance.GetFunc<object?, object?>("object");
        int references = 0;
        for (int i = 0; i < 2000; i++)
        {
            if (same(new string('o', i % 50)) is string back && back.Length == i % 50) references++;
        }
        Check.Equal("objects that only the guest holds", 2000, references);
        stop.Cancel();
        Check.True("collections meanwhile", collector.Result > 10, $"{collector.Result}");

        var kept = new WeakReference(null);
        Hold(kept);
        for (int i = 0; i < 10 && kept.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Check.True("what a host function holds goes with its store", !kept.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Drop(Engine engine, Module module)
    {
        var store = new Store(engine);
        var linker = new Linker(store);
        linker.Define("a", "b", (string text) => text + store);
        return linker.Instantiate(module).GetFunc<string, string>("greet")("collected");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Hold(WeakReference kept)
    {
        var held = new byte[1000];
        kept.Target = held;
        using var guest = new Guest();
        guest.Notified = () => held[0]++;
        guest.Instance.GetAction("notify")();
        using var module = Module.FromText(guest.Engine, "(module (import \"\" \"\" (func $f)) (start $f))");
        var linker = new Linker(guest.Store);
        linker.Define("", "", () => { held[1]++; });
        linker.Instantiate(module);
    }

    public static void Threads()
    {
        using var engine = new Engine();
        using var module = Module.FromFile(engine, Check.Module("strings.wasm"));
        int good = 0;
        var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            using var store = new Store(engine);
            var instance = new Instance(store, module);
            var greet = instance.GetFunc<string, string>("greet");
            var boom = instance.GetFunc<string, string>("boom");
            for (int i = 0; i < 2000; i++)
            {
                if (greet($"{number}") == $"hello, {number}! (1 bytes, 1 chars)") Interlocked.Increment(ref good);
                if (i % 100 != 0) continue;
                try
                {
                    boom("x");
                }
                catch (TrapException trap) when (trap.Code == TrapCode.Unreachable)
                {
                    Interlocked.Increment(ref good);
                }
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Check.Equal("eight threads with a store each", 8 * 2020, good);
    }
}
