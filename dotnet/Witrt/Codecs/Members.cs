using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Witrt;

/// <summary>Which members of a .NET type are the fields of a guest's, and how an object is made of these.</summary>
#if NET5_0_OR_GREATER
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2087", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2090", Justification = "See Mapping.")]
[System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("AOT", "IL3050", Justification = "See Reflected.")]
#endif
internal sealed class Members<T>
{
    private readonly Expression[] gets;

    /// <summary>The constructor, and for each of its parameters the field; null where members are set.</summary>
    private readonly ConstructorInfo? constructor;
    private readonly int[] order = Array.Empty<int>();

    private readonly MemberInfo[] members = Array.Empty<MemberInfo>();
    private readonly bool isTuple;

    internal Members(IReadOnlyList<WitPart> parts, ParameterExpression value, Place place)
    {
        gets = new Expression[parts.Count];
        if (typeof(ITuple).IsAssignableFrom(typeof(T)))
        {
            isTuple = true;
            Expression at = value;
            var found = new List<Expression>();
            while (true)
            {
                int count = at.Type.GetGenericArguments().Length;
                for (int i = 0; i < Math.Min(count, 7); i++) found.Add(Expression.PropertyOrField(at, $"Item{i + 1}"));
                if (count < 8) break;
                at = Expression.PropertyOrField(at, "Rest");
            }
            if (found.Count != parts.Count) throw place.Fault($"expected a tuple of {parts.Count}, found {typeof(T)}");
            gets = found.ToArray();
            return;
        }
        constructor = typeof(T).GetConstructors()
            .Where(one => one.GetParameters().Length == parts.Count && parts.Count > 0 && one.GetParameters()[0].ParameterType != typeof(T))
            .OrderByDescending(one => one.GetParameters().Count(parameter => parts.Any(part => Names.Same(part.Name, parameter.Name ?? ""))))
            .FirstOrDefault();
        if (constructor is not null)
        {
            var parameters = constructor.GetParameters();
            order = Enumerable.Range(0, parts.Count).ToArray();
            // By name, where all of them are there; else as they come.
            var byName = parameters.Select(parameter => IndexOf(parts, parameter.Name ?? "")).ToArray();
            if (byName.All(i => i >= 0) && byName.Distinct().Count() == byName.Length) order = byName;
            for (int i = 0; i < order.Length; i++)
            {
                var member = Of(parameters[i].Name ?? "", place);
                gets[order[i]] = Expression.Convert(Expression.MakeMemberAccess(value, member), parameters[i].ParameterType);
            }
            return;
        }
        if (!typeof(T).IsValueType && typeof(T).GetConstructor(Type.EmptyTypes) is null)
            throw place.Fault($"{typeof(T)} has no public constructor of {parts.Count} parameters, and none without any");
        members = parts.Select(part => Of(part.Name, place)).ToArray();
        for (int i = 0; i < members.Length; i++)
        {
            gets[i] = Expression.MakeMemberAccess(value, members[i]);
            bool isSet = members[i] is FieldInfo { IsInitOnly: false } or PropertyInfo { CanWrite: true };
            if (!isSet) throw place.Fault($"{typeof(T)}.{members[i].Name} cannot be set");
        }
    }

    private static int IndexOf(IReadOnlyList<WitPart> parts, string name)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            if (Names.Same(parts[i].Name, name)) return i;
        }
        return -1;
    }

    /// <summary>The property or field of that name.</summary>
    internal static MemberInfo Of(string name, Place place) =>
        typeof(T).GetMembers(BindingFlags.Public | BindingFlags.Instance)
            .FirstOrDefault(member => member is PropertyInfo { CanRead: true } or FieldInfo && Names.Same(member.Name, name))
        ?? throw place.Fault($"{typeof(T)} has no public property or field \"{name}\"");

    internal Expression Get(int index) => gets[index];

    internal Type TypeOf(int index) => gets[index].Type;

    /// <summary>
    /// Where in a struct without references the fields lie, in bytes; null for other types, and where code of the struct's
    /// own gives or sets them, which is to run.
    /// </summary>
    internal int[]? Offsets()
    {
        if (isTuple || !typeof(T).IsValueType || RuntimeHelpers.IsReferenceOrContainsReferences<T>()) return null;
        if (typeof(T).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length != gets.Length) return null;
        if (constructor is null ? typeof(T).GetConstructor(Type.EmptyTypes) is not null : !IsPositional()) return null;
        var offsets = new int[gets.Length];
        for (int i = 0; i < offsets.Length; i++)
        {
            var access = gets[i] as MemberExpression ?? (gets[i] as UnaryExpression)?.Operand as MemberExpression;
            var property = access?.Member as PropertyInfo;
            if (property is not null && !property.GetAccessors(true).All(IsGenerated)) return null;
            var field = access?.Member as FieldInfo
                ?? typeof(T).GetField($"<{property?.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic);
            if (field is null || field.FieldType != gets[i].Type) return null;
            var offset = new DynamicMethod("", typeof(long), new[] { typeof(T).MakeByRefType() }, typeof(T), true);
            var code = offset.GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldflda, field);
            code.Emit(OpCodes.Conv_U8);
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Conv_U8);
            code.Emit(OpCodes.Sub);
            code.Emit(OpCodes.Ret);
            T probe = default!;
            offsets[i] = (int)((OffsetOf)offset.CreateDelegate(typeof(OffsetOf)))(ref probe);
        }
        return offsets;
    }

    private delegate long OffsetOf(ref T value);

    /// <summary>Whether the constructor is the compiler's own, of a record by position: it sets fields and does nothing else.</summary>
    private bool IsPositional()
    {
        var parameters = constructor!.GetParameters().Select(parameter => parameter.ParameterType.MakeByRefType()).ToArray();
        var print = typeof(T).GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic);
        return print is not null && IsGenerated(print) && typeof(T).GetMethod("Deconstruct", parameters) is { } apart && IsGenerated(apart);
    }

    private static bool IsGenerated(MethodInfo method) => method.IsDefined(typeof(CompilerGeneratedAttribute), false);

    /// <summary>Makes an object of its fields.</summary>
    internal Expression Make(Expression[] fields)
    {
        if (isTuple) return MakeTuple(typeof(T), fields, 0);
        if (constructor is not null) return Expression.New(constructor, order.Select(i => fields[i]));
        return Expression.MemberInit(Expression.New(typeof(T)), members.Select((member, i) => Expression.Bind(member, fields[i])));
    }

    private static Expression MakeTuple(Type type, Expression[] fields, int from)
    {
        var types = type.GetGenericArguments();
        var parts = fields.Skip(from).Take(Math.Min(types.Length, 7)).ToList();
        if (types.Length == 8) parts.Add(MakeTuple(types[7], fields, from + 7));
        return Expression.New(type.GetConstructor(types)!, parts);
    }
}
