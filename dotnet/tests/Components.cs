using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using Witrt;

/// Components of real tools: resources, names, types.
static class Components
{
    /// What a component makes, lends and is given; and what becomes of it.
    public static void Resources()
    {
        foreach (string file in new[] { "c/guest-utf8.wasm", "c/core-utf16.wasm" })
        {
            using var guest = new ComponentGuest(file);
            var store = guest.Instance["probe:guest/store"];
            var live = store.GetFunc<uint>("live");
            var make = store.GetFunc<string, Resource>("[constructor]logbook");
            var add = store.GetFunc<Resource, string, uint>("[method]logbook.add");
            var text = store.GetFunc<Resource, string>("[method]logbook.text");
            var merge = store.GetFunc<Resource, Resource, Resource>("[static]logbook.merge");
            Resource a = make("first"), b = make("é");
            Check.Equal("two are there", 2u, live());
            Check.True("added to", add(a, "one") == 1 && add(a, "zwei ß") == 2);
            Check.True("of the component, not the host", a.Object is null && a.IsSame(a) && !a.IsSame(b));
            var both = Check.Throws<WitrtException>("one and the same given away and lent", () => merge(a, a));
            Check.True("is told with its argument", both.Kind == ErrorKind.WrongKind && both.Argument == 1);
            var merged = merge(a, b);
            Check.Equal("text", "first\none\nzwei ß\n--\né", text(merged));
            Check.Equal("one was given away", 2u, live());
            Check.Equal("which is gone", ErrorKind.WrongKind, Check.Throws<WitrtException>("the one that was given away", () => text(a)).Kind);
            b.Dispose();
            b.Dispose();
            merged.Dispose();
            Check.Equal("dropped before the next call", 0u, live());
            Check.Throws<ObjectDisposedException>("a disposed one", () => text(b));
            Check.Throws<ArgumentNullException>("null", () => text(null!));

            var other = make("other");
            using var second = new ComponentGuest(file);
            var theirs = second.Instance.GetFunc<Resource, string>("[method]logbook.text");
            var wrong = Check.Throws<WitrtException>("one of another store", () => theirs(other));
            Check.True("is told with its argument", wrong.Kind == ErrorKind.WrongStore && wrong.Argument == 0);
            using var host = Resource.FromObject(new object());
            Check.Equal("one of the host's", ErrorKind.WrongKind, Check.Throws<WitrtException>("a host's for a guest's", () => theirs(host)).Kind);
            Value values = other;
            Check.Equal("as a value that tells its kind", "other", guest.Instance.GetFunction("[method]logbook.text").Call(values)[0].ToString());
            Check.Equal("the type tells its name", "logbook", guest.Instance.GetFunction("[constructor]logbook").Type.Results[0].ResourceName);
        }
        Check.True("what is not disposed is collected", Collected());
    }

    private static bool Collected()
    {
        using var guest = new ComponentGuest("c/guest-utf8.wasm");
        var live = guest.Instance.GetFunc<uint>("live");
        var make = guest.Instance.GetFunc<string, Resource>("[constructor]logbook");
        for (int i = 0; i < 100; i++) make("dropped");
        for (int i = 0; i < 20 && live() > 1; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return live() <= 1;
    }

    /// Interfaces and functions by their names, types, and components that were compiled before.
    public static void Names()
    {
        using var guest = new ComponentGuest("c/guest-utf16.wasm", serialized: true);
        var instance = guest.Instance;
        foreach (string name in new[] { "probe:guest/text", "probe:guest/text@1.2.0", "probe:guest/text@1.9.0" })
            Check.Equal(name, "probe:guest/text@1.2.0", instance[name].Name);
        foreach (string name in new[] { "probe:guest/text@2.0.0", "probe:guest/nothing", "", "run" })
            Check.Equal($"\"{name}\"", ErrorKind.OutOfRange, Check.Throws<WitrtException>("no such interface", () => _ = instance[name]).Kind);
        Check.Equal("its functions", "greet concat count reverse-bytes sum parse", string.Join(" ", instance["probe:guest/text"].Functions));
        foreach (string name in new[] { "parse", "probe:guest/text#parse", "probe:guest/text@1.2.0#parse", "probe:guest/text.parse@1.2.0" })
            Check.Equal(name, new Point(3, -4), instance.GetFunc<string, Point>(name)("3,-4"));
        Check.Equal("of an interface", "hello, é! (2 bytes, 1 chars)", instance["probe:guest/text"].GetFunction<Func<string, string>>("greet")("é"));
        Check.Equal("of another", ErrorKind.WrongKind, Check.Throws<WitrtException>("a function that is not there", () => instance["probe:guest/text"].GetFunction("flip")).Kind);

        var type = instance.GetFunction("birthday").Type;
        Check.Equal("a type as WIT", "(p: record { name: string, age: u8, tags: list<string>, home: option<record { x: s32, y: s32 }> })", type.ToString().Split(" -> ")[0]);
        Check.Equal("a part of it", "tags: list<string>", $"{type.Parameters[0].Parts[2].Name}: {type.Parameters[0].Parts[2].Type}");
        Check.True("types are equal", type.Parameters[0].Equals(type.Results[0]) && !type.Parameters[0].Equals(type.Parameters[0].Parts[2].Type));
        var shape = instance.GetFunction("grow").Type.Results[0];
        Check.Equal("cases", "dot circle segment named", string.Join(" ", shape.Parts.Select(part => part.Name)));
        Check.True("of which one holds nothing", shape.Parts[0].Type is null && shape.Parts[1].Type!.Kind == ValueKind.F64);

        var person = instance.GetFunction("birthday").Call(Value.Record("Zoë", (byte)41, Value.List(new[] { "a" }), Value.Some(Value.Record(3, 4))))[0];
        Check.Equal("a value as text", "{name: Zoë, age: 42, tags: [a, older é], home: some({x: -3, y: 4})}", person.ToString());
        Check.Equal("a field by its name", 42, Convert.ToInt32(person["age"].ToObject()));
        Check.Throws<KeyNotFoundException>("a field that is not there", () => _ = person["nothing"]);
        Check.Throws<ArgumentOutOfRangeException>("a part that is not there", () => _ = person[4]);
        Check.Equal("a case by its name", "circle(4)", instance.GetFunction("grow").Call(Value.Variant("circle", 2.0))[0].ToString());
        Check.Equal("a case by its number", "dot", instance.GetFunction("grow").Call(Value.Variant("dot"))[0].CaseName == "circle" ? "dot" : "");
        Check.Equal("flags by their names", "{write}", instance.GetFunction("toggle").Call(Value.Flags("read", "exec"))[0].ToString());
        using var engine = new Engine();
        using var store = new Store(engine);
        using var given = Witrt.Module.FromFile(engine, Check.Module("linked/giver.wat"));
        using var user = Witrt.Module.FromFile(engine, Check.Module("linked/user.wat"));
        var linker = new Linker(store);
        var giver = linker.Instantiate(given);
        linker.Define("giver", giver);
        Check.Equal("an instance whose interfaces are others", ErrorKind.MissingImport, Check.Throws<WitrtException>("missing", () => linker.Instantiate(user)).Kind);
        linker.DefineAs("giver", giver);
        Check.Equal("an instance as an interface", 44u, linker.Instantiate(user).GetFunc<uint>("sum")());
        Check.Equal("of another store", ErrorKind.WrongStore, Check.Throws<WitrtException>("another store", () => linker.DefineAs("other", guest.Instance)).Kind);

        var nothing = Check.Throws<WitrtException>("a case that is not there", () => instance.GetFunction("next-color").Call(Value.Enum("pink")));
        Check.True("is told", nothing.Message.Contains("\"pink\""), nothing.Message);
    }

    /// A component that hands values of each kind to the host, and back what that returns.
    private const string Turning = """
        (component
          (type $color' (enum "red" "green" "blue")) (import "color" (type $color (eq $color')))
          (type $access' (flags "read" "write" "exec")) (import "access" (type $access (eq $access')))
          (type $shape' (variant (case "dot") (case "circle" f64))) (import "shape" (type $shape (eq $shape')))
          (import "turn-color" (func $turn-color (param "c" $color) (result $color)))
          (import "turn-access" (func $turn-access (param "a" $access) (result $access)))
          (import "turn-bool" (func $turn-bool (param "b" bool) (result bool)))
          (import "turn-char" (func $turn-char (param "c" char) (result char)))
          (import "turn-shape" (func $turn-shape (param "s" $shape) (result $shape)))
          (import "turn-pair" (func $turn-pair (param "p" (tuple u8 s64)) (result (tuple s64 u8))))
          (import "turn-option" (func $turn-option (param "o" (option u32)) (result (option u32))))
          (import "turn-result" (func $turn-result (param "r" (result u32 (error $color))) (result (result u32 (error $color)))))
          (core module $memory (memory (export "memory") 1))
          (core instance $memory (instantiate $memory))
          (core func $color (canon lower (func $turn-color)))
          (core func $access (canon lower (func $turn-access)))
          (core func $bool (canon lower (func $turn-bool)))
          (core func $char (canon lower (func $turn-char)))
          (core func $shape (canon lower (func $turn-shape) (memory $memory "memory")))
          (core func $pair (canon lower (func $turn-pair) (memory $memory "memory")))
          (core func $option (canon lower (func $turn-option) (memory $memory "memory")))
          (core func $result (canon lower (func $turn-result) (memory $memory "memory")))
          (core module $guest
            (import "" "shape" (func $shape (param i32 f64 i32))) (import "" "pair" (func $pair (param i32 i64 i32)))
            (import "" "option" (func $option (param i32 i32 i32))) (import "" "result" (func $result (param i32 i32 i32)))
            (func (export "shape") (param i32 f64) (result i32) (call $shape (local.get 0) (local.get 1) (i32.const 16)) (i32.const 16))
            (func (export "pair") (param i32 i64) (result i32) (call $pair (local.get 0) (local.get 1) (i32.const 32)) (i32.const 32))
            (func (export "option") (param i32 i32) (result i32) (call $option (local.get 0) (local.get 1) (i32.const 64)) (i32.const 64))
            (func (export "result") (param i32 i32) (result i32) (call $result (local.get 0) (local.get 1) (i32.const 80)) (i32.const 80)))
          (core instance $guest (instantiate $guest (with "" (instance
            (export "shape" (func $shape)) (export "pair" (func $pair)) (export "option" (func $option)) (export "result" (func $result))))))
          (func (export "color-again") (param "c" $color) (result $color) (canon lift (core func $color)))
          (func (export "access-again") (param "a" $access) (result $access) (canon lift (core func $access)))
          (func (export "bool-again") (param "b" bool) (result bool) (canon lift (core func $bool)))
          (func (export "char-again") (param "c" char) (result char) (canon lift (core func $char)))
          (func (export "shape-again") (param "s" $shape) (result $shape) (canon lift (core func $guest "shape") (memory $memory "memory")))
          (func (export "pair-again") (param "p" (tuple u8 s64)) (result (tuple s64 u8)) (canon lift (core func $guest "pair") (memory $memory "memory")))
          (func (export "option-again") (param "o" (option u32)) (result (option u32)) (canon lift (core func $guest "option") (memory $memory "memory")))
          (func (export "result-again") (param "r" (result u32 (error $color))) (result (result u32 (error $color))) (canon lift (core func $guest "result") (memory $memory "memory"))))
        """;

    /// Host functions with values of each kind, and what they must not return.
    public static void Kinds()
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Witrt.Module.FromText(engine, Turning);
        var linker = new Linker(store);
        linker.Define("", "turn-color", (Color color) => color == Color.Red ? Color.Green : (Color)99);
        linker.Define("", "turn-access", (Access access) => access ^ (Access.Read | Access.Write));
        linker.Define("", "turn-bool", (bool b) => !b);
        linker.Define("", "turn-char", (Rune c) => new Rune(c.Value + 1));
        linker.Define("", "turn-shape", (Spot spot) => (Spot)(spot is Spot.Circle circle ? new Spot.Circle(circle.Radius * 2) : null!));
        linker.Define("", "turn-pair", ((byte A, long B) pair) => (pair.B + 1, (byte)(pair.A + 1)));
        linker.Define("", "turn-option", (uint? number) => number is uint there ? there == 0 ? null : there + 1 : (uint?)0);
        linker.Define("", "turn-result", (Result<uint, Color> given) =>
            given.IsOk ? throw new ResultException<Color>(Color.Blue) : Result<uint, Color>.Ok((uint)given.Error));
        var instance = linker.Instantiate(module);
        Check.Equal("an enum", Color.Green, instance.GetFunc<Color, Color>("color-again")(Color.Red));
        Check.Equal("flags", Access.Exec | Access.Write, instance.GetFunc<Access, Access>("access-again")(Access.Exec | Access.Read));
        Check.Equal("bool", false, instance.GetFunc<bool, bool>("bool-again")(true));
        Check.Equal("a character", new Rune('å'), instance.GetFunc<Rune, Rune>("char-again")(new Rune('ä')));
        Check.Equal<Spot>("a variant", new Spot.Circle(4), instance.GetFunc<Spot, Spot>("shape-again")(new Spot.Circle(2)));
        Check.Equal("a tuple", (long.MaxValue, (byte)0), instance.GetFunc<(byte, long), (long, byte)>("pair-again")((255, long.MaxValue - 1)));
        var option = instance.GetFunc<uint?, uint?>("option-again");
        Check.True("an option", option(4) == 5 && option(null) == 0 && option(0) is null);
        var result = instance.GetFunc<Result<uint, Color>, Result<uint, Color>>("result-again");
        Check.Equal("a failure", Result<uint, Color>.Failed(Color.Blue), result(Result<uint, Color>.Ok(1)));
        Check.Equal("a success", Result<uint, Color>.Ok(7), result(Result<uint, Color>.Failed(Color.Red)));

        var narrow = new Linker(store);
        narrow.Define("", "turn-shape", (Spot spot) => new Spot.Circle(1));
        var one = Check.Throws<WitrtException>("a host function that gives one case only", () => narrow.Instantiate(module));
        Check.True("is told so", one.Message.EndsWith("result: Components+Spot+Circle is one case of Components+Spot, which is what stands for variant { dot, circle(f64) }", StringComparison.Ordinal), one.Message);

        // What a guest cannot have ends the call, not the process.
        foreach (var (what, call) in new (string, Action<Instance>)[]
        {
            ("99 is no case", instance => instance.GetFunc<Color, Color>("color-again")(Color.Blue)),
            ("returned null", instance => instance.GetFunc<Spot, Spot>("shape-again")(new Spot.Dot())),
        })
        {
            var trap = Check.Throws<TrapException>("a host function returns what no guest can have", () => call(linker.Instantiate(module)));
            Check.True(what, trap.InnerException is not null && trap.Message.StartsWith("result: ", StringComparison.Ordinal) && trap.Message.Contains(what), trap.Message);
        }
    }

    public abstract record Spot
    {
        public sealed record Dot : Spot;
        public sealed record Circle(double Radius) : Spot;
    }
}
