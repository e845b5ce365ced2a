using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Witrt;

static class Errors
{
    public static void All()
    {
        using var engine = new Engine();
        var text = Check.Throws<WitrtException>("text that is no module", () => Module.FromText(engine, "(module\n  (func (result i32) nonsense))"));
        Check.True("tells line and column", text.Kind == ErrorKind.MalformedText && text.Line == 2 && text.Column > 1, $"{text.Kind} {text.Line}:{text.Column}");
        var bytes = Check.Throws<WitrtException>("bytes that are no module", () => Module.FromBytes(engine, new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 77 }));
        Check.True("tells the offset", bytes.Kind == ErrorKind.MalformedBinary && bytes.Offset >= 8, $"{bytes.Kind} {bytes.Offset}");
        var nothing = Check.Throws<WitrtException>("no bytes at all", () => Module.FromBytes(engine, default));
        Check.Equal("are told as such", "empty input", nothing.Message);
        Check.Throws<System.IO.IOException>("a file that is not there", () => Module.FromFile(engine, Check.Guest("nothing.wat")));

        using var module = Module.FromFile(engine, Check.Module("strings.wasm"));
        Check.Equal("exports with their types", "\"greet\" (string) -> (string)", module.Exports[0].ToString());
        Check.Equal("a module that imports nothing", 0, module.Imports.Count);
        using var named = Module.FromText(engine, "(@interface func (export \"f\") (param s32) (param $b s64))");
        Check.Equal("names of parameters", "(s32, b: s64) -> ()", named.Exports[0].FunctionType!.ToString());
        Check.Equal("one by one", "|b", string.Join("|", named.Exports[0].FunctionType!.ParameterNames));
        byte[] compiled = module.Serialize();
        using var again = Module.Deserialize(engine, compiled);
        using var store = new Store(engine);
        Check.Equal("serialized and back", 3u, new Instance(store, again).GetFunc<string, uint>("byte_len")("abc"));
        string file = Path.Combine(Path.GetTempPath(), $"Zoë-{Guid.NewGuid()}.bin");
        try
        {
            File.WriteAllBytes(file, compiled);
            using var mapped = Module.DeserializeFile(engine, file);
            Check.Equal("from a file", 3u, new Instance(store, mapped).GetFunc<string, uint>("byte_len")("abc"));
            Check.True("the same bytes", mapped.Serialize().AsSpan().SequenceEqual(compiled));
            string other = file + ".damaged";
            File.WriteAllBytes(other, compiled.AsSpan(1).ToArray());
            Check.Equal("a damaged file", ErrorKind.BadArtefact, Check.Throws<WitrtException>("damage in a file", () => Module.DeserializeFile(engine, other)).Kind);
            File.Delete(other);
            var missing = Check.Throws<WitrtException>("no file", () => Module.DeserializeFile(engine, other));
            Check.True("is told with its path", missing.Kind == ErrorKind.UnreadableFile && missing.Message.Contains(other));
        }
        finally
        {
            // Windows refuses that while it is mapped.
            if (!OperatingSystem.IsWindows()) File.Delete(file);
        }
        Check.Throws<ArgumentException>("a path with U+0000", () => Module.DeserializeFile(engine, "a\0b"));
        compiled[compiled.Length / 2] ^= 1;
        Check.Equal("damaged", ErrorKind.BadArtefact, Check.Throws<WitrtException>("a damaged artefact", () => Module.Deserialize(engine, compiled)).Kind);

        using var guest = new Guest();
        var instance = guest.Instance;
        Check.Equal("no such export", ErrorKind.WrongKind, Check.Throws<WitrtException>("an export that is not there", () => instance.GetFunction("nothing")).Kind);
        var kind = Check.Throws<WitrtException>("another parameter", () => instance.GetFunc<int, uint>("length"));
        Check.True("is told with its place", kind.Kind == ErrorKind.WrongKind && kind.Argument == 0);
        Check.Throws<WitrtException>("another result", () => instance.GetFunc<string, ulong>("length"));
        Check.Throws<WitrtException>("unsigned for signed", () => instance.GetFunc<uint, uint>("s32"));
        Check.Equal("too few parameters", ErrorKind.WrongCount, Check.Throws<WitrtException>("another count", () => instance.GetFunc<uint>("length")).Kind);
        Check.Throws<WitrtException>("no result where there is one", () => instance.GetAction<string>("length"));
        Check.Throws<WitrtException>("the same by reflection", () => instance.GetFunction<Func<int, uint>>("length"));
        Check.Throws<ArgumentException>("a delegate with a type that no guest has", () => instance.GetFunction<Func<DateTime, uint>>("length"));

        using var otherStore = new Store(engine);
        var linker = new Linker(otherStore);
        Check.Equal("a function of another store", ErrorKind.WrongStore,
            Check.Throws<WitrtException>("objects of two stores", () =>
            {
                linker.Define("a", "b", new Instance(store, module).GetFunction("greet"));
                linker.Define("a", "c", new Instance(otherStore, module).GetFunction("greet"));
            }).Kind);

        // Two modules, the text of which goes from one memory to the other.
        using var strings = new Store(engine);
        var supplied = new Linker(strings);
        supplied.Define("strings", new Instance(strings, module));
        using var palindromes = Module.FromText(engine, """
            (module
              (@interface import "strings" "reverse" (func $reverse (param string) (result string)))
              (@interface func (export "twice reversed") (param string) (result string)
                arg.get 0
                call-adapter $reverse
                call-adapter $reverse))
            """);
        Check.Equal("two modules", "🦀é", supplied.Instantiate(palindromes).GetFunc<string, string>("twice reversed")("🦀é"));

        byte[] binary = Witrt.Module.Assemble("(module (func (export \"f\") (result i32) i32.const 7))");
        using var assembled = Witrt.Module.FromBytes(engine, binary);
        Check.Equal("a text that was assembled", 7, new Instance(store, assembled).GetFunc<int>("f")());
        Check.Equal("a text that cannot be", 2, Check.Throws<WitrtException>("assembling", () => Witrt.Module.Assemble("(module\n (funk))")).Line);
        Witrt.Module.Validate(engine, binary);
        Witrt.Module.Validate(engine, File.ReadAllBytes(Check.Module("components/c/plain-utf8.wasm")));
        foreach (var (invalid, wrong) in new[]
        {
            (System.Text.Encoding.UTF8.GetBytes("(module (func i32.add))"), ErrorKind.InvalidCore),
            (binary.AsSpan(0, 20).ToArray(), ErrorKind.MalformedBinary),
            (Array.Empty<byte>(), Check.Throws<WitrtException>("nothing as a module", () => Witrt.Module.FromBytes(engine, default)).Kind),
        })
            Check.Equal($"{invalid.Length} bytes that are no module", wrong, Check.Throws<WitrtException>("checking", () => Witrt.Module.Validate(engine, invalid)).Kind);

        using var core = Values.Core(out _);
        var memory = core.Instance.GetMemory("memory");
        memory.Bytes[7] = 99;
        Check.Equal("a memory", 99, core.GetFunc<int, int>("peek")(7));
        Check.True("grows as far as it may", memory.Grow(1) && memory.Bytes.Length == 2 << 16 && !memory.Grow(1));
    }

    public static void Limits()
    {
        using (var core = Values.Core(out var store, new Config { ConsumeFuel = true }))
        {
            store.Fuel = 10_000;
            Check.Equal("fuel that is used up", TrapCode.OutOfFuel,
                Check.Throws<TrapException>("a loop without end", core.GetFunction("spin").AsAction()).Code);
            store.Fuel = 10_000;
            core.GetFunc<int, int, int>("add")(1, 2);
            Check.True("fuel that is left", store.Fuel < 10_000 && store.Fuel > 0);
        }
        using (var core = Values.Core(out var store, new Config { EpochInterruption = true }))
        {
            store.SetEpochDeadline(1);
            var clock = Task.Run(() =>
            {
                Thread.Sleep(50);
                // A collection stops every thread that runs managed code: a guest is none.
                GC.Collect();
                core.Engine.IncrementEpoch();
            });
            Check.Equal("a deadline", TrapCode.Interrupted, Check.Throws<TrapException>("stopped by the clock", core.GetFunction("spin").AsAction()).Code);
            clock.Wait();
        }
        using (var guest = new Guest(new Config { MaxMemoryBytes = 1 << 20 }))
        {
            var echo = guest.Instance.GetFunc<string, string>("echo");
            Check.Throws<TrapException>("a text beyond the memory's limit", () => echo(new string('x', 2 << 20)));
            Check.Equal("a text within", "x", echo("x"));
        }
        Check.Equal("no stack", ErrorKind.BadConfig, Check.Throws<WitrtException>("options that are refused", () => new Engine(new Config { MaxStackBytes = 0 })).Kind);
        Check.Throws<ArgumentOutOfRangeException>("a negative size", () => new Engine(new Config { MaxMemoryBytes = -1 }));
    }
}
