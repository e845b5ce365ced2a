#pragma warning disable CS8500 // sizes of types that are parameters

using System;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>
/// How a .NET type stands for a type of a guest's. One is made when a function is looked up, for each parameter and
/// result, which is when all that does not fit is found.
/// </summary>
internal abstract unsafe class Codec
{
    /// <summary>
    /// Describes how a parameter or result lies in a slot, if that is not as a value that tells its kind. The parts are in the
    /// scratch memory.
    /// </summary>
    internal virtual bool Describe(Field* field, bool isResult, Scratch scratch) => false;

    /// <summary>Describes how a value lies in .NET's own memory, if a guest's can be copied from there and to there.</summary>
    internal virtual bool DescribeInPlace(Field* field, Scratch scratch) => false;

    /// <summary>Says where a result that is described is to go.</summary>
    internal virtual void Offer(Slot* slot, Scratch scratch) => throw new NotSupportedException();

    /// <summary>One for these types.</summary>
    /// <exception cref="WitrtException">They do not go together; the message has the place.</exception>
    internal static Codec<T> Bind<T>(WitType type, Place place)
    {
        if (typeof(T) == typeof(Value)) return (Codec<T>)(object)new ValueCodec(type);
        if (type.Kind == ValueKind.Option && !typeof(T).IsValueType)
        {
            var some = type.At(1);
            if (some.Kind == ValueKind.Option) throw place.Mismatch(type, typeof(T));
            return new NullableCodec<T>(Bind<T>(some, place.Case("some")));
        }
        return (Codec<T>)(Mapping.Find(typeof(T)) ?? Reflected.Find(typeof(T), type, place))(type, place);
    }

    /// <summary>One for what a case holds, which may be nothing.</summary>
    internal static Codec<T> BindPart<T>(WitType? type, Place place)
    {
        if (type is not null) return Bind<T>(type, place);
        return typeof(T) == typeof(Nothing) ? (Codec<T>)(object)NothingCodec.Instance : throw place.Mismatch("nothing", typeof(T));
    }

    /// <summary>
    /// One for the result of a function. Several results are a tuple; of a <c>result</c>, the value may be asked for alone.
    /// </summary>
    internal static Codec<T> BindResult<T>(FunctionType function, Place place)
    {
        if (function.Results.Count == 0) return BindPart<T>(null, place);
        if (function.Results.Count > 1)
            return (Codec<T>?)Mapping.FindResults(typeof(T))?.Invoke(function.Results, place) ?? Reflected.Results<T>(function.Results, place);
        var type = function.Results[0];
        if (type.Kind != ValueKind.Result || typeof(T) == typeof(Value) || IsResult(typeof(T))) return Bind<T>(type, place);
        return new ThrowingCodec<T>(BindPart<T>(type.Parts[0].Type, place.Case("ok")), type.Parts[1].Type);
    }

    private static bool IsResult(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Result<,>);
}

/// <summary>Values of a .NET type as C has them.</summary>
internal abstract unsafe class Codec<T> : Codec
{
    /// <summary>Writes a value that is given; what it refers to is in the scratch memory, or pinned.</summary>
    internal abstract void Write(T value, Val* to, Scratch scratch);

    /// <summary>Reads a value that a guest gave; nothing of what it lies in is kept.</summary>
    internal abstract T Read(Val* from, Store store);

    /// <summary>Puts an argument that is described where it is lent from.</summary>
    internal virtual void Lend(T value, Slot* slot, Scratch scratch) => throw new NotSupportedException();

    /// <summary>What has come where a result that is described was to go.</summary>
    internal virtual T Take(Slot* slot, Scratch scratch) => throw new NotSupportedException();

    /// <summary>The same for one of several, for code that has no pointers.</summary>
    internal T ReadAt(IntPtr fields, int index, Store store) => Read((Val*)fields + index, store);

    /// <summary>The same for one of several results that are described.</summary>
    internal T TakeAt(IntPtr slots, int index, Store store) => Take((Slot*)slots + index, store.Scratch);
}

/// <summary>A place in the type of a function, as messages tell it.</summary>
internal sealed class Place
{
    private readonly Place? outer;
    private readonly string step;
    private readonly string subject;
    private readonly FunctionType? function;
    private readonly ErrorKind kind;
    private readonly int? argument;

    /// <summary>Which element it is, where that is known: of a list that is being written.</summary>
    internal int? Element { get; set; }

    private Place(Place? outer, string step, string subject, FunctionType? function, ErrorKind kind, int? argument)
    {
        this.outer = outer;
        this.step = step;
        this.subject = subject;
        this.function = function;
        this.kind = kind;
        this.argument = argument;
    }

    /// <summary>Something by itself.</summary>
    internal Place(string step) : this(null, step, "", null, ErrorKind.WrongKind, null)
    {
    }

    /// <summary>A function, which messages call so.</summary>
    internal Place(FunctionType function, string subject = "the function", ErrorKind kind = ErrorKind.WrongKind)
        : this(null, "", subject, function, kind, null)
    {
    }

    /// <summary>A parameter of the function whose place this is.</summary>
    internal Place Parameter(int index)
    {
        var names = function?.ParameterNames;
        string name = index < names?.Count && names[index] is { Length: > 0 } found ? $" (\"{found}\")" : "";
        return new Place(null, $"parameter {index}{name}", subject, function, kind, index);
    }

    /// <summary>Its result.</summary>
    internal Place Result() => new Place(null, "result", subject, function, kind, null);

    /// <summary>Something within this.</summary>
    internal Place In(string step) => new Place(this, step, subject, function, kind, argument);

    /// <summary>A case of a variant, or of what is one by another name: a success, a failure, a value that is there.</summary>
    internal Place Case(string name) => In($"case \"{name}\"");

    internal Place Field(string name, int index) => In(name.Length == 0 ? $"field {index}" : $"field \"{name}\"");

    internal WitrtException Mismatch(WitType expected, Type found) => Mismatch(expected.ToString(), found);

    internal WitrtException Mismatch(string expected, Type found) => Fault($"expected {expected}, found {Kinds.NameOf(found)}");

    internal WitrtException Fault(string what)
    {
        string where = function is null ? "" : $"{subject} is {function}: ";
        return new WitrtException(kind, $"{where}{(step.Length == 0 ? "" : $"{this}: ")}{what}", argument);
    }

    public override string ToString() =>
        (outer is null ? step : $"{outer}, {step}") + (Element is int number ? $" {number}" : "");
}
