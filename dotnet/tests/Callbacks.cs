using System;
using System.Collections.Generic;
using Witrt;

static class Callbacks
{
    public static void All()
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromFile(engine, Check.Module("imports.wasm"));
        var log = new List<string>();
        var linker = new Linker(store);
        string Name(string part)
        {
            foreach (var import in module.Imports)
            {
                if (import.Name.Contains(part, StringComparison.Ordinal)) return import.Name;
            }
            return part;
        }
        const string from = "__wbindgen_placeholder__";
        linker.Define(from, Name("_log_"), (string s) => log.Add(s));
        linker.Define(from, Name("_logowned_"), (ReadOnlySpan<char> s) => log.Add(new string(s)));
        linker.Define(from, Name("_pair_"), (string a, string b) => log.Add($"{a}+{b}"));
        linker.Define(from, Name("_mix_"), (byte a, string s, short b, double c) => (uint)(a + s.Length + b + c));
        linker.Define(from, Name("_now_"), () => 41.5);
        linker.Define(from, Name("_add_"), (int a, int b) => a + b);
        var instance = linker.Instantiate(module);
        Check.Equal("the start function calls the host", "started", string.Join("|", log));
        log.Clear();
        Check.Equal("a function that logs", "logged 8", instance.GetFunc<string, string>("run")("aé🦀b"));
        Check.Equal("what it logged", "aé🦀b|b🦀éa|aé🦀b+AÉ🦀B", string.Join("|", log));
        Check.Equal("four kinds at once", 210u, instance.GetFunc<byte, string, short, double, uint>("call_mix")(200, "seven!!", -5, 8.25));
        Check.Equal("numbers, many times", 5050, instance.GetFunc<int, int>("sum_to")(100));
        Check.Equal("a result only", 42.0, instance.GetFunc<double>("later")());

        using var guest = new Guest();
        var relay = guest.Instance.GetFunc<string, string>("relay");
        guest.Relayed = text => text.ToUpperInvariant();
        foreach (var text in new[] { "", "\0", "zoë", "🦀", new string('a', 1 << 20) })
            Check.True($"relayed: {text.Length} units", relay(text) == text.ToUpperInvariant());

        using var core = Values.Core(out _);
        Check.Equal("a host function of the core", 12L, core.GetFunc<int, long, long>("host add")(5, 7));

        Check.Throws<ArgumentException>("a type that no guest has", () => linker.Define("a", "b", (DateTime when) => { }));
        var other = new Linker(store);
        var missing = Check.Throws<WitrtException>("imports that are missing", () => other.Instantiate(module));
        Check.Equal("are told", ErrorKind.MissingImport, missing.Kind);
        other.Define(from, Name("_log_"), (int number) => { });
        Check.Throws<WitrtException>("a host function of another type", () => other.Instantiate(module));
    }

    private sealed class OwnException : Exception
    {
        public OwnException(string message) : base(message)
        {
        }
    }

    /// Messages that are none.
    private sealed class MuteException : Exception
    {
        private readonly bool throws;

        public MuteException(bool throws) => this.throws = throws;

        public override string Message => throws ? throw new InvalidOperationException("no message") : null!;
    }

    public static void Throwing()
    {
        using var guest = new Guest();
        var notify = guest.Instance.GetAction("notify");
        var thrown = new OwnException("not today: é🦀");
        guest.Notified = () => throw thrown;
        var trap = Check.Throws<TrapException>("an exception is a trap", () => notify());
        Check.True("it is the inner exception, itself", ReferenceEquals(thrown, trap.InnerException));
        Check.True("its message is the trap's", trap.Message.Contains("not today: é🦀", StringComparison.Ordinal), trap.Message);
        Check.Equal("it has no code", TrapCode.None, trap.Code);
        Check.True("where the guest was", trap.Frames.Count == 1 && trap.Frames[0].FunctionName == "call_notify", string.Join(", ", trap.Frames));
        foreach (bool throws in new[] { false, true })
        {
            var mute = new MuteException(throws);
            guest.Notified = () => throw mute;
            var silent = Check.Throws<TrapException>($"an exception whose message {(throws ? "throws" : "is null")}", () => notify());
            Check.True("is a trap like others", ReferenceEquals(mute, silent.InnerException) && silent.Message.Contains("MuteException", StringComparison.Ordinal), silent.Message);
        }
        guest.Notified = () => { };
        notify();
        Check.True("the guest goes on afterwards", true);

        var relay = guest.Instance.GetFunc<string, string>("relay");
        guest.Relayed = _ => null!;
        Check.True("null for a string", Check.Throws<TrapException>("a result that is null", () => relay("x")).InnerException is InvalidOperationException);
        guest.Relayed = _ => "a\udc00";
        var ill = Check.Throws<TrapException>("a result that is ill-formed", () => relay("x")).InnerException as WitrtException;
        Check.True("tells where", ill?.Kind == ErrorKind.BadText && ill.Position == 1, ill?.ToString() ?? "no inner exception");
        guest.Relayed = text => text;
        Check.Equal("and a good one", "y", relay("y"));

        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromText(engine, "(module (import \"\" \"\" (func $f)) (start $f))");
        var linker = new Linker(store);
        linker.Define("", "", () => throw thrown);
        var start = Check.Throws<TrapException>("thrown while the guest starts", () => linker.Instantiate(module));
        Check.True("comes back as well", ReferenceEquals(thrown, start.InnerException), start.ToString());
    }

    public static void Nested()
    {
        using var guest = new Guest();
        var relay = guest.Instance.GetFunc<string, string>("relay");
        var echo = guest.Instance.GetFunc<string, string>("echo");
        guest.Relayed = text => echo(text) + echo("!");
        Check.Equal("a host function that calls the guest", "deep!", relay("deep"));

        int depth = 0;
        guest.Relayed = text =>
        {
            if (++depth == 20) return text;
            return relay(text + depth % 10);
        };
        Check.Equal("twenty deep, through the same delegate", "x1234567890123456789", relay("x"));

        var divide = guest.Instance.GetFunc<int, int>("divide");
        guest.Relayed = _ => divide(0).ToString();
        var outer = Check.Throws<TrapException>("a trap within", () => relay(""));
        Check.True("is the inner exception", outer.InnerException is TrapException { Code: TrapCode.DivisionByZero }, outer.ToString());
        guest.Relayed = _ =>
        {
            try
            {
                divide(0);
            }
            catch (TrapException trap)
            {
                return trap.Code.ToString();
            }
            return "no trap";
        };
        Check.Equal("a trap within that is caught", "DivisionByZero", relay(""));
        guest.Relayed = text => throw new OwnException(text);
        var again = relay;
        guest.Notified = () => again("from the depth");
        var twice = Check.Throws<TrapException>("an exception through two guests", () => guest.Instance.GetAction("notify")());
        Check.True("has the whole chain",
            twice.InnerException is TrapException { InnerException: OwnException { Message: "from the depth" } }, twice.ToString());

        int deepest = 0;
        guest.Relayed = text =>
        {
            deepest++;
            return relay(text);
        };
        Exception? end = Check.Throws<TrapException>("host and guest that call each other for ever", () => relay("x"));
        while (end is TrapException { Code: TrapCode.None }) end = end.InnerException;
        Check.True("end with the guest's stack", end is TrapException { Code: TrapCode.StackOverflow } && deepest > 20, $"{end?.Message}, {deepest} deep");
        guest.Relayed = text => text;
        Check.Equal("and the guest goes on", "on", relay("on"));
    }
}
