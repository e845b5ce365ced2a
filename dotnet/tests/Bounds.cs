// What a host that bounds its guests, and looks at what they do, needs.

using System;
using System.Collections.Generic;
using Witrt;

static class Bounds
{
    private const string Guest = """
        (module
          (import "env" "seven" (func $seven (result i32))) (import "env" "other" (func $other))
          (memory (export "m") 1)
          (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (call $seven)))
          (func (export "other") (call $other))
          (func (export "spin") (loop $l br $l)))
        """;

    public static void All()
    {
        var lines = new List<string>();
        using var engine = new Engine(new Config { EpochInterruption = true, Trace = lines.Add });
        using var module = Module.FromText(engine, Guest);
        using var store = new Store(engine);
        var linker = new Linker(store);
        linker.Define("env", "seven", () => 7);
        linker.DefineUnknownAsTraps(module);
        var instance = linker.Instantiate(module);
        Check.Equal("what was defined stays", 10, instance.GetFunc<int, int>("f")(3));
        Check.Equal("a line for each call", "call f(3)|import env.seven()", string.Join("|", lines));
        var trap = Check.Throws<TrapException>("what was not is a trap", () => instance.GetAction("other")());
        Check.True("which names it", trap.Message.Contains("\"env\" \"other\""), trap.Message);
        Check.Equal("a definition is looked up", 7, linker.GetFunction("env", "seven").As<Func<int>>()());
        Check.Equal("and what is none is not", ErrorKind.OutOfRange,
            Check.Throws<WitrtException>("looking it up", () => linker.GetFunction("env", "none")).Kind);

        var memory = instance.GetMemory("m");
        var back = new byte[3];
        memory.Write(65533, new byte[] { 1, 2, 3 });
        memory.Read(65533, back);
        Check.Equal("bytes come back", "1 2 3", string.Join(" ", back));
        Check.Equal("outside there are none", ErrorKind.OutOfRange,
            Check.Throws<WitrtException>("reading there", () => memory.Read(65534, back)).Kind);
        Check.Equal("and no room", ErrorKind.OutOfRange,
            Check.Throws<WitrtException>("writing there", () => memory.Write(65534, back)).Kind);
        store.SetMaxMemoryBytes(65536);
        Check.True("a store's own limit", !memory.Grow(1));
        store.SetMaxMemoryBytes(2 * 65536);
        Check.True("can be moved", memory.Grow(1) && !memory.Grow(1));
        store.SetMaxTableElements(1);
        store.SetMaxInstances(1);
        Check.Throws<WitrtException>("no more instances", () => linker.Instantiate(module));

        int asked = 0;
        store.SetEpochCallback(() => asked++ < 1 ? 0UL : throw new InvalidOperationException());
        store.SetEpochDeadline(0);
        var spin = instance.GetAction("spin");
        Check.Throws<TrapException>("who is asked can say no", () => spin());
        Check.Throws<TrapException>("or throw", () => spin());
        Check.Equal("each was asked", 2, asked);
        store.SetEpochCallback(null);
        Check.Throws<TrapException>("or nobody is", () => spin());
        using var plain = new Engine();
        using var other = new Store(plain);
        Check.Equal("an engine without epochs has nobody to ask", ErrorKind.Unsupported,
            Check.Throws<WitrtException>("setting it", () => other.SetEpochCallback(() => 1)).Kind);
    }
}
