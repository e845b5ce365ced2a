// What guests get of the system by WASI.

using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using Witrt;

static class Commands
{
    private static readonly string[] Files = { "probe.wasm", "probe-component.wasm" };

    /// <summary>Runs the command of tests/wasi; its status, and what it wrote.</summary>
    private static int Run(Engine engine, string file, Wasi wasi, out string written, params string[] arguments)
    {
        using var module = Witrt.Module.FromFile(engine, Path.Combine(Check.Modules, "..", "wasi", file));
        using var store = new Store(engine);
        var output = new MemoryStream();
        wasi.Output = output;
        wasi.Arguments.Clear();
        wasi.Arguments.Add("probe");
        foreach (string argument in arguments) wasi.Arguments.Add(argument);
        store.SetWasi(wasi);
        try
        {
            return new Instance(store, module).Run();
        }
        finally
        {
            written = Encoding.UTF8.GetString(output.ToArray());
        }
    }

    public static void All()
    {
        using var engine = new Engine();
        string folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "witrt-wasi-" + Guid.NewGuid())).FullName;
        File.WriteAllText(Path.Combine(folder, "note"), "a note\n");
        foreach (string file in Files)
        {
            string written;
            Check.Equal($"{file}: arguments", 0, Run(engine, file, new Wasi(), out written, "args", "ü🦀", ""));
            Check.Equal($"{file}: arguments", "[probe]\n[args]\n[ü🦀]\n[]\n", written);
            Run(engine, file, new Wasi(), out written, "env");
            Check.Equal($"{file}: no environment", "", written);
            var wasi = new Wasi { Input = new MemoryStream(Encoding.UTF8.GetBytes("some input")) };
            wasi.Environment["K"] = "ü";
            Run(engine, file, wasi, out written, "env");
            Check.Equal($"{file}: environment", "K=ü\n", written);
            Run(engine, file, wasi, out written, "cat");
            Check.Equal($"{file}: input", "some input", written);

            Run(engine, file, new Wasi { InputBytes = Encoding.UTF8.GetBytes("bytes") }, out written, "cat");
            Check.Equal($"{file}: bytes as input", "bytes", written);
            Run(engine, file, new Wasi { InputFile = Path.Combine(folder, "note"), OutputFile = Path.Combine(folder, "out") }, out _, "cat");
            Check.Equal($"{file}: from a file to a file", "a note\n", File.ReadAllText(Path.Combine(folder, "out")));

            var lines = new List<string>();
            Run(engine, file, new Wasi { OutputLine = lines.Add }, out _, "part", "0");
            Check.Equal($"{file}: lines", "whole|part", string.Join("|", lines));

            wasi = new Wasi();
            wasi.PreopenDirectory(folder, "/d");
            Run(engine, file, wasi, out written, "read", "/d/note");
            Check.Equal($"{file}: a file", "/d/note: ok\na note\n", written);
            Run(engine, file, wasi, out written, "write", "/d/note", "x");
            Check.True($"{file}: to be read only", written.Contains("errno"));
            Run(engine, file, wasi, out written, "read", "/d/../note");
            Check.True($"{file}: not beyond", written.Contains("errno"));

            var repeats = new Wasi { Clocks = (1_000_000_000_000_000_000, 1), RandomSeed = 5 };
            Run(engine, file, repeats, out written, "random");
            Run(engine, file, repeats, out string again, "random");
            Check.Equal($"{file}: random numbers that repeat", written, again);

            int expected = file == Files[0] ? 3 : 1;
            Check.Equal($"{file}: a status", expected, Run(engine, file, new Wasi(), out _, "exit", "3"));
            var trap = Check.Throws<TrapException>($"{file}: a trap", () => Run(engine, file, new Wasi(), out _, "trap"));
            Check.True($"{file}: that is no exit", trap.Code == TrapCode.Unreachable && trap.ExitStatus is null);
            // The failure is the guest's, and the exception stays here.
            var closed = new MemoryStream();
            closed.Dispose();
            Check.True($"{file}: input that throws", Run(engine, file, new Wasi { Input = closed }, out _, "cat") != 0);
            // On a thread of the pool, and waiting there.
            Check.Equal($"{file}: in a task", "slept\n", Task.Run(() =>
            {
                Run(engine, file, new Wasi(), out string text, "sleep", "20");
                return text;
            }).Result);
        }
        Directory.Delete(folder, true);
        using var store = new Store(engine);
        Check.Throws<WitrtException>("a file that is not there", () => store.SetWasi(new Wasi { InputFile = folder }));
        var missing = new Wasi();
        missing.PreopenDirectory(folder, "/d");
        var error = Check.Throws<WitrtException>("a folder that is gone", () => store.SetWasi(missing));
        Check.Equal("its kind", ErrorKind.UnreadableFile, error.Kind);
        Check.Throws<WitrtException>("no address", () =>
        {
            var wasi = new Wasi();
            wasi.AllowAddress("localhost");
            store.SetWasi(wasi);
        });
    }
}
