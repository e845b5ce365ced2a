using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using Witrt;

/// Every call that the files of expectations tell of the components of real tools.
static class Components
{
    /// What .NET's own types are for each function.
    private static readonly Dictionary<string, Type> types = new()
    {
        ["greet"] = typeof(Func<string, string>),
        ["concat"] = typeof(Func<string, string, string>),
        ["count"] = typeof(Func<string, uint>),
        ["reverse-bytes"] = typeof(Func<byte[], byte[]>),
        ["sum"] = typeof(Func<double[], double>),
        ["parse"] = typeof(Func<string, Result<Point, string>>),
        ["flip"] = typeof(Func<bool, bool>),
        ["next-char"] = typeof(Func<Rune, Rune>),
        ["ints"] = typeof(Func<sbyte, byte, short, ushort, int, uint, long, ulong, (sbyte, byte, short, ushort, int, uint, long, ulong)>),
        ["floats"] = typeof(Func<float, double, (float, double)>),
        ["next-color"] = typeof(Func<Color, Color>),
        ["toggle"] = typeof(Func<Access, Access>),
        ["area"] = typeof(Func<Shape, double?>),
        ["grow"] = typeof(Func<Shape, Shape>),
        ["birthday"] = typeof(Func<Person, Person>),
        ["centroid"] = typeof(Func<Point[], Point?>),
        ["path"] = typeof(Func<uint, List<Point>>),
        ["words"] = typeof(Func<string, string[]>),
        ["join"] = typeof(Func<string[], string?, string>),
        ["maybe"] = typeof(Func<string?, Option<string?>>),
        ["check"] = typeof(Func<int, Result<Nothing, Color>>),
        ["halve"] = typeof(Func<uint, Result<uint, Nothing>>),
        ["wide"] = typeof(Func<string, string, string, string, string, string, string, string, ulong, string>),
        ["run"] = typeof(Func<string, string>),
        ["boom"] = typeof(Func<string, uint>),
        ["echo"] = typeof(Func<string, string>),
        ["units"] = typeof(Func<string, uint>),
        ["tag"] = typeof(Func<string, uint>),
        ["relay"] = typeof(Func<string, string>),
        ["bad"] = typeof(Func<uint, string>),
        ["sum of solo"] = typeof(Func<int[], long>),
        ["mirror"] = typeof(Func<Point, Point>),
    };

    public static void Told()
    {
        var called = new HashSet<string>();
        int calls = 0;
        foreach (var (file, lines) in Sections("c/expected.txt").Concat(Sections("wat/expected.txt")))
        {
            foreach (bool typed in new[] { false, true })
            {
                int wrong = 0, made = 0;
                var guest = new ComponentGuest(file, typed);
                var logged = new List<string>();
                foreach (string line in lines)
                {
                    if (line.StartsWith("  host.", StringComparison.Ordinal)) logged.Add(line);
                    if (!TrySplit(line, out string name, out string arguments, out string expected)) continue;
                    string found = typed ? Typed(guest, name, arguments) : Dynamic(guest, name, arguments);
                    bool right = Same(expected, found) && guest.Log.SequenceEqual(logged);
                    if (!right) Check.True($"{file}: {line}", false, $"{found} [{string.Join(";", guest.Log)}]");
                    wrong += right ? 0 : 1;
                    made++;
                    called.Add(name);
                    guest.Log.Clear();
                    logged.Clear();
                    // What has trapped cannot be called again; lines that expect that say so.
                    bool trapped = found.StartsWith("Trap", StringComparison.Ordinal) && file.StartsWith("wat/", StringComparison.Ordinal);
                    if (trapped) Check.Equal($"{file}: {name} after a trap", "Poisoned", Dynamic(guest, name, arguments));
                    // Nor where the memory is large is a bad address one.
                    if (!trapped && !arguments.Contains("70000")) continue;
                    guest.Dispose();
                    guest = new ComponentGuest(file, typed);
                }
                guest.Dispose();
                calls += made;
                Check.True($"{file}, {(typed ? ".NET's types" : "values that tell their kinds")}: {made} calls", wrong == 0 && made >= 4);
            }
        }
        Check.True($"{calls} calls", calls > 300);
        Check.True("of every function that there are .NET types for", types.Keys.All(name => called.Contains(name.Split(' ')[0])));
        foreach (string file in new[] { "c/guest-utf8.wasm", "c/plain-utf16.wasm", "wat/mini-utf8.wasm", "wat/solo-utf8.wasm" })
        {
            using var guest = new ComponentGuest(file);
            var missed = guest.Instance.Exports.Select(export => export.Name.Split('#').Last())
                .Where(name => !called.Contains(name) && name != "live" && !name.StartsWith('[')).ToArray();
            Check.True($"every export of {file} is called", missed.Length == 0, string.Join(", ", missed));
        }
    }

    /// `name(arguments) -> result`; false for lines that tell of resources, which have a test of their own.
    public static bool TrySplit(string line, out string name, out string arguments, out string expected)
    {
        name = arguments = expected = "";
        int open = line.IndexOf('('), arrow = line.LastIndexOf(") -> ", StringComparison.Ordinal);
        if (open < 0 || arrow < 0) return false;
        name = line.Substring(0, open);
        arguments = line.Substring(open + 1, arrow - open - 1);
        expected = line.Substring(arrow + 5);
        return name.All(unit => char.IsLower(unit) || char.IsDigit(unit) || unit == '-') && name is not ("live" or "merge");
    }

    private static bool Same(string expected, string found)
    {
        if (expected.StartsWith("TRAP", StringComparison.Ordinal))
            return found == (expected.Contains("cannot enter") ? "Poisoned" : "Trap");
        // Some lines quote as Python does, and name no fields.
        if (expected.StartsWith('\'')) expected = Notation.Quote(expected.Trim('\'').Replace("\\x00", "\0"));
        return expected == found || expected == "(-3, -4)" && found == "{x: -3, y: -4}";
    }

    private static string Dynamic(ComponentGuest guest, string name, string arguments)
    {
        var function = guest.Instance.GetFunction(name);
        try
        {
            return Notation.Tell(function.Call(Parse(function.Type, arguments))[0]);
        }
        catch (WitrtException error)
        {
            return error.Kind.ToString();
        }
    }

    private static string Typed(ComponentGuest guest, string name, string arguments)
    {
        var function = guest.Instance.GetFunction(name);
        var type = types[name == "sum" && function.Type.Parameters[0].Parts[0].Type!.Kind == ValueKind.S32 ? "sum of solo" : name];
        var call = (Delegate)typeof(Function).GetMethod("As")!.MakeGenericMethod(type)
            .Invoke(function, BindingFlags.DoNotWrapExceptions, null, null, null)!;
        var given = Parse(function.Type, arguments);
        var parameters = call.Method.GetParameters();
        try
        {
            var values = given.Select((value, i) => Notation.As(parameters[i].ParameterType, value)).ToArray();
            return Notation.Tell(call.Method.Invoke(call.Target, BindingFlags.DoNotWrapExceptions, null, values, null));
        }
        catch (WitrtException error)
        {
            return error.Kind.ToString();
        }
    }

    public static Value[] Parse(FunctionType type, string text)
    {
        if (text == "'a' * 70000 + 'Ā'") return new Value[] { new string('a', 70000) + "Ā" };
        var values = new Value[type.Parameters.Count];
        string rest = text;
        for (int i = 0; i < values.Length; i++)
        {
            if (i > 0) Notation.Eat(ref rest, ", ");
            values[i] = Notation.Parse(type.Parameters[i], ref rest) ?? throw new FormatException($"{text} at {rest}");
        }
        return rest.Length == 0 ? values : throw new FormatException($"{text} at {rest}");
    }

    /// Files, each with the lines that are told of it.
    private static IEnumerable<(string File, List<string> Lines)> Sections(string path)
    {
        var sections = new List<(string File, List<string> Lines)>();
        string folder = path.Split('/')[0];
        foreach (string line in File.ReadLines(Check.Module($"components/{path}")))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal)) sections.Add(($"{folder}/{line.Substring(2)}", new List<string>()));
            // Some lines tell of several calls.
            else sections.Last().Lines.AddRange(line.Contains(")  ") || line.Contains("'  ") || line.Contains("  sum") ? line.Split("  ") : new[] { line });
        }
        return sections.Where(section => File.Exists(Check.Module($"components/{section.File}")));
    }

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
}
