// bench FOLDER: what a call with a string costs, in ratios to what it costs by
// hand. The same core module is called
//
//   typed      through its interface: a delegate on string;
//   span       the same, on ReadOnlySpan<char>;
//   transform  the same, from span to span;
//   by hand    Encoding.UTF8.GetBytes, malloc, copy, call, free, with
//              wasm_func_call, as the standard's users do it;
//   delegates  the same by hand, with typed delegates on the core's exports;
//   P/Invoke   a call that does nothing, with the string pinned.
//
// Of a component, values with parts as .NET's own types (typed) and as values that
// tell their kinds (dynamic), and bytes to a copy of them made by .NET.
//
// They take turns; each figure is the median of many blocks.

using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using Witrt;

string folder = args[0];
string core = File.ReadAllText(Path.Combine(folder, "core.wat"));
string adapters = File.ReadAllText(Path.Combine(folder, "interface.wat"));

using var engine = new Engine();
using var store = new Store(engine);
using var typedModule = Module.FromText(engine, $"(module {core} {adapters})");
using var coreModule = Module.FromText(engine, $"(module {core})");
var typed = new Instance(store, typedModule);
var glue = new Glue(new Instance(store, coreModule));
using var c = new CApi($"(module {core})");
var length = typed.GetFunc<string, uint>("length");
var same = typed.GetFunc<string, string>("same");
var lengthOfSpan = typed.GetTextFunc<uint>("length");
var transform = typed.GetTextTransform("same");
var room = new char[64 * 1024];

uint sink = 0;
foreach (var (kind, piece) in new[] { ("ASCII", "x"), ("Latin", "é"), ("CJK", "漢") })
{
    foreach (int units in new[] { 8, 64, 1024 })
    {
        string text = string.Concat(System.Linq.Enumerable.Repeat(piece, units));
        if (glue.Length(text) != length(text) || c.Length(text) != length(text) || glue.Same(text) != same(text) || c.Same(text) != text)
            throw new InvalidOperationException("they do not do the same");
        Compare($"in, {units} {kind}", new (string, Action)[]
        {
            ("by hand", () => sink += c.Length(text)),
            ("typed", () => sink += length(text)),
            ("span", () => sink += lengthOfSpan(text)),
            ("delegates", () => sink += glue.Length(text)),
            ("P/Invoke", () => sink += CApi.Bare(text)),
        });
        Compare($"in and out, {units} {kind}", new (string, Action)[]
        {
            ("by hand", () => sink += (uint)c.Same(text).Length),
            ("typed", () => sink += (uint)same(text).Length),
            ("transform", () => sink += (uint)transform(text, room)),
            ("delegates", () => sink += (uint)glue.Same(text).Length),
        });
    }
}
var numbers = new Instance(store, coreModule).GetFunc<int, int>("malloc");
Compare("number to number", new (string, Action)[]
{
    ("by hand", () => sink += (uint)c.Malloc(1)),
    ("typed", () => sink += (uint)numbers(1)),
    ("P/Invoke", () => sink += CApi.Bare("")),
});

using var component = Module.FromFile(engine, Path.Combine(folder, "../../tests/modules/components/c/plain-utf8.wasm"));
var text8 = new Instance(store, component);
var parse = text8.GetFunc<string, Point>("parse");
var dynamic = text8.GetFunction("parse");
Compare("a record as a result", new (string, Action)[]
{
    ("dynamic", () => sink += (uint)dynamic.Call("3,-4")[0].Count),
    ("typed", () => sink += (uint)parse("3,-4").X),
});
var reverse = text8.GetFunc<byte[], byte[]>("reverse-bytes");
var reverseSpan = text8.GetListFunc<byte, byte[]>("reverse-bytes");
foreach (int size in new[] { 8, 1024 })
{
    var bytes = new byte[size];
    Compare($"{size} bytes there, reversed, and back", new (string, Action)[]
    {
        ("copy", () => sink += (uint)bytes.AsSpan().ToArray().Length),
        ("typed", () => sink += (uint)reverse(bytes).Length),
        ("span", () => sink += (uint)reverseSpan(bytes).Length),
    });
}
using var records = Module.FromFile(engine, Path.Combine(folder, "../../tests/modules/components/c/guest-utf8.wasm"));
var linker = new Linker(store);
linker.DefineUnknownAsTraps(records);
var kinds = linker.Instantiate(records);
var path = kinds.GetFunc<uint, Point[]>("path");
var dynamicPath = kinds.GetFunction("path");
var centroid = kinds.GetFunc<Point[], Point?>("centroid");
var points = path(100);
Compare("100 records out", new (string, Action)[]
{
    ("dynamic", () => sink += (uint)dynamicPath.Call(100u)[0].Count),
    ("typed", () => sink += (uint)path(100).Length),
});
var dynamicCentroid = kinds.GetFunction("centroid");
var values = Value.List(System.Linq.Enumerable.ToArray(System.Linq.Enumerable.Select(points, point => Value.Record(point.X, point.Y))));
Compare("100 records in", new (string, Action)[]
{
    ("dynamic", () => sink += (uint)dynamicCentroid.Call(values)[0].Count),
    ("typed", () => sink += (uint)centroid(points)!.Value.X),
});
GC.KeepAlive(sink);

static void Compare(string what, (string Name, Action Call)[] candidates)
{
    const int Blocks = 41;
    var times = new double[candidates.Length][];
    var bytes = new long[candidates.Length];
    for (int i = 0; i < candidates.Length; i++)
    {
        times[i] = new double[Blocks];
    }
    // What is called often is compiled again, in the background, as well as can be.
    for (int round = 0; round < 4; round++)
    {
        foreach (var candidate in candidates) Measure(candidate.Call, 2000, out _);
        Thread.Sleep(250);
    }
    int calls = 0;
    for (double time = 0; time < 0.3; calls += 200) time += Measure(candidates[0].Call, 200, out _) * 200 / 1e6;
    for (int block = -2; block < Blocks; block++)
    {
        for (int i = 0; i < candidates.Length; i++)
        {
            double time = Measure(candidates[i].Call, Math.Max(calls, 200), out long allocated);
            if (block < 0) continue;
            times[i][block] = time;
            bytes[i] = allocated;
        }
    }
    Console.WriteLine(what);
    foreach (var t in times) Array.Sort(t);
    double one = times[0][Blocks / 2];
    for (int i = 0; i < candidates.Length; i++)
    {
        double median = times[i][Blocks / 2];
        Console.WriteLine($"  {candidates[i].Name,-10}{median / one,6:0.00}  {median,8:0} ns  {bytes[i],6} bytes allocated");
    }
}

/// Nanoseconds a call, and bytes a call.
static double Measure(Action call, int calls, out long allocated)
{
    long before = GC.GetAllocatedBytesForCurrentThread();
    long start = Stopwatch.GetTimestamp();
    for (int i = 0; i < calls; i++) call();
    long end = Stopwatch.GetTimestamp();
    allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
    return (end - start) * (1e9 / Stopwatch.Frequency) / calls;
}

record struct Point(int X, int Y);

/// The usual way, with what a careful programmer has at hand.
sealed class Glue
{
    private readonly Memory memory;
    private readonly Func<int, int> malloc;
    private readonly Action<int, int> free;
    private readonly Func<int, int, int> length, same;

    public Glue(Instance instance)
    {
        memory = instance.GetMemory("memory");
        malloc = instance.GetFunc<int, int>("malloc");
        free = instance.GetAction<int, int>("free");
        length = instance.GetFunc<int, int, int>("length");
        same = instance.GetFunc<int, int, int>("same");
    }

    public uint Length(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int pointer = malloc(utf8.Length);
        utf8.CopyTo(memory.Bytes.Slice(pointer));
        uint result = (uint)length(pointer, utf8.Length);
        free(pointer, utf8.Length);
        return result;
    }

    public string Same(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int pointer = malloc(utf8.Length);
        utf8.CopyTo(memory.Bytes.Slice(pointer));
        int address = same(pointer, utf8.Length);
        string result = Encoding.UTF8.GetString(memory.Bytes.Slice(address, utf8.Length));
        free(address, utf8.Length);
        return result;
    }
}
