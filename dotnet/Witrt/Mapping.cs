using System;
using System.Collections.Concurrent;
using System.Collections.Generic;

namespace Witrt;

/// <summary>
/// Tells how the program's own types stand for those of guests, without reflection: for programs that are trimmed or
/// compiled ahead of time, once before functions with them are looked up. Everywhere else they are known by themselves. Any
/// thread.
/// </summary>
public static class Mapping
{
    /// <summary>How codecs are made for .NET types that are known: those here, and what the program has told.</summary>
    private static readonly ConcurrentDictionary<Type, Func<WitType, Place, Codec>> known = Known();

    /// <summary>The same for several results of a function.</summary>
    private static readonly ConcurrentDictionary<Type, Func<IReadOnlyList<WitType>, Place, Codec>> results =
        new ConcurrentDictionary<Type, Func<IReadOnlyList<WitType>, Place, Codec>>();

    /// <summary>An enum stands for an <c>enum</c> or <c>flags</c> with members of the same names.</summary>
    public static void Enum<T>() where T : unmanaged, Enum => Struct<T>(known, EnumCodec<T>.Bind);

    /// <summary>A class of the program's stands for a resource of the host's.</summary>
    public static void Resource<T>() where T : class => All<T>(known, HostResourceCodec<T>.Bind);

    /// <summary>A type stands for a <c>record</c> or <c>tuple</c>, whose fields are to be told.</summary>
    public static RecordMapping<T> Record<T>() => new RecordMapping<T>();

    /// <summary>A class stands for a <c>variant</c>, whose cases are to be told.</summary>
    public static VariantMapping<T> Variant<T>() where T : class => new VariantMapping<T>();

    /// <summary>A <c>result</c> with these, as a value.</summary>
    public static void Result<T, TError>() => Struct<Result<T, TError>>(known, ResultCodec<T, TError>.Bind);

    /// <summary>A <c>tuple</c> of these, or two results of a function. Others are told as records are.</summary>
    public static void Tuple<T1, T2>() =>
        Record<(T1, T2)>().Field("", all => all.Item1).Field("", all => all.Item2).Register(fields => (fields.Get<T1>(0), fields.Get<T2>(1)));

    /// <inheritdoc cref="Tuple{T1, T2}"/>
    public static void Tuple<T1, T2, T3>() => Record<(T1, T2, T3)>()
        .Field("", all => all.Item1).Field("", all => all.Item2).Field("", all => all.Item3)
        .Register(fields => (fields.Get<T1>(0), fields.Get<T2>(1), fields.Get<T3>(2)));

    internal static void Add<T>(Func<WitType, Place, Codec> bind) => All<T>(known, bind);

    internal static void AddResults<T>(Func<IReadOnlyList<WitType>, Place, Codec> bind) => results[typeof(T)] = bind;

    /// <summary>What a type is told to stand for as several results.</summary>
    internal static Func<IReadOnlyList<WitType>, Place, Codec>? FindResults(Type type) => results.TryGetValue(type, out var bind) ? bind : null;

    /// <summary>A scalar that this is not compiled against: .NET Standard has no <c>Rune</c>.</summary>
    internal static void AddScalar<T>() where T : unmanaged => Struct<T>(known, ScalarCodec<T>.Bind);

    /// <summary>What a type is known to stand for.</summary>
    internal static Func<WitType, Place, Codec>? Find(Type type) => known.TryGetValue(type, out var bind) ? bind : null;

    /// <summary>Makes lists and options of a type known, which is known itself.</summary>
    internal static void AddShapes<T>() => Shapes<T>(known);

    /// <summary>The same of a struct, and null in its place.</summary>
    internal static void AddNullable<T>() where T : struct => Struct<T>(known, null);

    private static ConcurrentDictionary<Type, Func<WitType, Place, Codec>> Known()
    {
        var all = new ConcurrentDictionary<Type, Func<WitType, Place, Codec>>();
        Struct<sbyte>(all, ScalarCodec<sbyte>.Bind);
        Struct<byte>(all, ScalarCodec<byte>.Bind);
        Struct<short>(all, ScalarCodec<short>.Bind);
        Struct<ushort>(all, ScalarCodec<ushort>.Bind);
        Struct<int>(all, ScalarCodec<int>.Bind);
        Struct<uint>(all, ScalarCodec<uint>.Bind);
        Struct<long>(all, ScalarCodec<long>.Bind);
        Struct<ulong>(all, ScalarCodec<ulong>.Bind);
        Struct<float>(all, ScalarCodec<float>.Bind);
        Struct<double>(all, ScalarCodec<double>.Bind);
        Struct<bool>(all, ScalarCodec<bool>.Bind);
#if NET5_0_OR_GREATER
        Struct<System.Text.Rune>(all, ScalarCodec<System.Text.Rune>.Bind);
#endif
        All<string>(all, TextCodec.Bind);
        All<ReadOnlyMemory<char>>(all, TextPartCodec.Bind);
        All<Resource>(all, ResourceCodec.Bind);
        All<object>(all, ReferenceCodec<object>.Bind);
        All<Function>(all, ReferenceCodec<Function>.Bind);
        Shapes<Value>(all);
        return all;
    }

    private static void Struct<T>(ConcurrentDictionary<Type, Func<WitType, Place, Codec>> all, Func<WitType, Place, Codec>? bind) where T : struct
    {
        all[typeof(T?)] = NullableStructCodec<T>.Bind;
        if (bind is null) Shapes<T>(all);
        else All<T>(all, bind);
    }

    private static void All<T>(ConcurrentDictionary<Type, Func<WitType, Place, Codec>> all, Func<WitType, Place, Codec> bind)
    {
        all[typeof(T)] = bind;
        Shapes<T>(all);
    }

    private static void Shapes<T>(ConcurrentDictionary<Type, Func<WitType, Place, Codec>> all)
    {
        all[typeof(T[])] = (type, place) => ListCodec<T[], T>.Bind(new ArrayShape<T>(), type, place);
        all[typeof(List<T>)] = Bind<List<T>, T>;
        all[typeof(IReadOnlyList<T>)] = Bind<IReadOnlyList<T>, T>;
        all[typeof(IReadOnlyCollection<T>)] = Bind<IReadOnlyCollection<T>, T>;
        all[typeof(IList<T>)] = Bind<IList<T>, T>;
        all[typeof(ICollection<T>)] = Bind<ICollection<T>, T>;
        all[typeof(IEnumerable<T>)] = Bind<IEnumerable<T>, T>;
        all[typeof(Option<T>)] = OptionCodec<T>.Bind;
        // Of characters they are text.
        if (typeof(T) == typeof(char)) return;
        all[typeof(ArraySegment<T>)] = (type, place) => ListCodec<ArraySegment<T>, T>.Bind(new SegmentShape<T>(), type, place);
        all[typeof(Memory<T>)] = (type, place) => ListCodec<Memory<T>, T>.Bind(new WritableShape<T>(), type, place);
        all[typeof(ReadOnlyMemory<T>)] = (type, place) => ListCodec<ReadOnlyMemory<T>, T>.Bind(new MemoryShape<T>(), type, place);
    }

    private static Codec Bind<TList, T>(WitType type, Place place) where TList : class, IEnumerable<T> =>
        ListCodec<TList, T>.Bind(new ListShapes<TList, T>(), type, place);
}

/// <summary>The fields of a record while they are told: in the order of the guest's, and then how one is made.</summary>
/// <example><code>
/// Mapping.Record&lt;Item&gt;()
///     .Field("name", item => item.Name)
///     .Field("qty", item => item.Quantity)
///     .Register(fields => new Item(fields.Get&lt;string&gt;(0), fields.Get&lt;uint&gt;(1)));
/// </code></example>
public sealed class RecordMapping<T>
{
    private readonly List<(string Name, Func<WitType, Place, FieldCodec<T>> Bind)> fields =
        new List<(string Name, Func<WitType, Place, FieldCodec<T>> Bind)>();

    internal RecordMapping()
    {
    }

    /// <summary>The next field: its name, which a tuple's does not have to have, and where it is.</summary>
    public RecordMapping<T> Field<TField>(string name, Func<T, TField> get)
    {
        if (name is null) throw new ArgumentNullException(nameof(name));
        if (get is null) throw new ArgumentNullException(nameof(get));
        fields.Add((name, (type, place) => new FieldCodec<T, TField>(get, Codec.Bind<TField>(type, place))));
        return this;
    }

    /// <summary>How one is made of the fields that a guest gave. From now on the type is known.</summary>
    public void Register(RecordMaker<T> make)
    {
        if (make is null) throw new ArgumentNullException(nameof(make));
        Mapping.Add<T>((type, place) => Bind(make, type, place));
        Mapping.AddResults<T>((types, place) => BindResults(make, types, place));
    }

    private RecordCodec<T> BindResults(RecordMaker<T> make, IReadOnlyList<WitType> types, Place place)
    {
        if (types.Count != fields.Count) throw place.Fault($"expected a tuple of {types.Count}, found {Kinds.NameOf(typeof(T))}");
        var codecs = new FieldCodec<T>[types.Count];
        for (int i = 0; i < codecs.Length; i++) codecs[i] = fields[i].Bind(types[i], place.Field("", i));
        var readers = Array.ConvertAll(codecs, field => field.Codec);
        return new RecordCodec<T>(ValueKind.Tuple, codecs, (at, store) => make(new RecordFields(readers, at, store, false)), place)
        {
            OfResults = (at, store) => make(new RecordFields(readers, at, store, true)),
        };
    }

    private Codec Bind(RecordMaker<T> make, WitType type, Place place)
    {
        if (type.Kind is not (ValueKind.Record or ValueKind.Tuple) || type.Parts.Count != fields.Count) throw place.Mismatch(type, typeof(T));
        var codecs = new FieldCodec<T>[fields.Count];
        for (int i = 0; i < codecs.Length; i++)
        {
            var part = type.Parts[i];
            if (part.Name.Length > 0 && !Names.Same(part.Name, fields[i].Name))
                throw place.Fault($"expected the field \"{part.Name}\", found \"{fields[i].Name}\" of {typeof(T)}");
            codecs[i] = fields[i].Bind(part.Type!, place.Field(part.Name, i));
        }
        var readers = Array.ConvertAll(codecs, field => field.Codec);
        return new RecordCodec<T>(type.Kind, codecs, (at, store) => make(new RecordFields(readers, at, store, false)), place);
    }
}

/// <summary>The cases of a variant while they are told, in any order: a class for each, derived from the variant's.</summary>
/// <example><code>
/// Mapping.Variant&lt;Shape&gt;()
///     .Case("dot", () => new Shape.Dot())
///     .Case("circle", (Shape.Circle circle) => circle.Radius, radius => new Shape.Circle(radius))
///     .Register();
/// </code></example>
public sealed class VariantMapping<T> where T : class
{
    private readonly List<(string Name, Func<WitPart, Place, CaseCodec<T>> Bind)> cases =
        new List<(string Name, Func<WitPart, Place, CaseCodec<T>> Bind)>();

    internal VariantMapping()
    {
    }

    /// <summary>A case that holds nothing: its name, and how an object of it is made.</summary>
    public VariantMapping<T> Case<TCase>(string name, Func<TCase> make) where TCase : class, T
    {
        if (make is null) throw new ArgumentNullException(nameof(make));
        return Add(name, (part, place) => new CaseCodec<T, TCase>(
            part.Type is null ? new EmptyCodec<TCase>(make) : throw place.Fault($"it holds {part.Type}, and was told to hold nothing")));
    }

    /// <summary>A case that holds a value: its name, what an object of it holds, and how one is made of that.</summary>
    public VariantMapping<T> Case<TCase, TValue>(string name, Func<TCase, TValue> get, Func<TValue, TCase> make) where TCase : class, T
    {
        if (get is null) throw new ArgumentNullException(nameof(get));
        if (make is null) throw new ArgumentNullException(nameof(make));
        return Add(name, (part, place) => new CaseCodec<T, TCase>(new SingleCodec<TCase, TValue>(get, make, Codec.BindPart<TValue>(part.Type, place))));
    }

    private VariantMapping<T> Add(string name, Func<WitPart, Place, CaseCodec<T>> bind)
    {
        cases.Add((name ?? throw new ArgumentNullException(nameof(name)), bind));
        return this;
    }

    /// <summary>All cases are told. From now on the type is known.</summary>
    public void Register() => Mapping.Add<T>((type, place) =>
    {
        if (type.Kind != ValueKind.Variant) throw place.Mismatch(type, typeof(T));
        var codecs = new CaseCodec<T>[type.Parts.Count];
        for (int i = 0; i < codecs.Length; i++)
        {
            var part = type.Parts[i];
            int found = cases.FindIndex(one => Names.Same(one.Name, part.Name));
            if (found < 0) throw place.Fault($"{typeof(T)} was told without the case \"{part.Name}\" of {type}");
            codecs[i] = cases[found].Bind(part, place.Case(part.Name));
        }
        return new VariantCodec<T>(codecs, place);
    });
}

/// <summary>Makes an object of the fields that a guest gave.</summary>
public delegate T RecordMaker<out T>(RecordFields fields);

/// <summary>The fields that a guest gave, which are there while an object is made of them.</summary>
public readonly ref struct RecordFields
{
    private readonly Codec[] codecs;
    private readonly IntPtr at;
    private readonly Store store;
    private readonly bool areSlots;

    internal RecordFields(Codec[] codecs, IntPtr at, Store store, bool areSlots)
    {
        this.codecs = codecs;
        this.at = at;
        this.store = store;
        this.areSlots = areSlots;
    }

    /// <summary>The field of that number, as the type that it was told to be.</summary>
    /// <exception cref="InvalidCastException">It was told to be another.</exception>
    public T Get<T>(int index)
    {
        var codec = (Codec<T>)codecs[index];
        return areSlots ? codec.TakeAt(at, index, store) : codec.ReadAt(at, index, store);
    }
}
