using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Witrt;

/// Modules without an interface, attached by a face: every call that is told of those in tests/attach.
static class Faces
{
    private static readonly string folder = Path.Combine(Check.Modules, "..", "attach");

    private static Module Attach(Engine engine, string name) =>
        Module.Attach(engine, File.ReadAllBytes(Path.Combine(folder, name, "guest.wasm")), File.ReadAllText(Path.Combine(folder, name, "face.toml")));

    private static Instance Instantiate(Store store, Module module, List<string> log)
    {
        var linker = new Linker(store);
        foreach (var import in module.Imports)
        {
            if (import.FunctionType is null || import.Module.StartsWith("wasi", StringComparison.Ordinal)) continue;
            linker.DefineDynamic(import.Module, import.Name, given =>
            {
                log.Add($"  host.{import.Name} {string.Join(" ", given.Select(Notation.Tell))}");
                return import.Name switch
                {
                    "ask" => new Value[] { $"answer to {given[0]}" },
                    "env" => new[] { Value.Some("/home/é") },
                    "puts" => new Value[] { given[0].ToString().Length },
                    _ => Array.Empty<Value>(),
                };
            });
        }
        return linker.Instantiate(module);
    }

    public static void Told()
    {
        using var engine = new Engine();
        foreach (string name in new[] { "c-clang-nostdlib", "c-clang-wasi", "rust-plain" })
        {
            using var module = Attach(engine, name);
            using var store = new Store(engine);
            store.SetWasi(new Wasi());
            var log = new List<string>();
            var instance = Instantiate(store, module, log);
            var logged = new List<string>();
            int made = 0, wrong = 0;
            foreach (string line in File.ReadLines(Path.Combine(folder, name, "calls.txt")))
            {
                if (line.StartsWith("  host.", StringComparison.Ordinal)) logged.Add(line);
                if (!Components.TrySplit(line, out string function, out string arguments, out string expected)) continue;
                string found = Call(instance.GetFunction(function), arguments);
                bool right = found == expected && log.SequenceEqual(logged);
                if (!right) Check.True($"{name}: {line}", false, $"{found} [{string.Join(";", log)}]");
                wrong += right ? 0 : 1;
                made++;
                log.Clear();
                logged.Clear();
            }
            Check.True($"{name}: {made} calls", wrong == 0 && made > 5);
        }

        using var typed = new Store(engine);
        using var plain = Attach(engine, "c-clang-nostdlib");
        var guest = Instantiate(typed, plain, new List<string>());
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

    private static string Call(Function function, string arguments)
    {
        try
        {
            var results = function.Call(Components.Parse(function.Type, arguments));
            return results.Length == 0 ? "()" : Notation.Tell(results[0]);
        }
        catch (TrapException trap)
        {
            return $"trap {trap.Code.ToString().ToLowerInvariant()}";
        }
    }
}
