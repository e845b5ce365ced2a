using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Witrt;

/// <summary>
/// Holds instances and everything that belongs to them. One thread at a time may
/// use it and its objects; a second one gets <see cref="ErrorKind.StoreBusy"/>.
/// <see cref="Dispose"/> is permitted on any thread at any time.
/// </summary>
/// <remarks>
/// A store that has host functions whose closures refer to it, or to what is in
/// it, is not collected by itself: dispose it.
/// </remarks>
public sealed unsafe class Store : IDisposable
{
    /// <summary>The owner when the objects are gone; no thread has this number.</summary>
    private const int Gone = -1;

    private readonly NativeHandle handle;
    private readonly List<WeakReference<NativeHandle>> objects = new List<WeakReference<NativeHandle>>();
    private int sweepAt = 16;
    private volatile bool disposed;
    private Scratch? scratch;
    private NewText? newText;

    /// <summary>The thread that is inside, by its managed number; zero if none is.</summary>
    private int owner;

    /// <summary>A new, empty store. The engine may be disposed before it.</summary>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public Store(Engine engine)
    {
        if (engine is null) throw new ArgumentNullException(nameof(engine));
        using var borrowed = engine.Handle.Borrow(nameof(Engine));
        void* store = Native.wasm_store_new(borrowed.Pointer);
        if (store == null) throw WitrtException.Last();
        handle = new NativeHandle(store, &Native.wasm_store_delete);
    }

    /// <summary>
    /// The fuel that is left; setting it replaces what is left. A new store has
    /// none. Only where the engine counts fuel: <see cref="Config.ConsumeFuel"/>.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.Unsupported"/> where it does not.</exception>
    public ulong Fuel
    {
        get
        {
            using var inside = Enter();
            ulong fuel;
            if (Native.witrt_store_get_fuel(Pointer, &fuel) == 0) throw WitrtException.Last();
            return fuel;
        }
        set
        {
            using var inside = Enter();
            if (Native.witrt_store_set_fuel(Pointer, value) == 0) throw WitrtException.Last();
        }
    }

    /// <summary>
    /// Stops the store's guests with a trap when the engine's epoch has moved on
    /// by so many ticks from now: see <see cref="Engine.IncrementEpoch"/>.
    /// </summary>
    public void SetEpochDeadline(ulong ticks)
    {
        using var inside = Enter();
        if (Native.witrt_store_set_epoch_deadline(Pointer, ticks) == 0) throw WitrtException.Last();
    }

    /// <summary>
    /// Has a delegate asked when the deadline has come to pass: for how many ticks the
    /// guest may go on, or zero to stop it with the trap that it is without. Null asks
    /// nobody. The delegate must not use the store; what it throws stands for zero.
    /// </summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.Unsupported"/> where the engine has no epochs.</exception>
    public void SetEpochCallback(Func<ulong>? callback)
    {
        using var inside = Enter();
        void* env = callback is null ? null : Hooks.Hold(callback);
        byte accepted = callback is null
            ? Native.witrt_store_set_epoch_callback(Pointer, null, null, null)
            : Native.witrt_store_set_epoch_callback(Pointer, Hooks.EpochEntry, env, Callback.Release);
        if (accepted != 0) return;
        if (env != null) Hooks.Drop(env);
        throw WitrtException.Last();
    }

    /// <summary>
    /// The most bytes that one linear memory of this store may have, in place of
    /// <see cref="Config.MaxMemoryBytes"/>: for what is made and grows from now on.
    /// </summary>
    public void SetMaxMemoryBytes(long bytes)
    {
        using var inside = Enter();
        if (Native.witrt_store_set_max_memory_bytes(Pointer, Config.Size(bytes, nameof(bytes))) == 0) throw WitrtException.Last();
    }

    /// <summary>
    /// The most elements that one table of this store may have, in place of
    /// <see cref="Config.MaxTableElements"/>: for what is made and grows from now on.
    /// </summary>
    public void SetMaxTableElements(long elements)
    {
        using var inside = Enter();
        if (Native.witrt_store_set_max_table_elements(Pointer, Config.Size(elements, nameof(elements))) == 0) throw WitrtException.Last();
    }

    /// <summary>
    /// The most instances that this store may have, and no more than
    /// <see cref="Config.MaxInstances"/>.
    /// </summary>
    public void SetMaxInstances(long instances)
    {
        using var inside = Enter();
        if (Native.witrt_store_set_max_instances(Pointer, Config.Size(instances, nameof(instances))) == 0) throw WitrtException.Last();
    }

    /// <summary>
    /// Gives guests what WASI has for them, in place of what they were given before:
    /// instances that are made from now on, each of which has descriptors, streams and
    /// clocks of its own, as a process has. Imports that are WASI's come from there, where a
    /// linker does not define them.
    /// </summary>
    /// <exception cref="WitrtException">Something cannot be given, such as a folder that is not there.</exception>
    public void SetWasi(Wasi wasi)
    {
        if (wasi is null) throw new ArgumentNullException(nameof(wasi));
        using var inside = Enter();
        void* given = wasi.ToNative();
        try
        {
            void* error;
            if (Native.witrt_store_set_wasi(Pointer, given, &error) == 0) throw WitrtException.Take(error);
        }
        finally
        {
            Native.witrt_wasi_delete(given);
        }
    }

    /// <summary>
    /// Runs the deferred calls (such as a guest's <c>free</c>) that are owed.
    /// Every call does this first, so it is of use only to have it done by a
    /// certain time.
    /// </summary>
    /// <exception cref="TrapException">A deferred call trapped; all of them ran all the same.</exception>
    public void Settle()
    {
        using var inside = Enter();
        void* error;
        if (Native.witrt_store_settle(Pointer, &error) == 0) throw WitrtException.Take(error);
    }

    /// <summary>
    /// Gives up the store and everything in it, at once, or, where a call is
    /// running, when that returns. Functions of a disposed store throw
    /// <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose()
    {
        disposed = true;
        if (Interlocked.CompareExchange(ref owner, Gone, 0) == 0) Release();
    }

    /// <summary>Where the values of calls are laid out; for those who are inside.</summary>
    internal Scratch Scratch => scratch ??= new Scratch(this);

    /// <summary>Where the text of a result becomes a string; for those who are inside.</summary>
    internal NewText NewText => newText ??= new NewText();

    /// <summary>The C API's store; for those who are inside.</summary>
    internal void* Pointer => handle.Pointer;

    /// <summary>Comes in, which one thread at a time can; to be disposed.</summary>
    internal Inside Enter() => new Inside(this, EnterOutermost());

    /// <summary>Comes in; whether to <see cref="Leave"/> for good is for the caller to keep.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool EnterOutermost()
    {
        int me = Environment.CurrentManagedThreadId;
        int before = Interlocked.CompareExchange(ref owner, me, 0);
        if (before == 0 && !disposed) return true;
        return EnterSlowly(before, me);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool EnterSlowly(int before, int me)
    {
        if (before == 0) Leave(true);
        if (disposed) throw new ObjectDisposedException(nameof(Store));
        // A callback calls back in.
        if (before == me) return false;
        throw new WitrtException(ErrorKind.StoreBusy, "the store is in use by another thread");
    }

    /// <summary>Goes out again, if this was the outermost to come in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave(bool outermost)
    {
        if (!outermost) return;
        Volatile.Write(ref owner, 0);
        // Somebody who disposes at this very moment may be missed here; then the
        // objects' finalizers do the same a little later.
        if (disposed) Dispose();
    }

    /// <summary>
    /// Takes an object of this store's, so that it goes when the store is disposed.
    /// </summary>
    internal NativeHandle Own(void* pointer, delegate*<void*, void> delete)
    {
        var owned = new NativeHandle(pointer, delete);
        lock (objects)
        {
            if (objects.Count >= sweepAt)
            {
                objects.RemoveAll(weak => !weak.TryGetTarget(out var alive) || alive.IsClosed);
                sweepAt = Math.Max(16, 2 * objects.Count);
            }
            objects.Add(new WeakReference<NativeHandle>(owned));
        }
        return owned;
    }

    private void Release()
    {
        lock (objects)
        {
            foreach (var weak in objects)
            {
                if (weak.TryGetTarget(out var alive)) alive.Dispose();
            }
            objects.Clear();
        }
        scratch?.Free();
        handle.Dispose();
    }

    internal readonly ref struct Inside
    {
        private readonly Store store;
        private readonly bool outermost;

        internal Inside(Store store, bool outermost)
        {
            this.store = store;
            this.outermost = outermost;
        }

        public void Dispose() => store.Leave(outermost);
    }
}
