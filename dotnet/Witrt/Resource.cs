using System;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>
/// A resource: something that a component has made, or an object of the host's that components hold handles of. It
/// is passed where a function has one, and is lent or given away as that function's type says.
/// </summary>
/// <remarks>
/// Disposing gives up the host's handle; without that, the collector does. The component destroys its resource before it
/// next runs. What was given away is refused afterwards, and what a host function was lent ends when that returns. Disposing is permitted on any thread; all else as for the store.
/// </remarks>
public sealed unsafe class Resource : IDisposable
{
    private readonly NativeHandle handle;

    /// <summary>Takes a handle that the caller owns.</summary>
    internal Resource(void* resource) => handle = new NativeHandle(resource, &Native.wasm_resource_delete);

    /// <summary>
    /// A resource of the host's, which belongs to no store. When nobody holds it any more, on whichever thread that
    /// happens, the object is let go of, and, if that is asked for, disposed; it must not use the store then.
    /// </summary>
    /// <param name="host">What its methods get as their first argument.</param>
    /// <param name="dispose">Whether an <see cref="IDisposable"/> is disposed when nobody holds it any more.</param>
    public static Resource FromObject(object host, bool dispose = true) => new Resource(New(host, dispose));

    /// <summary>The host's object; null for a resource that a component has made.</summary>
    public object? Object
    {
        get
        {
            using var borrowed = handle.Borrow(nameof(Resource));
            return ObjectOf(borrowed.Pointer);
        }
    }

    /// <summary>Whether both are the same resource.</summary>
    public bool IsSame(Resource other)
    {
        if (other is null) throw new ArgumentNullException(nameof(other));
        using var one = handle.Borrow(nameof(Resource));
        using var two = other.handle.Borrow(nameof(Resource));
        return Native.wasm_resource_same(one.Pointer, two.Pointer) != 0;
    }

    /// <summary>Gives up the handle.</summary>
    public void Dispose() => handle.Dispose();

    /// <summary>The C API's resource, which stays until <see cref="Release"/>, whoever disposes of it meanwhile.</summary>
    internal void* Keep() => handle.Keep(nameof(Resource));

    /// <summary>Ends what <see cref="Keep"/> began.</summary>
    internal void Release() => handle.DangerousRelease();

    /// <summary>Another handle of the same, owned by the caller; this one is given up.</summary>
    internal void* GiveAway()
    {
        using var borrowed = handle.Borrow(nameof(Resource));
        void* copy = Native.wasm_resource_copy(borrowed.Pointer);
        if (copy == null) throw WitrtException.Last();
        Dispose();
        return copy;
    }

    /// <summary>A resource around an object, owned by the caller.</summary>
    internal static void* New(object host, bool dispose)
    {
        if (host is null) throw new ArgumentNullException(nameof(host));
        IntPtr self = GCHandle.ToIntPtr(GCHandle.Alloc(host));
        void* error;
        void* resource = Native.wasm_resource_new((void*)self, dispose && host is IDisposable ? Hooks.DropEntry : Callback.Release, &error);
        if (resource != null) return resource;
        GCHandle.FromIntPtr(self).Free();
        throw WitrtException.Take(error);
    }

    internal static object? ObjectOf(void* resource)
    {
        void* data = Native.wasm_resource_data(resource);
        return data == null ? null : GCHandle.FromIntPtr((IntPtr)data).Target;
    }
}
