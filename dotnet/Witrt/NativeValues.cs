// The part of the C API that is about values of every kind: how they lie in memory,
// their types, calls with them, and what holds one: globals and tables.

using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>A value: C's <c>wasm_val_t</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct Val
{
    [FieldOffset(0)] public byte Kind;

    /// <summary>All bits of a number, case or set of flags.</summary>
    [FieldOffset(8)] public ulong Bits;

    /// <summary>The string, list, fields, variant, option, resource or reference.</summary>
    [FieldOffset(8)] public void* Pointer;
}

/// <summary>A list: C's <c>wasm_list_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ListVal
{
    public void* Data;
    public nuint Size;
    public byte Element;
}

/// <summary>A case, and what it holds: C's <c>wasm_variant_t</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct VariantVal
{
    [FieldOffset(0)] public uint Index;
    [FieldOffset(8)] public Val Val;
}

/// <summary>How a value of the host's lies: C's <c>witrt_field_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Field
{
    public byte Kind;
    public byte TagSize;
    public nuint Offset;
    public nuint Size;
    public nuint TagOffset;
    public nuint Count;
    public Field* Parts;
    public void* Access;
}

internal static unsafe partial class Native
{
    /// <summary>In a <see cref="Field"/>: a value that tells its kind.</summary>
    internal const byte SlotVal = 82;

    // Types of values.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_valtype_new(byte kind);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_valtype_copy(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_valtype_delete(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern nuint witrt_valtype_size(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void witrt_valtype_name(void* type, nuint index, Vec* name);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_valtype_at(void* type, nuint index);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_valtype_equal(void* type, void* other);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void witrt_valtype_print(void* type, Vec* text);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_functype_copy(void* type);

    // Calls with values, and values.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_func_call(void* func, Vec* arguments, Vec* results, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_func_prepare_fields(
        void* func, Field* parameters, nuint parameterCount, Field* results, nuint resultCount, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_func_new_with_env(void* store, void* type, void* callback, void* env, void* finalizer);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_val_delete(Val* value);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern nuint wasm_string_length(void* text, uint encoding);

    // Resources.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_resource_new(void* data, void* finalizer, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_resource_data(void* resource);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_resource_same(void* resource, void* other);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_resource_copy(void* resource);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_resource_delete(void* resource);

    // Globals and tables.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_globaltype_new(void* content, byte mutability);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_globaltype_delete(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_globaltype_content(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_globaltype_mutability(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_global_new(void* store, void* type, Val* value);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_global_delete(void* global);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_global_type(void* global);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_global_get(void* global, Val* value);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_global_set(void* global, Val* value);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_tabletype_new(void* element, uint* limits);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_tabletype_delete(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_tabletype_element(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_table_new(void* store, void* type, void* init);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_table_delete(void* table);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_table_type(void* table);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern uint wasm_table_size(void* table);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_table_get(void* table, uint index);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_table_set(void* table, uint index, void* reference);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_table_grow(void* table, uint delta, void* init);
}
