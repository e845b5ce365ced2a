using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
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

    /// A component that has the host answer: a record, and a list of them.
    private const string Asking = """
        (component
          (type $point' (record (field "x" s32) (field "y" s32)))
          (import "point" (type $point (eq $point')))
          (import "turn" (func $turn (param "p" $point) (result $point)))
          (import "last" (func $last (param "p" (list $point)) (result (option $point))))
          (core module $memory (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
          (core instance $memory (instantiate $memory))
          (core func $turn (canon lower (func $turn) (memory $memory "memory")))
          (core func $last (canon lower (func $last) (memory $memory "memory")))
          (core module $guest (import "" "turn" (func $turn (param i32 i32 i32))) (import "" "last" (func $last (param i32 i32 i32)))
            (func (export "turn") (param i32 i32) (result i32) (call $turn (local.get 0) (local.get 1) (i32.const 16)) (i32.const 16))
            (func (export "last") (param i32 i32) (result i32) (call $last (local.get 0) (local.get 1) (i32.const 32)) (i32.const 32)))
          (core instance $guest (instantiate $guest (with "" (instance (export "turn" (func $turn)) (export "last" (func $last))))))
          (func (export "ask") (param "p" $point) (result $point) (canon lift (core func $guest "turn") (memory $memory "memory")))
          (func (export "ask last") (param "p" (list $point)) (result (option $point))
            (canon lift (core func $guest "last") (memory $memory "memory") (realloc (func $memory "realloc")))))
        """;

    /// Exports that hand what they are given, text or a number and bytes, to the host's functions.
    private const string Writing = """
        (component
          (import "write" (func $write (param "to" u32) (param "data" (list u8)) (result u32)))
          (import "note" (func $note (param "to" string) (param "data" (list u16))))
          (core module $memory (memory (export "memory") 1) (global $top (mut i32) (i32.const 1024))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32)
              (if (i32.gt_u (global.get $top) (i32.const 60000)) (then (global.set $top (i32.const 1024))))
              (global.get $top)
              (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get 3)) (i32.const 15)) (i32.const -8)))))
          (core instance $memory (instantiate $memory))
          (core func $write (canon lower (func $write) (memory $memory "memory")))
          (core func $note (canon lower (func $note) (memory $memory "memory")))
          (core module $guest
            (import "" "write" (func $write (param i32 i32 i32) (result i32)))
            (import "" "note" (func $note (param i32 i32 i32 i32)))
            (func (export "write") (param i32 i32 i32) (result i32) (call $write (local.get 0) (local.get 1) (local.get 2)))
            (func (export "note") (param i32 i32 i32 i32) (call $note (local.get 0) (local.get 1) (local.get 2) (local.get 3))))
          (core instance $guest (instantiate $guest (with "" (instance (export "write" (func $write)) (export "note" (func $note))))))
          (func (export "put") (param "to" u32) (param "data" (list u8)) (result u32)
            (canon lift (core func $guest "write") (memory $memory "memory") (realloc (func $memory "realloc"))))
          (func (export "name") (param "to" string) (param "data" (list u16))
            (canon lift (core func $guest "note") (memory $memory "memory") (realloc (func $memory "realloc")))))
        """;

    /// A span behind something else, given and received.
    public static void SpansBehind()
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromText(engine, Writing);
        var linker = new Linker(store);
        string noted = "";
        linker.DefineList("", "write", (uint to, ReadOnlySpan<byte> data) => to * 100 + (uint)data.Length + data[^1]);
        linker.DefineList("", "note", (string to, ReadOnlySpan<ushort> data) => { noted = $"{to} {string.Join(" ", data.ToArray())}"; });
        var instance = linker.Instantiate(module);
        var put = instance.GetListFunc<uint, byte, uint>("put");
        Check.Equal("a number and a span, both ways", 703u + 9, put(7, stackalloc byte[] { 1, 2, 9 }));
        Check.Equal("a number and a span, both ways: bytes", 0, Of("a number and a span, both ways", () => put(7, stackalloc byte[] { 1, 2, 9 })));
        instance.GetListAction<string, ushort>("name")("é", stackalloc ushort[] { 1, 65535 });
        Check.Equal("text and a span, both ways", "é 1 65535", noted);
        Check.Equal("the argument that does not fit", "parameter 0 (\"to\"): expected u32, found string",
            Told(Check.Throws<WitrtException>("text for a number", () => instance.GetListFunc<string, byte, uint>("put"))));
        Check.Equal("the span that does not fit", "parameter 1 (\"data\"), element: expected u8, found u16",
            Told(Check.Throws<WitrtException>("other elements", () => instance.GetListFunc<uint, ushort, uint>("put"))));
        Check.Equal("null text", 0, Check.Throws<ArgumentNullException>("null text", () => instance.GetListAction<string, ushort>("name")(null!, default)).ParamName == "argument 0" ? 0 : 1);
        var wrong = new Linker(store);
        wrong.DefineList("", "write", (string to, ReadOnlySpan<byte> data) => 0u);
        Check.True("a host function that does not fit", Check.Throws<WitrtException>("text for a number", () => wrong.Instantiate(module)).Message.Contains("parameter 0 (\"to\"): expected u32, found string"));
        Check.Throws<ArgumentNullException>("no function", () => wrong.DefineList("", "write", (ListFunc<uint, byte, uint>)null!));

        static string Told(Exception error) => error.Message.Substring(error.Message.IndexOf("parameter", StringComparison.Ordinal));
    }

    public static void Hosts()
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromText(engine, Asking.Replace("ask last", "ask-last"));
        var linker = new Linker(store);
        linker.Define("", "turn", (Point point) => new Point(point.Y, -point.X));
        linker.Define("", "last", (Point[] points) => points.Length == 0 ? null : (Point?)points[^1]);
        var instance = linker.Instantiate(module);
        var ask = instance.GetFunc<Point, Point>("ask");
        Check.Equal("a record to a host function, and back", new Point(4, -3), ask(new Point(3, 4)));
        Check.Equal("a record to a host function, and back: bytes", 0, Of("a record to a host function, and back", () => ask(new Point(3, 4))));
        var last = instance.GetFunc<Point[], Point?>("ask-last");
        var points = new[] { new Point(1, 2), new Point(3, 4) };
        Check.True("a list, and an option back", last(points) == new Point(3, 4) && last(Array.Empty<Point>()) is null);
        long two = Of("2 records, made by .NET", () => new Point[2]);
        Check.Equal("a list, and an option back: bytes", two, Of("a list, and an option back", () => last(points)));

        // A list of scalars as a span: nothing is made but the result.
        using var guest = Module.FromFile(engine, Check.Module("components/c/guest-utf8.wasm"));
        long seen = 0;
        var spans = new Linker(store);
        var answer = new byte[] { 1, 2, 3 };
        spans.DefineList("probe:guest/host@1.2.0", "digest", (ReadOnlySpan<byte> data) => { seen += data.Length; return answer; });
        spans.Define("probe:guest/host@1.2.0", "log", (uint level, ReadOnlyMemory<char> line) => { });
        spans.Define("probe:guest/host@1.2.0", "ask", (string question) => question);
        spans.Define("probe:guest/host@1.2.0", "find", (string key) => (string?)null);
        spans.Define("probe:guest/host@1.2.0", "lookup", (string key) => points);
        // Without a version it is whichever is asked for.
        spans.Define("probe:guest/host", "now", () => 1ul);
        spans.Define("probe:guest/host@1.2.0", "[constructor]sink", (string name) => Resource.FromObject(name));
        spans.Define("probe:guest/host@1.2.0", "[method]sink.write", (Resource sink, string text) => 0u);
        spans.Define("probe:guest/host@1.2.0", "[static]sink.open-sinks", () => 0u);
        string told = spans.Instantiate(guest).GetFunc<string, string>("run")("abcdé");
        Check.True("a span to a host function, and bytes back", seen == 6 && told.Contains("[1 2 3]"), $"{seen}: {told}");

        // What a dynamic one returns is looked at by the library.
        using var other = Module.FromText(engine, Asking.Replace("ask last", "ask-last"));
        Value returned = 0;
        linker.DefineDynamic("", "turn", given => new[] { returned });
        ask = linker.Instantiate(other).GetFunc<Point, Point>("ask");
        returned = Value.Record(1, 2);
        Check.Equal("a value from the host", new Point(1, 2), ask(default));
        foreach (var wrong in new Value[] { 7, "text", Value.Record(1), Value.Record(1, "2"), Value.None, Value.List(1, 2), Value.Tuple(1, 2) })
        {
            ask = linker.Instantiate(other).GetFunc<Point, Point>("ask");
            returned = wrong;
            var error = Check.Throws<WitrtException>($"{wrong} from the host", () => ask(default));
            Check.True("is told as the result's", error.Message.Contains("result"), error.Message);
        }
    }

    /// Calls within each other, results larger than what is kept, and a store that is disposed meanwhile.
    public static void Nested()
    {
        using var engine = new Engine();
        var store = new Store(engine);
        using var module = Module.FromText(engine, Asking.Replace("ask last", "ask-last"));
        Func<Point[], Point?> next = points => points.Length == 0 ? null : points[0];
        for (int depth = 0; depth < 6; depth++)
        {
            var inner = next;
            var linker = new Linker(store);
            linker.Define("", "turn", (Point point) => point);
            linker.Define("", "last", (List<Point> points) =>
            {
                // What was lent and what is returned is there before and after calls within.
                var twice = inner(points.Concat(points).Select(point => new Point(point.X + 1, point.Y)).ToArray());
                var third = inner(points.ToArray());
                return twice?.X == third?.X + 1 ? twice : null;
            });
            next = linker.Instantiate(module).GetFunc<Point[], Point?>("ask-last");
        }
        Check.Equal("six instances, each called by the next", new Point(7, 10), next(new[] { new Point(1, 10) }));

        using var large = Module.FromFile(engine, Check.Module("components/c/guest-utf8.wasm"));
        var host = new Linker(store);
        bool disposing = false;
        host.Define("probe:guest/host@1.2.0", "ask", (string question) => new string('q', 50_000));
        host.Define("probe:guest/host@1.2.0", "log", (uint level, string text) => { });
        host.Define("probe:guest/host@1.2.0", "digest", (ReadOnlyMemory<byte> data) => Enumerable.Range(0, 9000).Select(i => (byte)i).ToList());
        host.Define("probe:guest/host@1.2.0", "find", (string key) => new string('f', 30_000));
        host.Define("probe:guest/host@1.2.0", "lookup", (string key) =>
        {
            if (disposing) store.Dispose();
            return Enumerable.Range(0, 3000).Select(i => new Point(i, -i));
        });
        host.Define("probe:guest/host@1.2.0", "now", () => 1ul);
        host.Define("probe:guest/host@1.2.0", "[constructor]sink", (string name) => Resource.FromObject(name));
        host.Define("probe:guest/host@1.2.0", "[method]sink.write", (Resource sink, string text) => (uint)((string)sink.Object!).Length);
        host.Define("probe:guest/host@1.2.0", "[static]sink.open-sinks", () => 0u);
        var run = host.Instantiate(large).GetFunc<string, string>("run");
        string expected = $"{new string('q', 50_000)} [{string.Join(" ", Enumerable.Range(0, 9000).Select(i => i % 256))}] some {new string('f', 30_000)} ok "
            + $"{string.Join(" ", Enumerable.Range(0, 3000).Select(i => $"{i},{-i}"))} 1 sink 300";
        for (int i = 0; i < 3; i++) Check.True("large results of host functions", run("abc") == expected);
        disposing = true;
        Check.True("a store that is disposed in a host function", run("abc") == expected);
        Check.Throws<ObjectDisposedException>("is gone afterwards", () => run("abc"));
    }

    private const string Echoing = """
        (component
          (type $inner' (record (field "x" s16) (field "y" u8)))
          (import "inner" (type $inner (eq $inner')))
          (type $item' (record (field "a" u8) (field "b" u64) (field "c" char) (field "d" f32) (field "e" $inner)))
          (import "item" (type $item (eq $item')))
          (core module $m (memory (export "memory") 64)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
            (func (export "echo") (param i32 i32) (result i32)
              (i32.store (i32.const 8) (local.get 0)) (i32.store (i32.const 12) (local.get 1)) (i32.const 8))
            (func (export "last") (param i32 i32) (result i32)
              (i32.sub (i32.add (local.get 0) (i32.mul (i32.const 32) (local.get 1))) (i32.const 32))))
          (core instance $i (instantiate $m))
          (func (export "echo") (param "l" (list $item)) (result (list $item))
            (canon lift (core func $i "echo") (memory $i "memory") (realloc (func $i "realloc"))))
          (func (export "last") (param "l" (list $item)) (result $item)
            (canon lift (core func $i "last") (memory $i "memory") (realloc (func $i "realloc")))))
        """;

    public record struct Inner(short X, byte Y);

    /// As the guest has it.
    public record struct Item(byte A, ulong B, Rune C, float D, Inner E);

    /// In another order, by fields and properties.
    public struct Turned
    {
        public Inner E;
        public float D { get; set; }
        public Rune C;
        public ulong B { get; set; }
        public byte A;
    }

    /// What has code of its own, which is to run.
    public readonly struct Checked
    {
        public static int Made;
        public Checked(byte a, ulong b, Rune c, float d, Inner e)
        {
            Made++;
            (A, B, C, D, E) = (a, b, c, d, e);
        }

        public byte A { get; }
        public ulong B { get; }
        public Rune C { get; }
        public float D { get; }
        public Inner E { get; }
    }

    public struct Doubling
    {
        private byte half;
        public byte A { get => (byte)(half * 2); set => half = (byte)(value / 2); }
        public ulong B { get; set; }
        public Rune C { get; set; }
        public float D { get; set; }
        public Inner E { get; set; }
    }

    public sealed class Object
    {
        public byte A { get; set; }
        public ulong B { get; set; }
        public Rune C { get; set; }
        public float D { get; set; }
        public Inner E { get; set; }
    }

    /// Lists of structs, which are copied as they lie where nothing but their fields is in them.
    public static void InPlace()
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromText(engine, Echoing);
        var instance = new Instance(store, module);
        foreach (int count in new[] { 0, 1, 2, 7, 500, 3000 })
        {
            var items = Enumerable.Range(0, count).Select(i =>
                new Item((byte)(i * 2), ulong.MaxValue - (ulong)i, new Rune(0x1F980 + i % 5), i / 4f, new Inner((short)-i, (byte)i))).ToArray();
            var turned = items.Select(i => new Turned { A = i.A, B = i.B, C = i.C, D = i.D, E = i.E }).ToArray();
            Check.True($"{count} structs", instance.GetFunc<Item[], Item[]>("echo")(items).SequenceEqual(items));
            Check.True("as lists", instance.GetFunc<List<Item>, IReadOnlyList<Item>>("echo")(items.ToList()).SequenceEqual(items));
            Check.True("a part of an array", instance.GetFunc<ReadOnlyMemory<Item>, Item[]>("echo")(items.AsMemory(count / 2)).SequenceEqual(items.Skip(count / 2)));
            Check.True("in another order", instance.GetFunc<Turned[], Item[]>("echo")(turned).SequenceEqual(items));
            Check.True("and back", instance.GetFunc<Item[], Turned[]>("echo")(items).Select(t => (t.A, t.B, t.C, t.D, t.E)).SequenceEqual(turned.Select(t => (t.A, t.B, t.C, t.D, t.E))));
            Checked.Made = 0;
            var made = instance.GetFunc<Item[], Checked[]>("echo")(items);
            Check.True("a constructor that does something is called", Checked.Made == count && made.Select(i => i.B).SequenceEqual(items.Select(i => i.B)));
            Check.True("so is a property", instance.GetFunc<Item[], Doubling[]>("echo")(items).Select(i => i.A).SequenceEqual(items.Select(i => i.A)));
            Check.True("objects", instance.GetFunc<Item[], Object[]>("echo")(items).Select(i => i.D).SequenceEqual(items.Select(i => i.D)));
            if (count == 0) continue;
            Check.Equal("one of them", items[^1], instance.GetFunc<Item[], Item>("last")(items));
            Check.Equal("in another order", items[^1].E, instance.GetFunc<Item[], Turned>("last")(items).E);
            var echo = instance.GetFunc<Item[], Item[]>("echo");
            Check.Equal($"{count} structs: bytes", Of("an array of them, made by .NET", () => new Item[count]), Of("structs", () => echo(items)));
        }
        var wrong = Check.Throws<ArgumentNullException>("null for structs", () => instance.GetFunc<Item[], Item[]>("echo")(null!));
        Check.Equal("its argument", "argument 0", wrong.ParamName);
        Check.Throws<WitrtException>("what does not fit", () => instance.GetFunc<Point[], Item[]>("echo"));
    }

    /// A record whose second field runs something of the test's when it is read.
    public sealed class Reading
    {
        public Func<int>? Then;

        public int X { get; set; } = 3;

        public int Y { get => Then?.Invoke() ?? 4; set => Then = () => value; }
    }

    /// A component that passes records and a resource on to the host: of the last argument a text, of the first a resource back.
    private const string Owning = """
        (component
          (type $point' (record (field "x" s32) (field "y" s32)))
          (import "point" (type $point (eq $point')))
          (import "thing" (type $thing (sub resource)))
          (import "look" (func $look (param "t" (borrow $thing)) (param "p" $point) (result string)))
          (import "make" (func $make (param "p" $point) (result (tuple (own $thing) $point))))
          (core module $memory (memory (export "memory") 4)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
          (core instance $memory (instantiate $memory))
          (core func $look (canon lower (func $look) (memory $memory "memory") (realloc (func $memory "realloc"))))
          (core func $make (canon lower (func $make) (memory $memory "memory")))
          (core func $drop (canon resource.drop $thing))
          (core module $guest
            (import "" "look" (func $look (param i32 i32 i32 i32))) (import "" "make" (func $make (param i32 i32 i32)))
            (import "" "drop" (func $drop (param i32)))
            (func (export "look") (param i32 i32 i32) (result i32)
              (call $look (local.get 0) (local.get 1) (local.get 2) (i32.const 16))
              (call $drop (local.get 0)) (i32.const 16))
            (func (export "make") (param i32 i32) (result i32) (call $make (local.get 0) (local.get 1) (i32.const 32)) (i32.const 32)))
          (core instance $guest (instantiate $guest (with "" (instance
            (export "look" (func $look)) (export "make" (func $make)) (export "drop" (func $drop))))))
          (func (export "pass") (param "t" (borrow $thing)) (param "p" $point) (result string)
            (canon lift (core func $guest "look") (memory $memory "memory")))
          (func (export "give") (param "p" $point) (result (tuple (own $thing) $point))
            (canon lift (core func $guest "make") (memory $memory "memory"))))
        """;

    /// Resources that are disposed while a call reads its arguments, and calls made meanwhile.
    public static void WhileReading()
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromText(engine, Owning);
        var linker = new Linker(store);
        Func<Resource, string> look = thing => (string)thing.Object!;
        var given = new Reading();
        linker.Define("", "look", (Resource thing, Point point) => $"{look(thing)} {point.X} {point.Y}");
        linker.Define("", "make", (Point point) => (Resource.FromObject("made"), given));
        var instance = linker.Instantiate(module);
        var pass = instance.GetFunc<Resource, Reading, string>("pass");
        var give = instance.GetFunc<Point, (Resource, Point)>("give");
        Check.Equal("text beside a resource and a record", "kept 3 4", pass(Resource.FromObject("kept"), new Reading()));

        // In a getter, on this thread and on another.
        var thing = Resource.FromObject("in use");
        var reading = new Reading { Then = () => { thing.Dispose(); return 5; } };
        Check.Equal("disposed in a getter", "in use 3 5", pass(thing, reading));
        Check.Throws<ObjectDisposedException>("and refused from then on", () => pass(thing, new Reading()));
        thing = Resource.FromObject("again");
        reading.Then = () => { Task.Run(thing.Dispose).Wait(); return 6; };
        Check.Equal("disposed by another thread, in a getter", "again 3 6", pass(thing, reading));
        thing = Resource.FromObject("last");
        look = lent => { thing.Dispose(); return (string)lent.Object!; };
        Check.Equal("disposed in the host function that it is lent to", "last 3 4", pass(thing, new Reading()));
        look = lent => (string)lent.Object!;
        int right = 0;
        for (int i = 0; i < 500; i++)
        {
            using var barrier = new Barrier(2);
            var raced = Resource.FromObject("raced");
            var other = Task.Run(() => { barrier.SignalAndWait(); raced.Dispose(); });
            barrier.SignalAndWait();
            try
            {
                if (pass(raced, new Reading()) == "raced 3 4") right++;
            }
            catch (ObjectDisposedException)
            {
                right++;
            }
            other.Wait();
        }
        Check.Equal("disposed at any time", 500, right);

        // A call in the getter of what a host function returns: what it lends is lent only, and what is returned is given.
        var lent = Resource.FromObject("lent");
        var inner = linker.Instantiate(module).GetFunc<Resource, Reading, string>("pass");
        given.Then = () => inner(lent, new Reading()).Length;
        var (made, point) = give(default);
        Check.Equal("a call within a host function's result", ("made", 8), ((string)made.Object!, point.Y));
        Check.Equal("what that lent is there still", "lent 3 4", pass(lent, new Reading()));
        // And one in a getter of an argument, with another in its host function.
        reading.Then = () => give(default).Item2.Y;
        Check.Equal("calls within arguments", "lent 3 8", pass(lent, reading));
        // What is wrong is told of the argument that is written, whatever was called meanwhile.
        var join = instance.GetFunc<Resource, Reading?, string>("pass");
        var wrong = Check.Throws<ArgumentNullException>("null after calls", () => join(lent, null));
        Check.Equal("of its argument", "argument 1", wrong.ParamName);
        Check.Equal("text of 40,000 units beside others", 40_004, pass(Resource.FromObject(new string('é', 40_000)), new Reading()).Length);
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
