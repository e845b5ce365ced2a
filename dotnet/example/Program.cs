// A component, called with .NET's own types; a real module, made from Rust functions
// on &str and String, with .NET's own strings; host functions, and what happens when
// something goes wrong.
//
//     example FOLDER      the folder with strings.wasm and imports.wasm

using System;
using Witrt;

string folder = args.Length > 0 ? args[0] : ".";

using var engine = new Engine();
using var store = new Store(engine);

Console.WriteLine("A component, with the program's own types:");
using var component = Module.FromFile(engine, $"{folder}/components/c/guest-utf8.wasm");
var host = new Linker(store);
const string Host = "probe:guest/host@1.2.0";
host.Define(Host, "log", (uint level, string text) => Console.WriteLine($"  log {level}: {text}"));
host.Define(Host, "ask", (string question) => $"{question}? yes");
host.Define(Host, "digest", (ReadOnlyMemory<byte> data) => new[] { (byte)data.Length });
host.Define(Host, "find", (string key) => key == "x" ? null : $"found {key}");
host.Define(Host, "lookup", (string name) => name == "x" ? throw new ResultException<string>("no x") : new[] { new Point(1, -2) });
host.Define(Host, "now", () => 42ul);
// A resource is any class; the component drops it.
host.Define(Host, "[constructor]sink", (string name) => new Sink(name));
host.Define(Host, "[method]sink.write", (Sink sink, string text) => sink.Write(text));
host.Define(Host, "[static]sink.open-sinks", () => Sink.Open);
var guest = host.Instantiate(component);
Console.WriteLine($"  {guest.GetFunction<Func<string, string>>("run")("straße")}");
var kinds = guest["probe:guest/kinds"];
var birthday = kinds.GetFunction<Func<Person, Person>>("birthday");
var older = birthday(new Person("Zoë", 41, new[] { "a" }, new Point(3, 4)));
Console.WriteLine($"  {older.Name} is {older.Age}: {string.Join(", ", older.Tags)}; {older.Home}");
var grow = kinds.GetFunction<Func<Shape, Shape>>("grow");
Console.WriteLine($"  {grow(new Shape.Circle(2))}, {grow(new Shape.Named("é"))}");
using (var book = guest.GetFunction<Func<string, Resource>>("[constructor]logbook")("a logbook"))
{
    guest.GetFunction<Func<Resource, string, uint>>("[method]logbook.add")(book, "a line");
    Console.WriteLine($"  {guest.GetFunction<Func<Resource, string>>("[method]logbook.text")(book).Replace("\n", ": ")}");
}

Console.WriteLine("Strings, in and out:");
using var strings = Module.FromFile(engine, $"{folder}/strings.wasm");
var instance = new Instance(store, strings);
var greet = instance.GetFunction<Func<string, string>>("greet");
Console.WriteLine($"  {greet("Zoë 🦀")}");
var repeat = instance.GetFunction<Func<string, uint, string>>("repeat");
Console.WriteLine($"  {repeat("na", 8)} Batman");

Console.WriteLine("A part of a text, without a string of its own:");
ReadOnlySpan<char> title = "Moby-Dick; or, The Whale".AsSpan(0, 9);
Console.WriteLine($"  {title.ToString()} has {instance.GetTextFunc<uint>("byte_len")(title)} bytes in UTF-8");

Console.WriteLine("What a module needs and offers:");
using var imports = Module.FromFile(engine, $"{folder}/imports.wasm");
foreach (var import in imports.Imports) Console.WriteLine($"  needs {import.Name.Split('_')[3]} {import.FunctionType}");
foreach (var export in imports.Exports) Console.WriteLine($"  offers {export}");

Console.WriteLine("Host functions are delegates:");
var linker = new Linker(store);
foreach (var import in imports.Imports)
{
    string name = import.Name, module = import.Module;
    switch (name.Split('_')[3])
    {
        case "log": linker.Define(module, name, (string text) => Console.WriteLine($"  log: {text}")); break;
        // A span sees the guest's text without a string being made of it.
        case "logowned": linker.Define(module, name, (ReadOnlySpan<char> text) => Console.WriteLine($"  {text.Length} units")); break;
        case "pair": linker.Define(module, name, (string a, string b) => Console.WriteLine($"  {a}, {b}")); break;
        case "mix": linker.Define(module, name, (byte a, string s, short b, double c) => (uint)(a * s.Length + b + c)); break;
        case "now": linker.Define(module, name, () => 41.5); break;
        case "add": linker.Define(module, name, (int a, int b) => checked(a + b)); break;
    }
}
var logging = linker.Instantiate(imports);
Console.WriteLine($"  {logging.GetFunction<Func<string, string>>("run")("straße")}");
var sum = logging.GetFunction<Func<int, int>>("sum_to");
Console.WriteLine($"  1 + 2 + … + 100 = {sum(100)}");

Console.WriteLine("What goes wrong is an exception:");
try
{
    sum(100_000);
}
catch (TrapException trap)
{
    Console.WriteLine($"  the host function threw {trap.InnerException!.GetType().Name}; the guest was in {trap.Frames[0].FunctionName}");
}
try
{
    instance.GetFunction<Func<string, string>>("boom")("x");
}
catch (TrapException trap)
{
    Console.WriteLine($"  the guest trapped: {trap.Code}");
}
try
{
    greet("a lone surrogate: \ud83e");
}
catch (WitrtException error)
{
    Console.WriteLine($"  {error.Kind}: argument {error.Argument}, position {error.Position}");
}
Console.WriteLine($"  and it goes on: {greet("again")}");

record struct Point(int X, int Y);

record Person(string Name, byte Age, string[] Tags, Point? Home);

abstract record Shape
{
    public record Dot : Shape;
    public record Circle(double Radius) : Shape;
    public record Segment(Point From, Point To) : Shape;
    public record Named(string Name) : Shape;
}

sealed class Sink : IDisposable
{
    public static uint Open { get; private set; }

    private readonly string name;

    public Sink(string name)
    {
        this.name = name;
        Open++;
    }

    public uint Write(string text)
    {
        Console.WriteLine($"  {name} gets {text}");
        return (uint)text.Length;
    }

    public void Dispose() => Open--;
}
