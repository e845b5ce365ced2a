using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Witrt;

/// <summary>
/// A compiled module. Any thread may use it, and several at once, with every
/// store of the same engine.
/// </summary>
public sealed unsafe class Module : IDisposable
{
    private readonly NativeHandle handle;

    /// <summary>What the bytes are that a module is made of.</summary>
    private enum Form
    {
        Source,
        Compiled,
        PathOfCompiled,
        WithFace,
    }

    private Module(Engine engine, ReadOnlySpan<byte> bytes, Form form, ReadOnlySpan<byte> face = default)
    {
        if (engine is null) throw new ArgumentNullException(nameof(engine));
        using var borrowed = engine.Handle.Borrow(nameof(Engine));
        fixed (byte* data = bytes, faceData = face)
        {
            void* error;
            void* module = form switch
            {
                Form.Source => Native.witrt_module_new(borrowed.Pointer, data, (nuint)bytes.Length, &error),
                Form.WithFace => Native.witrt_module_attach(
                    borrowed.Pointer, data, (nuint)bytes.Length, faceData, (nuint)face.Length, &error),
                Form.Compiled => Native.witrt_module_deserialize(borrowed.Pointer, data, (nuint)bytes.Length, &error),
                _ => Native.witrt_module_deserialize_file(borrowed.Pointer, data, &error),
            };
            if (module == null) throw WitrtException.Take(error);
            handle = new NativeHandle(module, &Native.wasm_module_delete);
            Imports = ModuleImport.Of(module);
            Exports = ModuleExport.Of(module);
        }
    }

    /// <summary>What must be supplied to instantiate it.</summary>
    public IReadOnlyList<ModuleImport> Imports { get; }

    /// <summary>What its instances offer.</summary>
    public IReadOnlyList<ModuleExport> Exports { get; }

    /// <summary>
    /// Compiles a module: a core binary, a core binary with an interface
    /// section, or text in UTF-8; the bytes tell which.
    /// </summary>
    /// <exception cref="WitrtException">The bytes are no valid module; it tells the place.</exception>
    public static Module FromBytes(Engine engine, ReadOnlySpan<byte> bytes) => new Module(engine, bytes, Form.Source);

    /// <summary>Compiles a module in the text format.</summary>
    /// <exception cref="WitrtException">The text is no valid module; it tells the line and column.</exception>
    public static Module FromText(Engine engine, string text) =>
        new Module(engine, Encoding.UTF8.GetBytes(text ?? throw new ArgumentNullException(nameof(text))), Form.Source);

    /// <summary>Compiles the module in a file, binary or text.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="WitrtException">It holds no valid module.</exception>
    public static Module FromFile(Engine engine, string path) => new Module(engine, File.ReadAllBytes(path), Form.Source);

    /// <summary>Checks a module in any of the forms that <see cref="FromBytes"/> takes, without compiling it.</summary>
    /// <exception cref="WitrtException">The bytes are no valid module; it tells the place.</exception>
    public static void Validate(Engine engine, ReadOnlySpan<byte> bytes)
    {
        if (engine is null) throw new ArgumentNullException(nameof(engine));
        using var borrowed = engine.Handle.Borrow(nameof(Engine));
        fixed (byte* data = bytes)
        {
            void* error;
            if (Native.witrt_module_validate(borrowed.Pointer, data, (nuint)bytes.Length, &error) == 0) throw WitrtException.Take(error);
        }
    }

    /// <summary>The binary that the text of a module stands for. Types and indices are not checked: loading does that.</summary>
    /// <exception cref="WitrtException">The syntax is wrong; it tells the line and column.</exception>
    public static byte[] Assemble(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text ?? throw new ArgumentNullException(nameof(text)));
        fixed (byte* data = utf8)
        {
            var source = new Vec { Size = (nuint)utf8.Length, Data = data };
            Vec bytes;
            void* error;
            if (Native.witrt_module_assemble(&source, &bytes, &error) == 0) throw WitrtException.Take(error);
            return TakeBytes(&bytes);
        }
    }

    /// <summary>
    /// Compiles a core module that has no interface of its own, by a face: the types
    /// of its functions in WIT, and the convention by which their values travel, in TOML.
    /// </summary>
    /// <exception cref="WitrtException">One of them does not parse, or they do not fit; it tells line and column in the face.</exception>
    public static Module Attach(Engine engine, ReadOnlySpan<byte> bytes, string face) =>
        new Module(engine, bytes, Form.WithFace, Encoding.UTF8.GetBytes(face ?? throw new ArgumentNullException(nameof(face))));

    /// <summary>
    /// The module that <see cref="Serialize"/> wrote, without compiling it.
    /// </summary>
    /// <remarks>
    /// The bytes hold machine code that will be run: they must come from
    /// <see cref="Serialize"/> by a way that nobody untrusted has had access to.
    /// </remarks>
    /// <exception cref="WitrtException"><see cref="ErrorKind.BadArtefact"/> for bytes that are damaged or made by another version.</exception>
    public static Module Deserialize(Engine engine, ReadOnlySpan<byte> bytes) => new Module(engine, bytes, Form.Compiled);

    /// <summary>
    /// The module in a file that holds what <see cref="Serialize"/> wrote,
    /// without compiling it. The file is mapped and not copied: that is faster,
    /// and processes that load the same file share its memory.
    /// </summary>
    /// <remarks>
    /// As for <see cref="Deserialize"/>, nobody untrusted may have had access
    /// to it. As long as the module, or a store with an instance of it, lives,
    /// the file stays open and mapped, and nobody may change it or make it
    /// shorter; to replace it, write another and rename it to this name. Windows
    /// refuses that meanwhile, and any change.
    /// </remarks>
    /// <exception cref="WitrtException"><see cref="ErrorKind.UnreadableFile"/> for a file that is not there or cannot be read; <see cref="ErrorKind.BadArtefact"/> for one that is damaged or made by another version.</exception>
    public static Module DeserializeFile(Engine engine, string path)
    {
        if (path is null) throw new ArgumentNullException(nameof(path));
        if (path.IndexOf('\0') >= 0) throw new ArgumentException("a path cannot hold U+0000", nameof(path));
        return new Module(engine, Text.ToUtf8(path), Form.PathOfCompiled);
    }

    /// <summary>
    /// The compiled module, for <see cref="Deserialize"/> or, in a file, for
    /// <see cref="DeserializeFile"/>.
    /// </summary>
    public byte[] Serialize()
    {
        using var borrowed = Borrow();
        Vec bytes;
        Native.wasm_module_serialize(borrowed.Pointer, &bytes);
        if (bytes.Size == 0) throw WitrtException.Last();
        return TakeBytes(&bytes);
    }

    /// <summary>Bytes of the C API's; they are deleted.</summary>
    private static byte[] TakeBytes(Vec* bytes)
    {
        try
        {
            return new ReadOnlySpan<byte>(bytes->Data, checked((int)bytes->Size)).ToArray();
        }
        finally
        {
            Native.wasm_byte_vec_delete(bytes);
        }
    }

    /// <summary>Gives the module up. Its instances go on.</summary>
    public void Dispose() => handle.Dispose();

    /// <summary>The C API's module, for the time of a call.</summary>
    internal NativeHandle.Borrowed Borrow() => handle.Borrow(nameof(Module));
}

/// <summary>Something that a module needs.</summary>
public sealed class ModuleImport
{
    /// <summary>The first name.</summary>
    public string Module { get; }

    /// <summary>The second name.</summary>
    public string Name { get; }

    /// <summary>What has to be supplied.</summary>
    public ExternKind Kind { get; }

    /// <summary>The function's type; null for what is no function.</summary>
    public FunctionType? FunctionType { get; }

    /// <summary>Its type as messages have it, such as <c>memory 1 16</c> and <c>global mut i64</c>.</summary>
    public string TypeText { get; }

    private unsafe ModuleImport(void* import)
    {
        void* type = Native.wasm_importtype_type(import);
        Module = Text.FromUtf8(Native.wasm_importtype_module(import));
        Name = Text.FromUtf8(Native.wasm_importtype_name(import));
        Kind = (ExternKind)Native.wasm_externtype_kind(type);
        FunctionType = FunctionType.Of(Native.wasm_externtype_as_functype_const(type));
        Vec text;
        Native.witrt_externtype_print(type, &text);
        TypeText = Text.TakeUtf8(&text);
    }

    internal static unsafe ModuleImport[] Of(void* module)
    {
        Vec vec;
        Native.wasm_module_imports(module, &vec);
        try
        {
            var imports = new ModuleImport[(int)vec.Size];
            for (int i = 0; i < imports.Length; i++) imports[i] = new ModuleImport(((void**)vec.Data)[i]);
            return imports;
        }
        finally
        {
            Native.wasm_importtype_vec_delete(&vec);
        }
    }

    /// <summary>Both names, and what it is.</summary>
    public override string ToString() => $"\"{Module}\" \"{Name}\" {(object?)FunctionType ?? TypeText}";
}

/// <summary>Something that a module offers.</summary>
public sealed class ModuleExport
{
    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What it is.</summary>
    public ExternKind Kind { get; }

    /// <summary>The function's type; null for what is no function.</summary>
    public FunctionType? FunctionType { get; }

    /// <summary>Its type as messages have it, such as <c>memory 1 16</c> and <c>global mut i64</c>.</summary>
    public string TypeText { get; }

    private unsafe ModuleExport(void* export)
    {
        void* type = Native.wasm_exporttype_type(export);
        Name = Text.FromUtf8(Native.wasm_exporttype_name(export));
        Kind = (ExternKind)Native.wasm_externtype_kind(type);
        FunctionType = FunctionType.Of(Native.wasm_externtype_as_functype_const(type));
        Vec text;
        Native.witrt_externtype_print(type, &text);
        TypeText = Text.TakeUtf8(&text);
    }

    internal static unsafe ModuleExport[] Of(void* module)
    {
        Vec vec;
        Native.wasm_module_exports(module, &vec);
        try
        {
            var exports = new ModuleExport[(int)vec.Size];
            for (int i = 0; i < exports.Length; i++) exports[i] = new ModuleExport(((void**)vec.Data)[i]);
            return exports;
        }
        finally
        {
            Native.wasm_exporttype_vec_delete(&vec);
        }
    }

    /// <summary>The name, and what it is.</summary>
    public override string ToString() => $"\"{Name}\" {(object?)FunctionType ?? TypeText}";
}
