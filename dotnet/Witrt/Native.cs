// The C API, as include/witrt.h has it: pointers and integers only, so that
// nothing is marshalled and no stub has to be generated when the program runs.
// A C `bool` is a byte here.

using System.Runtime.InteropServices;

#if NET7_0_OR_GREATER
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
#endif

namespace Witrt;

/// <summary>How a prepared call holds one value: nothing in it tells what it is.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct Slot
{
    /// <summary>Text, a buffer, a string's handle or a reference.</summary>
    [FieldOffset(0)] public void* Data;

    /// <summary>All bits of a number.</summary>
    [FieldOffset(0)] public ulong Bits;

    /// <summary>The length of what <see cref="Data"/> is, in UTF-16 units.</summary>
    [FieldOffset(8)] public nuint Length;
}

/// <summary>A vector of C's: bytes, or pointers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Vec
{
    public nuint Size;
    public void* Data;
}

/// <summary>A host's own text, lent to a function.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HostString
{
    public void* Data;
    public nuint Size;
    public uint Encoding;
    public uint Flags;
    public nuint Reserved;

    internal HostString(char* text, int length)
    {
        this = default;
        Data = text;
        Size = (nuint)length;
        Encoding = Native.Utf16;
    }
}

/// <summary>The functions of the library that the classes here stand on.</summary>
internal static unsafe partial class Native
{
    private const string Library = "witrt";
    private const CallingConvention Cdecl = CallingConvention.Cdecl;

    internal const byte SlotUtf16 = 65;
    internal const byte SlotLazyUtf16 = 67;
    internal const byte SlotGrowUtf16 = 73;
    internal const byte SlotGrown = 81;
    internal const uint Utf16 = 1;

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte* witrt_version();

    // Errors.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_error_last();

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_error_copy(void* error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void witrt_error_delete(void* error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern uint witrt_error_kind(void* error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte* witrt_error_message(void* error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_error_argument(void* error, nuint* index);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_error_position(void* error, nuint* position);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_error_offset(void* error, nuint* offset);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_error_line_column(void* error, nuint* line, nuint* column);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_error_capacity(void* error, nuint* capacity);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern uint witrt_error_trap_code(void* error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_error_trap(void* error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_trap_new(void* store, Vec* message);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_trap_trace(void* trap, Vec* frames);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_trap_get_host_info(void* trap);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_trap_set_host_info_with_finalizer(void* trap, void* info, void* finalizer);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern uint wasm_frame_func_index(void* frame);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern nuint wasm_frame_func_offset(void* frame);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern nuint wasm_frame_module_offset(void* frame);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern Vec* witrt_frame_func_name(void* frame);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_frame_vec_delete(Vec* frames);

    // Configurations, engines, stores.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_config_new();

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_config_delete(void* config);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_host_encoding(void* config, uint encoding);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_ill_formed(void* config, uint rule);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_consume_fuel(void* config, byte on);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_epoch_interruption(void* config, byte on);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_max_memory_bytes(void* config, nuint bytes);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_max_table_elements(void* config, nuint elements);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_max_instances(void* config, nuint instances);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_max_stack_bytes(void* config, nuint bytes);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_parallel_compilation(void* config, byte on);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_opt_level(void* config, uint level);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_cache_dir(void* config, byte* path);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_pooling(void* config, uint instances);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_back_end(void* config, uint backEnd);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_config_set_trace(void* config, void* callback, void* env, void* finalizer);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_engine_new_with_config(void* config, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_engine_delete(void* engine);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void witrt_engine_increment_epoch(void* engine);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_store_new(void* engine);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_store_delete(void* store);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_store_set_fuel(void* store, ulong fuel);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_store_get_fuel(void* store, ulong* fuel);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_store_set_epoch_deadline(void* store, ulong ticks);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_store_set_epoch_callback(void* store, void* callback, void* env, void* finalizer);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_store_set_max_memory_bytes(void* store, nuint bytes);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_store_set_max_table_elements(void* store, nuint elements);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_store_set_max_instances(void* store, nuint instances);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_store_settle(void* store, void** error);

    // Modules and their types.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_module_attach(void* engine, byte* data, nuint size, byte* face, nuint faceSize, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_module_new(void* engine, byte* data, nuint size, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_module_deserialize(void* engine, byte* data, nuint size, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_module_deserialize_file(void* engine, byte* path, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_module_serialize(void* module, Vec* bytes);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_module_validate(void* engine, byte* data, nuint size, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_module_assemble(Vec* text, Vec* bytes, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_module_delete(void* module);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_module_imports(void* module, Vec* imports);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_module_exports(void* module, Vec* exports);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_importtype_vec_delete(Vec* imports);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_exporttype_vec_delete(Vec* exports);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern Vec* wasm_importtype_module(void* import);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern Vec* wasm_importtype_name(void* import);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_importtype_type(void* import);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern Vec* wasm_exporttype_name(void* export);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_exporttype_type(void* export);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_externtype_kind(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void witrt_externtype_print(void* type, Vec* text);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_externtype_as_functype_const(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern Vec* wasm_functype_params(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern Vec* wasm_functype_results(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern Vec* witrt_functype_param_name(void* type, nuint index);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_functype_delete(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_valtype_kind(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_byte_vec_delete(Vec* bytes);

    // Instances and what they offer.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_instance_new(void* store, void* module, Vec* imports, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_instance_delete(void* instance);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_instance_export(void* instance, byte* name, nuint size);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_extern_kind(void* item);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_extern_delete(void* item);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_func_type(void* func);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_func_delete(void* func);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_memorytype_new(uint* limits);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_memorytype_delete(void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_memory_new(void* store, void* type);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern uint wasm_memory_size(void* memory);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte* wasm_memory_data(void* memory);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern nuint wasm_memory_data_size(void* memory);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_memory_grow(void* memory, uint pages);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_memory_read(void* memory, nuint offset, byte* destination, nuint size, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_memory_write(void* memory, nuint offset, byte* data, nuint size, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_memory_delete(void* memory);

    // Linkers.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_linker_new();

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void witrt_linker_delete(void* linker);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_linker_get(void* linker, byte* module, nuint moduleSize, byte* name, nuint nameSize);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_linker_define_unknown_as_traps(void* linker, void* store, void* module, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_linker_define(
        void* linker, byte* module, nuint moduleSize, byte* name, nuint nameSize, void* item);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_linker_define_instance(
        void* linker, byte* module, nuint moduleSize, void* instance);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_linker_define_instance_as(
        void* linker, byte* name, nuint nameSize, void* instance);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_linker_instantiate(
        void* linker, void* store, void* module, void** error);

    // References and strings.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_foreign_new(void* store);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_ref_as_foreign(void* reference);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_ref_as_func(void* reference);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_ref_copy(void* reference);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_ref_delete(void* reference);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* wasm_ref_get_host_info(void* reference);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_ref_set_host_info_with_finalizer(void* reference, void* info, void* finalizer);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_string_read(
        void* text, uint encoding, void* destination, nuint capacity, nuint* written);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void wasm_string_delete(void* text);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte wasm_string_take(
        void* text, uint encoding, void* destination, nuint length, void** error);

    // Prepared calls and host functions.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_prepared_take_result(void* prepared, nuint index);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_func_prepare(
        void* func, byte* parameters, nuint parameterCount, byte* results, nuint resultCount, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void witrt_prepared_delete(void* prepared);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_prepared_call(void* prepared, Slot* arguments, Slot* results, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_func_new_with_slots(
        void* store, byte* parameters, nuint parameterCount, byte* results, nuint resultCount,
        void* callback, void* env, void* finalizer, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_caller_return_text(void* caller, nuint index, void* data, nuint length);

    // What guests get of the system.

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void* witrt_wasi_new();

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern void witrt_wasi_delete(void* wasi);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_push_arg(void* wasi, HostString* arg);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_env(void* wasi, HostString* name, HostString* value);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_inherit(void* wasi, uint what);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_stdin_bytes(void* wasi, byte* data, nuint size);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_stdin_file(void* wasi, HostString* path);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_stdout_file(void* wasi, HostString* path);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_stderr_file(void* wasi, HostString* path);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_stdin_callback(void* wasi, void* callback, void* env, void* finalizer);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_stdout_callback(void* wasi, void* callback, byte byLine, void* env, void* finalizer);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_stderr_callback(void* wasi, void* callback, byte byLine, void* env, void* finalizer);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_preopen_dir(void* wasi, HostString* host, HostString* guest, uint access);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_allow_address(void* wasi, HostString* address);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_allow_network(void* wasi);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_allow_name_lookup(void* wasi);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_clocks(void* wasi, ulong start, ulong step);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_random_seed(void* wasi, ulong seed);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_wasi_set_max_handles(void* wasi, nuint handles);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_store_set_wasi(void* store, void* wasi, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_instance_run(void* instance, int* status, void** error);

    [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)]
    internal static extern byte witrt_error_exit_status(void* error, int* status);
}
