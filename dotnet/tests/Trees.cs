using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Witrt;

/// Values with parts while the collector moves things, on several threads; and what calls with them allocate.
static class Trees
{
    public static void Collecting()
    {
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
        var workers = Enumerable.Range(0, 3).Select(number => Task.Run(() =>
        {
            using var guest = new ComponentGuest(number == 0 ? "c/guest-utf8.wasm" : "c/guest-utf16.wasm", typed: number < 2);
            var birthday = guest.Instance.GetFunc<Person, Person>("birthday");
            var join = guest.Instance.GetFunc<List<string>, string?, string>("join");
            var reverse = guest.Instance.GetFunc<byte[], byte[]>("reverse-bytes");
            var run = guest.Instance.GetFunc<string, string>("run");
            var make = guest.Instance.GetFunc<string, Resource>("[constructor]logbook");
            var text = guest.Instance.GetFunc<Resource, string>("[method]logbook.text");
            for (int i = 0; i < 400; i++)
            {
                var person = new Person { Name = $"number {i}", Age = (byte)i, Tags = Enumerable.Range(0, i % 40).Select(tag => $"é{tag}").ToArray(), Home = i % 2 == 0 ? new Point(i, -i) : null };
                var older = birthday(person);
                bool right = older.Name == person.Name && older.Age == (byte)(i + 1) && older.Tags.Length == i % 40 + 1 && older.Home == (i % 2 == 0 ? new Point(-i, -i) : null);
                var parts = Enumerable.Range(0, 20).Select(part => new string((char)('a' + part), part * i)).ToList();
                right &= join(parts, null) == string.Join("|", parts);
                var bytes = new byte[i * 50];
                for (int j = 0; j < bytes.Length; j++) bytes[j] = (byte)(i + j);
                right &= reverse(bytes).Reverse().SequenceEqual(bytes);
                right &= text(make(person.Name)).StartsWith(person.Name, StringComparison.Ordinal);
                if (i % 10 == 0) right &= run("straße").StartsWith("answer to straße", StringComparison.Ordinal);
                if (right) Interlocked.Increment(ref good);
            }
        })).ToArray();
        Task.WaitAll(workers);
        stop.Cancel();
        Check.Equal("calls on three threads", 1200, good);
        Check.True("collections meanwhile", collector.Result > 5, $"{collector.Result}");

        // A store that is dropped with host functions, resources and memory of calls in it.
        int dropped = 0;
        for (int i = 0; i < 20; i++) dropped += Drop(i);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Check.Equal("stores that are dropped", 20, dropped);
    }

    private static int Drop(int number)
    {
        var guest = new ComponentGuest("c/guest-utf8.wasm", typed: number % 2 == 0);
        guest.Instance.GetFunc<string, Resource>("[constructor]logbook")("left");
        return guest.Instance.GetFunc<string, string>("run")("x").StartsWith("answer to x", StringComparison.Ordinal) ? 1 : 0;
    }

    private const int Calls = 500;

    public static void Allocating()
    {
        using var guest = new ComponentGuest("c/guest-utf8.wasm");
        var instance = guest.Instance;
        var numbers = Enumerable.Range(0, 1000).Select(i => i / 4.0).ToArray();
        var points = Enumerable.Range(0, 100).Select(i => new Point(i, -i)).ToArray();
        var list = points.ToList();
        var sum = instance.GetFunc<double[], double>("sum");
        Check.Equal("a list of numbers", 0, Of("a list of 1,000 numbers", () => sum(numbers)));
        var span = instance.GetListFunc<double, double>("sum");
        Check.Equal("a span of numbers", 0, Of("a span of numbers", () => span(numbers.AsSpan(10, 20))));
        var centroid = instance.GetFunc<Point[], Point?>("centroid");
        Check.Equal("records, and an option of one", 0, Of("100 records, and an option of one", () => centroid(points)));
        var reflected = instance.GetFunction<Func<IReadOnlyList<Point>, (int, int)?>>("centroid");
        Check.Equal("by a delegate of any type", 0, Of("by a delegate of any type", () => reflected(list)));
        var flip = instance.GetFunc<bool, bool>("flip");
        Check.Equal("bool", 0, Of("bool", () => flip(true)));
        var toggle = instance.GetFunc<Access, Access>("toggle");
        Check.Equal("flags", 0, Of("flags", () => toggle(Access.Read)));
        var color = instance.GetFunc<Color, Color>("next-color");
        Check.Equal("an enum", 0, Of("an enum", () => color(Color.Red)));
        var area = instance.GetFunc<Shape, double?>("area");
        var circle = new Shape.Circle(2);
        Check.Equal("a variant", 0, Of("a variant, and an option", () => area(circle)));
        var parse = instance.GetFunc<string, Point>("parse");
        Check.Equal("text, and the value of a result", 0, Of("text, and the value of a result", () => parse("3,-4")));
        var join = instance.GetFunc<string[], string?, string>("join");
        string[] texts = { "a", "b" };
        long three = Of("a text of 3 units, made by .NET", () => new string('k', 3));
        Check.Equal("texts: the result", three, Of("texts", () => join(texts, null)));
        var reverse = instance.GetFunc<byte[], byte[]>("reverse-bytes");
        var bytes = new byte[5000];
        long many = Of("5,000 bytes, made by .NET", () => new byte[5000]);
        Check.Equal("bytes: the result", many, Of("bytes", () => reverse(bytes)));
        var path = instance.GetFunc<uint, Point[]>("path");
        long hundred = Of("100 records, made by .NET", () => new Point[100]);
        Check.Equal("records: the result", hundred, Of("records", () => path(100)));
    }

    /// So many calls, after some that have everything compiled and grown.
    private static long Of<T>(string what, Func<T> call)
    {
        for (int i = 0; i < 200; i++) call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++) call();
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Console.WriteLine($"  {what}: {bytes / Calls} bytes a call");
        return bytes;
    }
}
