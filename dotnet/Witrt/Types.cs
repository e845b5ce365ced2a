using System;
using System.Collections.Generic;
using System.Text;

namespace Witrt;

/// <summary>A part of a type: a field, a case, a flag; of a list its elements.</summary>
public readonly struct WitPart
{
    internal WitPart(string name, WitType? type)
    {
        Name = name;
        Type = type;
    }

    /// <summary>What the part is called; empty for what has no name.</summary>
    public string Name { get; }

    /// <summary>What is there; null for a case that holds nothing, and a flag.</summary>
    public WitType? Type { get; }
}

/// <summary>
/// The type of a value, with its parts. It belongs to no store; any thread may use it,
/// and several at once.
/// </summary>
public sealed unsafe class WitType : IEquatable<WitType>
{
    /// <summary>Those without parts, by their kind: there is one of each.</summary>
    private static readonly WitType?[] plain = new WitType?[256];

    private readonly NativeHandle handle;
    private WitPart[]? parts;

    /// <summary>Takes a type of the C API's that the caller owns.</summary>
    private WitType(void* type)
    {
        handle = new NativeHandle(type, &Native.wasm_valtype_delete);
        Kind = (ValueKind)Native.wasm_valtype_kind(type);
    }

    /// <summary>A copy of a type of the C API's.</summary>
    internal static WitType Copy(void* type)
    {
        byte kind = Native.wasm_valtype_kind(type);
        if (Kinds.IsPlain((ValueKind)kind) || (ValueKind)kind is ValueKind.Bool or ValueKind.Char) return Of((ValueKind)kind);
        void* copy = Native.wasm_valtype_copy(type);
        return copy == null ? throw WitrtException.Last() : new WitType(copy);
    }

    /// <summary>The type of a kind without parts, such as a number.</summary>
    /// <exception cref="WitrtException">What is in values of that kind would have to be said.</exception>
    public static WitType Of(ValueKind kind)
    {
        if (plain[(byte)kind] is WitType known) return known;
        void* type = Native.wasm_valtype_new((byte)kind);
        return type == null ? throw WitrtException.Last() : plain[(byte)kind] = new WitType(type);
    }

    /// <summary>What values of it are.</summary>
    public ValueKind Kind { get; }

    /// <summary>
    /// Fields of a record or tuple, cases of a variant or enum, flags; the elements of a list are one part. An option
    /// has the cases <c>none</c> and <c>some</c>, a result <c>ok</c> and <c>err</c>. Empty for what has no parts.
    /// </summary>
    public IReadOnlyList<WitPart> Parts => parts ??= FindParts();

    /// <summary>The name of a resource; empty for other types.</summary>
    public string ResourceName => Kind is ValueKind.Own or ValueKind.Borrow ? NameAt(0) : "";

    internal void* Pointer => handle.Pointer;

    /// <summary>What a part holds, which has to be there.</summary>
    internal WitType At(int index) => Parts[index].Type!;

    private WitPart[] FindParts()
    {
        var found = new WitPart[(int)Native.witrt_valtype_size(Pointer)];
        for (int i = 0; i < found.Length; i++)
        {
            void* type = Native.witrt_valtype_at(Pointer, (nuint)i);
            found[i] = new WitPart(NameAt(i), type == null ? null : new WitType(type));
        }
        GC.KeepAlive(this);
        return found;
    }

    private string NameAt(int index)
    {
        Vec name;
        Native.witrt_valtype_name(Pointer, (nuint)index, &name);
        GC.KeepAlive(this);
        return Text.TakeUtf8(&name);
    }

    /// <summary>Whether both are the same, with all parts and names.</summary>
    public bool Equals(WitType? other)
    {
        if (other is null) return false;
        bool same = Native.witrt_valtype_equal(Pointer, other.Pointer) != 0;
        GC.KeepAlive(this);
        GC.KeepAlive(other);
        return same;
    }

    /// <inheritdoc/>
    public override bool Equals(object? other) => Equals(other as WitType);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Kind * 31 + (Kind is ValueKind.Own or ValueKind.Borrow ? 0 : Parts.Count);

    /// <summary>The type as WIT has it: <c>list&lt;record { name: string, qty: u32 }&gt;</c>.</summary>
    public override string ToString()
    {
        Vec text;
        Native.witrt_valtype_print(Pointer, &text);
        GC.KeepAlive(this);
        return Text.TakeUtf8(&text);
    }
}

/// <summary>Parameters and results of a function. It belongs to no store; any thread may use it.</summary>
public sealed unsafe class FunctionType
{
    private readonly NativeHandle handle;

    /// <summary>The types of the parameters, in their order.</summary>
    public IReadOnlyList<WitType> Parameters { get; }

    /// <summary>What the parameters are called, in their order; <c>null</c> for one without a name.</summary>
    public IReadOnlyList<string?> ParameterNames { get; }

    /// <summary>The types of the results, in their order.</summary>
    public IReadOnlyList<WitType> Results { get; }

    /// <summary>Whether all that crosses is numbers, text and references of core modules.</summary>
    internal bool IsPlain { get; }

    private FunctionType(void* type)
    {
        Parameters = TypesOf(Native.wasm_functype_params(type));
        Results = TypesOf(Native.wasm_functype_results(type));
        var names = new string?[Parameters.Count];
        for (int i = 0; i < names.Length; i++)
        {
            Vec* name = Native.witrt_functype_param_name(type, (nuint)i);
            names[i] = name == null ? null : Text.FromUtf8(name);
        }
        ParameterNames = names;
        IsPlain = true;
        foreach (var parameter in Parameters) IsPlain &= Kinds.IsPlain(parameter.Kind);
        foreach (var result in Results) IsPlain &= Kinds.IsPlain(result.Kind);
        void* copy = Native.wasm_functype_copy(type);
        handle = copy == null ? throw WitrtException.Last() : new NativeHandle(copy, &Native.wasm_functype_delete);
    }

    internal static FunctionType? Of(void* type) => type == null ? null : new FunctionType(type);

    internal void* Pointer => handle.Pointer;

    private static WitType[] TypesOf(Vec* vec)
    {
        var types = new WitType[(int)vec->Size];
        for (int i = 0; i < types.Length; i++) types[i] = WitType.Copy(((void**)vec->Data)[i]);
        return types;
    }

    /// <summary>The type as messages tell it: <c>(text: string, u32) -> (string)</c>.</summary>
    public override string ToString() => $"({Listed(Parameters, ParameterNames)}) -> ({Listed(Results, null)})";

    private static string Listed(IReadOnlyList<WitType> types, IReadOnlyList<string?>? names)
    {
        var text = new StringBuilder();
        for (int i = 0; i < types.Count; i++)
        {
            if (i > 0) text.Append(", ");
            if (names?[i] is string name) text.Append(name).Append(": ");
            text.Append(types[i]);
        }
        return text.ToString();
    }
}
