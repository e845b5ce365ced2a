using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Witrt;

/// <summary>
/// Delegates that the library calls by itself: what is told of calls, and what is
/// asked at deadlines. Nothing may leave them.
/// </summary>
internal static unsafe class Hooks
{
    /// <summary>What the library is given along with an entry, until it calls <see cref="Callback.Release"/>.</summary>
    internal static void* Hold(Delegate hook) => (void*)GCHandle.ToIntPtr(GCHandle.Alloc(hook));

    /// <summary>Where the library did not take it.</summary>
    internal static void Drop(void* env) => GCHandle.FromIntPtr((IntPtr)env).Free();

#if NET5_0_OR_GREATER
    internal static void* TraceEntry => (delegate* unmanaged[Cdecl]<void*, byte*, nuint, void>)&Trace;
    internal static void* EpochEntry => (delegate* unmanaged[Cdecl]<void*, ulong>)&Epoch;
    internal static void* DropEntry => (delegate* unmanaged[Cdecl]<void*, void>)&DropObject;
    internal static void* GrowEntry => (delegate* unmanaged[Cdecl]<void*, nuint, void*>)&Grow;
    internal static void* GrowArrayEntry => (delegate* unmanaged[Cdecl]<void*, nuint, void*>)&GrowArray;

    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#else
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void TraceFunction(void* env, byte* line, nuint size);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate ulong EpochFunction(void* env);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void DropFunction(void* env);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void* GrowFunction(void* env, nuint size);

    // Kept for ever: C code may call them for as long as the process lives.
    private static readonly TraceFunction trace = Trace;
    private static readonly EpochFunction epoch = Epoch;
    private static readonly DropFunction drop = DropObject;
    private static readonly GrowFunction grow = Grow;
    private static readonly GrowFunction growArray = GrowArray;
    internal static readonly void* TraceEntry = (void*)Marshal.GetFunctionPointerForDelegate(trace);
    internal static readonly void* EpochEntry = (void*)Marshal.GetFunctionPointerForDelegate(epoch);
    internal static readonly void* DropEntry = (void*)Marshal.GetFunctionPointerForDelegate(drop);
    internal static readonly void* GrowEntry = (void*)Marshal.GetFunctionPointerForDelegate(grow);
    internal static readonly void* GrowArrayEntry = (void*)Marshal.GetFunctionPointerForDelegate(growArray);
#endif
    private static void Trace(void* env, byte* line, nuint size)
    {
        try
        {
            ((Action<string>)GCHandle.FromIntPtr((IntPtr)env).Target!)(Encoding.UTF8.GetString(line, (int)size));
        }
        catch (Exception)
        {
            // A call goes on whatever becomes of what is told of it.
        }
    }

#if NET5_0_OR_GREATER
    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#endif
    private static ulong Epoch(void* env)
    {
        try
        {
            return ((Func<ulong>)GCHandle.FromIntPtr((IntPtr)env).Target!)();
        }
        catch (Exception)
        {
            return 0;
        }
    }

    /// <summary>Nobody holds a resource of the host's any more.</summary>
#if NET5_0_OR_GREATER
    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#endif
    private static void DropObject(void* env)
    {
        var handle = GCHandle.FromIntPtr((IntPtr)env);
        try
        {
            (handle.Target as IDisposable)?.Dispose();
        }
        catch (Exception)
        {
            // There is nobody to tell.
        }
        handle.Free();
    }

    /// <summary>Makes the string that a result goes into: `env` is a handle that pins it until the call has returned.</summary>
#if NET5_0_OR_GREATER
    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#endif
    private static void* Grow(void* env, nuint size)
    {
        var pin = GCHandle.FromIntPtr((IntPtr)env);
        // What a call left that failed afterwards.
        pin.Target = null;
        if (size == 0 || size > Slots.MaxStringLength) return null;
        try
        {
            pin.Target = new string('\0', (int)size);
            return (void*)pin.AddrOfPinnedObject();
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>The same for an array; `env` is a handle of the <see cref="NewArray"/>.</summary>
#if NET5_0_OR_GREATER
    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#endif
    private static void* GrowArray(void* env, nuint bytes)
    {
        if (bytes == 0) return null;
        try
        {
            return ((NewArray)GCHandle.FromIntPtr((IntPtr)env).Target!).Make(bytes);
        }
        catch (Exception)
        {
            // Too many elements for an array, or no memory.
            return null;
        }
    }
}
