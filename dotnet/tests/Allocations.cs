using System;
using Witrt;

/// What calls allocate on the managed heap, in bytes.
static class Allocations
{
    private const int Calls = 1000;

    public static void All()
    {
        using var guest = new Guest();
        var instance = guest.Instance;
        string text = new string('é', 64);
        var numbers = instance.GetFunc<int, int>("s32");
        var length = instance.GetFunc<string, uint>("length");
        var echo = instance.GetFunc<string, string>("echo");
        var reflected = instance.GetFunction<Func<string, string>>("echo");
        var span = instance.GetTextFunc<uint>("length");
        var transform = instance.GetTextTransform("echo");
        var room = new char[64];
        long one = Of("a string of 64 units, made by .NET", () => new string('k', 64)) / Calls;

        Check.Equal("number to number", 0, Of("number to number", () => numbers(1)));
        Check.Equal("string to number", 0, Of("string to number", () => length(text)));
        Check.Equal("span to number", 0, Of("span to number", () => span(text.AsSpan(1, 10))));
        Check.Equal("span to span", 0, Of("span to span", () => transform(text, room)));
        Check.Equal("string to string: the result", one * Calls, Of("string to string", () => echo(text)));
        Check.Equal("by a delegate of any type: the result", one * Calls, Of("by a delegate of any type", () => reflected(text)));
        var twins = instance.GetFunc<string, uint, string, (string, uint, string)>("twins");
        Check.Equal("two strings among several results: these", 2 * one * Calls, Of("several results", () => twins(text, 1, text)));
        Check.Equal("the empty string", 0, Of("the empty string", () => echo("")));

        int seen = 0;
        guest.Notified = () => seen++;
        var notify = instance.GetAction("notify");
        Check.Equal("a host function", 0, Of("a host function", () => notify()));
        guest.Relayed = static given => given;
        var relay = instance.GetFunc<string, string>("relay");
        Check.Equal("a string to a host function, and the result: two strings", 2 * one * Calls, Of("string to string through the host", () => relay(text)));

        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromFile(engine, Check.Guest("guest.wat"));
        var linker = new Linker(store);
        linker.Define("host", "notify", () => { });
        int units = 0;
        linker.Define("host", "relay", (ReadOnlySpan<char> given) => { units += given.Length; return ""; });
        var looking = linker.Instantiate(module).GetFunc<string, string>("relay");
        Check.Equal("a span to a host function", 0, Of("span to a host function", () => looking(text)));
        Check.True("which saw them", units > 64 * Calls && seen > Calls);
    }

    /// So many calls, after some that have everything compiled and grown.
    private static long Of<T>(string what, Func<T> call)
    {
        for (int i = 0; i < 200; i++) call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++) call();
        return Print(what, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static long Of(string what, Action call) => Of(what, () => { call(); return 0; });

    private static long Print(string what, long bytes)
    {
        Console.WriteLine($"  {what}: {bytes / Calls} bytes a call");
        return bytes;
    }
}
