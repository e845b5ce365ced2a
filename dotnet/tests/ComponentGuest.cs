// What the guests of tests/modules/components/c have and ask for, as .NET's own types.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Witrt;

public record struct Point(int X, int Y);

/// By properties, in another order than the guest's.
public sealed class Person
{
    public byte Age { get; set; }
    public string Name { get; init; } = "";
    public string[] Tags { get; set; } = Array.Empty<string>();
    public Point? Home;
}

public abstract record Shape
{
    public sealed record Named(string Name) : Shape;
    public sealed record Dot : Shape;
    public sealed record Circle(double Radius) : Shape;
    public sealed record Segment(Point From, Point To) : Shape;
}

public enum Color { Blue, Red = 7, Green }

[Flags]
public enum Access : byte { Exec = 1, Read = 2, Write = 128 }

/// A resource that the host implements.
public sealed class Sink : IDisposable
{
    private readonly ComponentGuest guest;

    public Sink(ComponentGuest guest, string name)
    {
        this.guest = guest;
        Name = name;
        guest.OpenSinks++;
    }

    public string Name { get; }

    public void Dispose()
    {
        guest.OpenSinks--;
        guest.Log.Add($"  host.sink dropped {Notation.Quote(Name)}");
    }
}

/// A store with an instance of a component in it, whose host functions are .NET's own types or values that tell their kinds.
public sealed class ComponentGuest : IDisposable
{
    public readonly Engine Engine = new Engine();
    public readonly Store Store;
    public readonly Instance Instance;
    public readonly List<string> Log = new List<string>();
    public uint OpenSinks;

    /// What leaves `host.ask`.
    public Exception? Failure;

    public ComponentGuest(string file, bool typed = true, bool serialized = false)
    {
        Store = new Store(Engine);
        // What Rust is made of asks for it; nothing is given.
        Store.SetWasi(new Wasi());
        using var module = Open(Engine, Check.Module($"components/{file}"), serialized);
        var linker = new Linker(Store);
        // Another version that can stand for it, which is defined for imports of either.
        const string host = "probe:guest/host@1.7.3";
        if (typed) Typed(linker, host);
        else Dynamic(linker, "probe:guest/host@1.2.0");
        linker.Define("$root", "ask", (string question) => question == "latin" ? "ÿlatin" : $"é{question}🦀");
        linker.Define("", "ask", (string question) => question == "latin" ? "ÿlatin" : $"é{question}🦀");
        Instance = linker.Instantiate(module);
    }

    private static Module Open(Engine engine, string path, bool serialized)
    {
        if (!serialized) return Module.FromFile(engine, path);
        using var compiled = Module.FromFile(engine, path);
        return Module.Deserialize(engine, compiled.Serialize());
    }

    private void Typed(Linker linker, string host)
    {
        linker.Define(host, "log", (uint level, string text) => Log.Add($"  host.log {level} {Notation.Quote(text)}"));
        linker.Define(host, "ask", (string question) => Failure is null ? $"answer to {question}" : throw Failure);
        linker.Define(host, "digest", (byte[] data) => new[] { (byte)data.Length, data.Aggregate((byte)0, (a, b) => (byte)(a ^ b)) });
        linker.Define(host, "find", (string key) => Encoding.UTF8.GetByteCount(key) > 1 ? $"found {key}" : null);
        linker.Define(host, "lookup", (string name) => Encoding.UTF8.GetByteCount(name) > 1
            ? new List<Point> { new Point(1, -2), new Point(name.Length, 0) }
            : throw new ResultException<string>($"no {name}"));
        linker.Define(host, "now", () => ulong.MaxValue);
        linker.Define(host, "[constructor]sink", (string name) => new Sink(this, name));
        linker.Define(host, "[method]sink.write", (Sink sink, string text) =>
        {
            Log.Add($"  host.sink {Notation.Quote(sink.Name)} {Notation.Quote(text)}");
            return (uint)text.Length;
        });
        linker.Define(host, "[static]sink.open-sinks", () => OpenSinks);
    }

    private void Dynamic(Linker linker, string host)
    {
        void Define(string name, Func<Value[], Value> function) => linker.DefineDynamic(host, name, given => new[] { function(given) });
        linker.DefineDynamic(host, "log", given =>
        {
            Log.Add($"  host.log {given[0]} {Notation.Quote(given[1].ToString())}");
            return Array.Empty<Value>();
        });
        Define("ask", given => Failure is null ? $"answer to {given[0]}" : throw Failure);
        Define("digest", given =>
        {
            var data = (byte[])given[0].ToObject()!;
            return Value.List(new[] { (byte)data.Length, data.Aggregate((byte)0, (a, b) => (byte)(a ^ b)) });
        });
        Define("find", given => Encoding.UTF8.GetByteCount(given[0].ToString()) > 1 ? Value.Some($"found {given[0]}") : Value.None);
        Define("lookup", given => Encoding.UTF8.GetByteCount(given[0].ToString()) > 1
            ? Value.Ok(Value.List(Value.Record(1, -2), Value.Record(given[0].ToString().Length, 0)))
            : Value.Failed($"no {given[0]}"));
        Define("now", _ => ulong.MaxValue);
        Define("[constructor]sink", given => Resource.FromObject(new Sink(this, given[0].ToString())));
        Define("[method]sink.write", given =>
        {
            var sink = (Sink)((Resource)given[0].ToObject()!).Object!;
            Log.Add($"  host.sink {Notation.Quote(sink.Name)} {Notation.Quote(given[1].ToString())}");
            return (uint)given[1].ToString().Length;
        });
        Define("[static]sink.open-sinks", _ => OpenSinks);
    }

    public void Dispose()
    {
        Store.Dispose();
        Engine.Dispose();
    }
}
