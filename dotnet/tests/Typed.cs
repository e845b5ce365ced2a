using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Witrt;

/// .NET's own types for values with parts: what fits, what does not, and what is said then.
static class Typed
{
    public record struct Pair(int Y, int X);
    public record struct Named(int X, string Y);
    public record Wide(int X, int Y, int Z);
    public sealed record Human(string Name, byte Age, IReadOnlyList<string> Tags, Option<Point> Home);
    public sealed record Numbered(string Name, byte Age, int[] Tags, Point? Home);
    public sealed class Unset
    {
        public string Name => "";
        public byte Age => 0;
        public string[] Tags => Array.Empty<string>();
        public Point? Home => null;
    }
    public readonly struct Doubled
    {
        private readonly int halfX, halfY;
        public Doubled(int x, int y) => (halfX, halfY) = (x, y);
        public int X => 2 * halfX;
        public int Y => 2 * halfY;
    }
    public enum Bright { Red, Green }
    public abstract record Round
    {
        public sealed record Dot : Round;
        public sealed record Circle(string Radius) : Round;
    }
    private sealed record Blob : Shape;
    public sealed class Spot
    {
        public int X { get; set; }
        public int Y { get; set; }
    }

    public static void Mismatches()
    {
        using var guest = new ComponentGuest("c/guest-utf8.wasm");
        var instance = guest.Instance;
        void Fails<TDelegate>(string name, string message, int? argument) where TDelegate : Delegate
        {
            var error = Check.Throws<WitrtException>($"{name} as {typeof(TDelegate)}", () => instance.GetFunction<TDelegate>(name));
            Check.True(message, error.Kind == ErrorKind.WrongKind && error.Argument == argument && error.Message.EndsWith(message, StringComparison.Ordinal), error.Message);
        }
        Fails<Func<uint, Named[]>>("path", "result, element, field \"y\": expected s32, found string", null);
        Fails<Func<uint, string[]>>("path", "result, element: expected record { x: s32, y: s32 }, found string", null);
        Fails<Func<uint, Wide[]>>("path", "result, element: Typed+Wide has no public constructor of 2 parameters, and none without any", null);
        Fails<Func<Numbered, Person>>("birthday", "parameter 0 (\"p\"), field \"tags\", element: expected string, found s32", 0);
        Fails<Func<Person, Unset>>("birthday", "result: Typed+Unset.Name cannot be set", null);
        Fails<Func<(int, int), Person>>("birthday", "parameter 0 (\"p\"): expected a tuple of 4, found System.ValueTuple`2[System.Int32,System.Int32]", 0);
        Fails<Func<Bright, Color>>("next-color", "parameter 0 (\"c\"): Bright has no member for \"blue\" of enum { red, green, blue }", 0);
        Fails<Func<Shape, Round>>("grow", "result, case \"circle\": expected f64, found string", null);
        Fails<Func<string?, string?>>("maybe", "result: expected option<option<string>>, found string", null);
        Fails<Func<int, bool>>("flip", "parameter 0 (\"b\"): expected bool, found s32", 0);
        Fails<Func<string, uint>>("greet", "result: expected string, found u32", null);
        Fails<Func<string, Result<Point, int>>>("parse", "result, case \"err\": expected string, found s32", null);
        Fails<Func<string, string>>("parse", "result, case \"ok\": expected record { x: s32, y: s32 }, found string", null);
        Fails<Func<List<double[]>, double>>("sum", "parameter 0 (\"numbers\"), element: expected f64, found System.Double[]", 0);
        Check.Equal("too few", ErrorKind.WrongCount, Check.Throws<WitrtException>("two parameters for one", () => instance.GetFunction<Func<Person, Person, Person>>("birthday")).Kind);
        Check.Equal("no result", ErrorKind.WrongCount, Check.Throws<WitrtException>("a result that is given up", () => instance.GetAction<Person>("birthday")).Kind);
        Check.Throws<ArgumentException>("a type that no guest has", () => instance.GetFunction<Func<DateTime[], double>>("sum"));

        using var module = Module.FromFile(guest.Engine, Check.Module("components/c/guest-utf8.wasm"));
        void Refused(Action<Linker, string> define, string message)
        {
            var linker = new Linker(guest.Store);
            define(linker, "probe:guest/host@1.2.0");
            var error = Check.Throws<WitrtException>("a host function that does not fit", () => linker.Instantiate(module));
            Check.True(message, error.Kind == ErrorKind.IncompatibleImport && error.Message.Contains(message), error.Message);
            Check.Equal("and the next time as well", error.Message, Check.Throws<WitrtException>("once more", () => linker.Instantiate(module)).Message);
        }
        Refused((linker, host) => linker.Define(host, "digest", (int[] data) => new byte[0]), "\"digest\" is (data: list<u8>) -> (list<u8>): parameter 0 (\"data\"), element: expected u8, found s32");
        Refused((linker, host) => linker.Define(host, "lookup", (string name) => new[] { new Named(1, "") }), "result, case \"ok\", element, field \"y\": expected s32, found string");
        Refused((linker, host) => linker.DefineList(host, "digest", (ReadOnlySpan<short> data) => new byte[0]), "parameter 0 (\"data\"), element: expected u8, found s16");
        Refused((linker, host) => linker.DefineList(host, "ask", (ReadOnlySpan<byte> question) => ""), "parameter 0 (\"question\"): expected string, found ");
        Refused((linker, host) => linker.Define(host, "find", () => "found"), "it has 1 parameters, the host function 0");
        Refused((linker, host) => linker.Define(host, "find", (string key) => { }), "it has 1 results, the host function none");
        Refused((linker, host) => linker.Define(host, "log", (string level, uint text) => { }), "\"log\" is (level: u32, text: string) -> (): parameter 0 (\"level\"): expected u32, found string");
    }

    public static void Fitting()
    {
        using var guest = new ComponentGuest("c/guest-utf16.wasm");
        var instance = guest.Instance;
        Check.Equal("a record by names in another order", new Pair(-2, 1), instance.GetFunction<Func<string, Pair>>("parse")("1,-2"));
        Check.Equal("a record by a constructor, with an option", "Human { Name = a, Age = 2, Tags = x older é, Home = some(Point { X = -3, Y = 4 }) }",
            Told(instance.GetFunction<Func<Human, Human>>("birthday")(new Human("a", 1, new List<string> { "x" }, new Point(3, 4)))));
        Check.Equal("a tuple for a record", (3, -4), instance.GetFunction<Func<string, (int, int)>>("parse")("3,-4"));
        foreach (var list in new IEnumerable<double>[] { new[] { 1.0, 2.5 }, new List<double> { 1, 2.5 }, new HashSet<double> { 1, 2.5 }, new LinkedList<double>(new[] { 1, 2.5 }) })
            Check.Equal($"{list.GetType().Name}", 3.5, instance.GetFunction<Func<IEnumerable<double>, double>>("sum")(list));
        Check.Equal("memory", 2.5, instance.GetFunction<Func<ReadOnlyMemory<double>, double>>("sum")(new[] { 1.0, 2.5, 4 }.AsMemory(1, 1)));
        Check.Equal("memory that may be written", 6.5, instance.GetFunction<Func<Memory<double>, double>>("sum")(new[] { 1.0, 2.5, 4 }.AsMemory(1)));
        Check.Equal("a part of an array", 2.5, instance.GetFunction<Func<ArraySegment<double>, double>>("sum")(new ArraySegment<double>(new[] { 1.0, 2.5, 4 }, 1, 1)));
        Check.Equal("a part of none", 0.0, instance.GetFunction<Func<ArraySegment<double>, double>>("sum")(default));
        var swapped = instance.GetFunction<Func<ArraySegment<byte>, Memory<byte>>>("reverse-bytes")(new ArraySegment<byte>(new byte[] { 1, 2, 3 }, 1, 2));
        Check.True("memory as a result", swapped.Span.SequenceEqual(new byte[] { 3, 2 }));
        Check.Equal("parts of arrays of records, and of texts", "2 b", instance.GetFunction<Func<uint, ArraySegment<Point>>>("path")(2).Count
            + " " + instance.GetFunction<Func<Memory<string>, string?, string>>("join")(new[] { "a", "b" }.AsMemory(1), null));
        Check.Equal("a part of a text", 2u, instance.GetFunction<Func<ReadOnlyMemory<char>, uint>>("count")("abcd".AsMemory(1, 2)));
        var span = instance.GetListFunc<byte, byte[]>("reverse-bytes");
        Check.True("a span", span(new byte[] { 9, 1, 2, 3, 9 }.AsSpan(1, 3)).SequenceEqual(new byte[] { 3, 2, 1 }) && span(default).Length == 0);
        Check.Equal("a span of other elements", 0, Check.Throws<WitrtException>("numbers for bytes", () => instance.GetListFunc<int, byte[]>("reverse-bytes")).Argument);
        var structs = new[] { new Point(2, 4), new Point(4, 8) };
        var ofInterface = instance["probe:guest/kinds"];
        Check.Equal("a span of structs", new Point(3, 6), ofInterface.GetListFunc<Point, Point?>("centroid")(structs));
        Check.Equal("with a result that tells its kind", "some({x: 3, y: 6})", ofInterface.GetListFunc<Point, Value>("centroid")(structs).ToString());
        var doubled = new Doubled[] { new(1, 2), new(2, 4) };
        Check.Equal("a span of structs with code", new Point(3, 6), ofInterface.GetListFunc<Doubled, Point?>("centroid")(doubled));
        Check.Equal("a span of text, of an interface", 2u, instance["probe:guest/text"].GetTextFunc<uint>("count")("éx"));
        var bytes = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();
        Check.True("many bytes", instance.GetFunc<byte[], byte[]>("reverse-bytes")(bytes).Reverse().SequenceEqual(bytes));
        Check.True("many bytes, from a place on", instance.GetFunc<ReadOnlyMemory<byte>, byte[]>("reverse-bytes")(bytes.AsMemory(3)).Reverse().SequenceEqual(bytes.Skip(3)));
        string text = string.Concat(Enumerable.Range(0, 5000).Select(i => $"é{i} "));
        Check.Equal("long texts in a list", text + "|" + text, instance.GetFunc<List<string>, string?, string>("join")(new List<string> { text, text }, null));
        Check.Equal("a list that comes back", 2000, instance.GetFunc<uint, IReadOnlyList<Point>>("path")(2000).Count);
        Check.Equal("a value in the place of a type", "circle(4)", instance.GetFunc<Value, Value>("grow")(Value.Variant("circle", 2.0)).ToString());

        var parse = instance.GetFunc<string, Point>("parse");
        Check.Equal("the value of a result", new Point(3, -4), parse("3,-4"));
        Check.Equal("a failure with text", "bad point: é", Check.Throws<ResultException<string>>("a failure", () => parse("é")).Error);
        var check = instance.GetAction<int>("check");
        check(1);
        Check.Equal("a failure with a case", "red", Check.Throws<ResultException<Value>>("a failure", () => check(-1)).Error.CaseName);
        var halve = instance.GetFunc<uint, uint>("halve");
        Check.True("a failure with nothing", halve(8) == 4 && Check.Throws<ResultException>("a failure", () => halve(7)).Payload is Nothing);
        Check.Equal("a failure as a value", "err(Red)", instance.GetFunc<int, Result<Nothing, Color>>("check")(-1).ToString());
    }

    private static string Told(Human human) =>
        $"Human {{ Name = {human.Name}, Age = {human.Age}, Tags = {string.Join(" ", human.Tags)}, Home = {human.Home} }}";

    public static void Mistakes()
    {
        using var guest = new ComponentGuest("c/guest-utf8.wasm");
        var instance = guest.Instance;
        var join = instance.GetFunc<string[], string?, string>("join");
        foreach (var (what, call) in new (string, Action)[]
        {
            ("parameter 0 (\"parts\")", () => join(null!, "")),
            ("parameter 0 (\"parts\"), element 1", () => join(new[] { "a", null! }, "")),
            ("parameter 0 (\"p\"), field \"name\"", () => instance.GetFunc<Person, Person>("birthday")(new Person { Name = null! })),
            ("parameter 0 (\"p\"), field \"tags\"", () => instance.GetFunc<Person, Person>("birthday")(new Person { Tags = null! })),
            ("parameter 0 (\"s\")", () => instance.GetFunc<Shape, double?>("area")(null!)),
            ("parameter 0 (\"s\"), case \"named\"", () => instance.GetFunc<Shape, double?>("area")(new Shape.Named(null!))),
        })
        {
            string message = Check.Throws<ArgumentNullException>($"null: {what}", call).Message;
            Check.True("is told with its place", message.StartsWith($"{what}: null stands for nothing", StringComparison.Ordinal), message);
        }
        Check.Equal("null for a list", "argument 0", Check.Throws<ArgumentNullException>("null", () => join(null!, "")).ParamName);
        Check.Throws<ArgumentNullException>("null in a list", () => join(new[] { "a", null! }, ""));
        var text = Check.Throws<WitrtException>("a lone surrogate in a list", () => join(new[] { "a", "b\ud800" }, ""));
        Check.True("is told with its place", text.Kind == ErrorKind.BadText && text.Argument == 0 && text.Message.Contains("element 1"), text.Message);
        foreach (var (what, call) in new (string, Action)[]
        {
            ("parameter 0 (\"c\"): 3 is no case that the guest knows", () => instance.GetFunc<Color, Color>("next-color")((Color)3)),
            ("parameter 0 (\"a\"): 64 has flags that the guest does not know", () => instance.GetFunc<Access, Access>("toggle")((Access)64)),
        })
        {
            string message = Check.Throws<ArgumentException>("what the guest does not know", call).Message;
            Check.True(what, message.StartsWith(what, StringComparison.Ordinal), message);
        }
        foreach (var points in new IEnumerable<Spot?>[] { new[] { new Spot(), null }, new LinkedList<Spot?>(new[] { new Spot(), null }) })
        {
            string message = Check.Throws<ArgumentNullException>("null among records", () => instance.GetFunc<IEnumerable<Spot?>, Point?>("centroid")(points)).Message;
            Check.True("is told with its number", message.StartsWith("parameter 0 (\"points\"), element 1: null", StringComparison.Ordinal), message);
        }
        Check.Throws<ArgumentException>("a class that is no case", () => instance.GetFunc<Shape, Shape>("grow")(new Blob()));
        var birthday = instance.GetFunction("birthday");
        var wrong = Check.Throws<WitrtException>("a value of a wrong kind", () => birthday.Call(Value.Record("a", (byte)1, Value.List(1, 2), Value.None)));
        Check.True("is told with its place", wrong.Kind == ErrorKind.WrongKind && wrong.Argument == 0 && wrong.Message.Contains("\"tags\", element"), wrong.Message);
        Value deep = 1;
        for (int i = 0; i < 1_000_000; i++) deep = Value.Some(deep);
        Check.Equal("a value that is deeper than its type", ErrorKind.WrongKind, Check.Throws<WitrtException>("a million options", () => instance.GetFunction("maybe").Call(deep)).Kind);
        Check.Throws<WitrtException>("too few fields", () => birthday.Call(Value.Record("a")));
        Check.Throws<WitrtException>("no character", () => instance.GetFunction("next-char").Call(Value.Char(0xd800)));
        Check.Throws<ArgumentException>("a list of what no list has", () => Value.List(new[] { DateTime.Now }));
        Check.Equal("all that did no harm", "a-b", join(new[] { "a", "b" }, "-"));

        ErrorKind busy = 0;
        var run = instance.GetFunc<string, string>("run");
        var area = instance.GetFunc<Shape, double?>("area");
        var other = new ComponentGuest("c/guest-utf8.wasm");
        var nested = other.Instance.GetFunc<Shape, double?>("area");
        using (other)
        {
            var linker = new Linker(other.Store);
            using var module = Module.FromFile(other.Engine, Check.Module("components/c/guest-utf8.wasm"));
            double? within = null;
            linker.Define("probe:guest/host@1.2.0", "log", (uint level, string line) => { });
            linker.Define("probe:guest/host@1.2.0", "ask", (string question) =>
            {
                Task.Run(() =>
                {
                    try
                    {
                        nested(new Shape.Circle(1));
                    }
                    catch (WitrtException error)
                    {
                        busy = error.Kind;
                    }
                }).Wait();
                within = nested(new Shape.Circle(1));
                return question.Length > 0 ? throw new InvalidTimeZoneException("after all") : "";
            });
            linker.Define("probe:guest/host@1.2.0", "digest", (byte[] data) => (byte[])null!);
            linker.DefineUnknownAsTraps(module);
            var second = linker.Instantiate(module).GetFunc<string, string>("run");
            var trap = Check.Throws<TrapException>("an exception in a host function", () => second("x"));
            Check.True("is the inner one", trap.InnerException is InvalidTimeZoneException, trap.ToString());
            Check.Equal("another thread meanwhile", ErrorKind.StoreBusy, busy);
            Check.Equal("another instance, called within", 3.0, within);
            Check.Equal("what has trapped is dead", ErrorKind.Poisoned, Check.Throws<WitrtException>("a second call", () => second("x")).Kind);
            Check.Equal("others are not", 3.0, nested(new Shape.Circle(1)));
        }
        Check.Throws<ObjectDisposedException>("a function of a store that is disposed", () => nested(new Shape.Dot()));

        guest.Failure = new ResultException<string>("no result");
        Check.True("a failure where there is no result", Check.Throws<TrapException>("a failure", () => run("x")).InnerException is ResultException<string>);
        Check.Equal("and it is dead", ErrorKind.Poisoned, Check.Throws<WitrtException>("a second call", () => area(new Shape.Dot())).Kind);
    }
}
