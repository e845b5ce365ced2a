using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Witrt;

/// Modules without an interface, attached by a face.
static class Faces
{
    private static readonly string folder = Path.Combine(Check.Modules, "..", "attach");

    private static Module Attach(Engine engine, string name) =>
        Module.Attach(engine, File.ReadAllBytes(Path.Combine(folder, name, "guest.wasm")), File.ReadAllText(Path.Combine(folder, name, "face.toml")));

    public static void All()
    {
        using var engine = new Engine();
        using var typed = new Store(engine);
        using var plain = Attach(engine, "c-clang-nostdlib");
        var guest = Cases.Instantiate(typed, plain, new List<string>());
        Check.Equal("text", "hello, Zoë! (4 bytes, 3 chars)", guest.GetFunc<string, string>("greet")("Zoë"));
        Check.Equal("an option", null, guest.GetFunc<string, string, string?>("find")("x", "y"));
        Check.Equal("numbers in a list", 2147483646L, guest.GetFunc<int[], long>("sum-i32")(new[] { 1, -2, 2147483647 }));
        Check.Equal("a span of bytes", "3 2 1", string.Join(" ", guest.GetListFunc<byte, byte[]>("reverse-bytes")(stackalloc byte[] { 1, 2, 3 })));
        Check.Equal("records", new Point(4, -3), guest.GetFunc<Point[], Point>("sum-points")(new[] { new Point(1, 2), new Point(3, -5) }));
        Check.Equal("a failure", "bad point: x", Check.Throws<ResultException<string>>("a result", () => guest.GetFunc<string, Point>("parse")("x")).Error);
        Check.Equal("what does not fit", 0, Check.Throws<WitrtException>("text for a number", () => guest.GetFunc<string, byte, byte>("add-u8")).Argument);

        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, "c-clang-nostdlib", "guest.wasm"));
        var wrongFace = Check.Throws<WitrtException>("a face that does not parse", () => Module.Attach(engine, bytes, "convention = \n"));
        Check.Equal("is told with its line", 1, wrongFace.Line);
        Check.Throws<WitrtException>("a face of another module", () => Module.Attach(engine, bytes, "convention = \"c\"\nwit = \"nothing: func();\"\n"));
        Check.Throws<ArgumentNullException>("no face", () => Module.Attach(engine, bytes, null!));
    }

    /// Lone surrogates, which AssemblyScript permits, by each rule: there and back, alone and in lists, and through the host.
    public static void Lone()
    {
        const string lone = "a\ud83eb";
        foreach (var rule in new[] { IllFormedText.Reject, IllFormedText.Replace, IllFormedText.Keep })
        {
            using var engine = new Engine(new Config { IllFormedText = rule });
            using var store = new Store(engine);
            using var module = Attach(engine, "assemblyscript");
            Instance Make(Func<string, string> ask)
            {
                var linker = new Linker(store);
                linker.Define("host", "ask", ask);
                linker.Define("host", "log", (uint level, string line) => { });
                linker.Define("host", "digest", (byte[] data) => data);
                linker.DefineUnknownAsTraps(module);
                return linker.Instantiate(module);
            }
            string told = "";
            var guest = Make(question => (told = question) + lone);
            var tail = guest.GetFunc<string, string, string>("concat");
            var join = guest.GetFunc<string[], string>("join");
            var run = guest.GetFunc<string, string>("run");
            var length = guest.GetTextFunc<int>("units");
            if (rule == IllFormedText.Reject)
            {
                var refused = Check.Throws<WitrtException>("half a crab", () => tail("", lone));
                Check.True("is refused with its place", refused.Kind == ErrorKind.BadText && refused.Argument == 1 && refused.Position == 1, refused.Message);
                Check.Equal("half a crab from the guest", TrapCode.IllFormedText, Check.Throws<TrapException>("a trap", () => guest.GetFunc<string>("lone")()).Code);
                continue;
            }
            string found = rule == IllFormedText.Keep ? lone : "a\ufffdb";
            Check.Equal($"{rule}: there and back", found, tail(lone, ""));
            Check.Equal("its length", 3, length(lone));
            Check.Equal("in a list", $"{found}|x|{found}", join(new[] { lone, "x", lone }));
            Check.Equal("beside 5,000 others", new string('é', 5000) + found, tail(new string('é', 5000), lone));
            Check.Equal("through the host", found, run(lone).Substring(0, 3));
            Check.True("which was told it, and gave it", told.Contains(found, StringComparison.Ordinal) && run("").Contains(found, StringComparison.Ordinal), told);
            Check.Equal("as a value that tells its kind", found, guest.GetFunction("concat").Call(lone, "")[0].ToString());
            Check.Equal("two halves", rule == IllFormedText.Keep ? "🦀" : "\ufffd\ufffd", tail("\ud83e", "\udd80"));
        }
    }
}
