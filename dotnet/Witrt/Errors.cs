using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Witrt;

/// <summary>Something that the library refused, with the place where there is one.</summary>
public class WitrtException : Exception
{
    /// <summary>What went wrong.</summary>
    public ErrorKind Kind { get; }

    /// <summary>Which argument, result or import is at fault, counted from zero; null where that does not apply.</summary>
    public int? Argument { get; }

    /// <summary>Where a text is ill-formed, in UTF-16 units from its start; null where that does not apply.</summary>
    public long? Position { get; }

    /// <summary>Where a binary module is wrong, in bytes from its start; null where that does not apply.</summary>
    public long? Offset { get; }

    /// <summary>Where a text module is wrong: the line, counted from one; null where that does not apply.</summary>
    public int? Line { get; }

    /// <summary>Where a text module is wrong: the column, counted from one; null where that does not apply.</summary>
    public int? Column { get; }

    /// <summary>The UTF-16 units that would have been enough, after <see cref="ErrorKind.BufferTooSmall"/>.</summary>
    public long? Capacity { get; }

    internal WitrtException(ErrorKind kind, string message, int? argument = null, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Argument = argument;
    }

    internal unsafe WitrtException(void* error, Exception? inner = null) : base(Text.FromC(Native.witrt_error_message(error)), inner)
    {
        Kind = (ErrorKind)Native.witrt_error_kind(error);
        nuint fact, column;
        if (Native.witrt_error_argument(error, &fact) != 0) Argument = (int)fact;
        if (Native.witrt_error_position(error, &fact) != 0) Position = (long)fact;
        if (Native.witrt_error_offset(error, &fact) != 0) Offset = (long)fact;
        if (Native.witrt_error_capacity(error, &fact) != 0) Capacity = (long)fact;
        if (Native.witrt_error_line_column(error, &fact, &column) != 0)
        {
            Line = (int)fact;
            Column = (int)column;
        }
    }

    /// <summary>The exception for an error that the caller owns; the error is deleted.</summary>
    internal static unsafe WitrtException Take(void* error)
    {
        if (error == null) return new WitrtException(ErrorKind.OutOfMemory, "there was no memory for the error that tells what failed");
        try
        {
            void* trap = Native.witrt_error_trap(error);
            bool trapped = (ErrorKind)Native.witrt_error_kind(error) == ErrorKind.Trap;
            return trapped ? new TrapException(error, trap) : new WitrtException(error);
        }
        finally
        {
            Native.witrt_error_delete(error);
        }
    }

    /// <summary>The exception for this thread's last error.</summary>
    internal static unsafe WitrtException Last() => Take(Native.witrt_error_copy(Native.witrt_error_last()));
}

/// <summary>
/// A guest trapped. An exception that left a host function and unwound the guest
/// is the <see cref="Exception.InnerException"/>.
/// </summary>
public sealed class TrapException : WitrtException
{
    /// <summary>Which of the built-in traps it was; <see cref="TrapCode.None"/> for one that a host function raised.</summary>
    public TrapCode Code { get; }

    /// <summary>The status that a guest ended with by itself; null for other traps.</summary>
    public int? ExitStatus { get; }

    /// <summary>The functions that were running, innermost first; empty where no guest was.</summary>
    public IReadOnlyList<TrapFrame> Frames { get; }

    internal unsafe TrapException(void* error, void* trap) : base(error, Callback.ExceptionOf(trap))
    {
        Code = (TrapCode)Native.witrt_error_trap_code(error);
        Frames = TrapFrame.Trace(trap);
        int status;
        if (Native.witrt_error_exit_status(error, &status) != 0) ExitStatus = status;
    }
}

/// <summary>A function of a guest that was running when it trapped.</summary>
public sealed class TrapFrame
{
    /// <summary>The function's name, where the module's name section gives one; else null.</summary>
    public string? FunctionName { get; }

    /// <summary>The function's index in its module, imports first.</summary>
    public int FunctionIndex { get; }

    /// <summary>Where it was, in bytes from the start of the function's body.</summary>
    public long FunctionOffset { get; }

    /// <summary>Where it was, in bytes from the start of the module.</summary>
    public long ModuleOffset { get; }

    private unsafe TrapFrame(void* frame)
    {
        Vec* name = Native.witrt_frame_func_name(frame);
        FunctionName = name == null ? null : Text.FromUtf8(name);
        FunctionIndex = (int)Native.wasm_frame_func_index(frame);
        FunctionOffset = (long)Native.wasm_frame_func_offset(frame);
        ModuleOffset = (long)Native.wasm_frame_module_offset(frame);
    }

    internal static unsafe IReadOnlyList<TrapFrame> Trace(void* trap)
    {
        if (trap == null) return Array.Empty<TrapFrame>();
        Vec trace;
        Native.wasm_trap_trace(trap, &trace);
        try
        {
            var frames = new TrapFrame[(int)trace.Size];
            for (int i = 0; i < frames.Length; i++) frames[i] = new TrapFrame(((void**)trace.Data)[i]);
            return frames;
        }
        finally
        {
            Native.wasm_frame_vec_delete(&trace);
        }
    }

    /// <summary>The name, or the index where there is none, and the place.</summary>
    public override string ToString() => $"{FunctionName ?? $"function {FunctionIndex}"} +0x{FunctionOffset:x}";
}

/// <summary>Names and messages, which are UTF-8 in C. What calls carry is not converted here.</summary>
internal static unsafe class Text
{
    /// <summary>The text of a NUL-terminated message.</summary>
    internal static string FromC(byte* text) => Marshal.PtrToStringUTF8((IntPtr)text) ?? "";

    /// <summary>The text of a name.</summary>
    internal static string FromUtf8(Vec* name) =>
        name == null || name->Size == 0 ? "" : Encoding.UTF8.GetString((byte*)name->Data, (int)name->Size);

    /// <summary>The text of a name that the caller owns; the name is deleted.</summary>
    internal static string TakeUtf8(Vec* name)
    {
        string text = FromUtf8(name);
        Native.wasm_byte_vec_delete(name);
        return text;
    }

    /// <summary>A name in UTF-8, with a NUL after it that is not counted by who says the length.</summary>
    internal static byte[] ToUtf8(string name)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, 0, name.Length, bytes, 0);
        return bytes;
    }
}
