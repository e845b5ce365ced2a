using System;
using System.Collections.Concurrent;
using System.Collections.Generic;

namespace Witrt;

/// <summary>
/// Tells how the program's own types stand for those of guests, without reflection: for programs that are trimmed or
/// compiled ahead of time, once before functions with them are looked up. Everywhere else records, enums and resources are
/// known by themselves. Any thread.
/// </summary>
public static class Mapping
{
    /// <summary>How codecs are made for .NET types that are known: those here, and what the program has told.</summary>
    private static readonly ConcurrentDictionary<Type, Func<WitType, Place, Codec>> known = Known();

    /// <summary>An enum stands for an <c>enum</c> or <c>flags</c> with members of the same names.</summary>
    public static void Enum<T>() where T : unmanaged, Enum => Struct<T>(known, EnumCodec<T>.Bind);

    /// <summary>A class of the program's stands for a resource of the host's.</summary>
    public static void Resource<T>() where T : class => All<T>(known, HostResourceCodec<T>.Bind);

    /// <summary>A type stands for a <c>record</c> or <c>tuple</c>, whose fields are to be told.</summary>
    public static RecordMapping<T> Record<T>() => new RecordMapping<T>();

    internal static void Add<T>(Func<WitType, Place, Codec> bind) => All<T>(known, bind);

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
        // Of characters it is text.
        if (typeof(T) == typeof(char)) return;
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
        return new RecordCodec<T>(type.Kind, codecs, (at, store) => make(new RecordFields(readers, at, store)), place);
    }
}

/// <summary>Makes an object of the fields that a guest gave.</summary>
public delegate T RecordMaker<out T>(RecordFields fields);

/// <summary>The fields that a guest gave, which are there while an object is made of them.</summary>
public readonly ref struct RecordFields
{
    private readonly Codec[] codecs;
    private readonly IntPtr at;
    private readonly Store store;

    internal RecordFields(Codec[] codecs, IntPtr at, Store store)
    {
        this.codecs = codecs;
        this.at = at;
        this.store = store;
    }

    /// <summary>The field of that number, as the type that it was told to be.</summary>
    /// <exception cref="InvalidCastException">It was told to be another.</exception>
    public T Get<T>(int index) => ((Codec<T>)codecs[index]).ReadAt(at, index, store);
}
