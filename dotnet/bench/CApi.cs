using System;
using System.Runtime.InteropServices;
using System.Text;

/// The standard C API as a .NET program declares and calls it by hand.
sealed unsafe class CApi : IDisposable
{
    private struct Vec
    {
        public nuint Size;
        public void* Data;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct Val
    {
        [FieldOffset(0)] public byte Kind;
        [FieldOffset(8)] public int I32;
    }

    [DllImport("witrt")] private static extern void* wasm_engine_new();
    [DllImport("witrt")] private static extern void wasm_engine_delete(void* engine);
    [DllImport("witrt")] private static extern void* wasm_store_new(void* engine);
    [DllImport("witrt")] private static extern void wasm_store_delete(void* store);
    [DllImport("witrt")] private static extern void* wasm_module_new(void* store, Vec* bytes);
    [DllImport("witrt")] private static extern void wasm_module_delete(void* module);
    [DllImport("witrt")] private static extern void* wasm_instance_new(void* store, void* module, Vec* imports, void** trap);
    [DllImport("witrt")] private static extern void wasm_instance_delete(void* instance);
    [DllImport("witrt")] private static extern void* witrt_instance_export(void* instance, byte* name, nuint size);
    [DllImport("witrt")] private static extern void wasm_extern_delete(void* item);
    [DllImport("witrt")] private static extern void* wasm_func_call(void* function, Vec* arguments, Vec* results);
    [DllImport("witrt")] private static extern byte* wasm_memory_data(void* memory);
    [DllImport("witrt")] private static extern uint witrt_error_kind(void* error);

    private readonly void* engine, store, module, instance, memory, malloc, free, length, same;

    public CApi(string text)
    {
        engine = wasm_engine_new();
        store = wasm_store_new(engine);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* data = bytes)
        {
            var vec = new Vec { Size = (nuint)bytes.Length, Data = data };
            module = wasm_module_new(store, &vec);
        }
        instance = wasm_instance_new(store, module, null, null);
        memory = Export("memory");
        malloc = Export("malloc");
        free = Export("free");
        length = Export("length");
        same = Export("same");
    }

    private void* Export(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* data = bytes) return witrt_instance_export(instance, data, (nuint)bytes.Length);
    }

    /// A call into the library that does nothing: NULL is no error.
    public static uint Bare(string text)
    {
        fixed (char* units = text) return witrt_error_kind(text.Length < 0 ? units : null);
    }

    public int Malloc(int size) => Call(malloc, 1, size, 0, 1);

    public uint Length(string text)
    {
        int pointer = Put(text, out int size);
        uint result = (uint)Call(length, 2, pointer, size, 1);
        Call(free, 2, pointer, size, 0);
        return result;
    }

    public string Same(string text)
    {
        int pointer = Put(text, out int size);
        int address = Call(same, 2, pointer, size, 1);
        string result = Encoding.UTF8.GetString(wasm_memory_data(memory) + address, size);
        Call(free, 2, address, size, 0);
        return result;
    }

    private int Put(string text, out int size)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        size = utf8.Length;
        int pointer = Malloc(size);
        Marshal.Copy(utf8, 0, (IntPtr)(wasm_memory_data(memory) + pointer), size);
        return pointer;
    }

    private static int Call(void* function, int arguments, int first, int second, int results)
    {
        Val* values = stackalloc Val[3];
        values[0].I32 = first;
        values[1].I32 = second;
        var args = new Vec { Size = (nuint)arguments, Data = values };
        var result = new Vec { Size = (nuint)results, Data = values + 2 };
        if (wasm_func_call(function, &args, &result) != null) throw new InvalidOperationException("the guest trapped");
        return values[2].I32;
    }

    public void Dispose()
    {
        foreach (var item in new[] { (IntPtr)memory, (IntPtr)malloc, (IntPtr)free, (IntPtr)length, (IntPtr)same }) wasm_extern_delete((void*)item);
        wasm_instance_delete(instance);
        wasm_module_delete(module);
        wasm_store_delete(store);
        wasm_engine_delete(engine);
    }
}
