using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Witrt;

/// <summary>
/// Finds out by reflection how a program's type stands for one of a guest's: the only place that does. Where code cannot be made
/// at run time nothing is found that <see cref="Mapping"/> was not told.
/// </summary>
#if NET5_0_OR_GREATER
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "See Mapping: a member that is missing is an error when a function is looked up.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2087", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2090", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Find looks whether code can be made.")]
#endif
internal static class Reflected
{
    private const BindingFlags Hidden = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions;

    /// <summary>How a codec is made for a type that is not known.</summary>
    internal static Func<WitType, Place, Codec> Find(Type type, WitType wit, Place place)
    {
        NeedCode(type, wit.ToString(), place);
        if (Kinds.InterfaceOf(type) == ValueKind.Char)
        {
            Invoke((Action)Mapping.AddScalar<int>, type);
            return Mapping.Find(type)!;
        }
        var of = PartOf(type);
        if (of is not null)
        {
            Invoke(of.IsValueType && Nullable.GetUnderlyingType(of) is null ? Mapping.AddNullable<int> : (Action)Mapping.AddShapes<int>, of);
            return Mapping.Find(type)!;
        }
        if (IsGeneric(type, typeof(Result<,>)))
            return (wit, place) => Bind(ResultCodec<int, int>.Bind, wit, place, type.GetGenericArguments());
        if (type.IsEnum && wit.Kind is ValueKind.Enum or ValueKind.Flags)
            return (wit, place) => Bind(EnumCodec<ValueKind>.Bind, wit, place, type);
        if (!IsOwn(type) && !IsTuple(type)) throw place.Mismatch(wit, type);
        if (wit.Kind is ValueKind.Record or ValueKind.Tuple) return (wit, place) => (Codec)Invoke((Binder)Record<object>, type, wit, place);
        if (wit.Kind == ValueKind.Variant && type.IsClass) return (wit, place) => (Codec)Invoke((Binder)Variant<object>, type, wit, place);
        if (wit.Kind is ValueKind.Own or ValueKind.Borrow && type.IsClass)
            return (wit, place) => Bind(HostResourceCodec<object>.Bind, wit, place, type);
        throw place.Mismatch(wit, type);
    }

    private static void NeedCode(Type type, string expected, Place place)
    {
#if NETSTANDARD2_1_OR_GREATER || NET5_0_OR_GREATER
        if (!RuntimeFeature.IsDynamicCodeSupported)
            throw place.Fault($"expected {expected}, found {type}, of which nothing is known: tell it to {typeof(Mapping)}");
#endif
    }

    /// <summary>Whether there are functions of guests with values of this type, as far as it tells by itself.</summary>
    internal static bool IsPossible(Type type) =>
        !type.IsByRef && !type.IsPointer && type != typeof(void)
        && (Mapping.Find(type) is not null || Kinds.InterfaceOf(type) == ValueKind.Char || type == typeof(Value) || PartOf(type) is Type of && IsPossible(of)
            || IsTuple(type) || IsOwn(type) || IsGeneric(type, typeof(Result<,>)));

    /// <summary>Whether it is a type of the program's: not the runtime's, and no delegate.</summary>
    private static bool IsOwn(Type type) =>
        type.Assembly != typeof(object).Assembly && !type.IsPrimitive && !type.IsArray && !typeof(Delegate).IsAssignableFrom(type) && !type.IsByRefLike;

    private static bool IsTuple(Type type) => typeof(ITuple).IsAssignableFrom(type);

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    /// <summary>What the elements of a type of lists are, or what is in an option; null for other types.</summary>
    private static Type? PartOf(Type type)
    {
        if (type.IsArray) return type.GetArrayRank() == 1 ? type.GetElementType() : null;
        if (!type.IsGenericType) return null;
        var definition = type.GetGenericTypeDefinition();
        bool isShape = definition == typeof(Nullable<>) || definition == typeof(Option<>) || definition == typeof(List<>)
            || definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) || definition == typeof(IList<>)
            || definition == typeof(ICollection<>) || definition == typeof(IEnumerable<>) || definition == typeof(ReadOnlyMemory<>)
            || definition == typeof(Memory<>) || definition == typeof(ArraySegment<>);
        return isShape ? type.GetGenericArguments()[0] : null;
    }

    private delegate Codec Binder(WitType type, Place place);

    // Generic methods are told by one of them, for any types: what is found by its name alone, a linker removes.

    private static MethodInfo Of(Delegate method, params Type[] types) => method.Method.GetGenericMethodDefinition().MakeGenericMethod(types);

    private static object Invoke(Delegate method, Type type, params object?[] parameters) => Of(method, type).Invoke(null, Hidden, null, parameters, null)!;

    private static object Invoke(Delegate method, Type one, Type two, params object?[] parameters) =>
        Of(method, one, two).Invoke(null, Hidden, null, parameters, null)!;

    /// <summary>The method of a class of these types.</summary>
    private static Codec Bind(Binder method, WitType wit, Place place, params Type[] types) =>
        (Codec)method.Method.DeclaringType!.GetGenericTypeDefinition().MakeGenericType(types).GetMethod(method.Method.Name, Hidden)!
            .Invoke(null, Hidden, null, new object[] { wit, place }, null)!;

    /// <summary>Several results of a function as a tuple.</summary>
    internal static Codec<T> Results<T>(IReadOnlyList<WitType> results, Place place)
    {
        if (!IsTuple(typeof(T))) throw place.Fault($"expected a tuple of {results.Count}, found {Kinds.NameOf(typeof(T))}");
        NeedCode(typeof(T), $"a tuple of {results.Count}", place);
        return Fields<T>(ValueKind.Tuple, results.Select(type => new WitPart("", type)).ToArray(), place, out _, areResults: true);
    }

    private static Codec Record<T>(WitType type, Place place)
    {
        var fields = Fields<T>(type.Kind, type.Parts, place, out int[]? offsets);
        return offsets is null ? fields : new StructCodec<T>(fields, offsets);
    }

    /// <summary>
    /// A type whose fields are those of a guest's: by a constructor with as many parameters, whose names are the fields' or
    /// which are in their order; else by properties and fields of those names.
    /// </summary>
    private static RecordCodec<T> Fields<T>(ValueKind kind, IReadOnlyList<WitPart> parts, Place place, out int[]? offsets, bool areResults = false)
    {
        var value = Expression.Parameter(typeof(T));
        var members = new Members<T>(parts, value, place);
        var fields = new FieldCodec<T>[parts.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            var get = Expression.Lambda(members.Get(i), value).Compile();
            var codec = Bind(members.TypeOf(i), parts[i].Type!, place.Field(parts[i].Name, i));
            fields[i] = (FieldCodec<T>)Invoke((Func<Delegate, Codec, FieldCodec<object>>)Field<object, object>, typeof(T), members.TypeOf(i), get, codec);
        }
        offsets = members.Offsets();
        Maker<T> Make(Func<Codec<object>, IntPtr, int, Store, object> method)
        {
            var at = Expression.Parameter(typeof(IntPtr));
            var store = Expression.Parameter(typeof(Store));
            var parts = fields.Select((field, i) => (Expression)Expression.Call(
                Of(method, members.TypeOf(i)), Expression.Constant(field.Codec, typeof(Codec<>).MakeGenericType(members.TypeOf(i))), at, Expression.Constant(i), store));
            return Expression.Lambda<Maker<T>>(members.Make(parts.ToArray()), at, store).Compile();
        }
        return new RecordCodec<T>(kind, fields, Make(ReadAt), place) { OfResults = areResults ? Make(TakeAt) : null };
    }

    private static FieldCodec<T> Field<T, TField>(Delegate get, Codec codec) => new FieldCodec<T, TField>((Func<T, TField>)get, (Codec<TField>)codec);

    private static T ReadAt<T>(Codec<T> codec, IntPtr fields, int index, Store store) => codec.ReadAt(fields, index, store);

    private static T TakeAt<T>(Codec<T> codec, IntPtr slots, int index, Store store) => codec.TakeAt(slots, index, store);

    /// <summary>A codec for a type that is known at run time only.</summary>
    private static Codec Bind(Type type, WitType wit, Place place) => (Codec)Invoke((Binder)Codec.Bind<object>, type, wit, place);

    /// <summary>A class with a class in it, derived from it, for each case.</summary>
    private static Codec Variant<T>(WitType type, Place place) where T : class
    {
        // What the compiler takes for the type of `(Shape shape) => new Shape.Circle(1)`.
        if (typeof(T).DeclaringType is { IsAbstract: true } whole && whole.IsAssignableFrom(typeof(T)))
            throw place.Fault($"{typeof(T)} is one case of {whole}, which is what stands for {type}");
        var nested = typeof(T).GetNestedTypes().Where(typeof(T).IsAssignableFrom).ToArray();
        var cases = new CaseCodec<T>[type.Parts.Count];
        for (int i = 0; i < cases.Length; i++)
        {
            var part = type.Parts[i];
            var of = nested.FirstOrDefault(of => Names.Same(of.Name, part.Name))
                ?? throw place.Fault($"{typeof(T)} has no class in it for the case \"{part.Name}\" of {type}");
            if (of.IsGenericTypeDefinition) of = of.MakeGenericType(typeof(T).GetGenericArguments());
            var codec = Invoke((Func<WitPart, Place, Codec>)Case<object>, of, part, place.Case(part.Name));
            cases[i] = (CaseCodec<T>)Invoke((Func<Codec, CaseCodec<object>>)OfCase<object, object>, typeof(T), of, codec);
        }
        return new VariantCodec<T>(cases, place);
    }

    private static CaseCodec<T> OfCase<T, TCase>(Codec codec) where TCase : class, T => new CaseCodec<T, TCase>((Codec<TCase>)codec);

    /// <summary>
    /// The class of a case: it is made of what the case holds, or of the fields of that where it takes several.
    /// </summary>
    private static Codec<T> Case<T>(WitPart part, Place place)
    {
        var constructors = typeof(T).GetConstructors();
        if (part.Type is null)
        {
            if (!constructors.Any(one => one.GetParameters().Length == 0)) throw place.Fault($"{typeof(T)} cannot be made of nothing");
            return new EmptyCodec<T>(Expression.Lambda<Func<T>>(Expression.New(typeof(T))).Compile());
        }
        var single = constructors.FirstOrDefault(one => one.GetParameters().Length == 1 && one.GetParameters()[0].ParameterType != typeof(T));
        if (single is null)
        {
            if (part.Type.Kind is not (ValueKind.Record or ValueKind.Tuple)) throw place.Fault($"{typeof(T)} cannot be made of one value");
            return Fields<T>(part.Type.Kind, part.Type.Parts, place, out _);
        }
        return (Codec<T>)Invoke((Func<ConstructorInfo, WitType, Place, Codec>)Single<object, object>, typeof(T), single.GetParameters()[0].ParameterType, single, part.Type, place);
    }

    private static Codec<T> Single<T, TField>(ConstructorInfo constructor, WitType type, Place place)
    {
        var value = Expression.Parameter(typeof(T));
        var field = Expression.Parameter(typeof(TField));
        var member = Members<T>.Of(constructor.GetParameters()[0].Name ?? "", place);
        return new SingleCodec<T, TField>(
            Expression.Lambda<Func<T, TField>>(Expression.Convert(Expression.MakeMemberAccess(value, member), typeof(TField)), value).Compile(),
            Expression.Lambda<Func<TField, T>>(Expression.New(constructor, field), field).Compile(),
            Codec.Bind<TField>(type, place));
    }
}
