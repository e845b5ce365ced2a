using System;
using Witrt;

static class Values
{
    public static void Numbers()
    {
        using var guest = new Guest();
        var instance = guest.Instance;
        Limits("s8", instance.GetFunc<sbyte, sbyte>("s8"), sbyte.MinValue, (sbyte)-1, sbyte.MaxValue);
        Limits("u8", instance.GetFunc<byte, byte>("u8"), byte.MinValue, (byte)128, byte.MaxValue);
        Limits("s16", instance.GetFunc<short, short>("s16"), short.MinValue, (short)-1, short.MaxValue);
        Limits("u16", instance.GetFunc<ushort, ushort>("u16"), ushort.MinValue, (ushort)32768, ushort.MaxValue);
        Limits("s32", instance.GetFunc<int, int>("s32"), int.MinValue, -1, int.MaxValue);
        Limits("u32", instance.GetFunc<uint, uint>("u32"), uint.MinValue, 1u << 31, uint.MaxValue);
        Limits("s64", instance.GetFunc<long, long>("s64"), long.MinValue, -1L, long.MaxValue);
        Limits("u64", instance.GetFunc<ulong, ulong>("u64"), ulong.MinValue, 1ul << 63, ulong.MaxValue);
        Limits("f32", instance.GetFunc<float, float>("f32"),
            float.MinValue, float.MaxValue, float.Epsilon, float.NegativeInfinity, float.NaN, 0f);
        Limits("f64", instance.GetFunc<double, double>("f64"),
            double.MinValue, double.MaxValue, double.Epsilon, double.PositiveInfinity, double.NaN, 0.0);
        Check.Equal("the sign of -0.0", long.MinValue, BitConverter.DoubleToInt64Bits(instance.GetFunc<double, double>("f64")(-0.0)));

        using var core = Core(out _);
        Check.Equal("i32 as int", -1, core.GetFunc<int, int, int>("add")(int.MaxValue, int.MinValue));
        Check.Equal("i32 as uint", uint.MaxValue, core.GetFunc<uint, uint, uint>("add")(uint.MaxValue, 0));
        Check.Equal("i64 as long", long.MinValue, core.GetFunc<long, long>("wide")(long.MinValue));
        Check.Equal("i64 as ulong", ulong.MaxValue, core.GetFunc<ulong, ulong>("wide")(ulong.MaxValue));
        Check.Equal("f32 of the core", float.MaxValue, core.GetFunc<float, float>("single")(float.MaxValue));
        Check.Equal("f64 of the core", double.Epsilon, core.GetFunc<double, double>("double")(double.Epsilon));

        // A real module, with as many parameters as a delegate can have.
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Witrt.Module.FromFile(engine, Check.Module("numbers.wasm"));
        var show = new Instance(store, module)
            .GetFunc<byte, sbyte, ushort, short, uint, int, float, double, string>("show");
        Check.Equal("eight kinds at once", "255 -128 65535 -32768 4294967295 -2147483648 1.5 -0.25",
            show(255, -128, 65535, -32768, 4294967295, -2147483648, 1.5f, -0.25));
    }

    private static void Limits<T>(string name, Func<T, T> same, params T[] values) where T : notnull
    {
        bool all = true;
        foreach (var value in values) all &= same(value).Equals(value);
        Check.True($"{name}: {string.Join(", ", values)}", all);
    }

    public static void References()
    {
        using var guest = new Guest();
        var same = guest.Instance.GetFunc<object?, object?>("object");
        var thing = new object();
        Check.True("an object comes back as itself", ReferenceEquals(thing, same(thing)));
        Check.True("null comes back as null", same(null) is null);
        Check.Equal("a string as an object", "text", same("text"));
        Check.Equal("a boxed number as an object", 42, same(42));

        using var core = Core(out var store);
        Check.True("an object through the core", ReferenceEquals(thing, core.GetFunc<object?, object?>("object")(thing)));
        var function = core.GetFunc<Function?, Function?>("function");
        Check.True("a null function", function(null) is null);
        var host = Function.From<int, int>(store, n => n + 1, core: true);
        Check.Equal("a function of the host's", 42, function(host)!.AsFunc<int, int>()(41));
        Check.Equal("a function of the guest's", 3, function(core.GetFunction("add"))!.AsFunc<int, int, int>()(1, 2));
    }

    public static void Dynamic()
    {
        using var guest = new Guest();
        var two = guest.Instance.GetFunction("two");
        Check.Equal("its type", "(s32, string) -> (string, s32)", two.Type.ToString());
        Value[] results = two.Call(-5, "Zoë 🦀");
        Check.Equal("the first of two results", "Zoë 🦀", results[0].ToObject());
        Check.Equal("the second of two results", -5, results[1].ToObject());
        Check.Equal("the kind of a result", ValueKind.S32, results[1].Kind);
        var wrong = Check.Throws<WitrtException>("a wrong kind", () => two.Call(1, 2));
        Check.True("is told with its argument", wrong.Kind == ErrorKind.WrongKind && wrong.Argument == 1);
        Check.Equal("a wrong count", ErrorKind.WrongCount, Check.Throws<WitrtException>("too few", () => two.Call(1)).Kind);

        using var core = Core(out _);
        Check.Equal("results of the core", "2 1", string.Join(" ", core.GetFunction("many").Call(1, 2)));
        var thing = new object();
        Check.True("an object", ReferenceEquals(thing, core.GetFunction("object").Call(Value.FromObject(thing))[0].ToObject()));
        bool all = true;
        foreach (var (name, value) in new (string, Value)[]
        {
            ("s8", sbyte.MinValue), ("u8", byte.MaxValue), ("s16", short.MinValue), ("u16", ushort.MaxValue), ("s32", int.MinValue),
            ("u32", uint.MaxValue), ("s64", long.MinValue), ("u64", ulong.MaxValue), ("f32", float.MinValue), ("f64", double.MaxValue),
        })
        {
            all &= Equals(value.ToObject(), guest.Instance.GetFunction(name).Call(value)[0].ToObject());
        }
        Check.True("every number at a limit", all);
    }

    /// An instance of core.wat; disposing it disposes of its store.
    public static CoreInstance Core(out Store store, Config? config = null)
    {
        var core = new CoreInstance(config);
        store = core.Store;
        return core;
    }
}

sealed class CoreInstance : IDisposable
{
    public readonly Engine Engine;
    public readonly Store Store;
    public readonly Instance Instance;

    public CoreInstance(Config? config = null)
    {
        Engine = new Engine(config);
        Store = new Store(Engine);
        using var module = Witrt.Module.FromFile(Engine, Check.Guest("core.wat"));
        var linker = new Linker(Store);
        linker.Define("host", "add", (int a, long b) => a + b);
        Instance = linker.Instantiate(module);
    }

    public Function GetFunction(string name) => Instance.GetFunction(name);
    public Func<T, R> GetFunc<T, R>(string name) => Instance.GetFunc<T, R>(name);
    public Func<T1, T2, R> GetFunc<T1, T2, R>(string name) => Instance.GetFunc<T1, T2, R>(name);

    public void Dispose()
    {
        Store.Dispose();
        Engine.Dispose();
    }
}
