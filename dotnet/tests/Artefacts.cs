using System;
using System.Diagnostics;
using System.IO;
using Witrt;

/// Components that were compiled before, also by another process.
static class Artefacts
{
    private const string Text = "Zoë 🦀";

    public static void All()
    {
        foreach (string guest in new[] { "utf8", "utf16" })
        {
            using var engine = new Engine();
            using var module = Module.FromFile(engine, Check.Module($"components/c/plain-{guest}.wasm"));
            byte[] compiled = module.Serialize();
            using var again = Module.Deserialize(engine, compiled);
            Check.Equal("its exports", string.Join("\n", module.Exports), string.Join("\n", again.Exports));
            Check.Equal("its imports", module.Imports.Count, again.Imports.Count);
            using (var store = new Store(engine))
            {
                Check.True("from bytes", Greets(store, again), guest);
            }
            string file = Path.Combine(Path.GetTempPath(), $"Zoë-{Guid.NewGuid()}.cwasm");
            try
            {
                File.WriteAllBytes(file, compiled);
                Check.Equal("by another process", 0, Another(file));
            }
            finally
            {
                File.Delete(file);
            }
            compiled[compiled.Length / 2] ^= 1;
            Check.Equal("damaged", ErrorKind.BadArtefact, Check.Throws<WitrtException>("a damaged component", () => Module.Deserialize(engine, compiled)).Kind);
        }
    }

    /// What the other process does; its status.
    public static int Load(string file)
    {
        using var engine = new Engine();
        using var module = Module.DeserializeFile(engine, file);
        using var store = new Store(engine);
        return Greets(store, module) ? 0 : 1;
    }

    private static bool Greets(Store store, Module module)
    {
        var greet = new Instance(store, module).GetFunc<string, string>("greet");
        return greet(Text) == $"hello, {Text}! (9 bytes, 5 chars)";
    }

    private static int Another(string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        start.ArgumentList.Add(typeof(Artefacts).Assembly.Location);
        start.ArgumentList.Add("load");
        start.ArgumentList.Add(file);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
