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
}
