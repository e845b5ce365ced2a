using System;
using System.Runtime.InteropServices;

namespace Witrt;

/// <summary>What becomes of ill-formed text: lone surrogates, and broken UTF-8 in a guest.</summary>
public enum IllFormedText
{
    /// <summary>It is refused: an exception for the host's text, a trap for the guest's.</summary>
    Reject = 0,

    /// <summary>U+FFFD takes the place of each ill-formed part.</summary>
    Replace = 1,

    /// <summary>Lone surrogates are passed on as they are to and from modules whose own text is UTF-16, such as AssemblyScript's; all else is refused.</summary>
    Keep = 2,
}

/// <summary>How hard the compiler works.</summary>
public enum OptimizationLevel
{
    /// <summary>Compiles fast, runs slowly.</summary>
    None = 0,

    /// <summary>Runs fast.</summary>
    Speed = 1,

    /// <summary>Runs nearly as fast, in less memory.</summary>
    SpeedAndSize = 2,
}

/// <summary>What runs adapters. Both do the same.</summary>
public enum BackEnd
{
    /// <summary>They become functions of the core module.</summary>
    Compiled = 0,

    /// <summary>They are interpreted: for comparison, and for bug reports.</summary>
    Reference = 1,
}

/// <summary>
/// The options of an engine, all with defaults that suit a host which trusts
/// nothing. Plain data: it may be used for many engines.
/// </summary>
public sealed class Config
{
    /// <summary>What becomes of ill-formed text. Default: it is rejected.</summary>
    public IllFormedText IllFormedText { get; set; } = IllFormedText.Reject;

    /// <summary>Counts what guests execute: see <see cref="Store.Fuel"/>. Default: off.</summary>
    public bool ConsumeFuel { get; set; }

    /// <summary>Stops guests at a deadline: see <see cref="Store.SetEpochDeadline"/>. Default: off.</summary>
    public bool EpochInterruption { get; set; }

    /// <summary>The most bytes that one linear memory may have. Default: what its type permits.</summary>
    public long? MaxMemoryBytes { get; set; }

    /// <summary>The most elements that one table may have. Default: what its type permits.</summary>
    public long? MaxTableElements { get; set; }

    /// <summary>The most instances, memories and tables that one store may have. Default: no bound.</summary>
    public long? MaxInstances { get; set; }

    /// <summary>How many bytes of the host's stack guests may use. A thread that calls needs 128 KiB more,
    /// and what host functions use. Default: 256 KiB.</summary>
    public long? MaxStackBytes { get; set; }

    /// <summary>Compiles on several threads. Default: on.</summary>
    public bool ParallelCompilation { get; set; } = true;

    /// <summary>How hard the compiler works. Default: for speed.</summary>
    public OptimizationLevel OptimizationLevel { get; set; } = OptimizationLevel.Speed;

    /// <summary>What runs adapters; null stands for the library's choice. Default: null.</summary>
    public BackEnd? BackEnd { get; set; }

    /// <summary>A folder to keep compiled code in; made where it is missing. Default: none.</summary>
    public string? CacheDirectory { get; set; }

    /// <summary>
    /// Gets a line of text for each call of an export, <c>call greet("Zoë", 3)</c>, and
    /// of an import, <c>import env.log(7)</c>. It must not use the store, and what it throws is lost. Any thread
    /// that calls may be in it. Default: none, which costs calls nothing.
    /// </summary>
    public Action<string>? Trace { get; set; }

    /// <summary>Sets memory aside for this many instances at once; more cannot be made. Default: none.</summary>
    public int? PooledInstances { get; set; }

    /// <summary>The C API's form of it, owned by the caller.</summary>
    internal unsafe void* ToNative()
    {
        void* config = Native.wasm_config_new();
        if (config == null) throw WitrtException.Last();
        bool done = false;
        try
        {
            Set(Native.witrt_config_set_host_encoding(config, Native.Utf16));
            Set(Native.witrt_config_set_ill_formed(config, (uint)IllFormedText));
            Set(Native.witrt_config_set_consume_fuel(config, ConsumeFuel ? (byte)1 : (byte)0));
            Set(Native.witrt_config_set_epoch_interruption(config, EpochInterruption ? (byte)1 : (byte)0));
            Set(Native.witrt_config_set_parallel_compilation(config, ParallelCompilation ? (byte)1 : (byte)0));
            Set(Native.witrt_config_set_opt_level(config, (uint)OptimizationLevel));
            if (MaxMemoryBytes is long memory) Set(Native.witrt_config_set_max_memory_bytes(config, Size(memory, nameof(MaxMemoryBytes))));
            if (MaxTableElements is long elements) Set(Native.witrt_config_set_max_table_elements(config, Size(elements, nameof(MaxTableElements))));
            if (MaxInstances is long instances) Set(Native.witrt_config_set_max_instances(config, Size(instances, nameof(MaxInstances))));
            if (MaxStackBytes is long stack) Set(Native.witrt_config_set_max_stack_bytes(config, Size(stack, nameof(MaxStackBytes))));
            if (BackEnd is BackEnd backEnd) Set(Native.witrt_config_set_back_end(config, (uint)backEnd));
            if (PooledInstances is int pooled) Set(Native.witrt_config_set_pooling(config, (uint)Size(pooled, nameof(PooledInstances))));
            if (Trace is Action<string> trace)
            {
                void* env = Hooks.Hold(trace);
                byte accepted = Native.witrt_config_set_trace(config, Hooks.TraceEntry, env, Callback.Release);
                if (accepted == 0) Hooks.Drop(env);
                Set(accepted);
            }
            if (CacheDirectory is string folder)
            {
                if (folder.IndexOf('\0') >= 0) throw new ArgumentException("a path cannot hold U+0000", nameof(CacheDirectory));
                fixed (byte* path = Text.ToUtf8(folder)) Set(Native.witrt_config_set_cache_dir(config, path));
            }
            done = true;
            return config;
        }
        finally
        {
            if (!done) Native.wasm_config_delete(config);
        }
    }

    private static void Set(byte accepted)
    {
        if (accepted == 0) throw WitrtException.Last();
    }

    internal static nuint Size(long value, string name) =>
        value < 0 ? throw new ArgumentOutOfRangeException(name, value, "must not be negative") : (nuint)value;
}

/// <summary>
/// Compiles modules and makes stores. Any thread may use it, and several at
/// once; it may be disposed before what was made with it.
/// </summary>
public sealed unsafe class Engine : IDisposable
{
    internal NativeHandle Handle { get; }

    /// <summary>An engine with these options; null stands for the defaults.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.BadConfig"/> for options that do not go together.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Engine(Config? config = null)
    {
        void* error;
        void* engine = Native.witrt_engine_new_with_config((config ?? new Config()).ToNative(), &error);
        if (engine == null) throw WitrtException.Take(error);
        Handle = new NativeHandle(engine, &Native.wasm_engine_delete);
    }

    /// <summary>The version of the library that is loaded, such as <c>0.2.0</c>.</summary>
    public static string LibraryVersion => Text.FromC(Native.witrt_version());

    /// <summary>
    /// Moves the epoch of all its stores on by one tick, which is how a deadline
    /// comes to pass. Any thread may do this while guests run.
    /// </summary>
    public void IncrementEpoch()
    {
        using var engine = Handle.Borrow(nameof(Engine));
        Native.witrt_engine_increment_epoch(engine.Pointer);
    }

    /// <summary>Gives the engine up. What was made with it goes on.</summary>
    public void Dispose() => Handle.Dispose();
}
