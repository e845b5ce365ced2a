using System;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>
/// Owns one object of the C API. The library's delete functions run no guest
/// code and may be called on any thread, so this may be finalized at any time.
/// </summary>
internal sealed unsafe class NativeHandle : SafeHandle
{
    private readonly delegate*<void*, void> delete;

    internal NativeHandle(void* pointer, delegate*<void*, void> delete) : base(IntPtr.Zero, true)
    {
        this.delete = delete;
        SetHandle((IntPtr)pointer);
    }

    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>
    /// The object, for as long as somebody else sees to it that it is not
    /// deleted meanwhile: the store's gate, or <see cref="Borrow"/>.
    /// </summary>
    internal void* Pointer => (void*)handle;

    /// <summary>Keeps the object for the time of a call: to be disposed.</summary>
    internal Borrowed Borrow(string what)
    {
        Keep(what);
        return new Borrowed(this);
    }

    /// <summary>Keeps the object until <see cref="SafeHandle.DangerousRelease"/>: who disposes of it meanwhile leaves the deleting to that.</summary>
    internal void* Keep(string what)
    {
        bool taken = false;
        try
        {
            DangerousAddRef(ref taken);
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(what);
        }
        return Pointer;
    }

    protected override bool ReleaseHandle()
    {
        delete((void*)handle);
        return true;
    }

    internal readonly ref struct Borrowed
    {
        private readonly NativeHandle owner;

        internal Borrowed(NativeHandle owner) => this.owner = owner;

        internal void* Pointer => owner.Pointer;

        public void Dispose() => owner.DangerousRelease();
    }
}
