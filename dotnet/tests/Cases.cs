// The table of cases that all languages share: tests/cases.txt, which says how it is written.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using Witrt;
using Module = Witrt.Module;

/// Every call of the table, with values that tell their kinds, and, of components, with .NET's own types.
static class Cases
{
    /// What .NET's own types are for each function.
    private static readonly Dictionary<string, Type> types = new()
    {
        ["greet"] = typeof(Func<string, string>),
        ["concat"] = typeof(Func<string, string, string>),
        ["count"] = typeof(Func<string, uint>),
        ["reverse-bytes"] = typeof(Func<byte[], byte[]>),
        ["sum"] = typeof(Func<double[], double>),
        ["parse"] = typeof(Func<string, Result<Point, string>>),
        ["flip"] = typeof(Func<bool, bool>),
        ["next-char"] = typeof(Func<Rune, Rune>),
        ["ints"] = typeof(Func<sbyte, byte, short, ushort, int, uint, long, ulong, (sbyte, byte, short, ushort, int, uint, long, ulong)>),
        ["floats"] = typeof(Func<float, double, (float, double)>),
        ["next-color"] = typeof(Func<Color, Color>),
        ["toggle"] = typeof(Func<Access, Access>),
        ["area"] = typeof(Func<Shape, double?>),
        ["grow"] = typeof(Func<Shape, Shape>),
        ["birthday"] = typeof(Func<Person, Person>),
        ["centroid"] = typeof(Func<Point[], Point?>),
        ["path"] = typeof(Func<uint, List<Point>>),
        ["words"] = typeof(Func<string, string[]>),
        ["join"] = typeof(Func<string[], string?, string>),
        ["maybe"] = typeof(Func<string?, Option<string?>>),
        ["check"] = typeof(Func<int, Result<Nothing, Color>>),
        ["halve"] = typeof(Func<uint, Result<uint, Nothing>>),
        ["wide"] = typeof(Func<string, string, string, string, string, string, string, string, ulong, string>),
        ["live"] = typeof(Func<uint>),
        ["[constructor]logbook"] = typeof(Func<string, Resource>),
        ["[method]logbook.add"] = typeof(Func<Resource, string, uint>),
        ["[method]logbook.text"] = typeof(Func<Resource, string>),
        ["[static]logbook.merge"] = typeof(Func<Resource, Resource, Resource>),
        ["run"] = typeof(Func<string, string>),
        ["boom"] = typeof(Func<string, uint>),
        ["echo"] = typeof(Func<string, string>),
        ["units"] = typeof(Func<string, uint>),
        ["tag"] = typeof(Func<string, uint>),
        ["relay"] = typeof(Func<string, string>),
        ["bad"] = typeof(Func<uint, string>),
        ["sum of solo"] = typeof(Func<int[], long>),
        ["mirror"] = typeof(Func<Point, Point>),
    };

    /// Guests by their files, with a face or none, and what is told of them.
    private static IEnumerable<(string File, string? Face, List<string> Lines)> Table()
    {
        var guests = new List<(string File, string? Face, List<string> Lines)>();
        var lines = new List<string>();
        int first = 0;
        foreach (string line in File.ReadLines(Check.Module("../cases.txt")))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                lines = new List<string>();
                first = guests.Count;
                string[] words = line.Substring(2).Split(' ');
                string? face = words.FirstOrDefault(word => word.StartsWith("face=", StringComparison.Ordinal))?.Substring(5);
                foreach (string word in words.Where(word => !word.StartsWith("face=", StringComparison.Ordinal))) guests.Add((word, face, lines));
            }
            else if (line.Length > 0 && line[0] != ';')
            {
                lines.Add(line);
            }
        }
        return guests;
    }

    /// An instance, what its host was told, and its resources that have names.
    private sealed class Guest : IDisposable
    {
        private readonly IDisposable[] parts;
        private readonly bool typed;
        public readonly Instance Instance;
        public readonly List<string> Log;
        public readonly Dictionary<string, object> Named = new();

        public Guest(string file, string? face, bool typed)
        {
            this.typed = typed;
            if (file.StartsWith("modules/components/", StringComparison.Ordinal))
            {
                var component = new ComponentGuest(file.Substring("modules/components/".Length), typed);
                parts = new IDisposable[] { component };
                Instance = component.Instance;
                Log = component.Log;
                return;
            }
            var engine = new Engine();
            var store = new Store(engine);
            parts = new IDisposable[] { store, engine };
            store.SetWasi(new Wasi());
            byte[] bytes = File.ReadAllBytes(Check.Module($"../{file}"));
            using var module = face is null ? Module.FromBytes(engine, bytes) : Module.Attach(engine, bytes, File.ReadAllText(Check.Module($"../{face}")));
            Log = new List<string>();
            Instance = Instantiate(store, module, Log);
        }

        public void Dispose() => Array.ForEach(parts, part => part.Dispose());

        /// What comes back of a call as the table writes it.
        public object? Call(string name, string arguments, out Func<string> told)
        {
            var function = Instance.GetFunction(name);
            var given = Parse(function.Type, arguments);
            if (!typed)
            {
                var results = function.Call(given);
                told = () => results.Length == 0 ? "()" : Notation.Tell(results[0]);
                return results.Length == 0 ? null : results[0].ToObject();
            }
            var type = types[name == "sum" && function.Type.Parameters[0].Parts[0].Type!.Kind == ValueKind.S32 ? "sum of solo" : name];
            var call = (Delegate)typeof(Function).GetMethod("As")!.MakeGenericMethod(type)
                .Invoke(function, BindingFlags.DoNotWrapExceptions, null, null, null)!;
            var parameters = call.Method.GetParameters();
            var values = given.Select((value, i) => Notation.As(parameters[i].ParameterType, value)).ToArray();
            object? found = call.Method.Invoke(call.Target, BindingFlags.DoNotWrapExceptions, null, values, null);
            told = () => Notation.Tell(found);
            return found;
        }

        private Value[] Parse(FunctionType type, string text)
        {
            var values = new Value[type.Parameters.Count];
            string rest = text;
            for (int i = 0; i < values.Length; i++)
            {
                if (i > 0) Notation.Eat(ref rest, ", ");
                if (rest.Length > 0 && Named.TryGetValue(rest.Split(',')[0], out object? named))
                {
                    values[i] = named is uint number ? number : (Resource)named;
                    Notation.Word(ref rest);
                }
                else values[i] = Notation.Parse(type.Parameters[i], ref rest) ?? throw new FormatException($"{text} at {rest}");
            }
            return rest.Length == 0 ? values : throw new FormatException($"{text} at {rest}");
        }
    }

    /// A module whose host tells of every call.
    public static Instance Instantiate(Store store, Module module, List<string> log)
    {
        var linker = new Linker(store);
        foreach (var import in module.Imports)
        {
            if (import.FunctionType is null || import.Module.StartsWith("wasi", StringComparison.Ordinal)) continue;
            // wasm-bindgen of old has names of its own.
            string name = import.Name.StartsWith("__wbg_", StringComparison.Ordinal) ? import.Name.Split('_')[3] : import.Name;
            linker.DefineDynamic(import.Module, import.Name, given =>
            {
                log.Add(string.Join(" ", given.Select(value => value.Kind == ValueKind.List ? $"{value.Count}" : Notation.Tell(value)).Prepend($"  host.{name}")));
                string said = given.Length > 0 ? given[0].ToString() : "";
                return name switch
                {
                    "ask" => new Value[] { $"answer to {said}" },
                    "env" => new[] { Value.Some("/home/é") },
                    "ask_opt" => new[] { said == "x" ? Value.None : Value.Some($"maybe {said}") },
                    "puts" => new Value[] { said.Length },
                    "digest" => new[] { Value.List(Digest((byte[])given[0].ToObject()!)) },
                    "now" => new Value[] { 41.5 },
                    "ticks" => new Value[] { ulong.MaxValue },
                    "may_fail" => new[] { said == "x" ? Value.Failed($"refused {said}") : Value.Ok($"fine {said}") },
                    "mix" => new Value[] { 4_000_000_000 },
                    "add" => new Value[] { (int)given[0].ToObject()! + (int)given[1].ToObject()! },
                    _ => Array.Empty<Value>(),
                };
            });
        }
        return linker.Instantiate(module);
    }

    public static byte[] Digest(byte[] data) => new[] { (byte)data.Length, data.Aggregate((byte)0, (a, b) => (byte)(a ^ b)) };

    public static void Told()
    {
        var called = new HashSet<string>();
        int calls = 0;
        foreach (var (file, face, lines) in Table())
        {
            foreach (bool typed in file.StartsWith("modules/components/", StringComparison.Ordinal) ? new[] { false, true } : new[] { false })
            {
                int wrong = 0, made = 0;
                var guest = new Guest(file, face, typed);
                var own = guest.Instance.Exports.Where(export => export.Kind == ExternKind.Function).Select(export => export.Name.Split('#').Last()).ToHashSet();
                var logged = new List<string>();
                foreach (string line in lines)
                {
                    if (line.StartsWith("  host.", StringComparison.Ordinal))
                    {
                        logged.Add(line);
                    }
                    else if (line == "new")
                    {
                        guest.Dispose();
                        guest = new Guest(file, face, typed);
                    }
                    else if (line.StartsWith("drop ", StringComparison.Ordinal))
                    {
                        ((Resource)guest.Named[line.Substring(5)]).Dispose();
                    }
                    else if (line.IndexOf(" = ", StringComparison.Ordinal) is > 0 and < 9 and var named)
                    {
                        string call = line.Substring(named + 3);
                        int open = call.IndexOf('(');
                        own.Remove(call.Substring(0, open));
                        guest.Named[line.Substring(0, named)] = guest.Call(call.Substring(0, open), call.Substring(open + 1, call.Length - open - 2), out _)!;
                    }
                    else
                    {
                        int open = line.IndexOf('('), arrow = line.LastIndexOf(") -> ", StringComparison.Ordinal);
                        string name = line.Substring(0, open), expected = line.Substring(arrow + 5);
                        string found = Found(guest, name, line.Substring(open + 1, arrow - open - 1), expected);
                        bool right = found == expected && guest.Log.SequenceEqual(logged);
                        if (!right) Check.True($"{file}: {line}", false, $"{found} [{string.Join(";", guest.Log)}]");
                        wrong += right ? 0 : 1;
                        made++;
                        own.Remove(name);
                        called.Add(name);
                        guest.Log.Clear();
                        logged.Clear();
                    }
                }
                guest.Dispose();
                calls += made;
                Check.True($"{file}, {(typed ? ".NET's types" : "values that tell their kinds")}: {made} calls", wrong == 0 && made >= 4);
                Check.True($"every export of {file}", own.Count == 0, string.Join(", ", own));
            }
        }
        Check.True($"{calls} calls", calls > 900);
        Check.True("of every function that there are .NET types for", types.Keys.All(name => name.Contains("]log") || called.Contains(name.Split(' ')[0])));
    }

    private static string Found(Guest guest, string name, string arguments, string expected)
    {
        try
        {
            guest.Call(name, arguments, out var told);
            return told();
        }
        catch (TrapException trap)
        {
            // Of any kind, of one, or with a message.
            if (!expected.StartsWith("trap", StringComparison.Ordinal)) return trap.ToString();
            string what = expected.Length > 5 ? expected.Substring(5) : "";
            bool right = what.StartsWith('"')
                ? trap.Message.Contains(Notation.Unquoted(what))
                : what == "" || what.Replace("-", "") == trap.Code.ToString().ToLowerInvariant();
            return right ? expected : $"trap {trap.Code} {trap.Message}";
        }
        catch (WitrtException error)
        {
            return error.Kind.ToString().ToLowerInvariant();
        }
    }
}
