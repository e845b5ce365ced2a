using System;
using System.Linq;
using Witrt;

static class Strings
{
    public static void Plain()
    {
        using var guest = new Guest();
        var echo = guest.Instance.GetFunction<Func<string, string>>("echo");
        var length = guest.Instance.GetFunc<string, uint>("length");
        foreach (var (name, text) in new[]
        {
            ("empty", ""), ("one unit", "x"), ("NUL", "a\0b\0"), ("two bytes each", "ÄÖÜ"), ("three bytes each", "漢字"),
            ("astral", "🦀x🦀"), ("the highest of each length", "\u007f\u07ff\uffff\U0010ffff"), ("a byte order mark", "\ufeffa"),
            ("combining", "e\u0301"), ("64 units", new string('k', 64)),
        })
        {
            Check.Equal($"{name} comes back", text, echo(text));
            Check.Equal($"{name}: its length in UTF-8", (uint)System.Text.Encoding.UTF8.GetByteCount(text), length(text));
        }
        Check.True("the empty result is the empty string", ReferenceEquals("", echo("")));

        string large = new string('x', 1 << 20), astral = string.Concat(Enumerable.Repeat("🦀", 1 << 19));
        Check.True("1 Mi units of ASCII", echo(large) == large);
        Check.True("1 Mi units of surrogates", echo(astral) == astral);
        Check.Equal("their length in UTF-8", 1u << 21, length(astral));

        string interned = string.Intern("a text that is interned");
        string result = echo(interned);
        Check.True("an interned string is as it was",
            ReferenceEquals(interned, string.IsInterned("a text that is interned")) && interned == "a text that is interned");
        Check.True("a result is a string of its own", result == interned && !ReferenceEquals(result, interned));

        guest.Store.Settle();
        Check.Equal("the guest has everything back", 0u, guest.Instance.GetFunc<uint>("live")());
        Check.Throws<ArgumentNullException>("a null string", () => length(null!));

        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Witrt.Module.FromFile(engine, Check.Module("strings.wasm"));
        var strings = new Instance(store, module);
        Check.Equal("greet", "hello, Zoë 🦀! (9 bytes, 5 chars)", strings.GetFunc<string, string>("greet")("Zoë 🦀"));
        Check.Equal("concat", "aé🦀b", strings.GetFunc<string, string, string>("concat")("aé", "🦀b"));
        Check.Equal("repeat", string.Concat(Enumerable.Repeat("ab", 1000)), strings.GetFunc<string, uint, string>("repeat")("ab", 1000));
        Check.Equal("four texts", "1,2,3,4",
            strings.GetFunction<Func<string, string, string, string, string>>("four")("a", "bb", "ccc", "dddd"));
        var join = strings.GetFunction<Join>("concat");
        Check.Equal("a delegate of the program's own", "12", join("1", "2"));
    }

    private delegate string Join(string left, string right);

    public static void IllFormed()
    {
        using var guest = new Guest();
        var echo = guest.Instance.GetFunc<string, string>("echo");
        foreach (var (name, text, position) in new[]
        {
            ("a lone high surrogate", "ab\ud800", 2L), ("a lone low surrogate", "\udc00", 0L), ("a pair the wrong way round", "x\udc00\ud800", 1L),
            ("a high one before a letter", "\ud800a", 0L), ("after 1000 good ones", new string('a', 1000) + "\udbff", 1000L),
        })
        {
            var error = Check.Throws<WitrtException>($"{name} is refused", () => echo(text));
            Check.True($"{name}: kind, argument, position",
                error.Kind == ErrorKind.BadText && error.Argument == 0 && error.Position == position, $"{error.Kind} {error.Argument} {error.Position}");
        }
        Check.Equal("nothing was left in the guest", 0u, guest.Instance.GetFunc<uint>("live")());
        var ill = guest.Instance.GetFunc<int, int, string>("ill-formed");
        var trap = Check.Throws<TrapException>("ill-formed text of the guest's is a trap", () => ill(16, 2));
        Check.Equal("its code", TrapCode.IllFormedText, trap.Code);

        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Witrt.Module.FromFile(engine, Check.Module("strings.wasm"));
        var concat = new Instance(store, module).GetFunc<string, string, string>("concat");
        var second = Check.Throws<WitrtException>("the second argument", () => concat("good", "b\ud800d"));
        Check.True("is named", second.Argument == 1 && second.Position == 1, $"{second.Argument} {second.Position}");

        using var tolerant = new Guest(new Config { IllFormedText = IllFormedText.Replace });
        var replaced = tolerant.Instance.GetFunc<string, string>("echo");
        Check.Equal("replaced, at the end", "ab\ufffd", replaced("ab\ud800"));
        Check.Equal("replaced, each of two", "\ufffd\ufffd", replaced("\udc00\ud800"));
        Check.Equal("replaced, and a good pair", "🦀\ufffd!", replaced("🦀\ud83e!"));
        Check.Equal("replaced, out of the guest", "\ufffd\ufffd", tolerant.Instance.GetFunc<int, int, string>("ill-formed")(16, 2));
    }

    public static void Spans()
    {
        using var guest = new Guest();
        var instance = guest.Instance;
        const string text = "before🦀after";
        var length = instance.GetTextFunc<uint>("length");
        Check.Equal("a slice", 5u, length(text.AsSpan(8)));
        Check.Equal("a slice with a pair", 4u, length(text.AsSpan(6, 2)));
        Check.Equal("an empty span", 0u, length(ReadOnlySpan<char>.Empty));
        Check.Equal("an empty slice", 0u, length(text.AsSpan(3, 0)));
        Check.Equal("characters on the stack", 3u, length(stackalloc[] { 'a', 'b', 'c' }));
        var half = Check.Throws<WitrtException>("a slice that cuts a pair", () => length(text.AsSpan(0, 7)));
        Check.Equal("is refused there", 6L, half.Position);
        Check.Equal("text to string", "after", instance.GetTextFunc<string>("echo")(text.AsSpan(8)));
        instance.GetTextAction("forget")(text.AsSpan(1));
        Check.Equal("a memory of characters", 5u, instance.GetFunc<ReadOnlyMemory<char>, uint>("length")(text.AsMemory(8)));
        Check.Equal("an empty memory", 0u, instance.GetFunc<ReadOnlyMemory<char>, uint>("length")(default));

        var transform = instance.GetTextTransform("echo");
        Span<char> room = stackalloc char[16];
        int written = transform(text.AsSpan(4, 6), room);
        Check.True("text into a span", room.Slice(0, written).SequenceEqual("re🦀af"));
        Check.Equal("empty text into an empty span", 0, transform("", Span<char>.Empty));
        var small = Check.Throws<WitrtException>("a span that is too small", () => transform(text, new char[5]));
        Check.True("the length that is needed", small.Kind == ErrorKind.BufferTooSmall && small.Capacity == text.Length, $"{small.Kind} {small.Capacity}");
        Check.Equal("and the next call goes well", 2, transform("ok", room));

        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Witrt.Module.FromFile(engine, Check.Module("strings.wasm"));
        var strings = new Instance(store, module);
        Check.Equal("two spans", "afterbefore", strings.GetTextPairFunc<string>("concat")(text.AsSpan(8), text.AsSpan(0, 6)));
        Check.Equal("a span and a number", "afterafter", strings.GetTextFunc<uint, string>("repeat")(text.AsSpan(8), 2));
    }

    /// A call that fails after its text was written leaves nothing of it to the next.
    /// Results that are short and long in turns: there is room for a short one, and a string is made for others.
    public static void Lengths()
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromFile(engine, Check.Module("strings.wasm"));
        var instance = new Instance(store, module);
        var repeat = instance.GetFunc<string, uint, string>("repeat");
        var same = instance.GetFunction<Func<string, string, string>>("concat");
        int[] lengths = { 0, 1, 255, 256, 257, 0, 1, 2, 3, 4, 5, 256, 300, 1, 300, 1, 70_000, 7, 7, 7, 7, 7, 7, 1_000_000, 0 };
        foreach (string unit in new[] { "x", "é", "漢", "\ud83e\udd80" })
        {
            int right = 0;
            foreach (int length in lengths)
            {
                string expected = string.Concat(System.Linq.Enumerable.Repeat(unit, length));
                right += repeat(unit, (uint)length) == expected && same(expected, unit) == expected + unit ? 1 : 0;
            }
            Check.Equal($"{unit}, short and long in turns", lengths.Length, right);
        }
    }

    public static void Failing()
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        using var module = Module.FromText(engine, """
            (component
              (core module $guest
                (memory (export "memory") 1)
                (data (i32.const 8) "\10\00\00\00\05\00\00\00stale")
                (func (export "text") (result i32) (i32.const 8))
                (func (export "nothing") (result i32) (i32.const 0))
                (func (export "post") (param i32) unreachable))
              (core instance $guest (instantiate $guest))
              (func (export "failing") (result string)
                (canon lift (core func $guest "text") (memory $guest "memory") (post-return (func $guest "post"))))
              (func (export "nothing") (result string) (canon lift (core func $guest "nothing") (memory $guest "memory"))))
            """);
        var nothing = new Instance(store, module).GetFunc<string>("nothing");
        for (int i = 0; i < 3; i++)
        {
            var failing = new Instance(store, module).GetFunc<string>("failing");
            Check.Equal("a trap after the text", TrapCode.Unreachable, Check.Throws<TrapException>("a trap", () => failing()).Code);
            Check.Equal("the next text is empty", "", nothing());
        }
    }
}
