using System;
using System.Linq;
using Witrt;

/// Globals, tables, several results, and types that the program tells itself.
static class Objects
{
    private const string Text = """
        (module
          (import "host" "base" (global $base i64))
          (import "host" "table" (table $given 1 externref))
          (import "host" "both" (func $both (param i32 i64) (result i64 i32)))
          (import "host" "swap" (func $swap (param externref f64) (result f64 externref)))
          (global $count (export "count") (mut i32) (i32.const 7))
          (global (export "pi") f64 (f64.const 3.25))
          (global (export "thing") (mut externref) (ref.null extern))
          (table $table (export "functions") 2 4 funcref)
          (elem (table $table) (i32.const 1) func $seven)
          (func $seven (export "seven") (result i32) (i32.const 7))
          (func (export "sum") (result i64) (i64.add (global.get $base) (i64.extend_i32_s (global.get $count))))
          (func (export "first") (result externref) (table.get $given (i32.const 0)))
          (func (export "both") (param i32 i64) (result i64 i32) (call $both (local.get 0) (local.get 1)))
          (func (export "swap") (param externref f64) (result f64 externref) (call $swap (local.get 0) (local.get 1)))
          (func (export "call") (param i32) (result i32) (call_indirect $table (result i32) (local.get 0))))
        """;

    public static void All()
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromText(engine, Text);
        var linker = new Linker(store);
        var table = new Table(store, ValueKind.ExternRef, 1, initial: "first");
        linker.Define("host", "base", new Global(store, ValueKind.I64, 1L << 40, mutable: false));
        linker.Define("host", "table", table);
        linker.Define("host", "both", (int a, long b) => (b, a));
        linker.DefineDynamic("host", "swap", given => new[] { given[1], given[0] });
        var instance = linker.Instantiate(module);

        var count = instance.GetGlobal("count");
        count.Value = 9;
        Check.Equal("a global that was set", (1L << 40) + 9, instance.GetFunc<long>("sum")());
        Check.True("its type", count.Type.Kind == ValueKind.I32 && count.IsMutable && (int)count.Value.ToObject()! == 9);
        var pi = instance.GetGlobal("pi");
        Check.Equal("a constant", 3.25, pi.Value.ToObject());
        Check.Equal("which cannot be set", ErrorKind.Immutable, Check.Throws<WitrtException>("a constant", () => pi.Value = 3.0).Kind);
        Check.Equal("a wrong kind", ErrorKind.WrongKind, Check.Throws<WitrtException>("text for a number", () => count.Value = "9").Kind);
        var thing = instance.GetGlobal("thing");
        var target = new object();
        thing.Value = Value.FromObject(target);
        Check.True("an object in a global", ReferenceEquals(target, thing.Value.ToObject()));
        Check.Throws<WitrtException>("a global of text", () => new Global(store, ValueKind.String, "text"));

        Check.Equal("an element that the host made", "first", instance.GetFunc<object?>("first")());
        table[0] = target;
        Check.True("an element that was set", ReferenceEquals(target, instance.GetFunc<object?>("first")()) && ReferenceEquals(target, table[0]));
        var functions = instance.GetTable("functions");
        Check.True("a table of functions", functions.Size == 2 && functions[0] is null && ((Function)functions[1]!).AsFunc<int>()() == 7);
        functions[0] = Function.From(store, () => 42, core: true);
        Check.Equal("a function that was set", 42, instance.GetFunc<int, int>("call")(0));
        Check.True("grown", functions.Grow(2, functions[1]) && functions.Size == 4 && !functions.Grow(1));
        Check.Equal("beyond the end", ErrorKind.OutOfRange, Check.Throws<WitrtException>("an element that is not there", () => _ = functions[4]).Kind);
        Check.Throws<WitrtException>("an object for a function", () => functions[0] = target);
        Check.Equal("no global", ErrorKind.WrongKind, Check.Throws<WitrtException>("a table as a global", () => instance.GetGlobal("functions")).Kind);

        Memories(engine, store);
        Check.True("what a linker has", ReferenceEquals(target, linker.GetTable("host", "table")[0]) && (long)linker.GetGlobal("host", "base").Value.ToObject()! == 1L << 40);
        Check.Equal("what is something else", ErrorKind.WrongKind, Check.Throws<WitrtException>("a table as a memory", () => linker.GetMemory("host", "table")).Kind);
        Check.Equal("what it has not", ErrorKind.OutOfRange, Check.Throws<WitrtException>("nothing", () => linker.GetGlobal("host", "nothing")).Kind);
        Check.Equal("types as text", "\"host\" \"base\" global i64, \"host\" \"table\" table 1 externref", $"{module.Imports[0]}, {module.Imports[1]}");
        Check.Equal("of exports", "\"count\" global mut i32", module.Exports[0].ToString());

        Check.Equal("several results as a tuple, from the host", (5L, 3), instance.GetFunc<int, long, (long, int)>("both")(3, 5));
        var swapped = instance.GetFunction<Func<object?, double, (double, object?)>>("swap")(target, 1.5);
        Check.True("references among them", swapped.Item1 == 1.5 && ReferenceEquals(target, swapped.Item2));
        using var guest = new Guest();
        Check.Equal("of an interface", ("é", -5), guest.Instance.GetFunc<int, string, (string, int)>("two")(-5, "é"));
        var twins = guest.Instance.GetFunc<string, uint, string, (string, uint, string)>("twins");
        int same = 0;
        string[] texts = { "", "a", new string('é', 64), new string('x', 300), new string('漢', 5000), string.Concat(Enumerable.Repeat("🦀", 70_000)) };
        foreach (string left in texts)
        {
            foreach (string right in texts) same += twins(left, 7, right) == (left, 7u, right) ? 1 : 0;
        }
        Check.Equal("several texts, of all lengths", texts.Length * texts.Length, same);
        var half = Check.Throws<WitrtException>("half a pair among several arguments", () => twins("good", 7, "x\ud800"));
        Check.True("is told with its place", half.Kind == ErrorKind.BadText && half.Argument == 2 && half.Position == 1, $"{half.Argument} {half.Position}");
        Check.Throws<ArgumentNullException>("null among several arguments", () => twins(null!, 7, ""));
        var dynamic = guest.Instance.GetFunction("twins").Call("l", 1u, "r");
        Check.Equal("as values that tell their kinds", "l 1 r", string.Join(" ", dynamic.Select(value => value.ToObject())));
        Check.Equal("a wrong tuple", ErrorKind.WrongKind, Check.Throws<WitrtException>("three for two", () => guest.Instance.GetFunc<int, string, (string, int, int)>("two")).Kind);
        Check.Equal("no tuple", ErrorKind.WrongKind, Check.Throws<WitrtException>("one for two", () => guest.Instance.GetFunc<int, string, string>("two")).Kind);

        var type = instance.GetFunction("both").Type;
        var made = Function.From(store, type, given => new[] { given[1], given[0] });
        Check.Equal("a host function of a type", "7 1", string.Join(" ", made.Call(1, 7L)));
        Check.Throws<TrapException>("one that returns too little", () => Function.From(store, type, given => given.Take(1).ToArray()).Call(1, 7L));
        using var other = new Store(engine);
        Check.Equal("a global of another store", ErrorKind.WrongStore, Check.Throws<WitrtException>("two stores", () => linker.Define("host", "base", new Global(other, ValueKind.I64, 1L))).Kind);
    }

    /// A memory of the host's, which two guests share.
    private static void Memories(Engine engine, Store store)
    {
        using var module = Module.FromText(engine, """
            (module
              (import "env" "memory" (memory 2 4))
              (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
              (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
              (func (export "grow") (result i32) (memory.grow (i32.const 1))))
            """);
        Check.Equal("the type of a memory", "memory 2 4", module.Imports[0].TypeText);
        var memory = new Memory(store, 2, 4);
        var linker = new Linker(store);
        linker.Define("env", "memory", memory);
        Instance one = linker.Instantiate(module), two = linker.Instantiate(module);
        memory.Write(70_000, new byte[] { 42 });
        Check.Equal("a memory of the host's", 42, one.GetFunc<int, int>("peek")(70_000));
        one.GetAction<int, int>("poke")(5, 7);
        Check.True("which guests share", two.GetFunc<int, int>("peek")(5) == 7 && memory.Bytes[5] == 7 && memory.Size == 2);
        Check.True("and let grow", two.GetFunc<int>("grow")() == 2 && memory.Size == 3 && memory.Grow(1) && !memory.Grow(1) && linker.GetMemory("env", "memory").Size == 4);
        Check.Equal("bytes that are not in it", ErrorKind.OutOfRange, Check.Throws<WitrtException>("beyond the end", () => memory.Write((4 << 16) - 1, new byte[2])).Kind);
        Check.Throws<WitrtException>("limits out of order", () => new Memory(store, 2, 1));
        linker.Define("env", "memory", new Memory(store, 1));
        Check.Equal("one that is too small", ErrorKind.IncompatibleImport, Check.Throws<WitrtException>("a memory of one page", () => linker.Instantiate(module)).Kind);
        Check.Throws<ArgumentNullException>("without a store", () => new Memory(null!, 1));
    }

    private sealed class Spot
    {
        public readonly int Left, Top;

        public Spot((int, int) both) => (Left, Top) = both;
    }

    private abstract record Form
    {
        public sealed record Dot : Form;
        public sealed record Disc(double Radius) : Form;
        public sealed record Line((Spot, Spot) Ends) : Form;
        public sealed record Called(string Name) : Form;
    }

    private sealed record Half;

    private enum Hue { Green, Red, Blue }

    public static void Mapped()
    {
        Mapping.Record<Spot>().Field("x", spot => spot.Left).Field("y", spot => spot.Top).Register(fields => new Spot((fields.Get<int>(0), fields.Get<int>(1))));
        Mapping.Enum<Hue>();
        using var guest = new ComponentGuest("c/guest-utf8.wasm");
        var path = guest.Instance.GetFunc<uint, Spot[]>("path");
        Check.Equal("a list of records that were told", "0 1 4", string.Join(" ", path(3).Select(spot => spot.Top)));
        var centroid = guest.Instance.GetFunc<Spot[], Spot?>("centroid");
        Check.True("an option of one", centroid(path(3))!.Left == 1 && centroid(Array.Empty<Spot>()) is null);
        Check.Equal("an enum that was told", Hue.Red, guest.Instance.GetFunc<Hue, Hue>("next-color")(Hue.Blue));
        var wrong = Check.Throws<WitrtException>("a record with other fields", () => guest.Instance.GetFunc<Spot, Person>("birthday"));
        Check.Equal("is told with its place", 0, wrong.Argument);
    }

    /// Where nothing is looked into: what is known by itself, what the program tells, and what is said of all else.
    public static void WithoutCode()
    {
        bool without = !System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported;
        Mapping.Record<Spot>().Field("x", spot => spot.Left).Field("y", spot => spot.Top).Register(fields => new Spot((fields.Get<int>(0), fields.Get<int>(1))));
        Mapping.Enum<Hue>();
        Mapping.Resource<Sink>();
        Mapping.Variant<Form>()
            .Case("named", (Form.Called named) => named.Name, name => new Form.Called(name))
            .Case("dot", () => new Form.Dot())
            .Case("segment", (Form.Line line) => line.Ends, ends => new Form.Line(ends))
            .Case("circle", (Form.Disc disc) => disc.Radius, radius => new Form.Disc(radius))
            .Register();
        Mapping.Tuple<Spot, Spot>();
        Mapping.Tuple<string, int>();
        Mapping.Result<string, string>();
        using var guest = new ComponentGuest("c/guest-utf8.wasm", typed: false);
        var instance = guest.Instance;
        var grow = instance.GetFunc<Form, Form>("grow");
        Check.Equal("a variant", new Form.Disc(4), grow(new Form.Disc(2)));
        Check.Equal("a case with nothing", new Form.Disc(1), grow(new Form.Dot()));
        Check.Equal("a case with text", "é+", ((Form.Called)grow(new Form.Called("é"))).Name);
        var line = (Form.Line)grow(new Form.Line((new Spot((1, 2)), new Spot((3, 4)))));
        Check.Equal("a case with a tuple of records", "1 2 4 5", $"{line.Ends.Item1.Left} {line.Ends.Item1.Top} {line.Ends.Item2.Left} {line.Ends.Item2.Top}");
        Mapping.Variant<Half>().Case("dot", () => new Half()).Register();
        var half = Check.Throws<WitrtException>("a variant that was told in part", () => instance.GetFunc<Half, Half>("grow"));
        Check.True("names the case", half.Message.Contains("without the case \"circle\"") && half.Argument == 0, half.Message);
        using var texts = new Guest();
        Check.Equal("several results", ("é", -5), texts.Instance.GetFunc<int, string, (string, int)>("two")(-5, "é"));
        Check.Equal("records", 1, instance.GetFunc<Spot[], Spot?>("centroid")(instance.GetFunc<uint, Spot[]>("path")(3))!.Top);
        Check.Equal("an enum", Hue.Red, instance.GetFunc<Hue, Hue>("next-color")(Hue.Blue));
        Check.Equal("text in lists", "a|b", instance.GetFunc<string[], string?, string>("join")(new[] { "a", "b" }, null));
        Check.Equal("numbers in lists", 3.0, instance.GetFunc<double[], double>("sum")(new[] { 1.0, 2 }));
        Check.Equal("options", "some(a)", instance.GetFunc<string?, Option<string>>("maybe")("a").ToString());
        Check.Equal("values that tell their kinds", "circle(4)", instance.GetFunc<Value, Value>("grow")(Value.Variant("circle", 2.0)).ToString());
        if (without)
        {
            var error = Check.Throws<WitrtException>("a record that was not told", () => instance.GetFunc<string, Point>("parse"));
            Check.True("is told", error.Message.Contains("tell it to Witrt.Mapping"), error.Message);
            Check.Throws<WitrtException>("a variant that was not told", () => instance.GetFunc<Shape, Shape>("grow"));
            error = Check.Throws<WitrtException>("several results that were not told", () => texts.Instance.GetFunc<string, uint, string, (string, uint, string)>("twins"));
            Check.True("are told as well", error.Message.Contains("tell it to Witrt.Mapping"), error.Message);
            Check.Throws<WitrtException>("an enum that was not told", () => instance.GetFunc<Color, Color>("next-color"));
        }
        else
        {
            Check.Equal("a record that was not told", new Point(3, -4), instance.GetFunc<string, Point>("parse")("3,-4"));
        }
    }
}
