// Values as the table of cases writes them: as values that tell their kinds, and as .NET's own types.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using Witrt;

static class Notation
{
    /// Reads a value of a type; variants and their kin are told by what they hold. Null where it is of another type.
    public static Value? Parse(WitType type, ref string text)
    {
        switch (type.Kind)
        {
            case ValueKind.String: return Quoted(ref text) is string found ? (Value?)found : null;
            case ValueKind.Char: return Quoted(ref text) is string { Length: > 0 } one ? (Value?)Value.Char(char.ConvertToUtf32(one, 0)) : null;
            case ValueKind.Bool: return bool.TryParse(Word(ref text), out bool flag) ? flag : null;
            case ValueKind.S8: return sbyte.TryParse(Word(ref text), out var s8) ? s8 : null;
            case ValueKind.U8: return byte.TryParse(Word(ref text), out var u8) ? u8 : null;
            case ValueKind.S16: return short.TryParse(Word(ref text), out var s16) ? s16 : null;
            case ValueKind.U16: return ushort.TryParse(Word(ref text), out var u16) ? u16 : null;
            case ValueKind.S32: return int.TryParse(Word(ref text), out var s32) ? s32 : null;
            case ValueKind.U32: return uint.TryParse(Word(ref text), out var u32) ? u32 : null;
            case ValueKind.S64: return long.TryParse(Word(ref text), out var s64) ? s64 : null;
            case ValueKind.U64: return ulong.TryParse(Word(ref text), out var u64) ? u64 : null;
            case ValueKind.F32: return float.TryParse(Word(ref text), out var f32) ? f32 : null;
            case ValueKind.F64: return double.TryParse(Word(ref text), out var f64) ? f64 : null;
            case ValueKind.List:
                Eat(ref text, "bytes");
                return All(ref text, "[", "]", (ref string rest, int _) => Parse(type.Parts[0].Type!, ref rest)) is Value[] items ? (Value?)Value.List(items) : null;
            case ValueKind.Record:
                var fields = All(ref text, "{", "}", (ref string rest, int i) =>
                {
                    // Some lines leave the names out.
                    if (i >= type.Parts.Count) return null;
                    Eat(ref rest, type.Parts[i].Name + ": ");
                    return Parse(type.Parts[i].Type!, ref rest);
                });
                return fields?.Length == type.Parts.Count ? (Value?)Value.Record(fields) : null;
            case ValueKind.Tuple:
                var parts = All(ref text, "(", ")", (ref string rest, int i) => i < type.Parts.Count ? Parse(type.Parts[i].Type!, ref rest) : null);
                return parts?.Length == type.Parts.Count ? (Value?)Value.Tuple(parts) : null;
            case ValueKind.Enum: return Quoted(ref text) is string name ? (Value?)Value.Enum(name) : null;
            case ValueKind.Flags:
                if (!Eat(ref text, "flags{")) return null;
                int close = text.IndexOf('}');
                string[] names = text.Substring(0, close).Split(", ", StringSplitOptions.RemoveEmptyEntries);
                text = text.Substring(close + 1);
                return Value.Flags(names);
            case ValueKind.Variant:
                return Case(type, ref text, out int index, out var held) ? (Value?)Value.Variant(type.Parts[index].Name, held) : null;
            case ValueKind.Option:
                return Case(type, ref text, out int some, out var value) ? some == 1 ? Value.Some(value!.Value) : (Value?)Value.None : null;
            default: throw new ArgumentException($"{type} in arguments");
        }
    }

    private static bool Case(WitType type, ref string text, out int index, out Value? held)
    {
        for (index = 0, held = null; index < type.Parts.Count; index++)
        {
            string rest = text;
            var of = type.Parts[index].Type;
            if (of is null ? !Eat(ref rest, "()") : (held = Parse(of, ref rest)) is null) continue;
            text = rest;
            return true;
        }
        return false;
    }

    private delegate Value? Item(ref string text, int index);

    private static Value[]? All(ref string text, string open, string close, Item item)
    {
        if (!Eat(ref text, open)) return null;
        var all = new List<Value>();
        while (!Eat(ref text, close))
        {
            if (all.Count > 0 && !Eat(ref text, ", ")) return null;
            if (item(ref text, all.Count) is not Value one) return null;
            all.Add(one);
        }
        return all.ToArray();
    }

    public static bool Eat(ref string text, string word)
    {
        if (!text.StartsWith(word, StringComparison.Ordinal)) return false;
        text = text.Substring(word.Length);
        return true;
    }

    public static string Word(ref string text)
    {
        int end = text.IndexOfAny(new[] { ',', ')', ']', '}' });
        string word = end < 0 ? text : text.Substring(0, end);
        text = end < 0 ? "" : text.Substring(end);
        return word;
    }

    private static string? Quoted(ref string text)
    {
        if (text.Length == 0 || text[0] != '"') return null;
        var found = new StringBuilder();
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                text = text.Substring(i + 1);
                if (!Eat(ref text, "*")) return found.ToString();
                string times = string.Concat(text.TakeWhile(char.IsDigit));
                text = text.Substring(times.Length);
                return string.Concat(Enumerable.Repeat(found.ToString(), int.Parse(times))) + Quoted(ref text);
            }
            if (text[i] != '\\')
            {
                found.Append(text[i]);
                continue;
            }
            char escaped = text[++i];
            int digits = escaped == 'u' ? 4 : 0;
            found.Append(digits > 0 ? (char)int.Parse(text.Substring(i + 1, digits), NumberStyles.HexNumber) : escaped == 'n' ? '\n' : escaped);
            i += digits;
        }
        return null;
    }

    public static string Unquoted(string text) => Quoted(ref text) ?? throw new FormatException(text);

    public static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\0", "\\u0000")}\"";

    /// Tells a value that a call returned.
    public static string Tell(Value value) => value.Kind switch
    {
        ValueKind.String => Quote(value.ToString()),
        ValueKind.Char => Quote(value.ToString()),
        ValueKind.Enum => Quote(value.CaseName!),
        ValueKind.Flags => $"flags{{{string.Join(", ", value.FlagNames.OrderBy(name => name, StringComparer.Ordinal))}}}",
        ValueKind.List => $"{(value.ToObject() is byte[] ? "bytes" : "")}[{Each(value, false)}]",
        ValueKind.Record => $"{{{Each(value, true)}}}",
        ValueKind.Tuple => $"({Each(value, false)})",
        ValueKind.Option when value.Type!.Parts[1].Type!.Kind == ValueKind.Option =>
            value.Count == 0 ? "none" : value[0].Count == 0 ? "some" : $"some({Tell(value[0])})",
        ValueKind.Option or ValueKind.Variant or ValueKind.Result => value.Count == 0 ? "()" : Tell(value[0]),
        ValueKind.Bool => value.ToString().ToLowerInvariant(),
        _ => Number(value.ToObject()!),
    };

    private static string Each(Value value, bool named) => string.Join(", ", Enumerable.Range(0, value.Count).Select(i =>
        (named ? $"{value.Type!.Parts[i].Name}: " : "") + Tell(value[i])));

    private static string Number(object number) => number is double or float && Convert.ToDouble(number) % 1 == 0
        ? $"{Convert.ToString(number, CultureInfo.InvariantCulture)}.0"
        : Convert.ToString(number, CultureInfo.InvariantCulture)!;

    /// The same of one of .NET's types.
    public static string Tell(object? value)
    {
        switch (value)
        {
            case null or Nothing: return "()";
            case string text: return Quote(text);
            case Rune rune: return Quote(rune.ToString());
            case bool flag: return flag ? "true" : "false";
            case Shape.Dot: return "()";
            case Shape.Circle circle: return Tell(circle.Radius);
            case Shape.Segment segment: return $"({Tell(segment.From)}, {Tell(segment.To)})";
            case Shape.Named named: return Tell(named.Name);
            case Color color: return Quote(color.ToString().ToLowerInvariant());
            case Access access:
                var names = access.ToString().ToLowerInvariant().Split(", ").Where(name => name != "0").OrderBy(name => name, StringComparer.Ordinal);
                return $"flags{{{string.Join(", ", names)}}}";
            case Option<string?> option: return !option.HasValue ? "none" : option.Value is null ? "some" : $"some({Tell(option.Value)})";
            case Point point: return $"{{x: {point.X}, y: {point.Y}}}";
            case Person person: return $"{{name: {Tell(person.Name)}, age: {person.Age}, tags: {Tell(person.Tags)}, home: {Tell(person.Home)}}}";
            case Result<Point, string> parsed: return parsed.IsOk ? Tell(parsed.Value) : Tell(parsed.Error);
            case Result<Nothing, Color> check: return check.IsOk ? "()" : Tell(check.Error);
            case Result<uint, Nothing> half: return half.IsOk ? Tell(half.Value) : "()";
            case byte[] bytes: return $"bytes[{string.Join(", ", bytes)}]";
            case ITuple tuple: return $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Tell(tuple[i])))})";
            case IEnumerable items: return $"[{string.Join(", ", items.Cast<object?>().Select(Tell))}]";
            default: return Number(value);
        }
    }

    /// A value as an object of this type.
    public static object? As(Type type, Value value)
    {
        if (Nullable.GetUnderlyingType(type) is Type of) return value.Count == 0 ? null : As(of, value[0]);
        if (type == typeof(Rune)) return new Rune((uint)char.ConvertToUtf32(value.ToString(), 0));
        if (type == typeof(Color)) return Enum.Parse(type, value.CaseName!, true);
        if (type == typeof(Access)) return value.FlagNames.Aggregate(default(Access), (all, name) => all | Enum.Parse<Access>(name, true));
        if (type == typeof(Point)) return new Point((int)value[0].ToObject()!, (int)value[1].ToObject()!);
        if (type == typeof(Shape))
        {
            return value.CaseName switch
            {
                "dot" => new Shape.Dot(),
                "circle" => new Shape.Circle((double)value[0].ToObject()!),
                "segment" => new Shape.Segment((Point)As(typeof(Point), value[0][0])!, (Point)As(typeof(Point), value[0][1])!),
                _ => new Shape.Named((string)value[0].ToObject()!),
            };
        }
        if (type == typeof(Person))
        {
            return new Person
            {
                Name = value[0].ToString(), Age = (byte)value[1].ToObject()!,
                Tags = (string[])As(typeof(string[]), value[2])!, Home = (Point?)As(typeof(Point?), value[3]),
            };
        }
        if (type.IsArray)
        {
            var items = Array.CreateInstance(type.GetElementType()!, value.Count);
            for (int i = 0; i < items.Length; i++) items.SetValue(As(type.GetElementType()!, value[i]), i);
            return items;
        }
        return value.Kind == ValueKind.Option ? value.Count == 0 ? null : value[0].ToObject() : value.ToObject();
    }
}
