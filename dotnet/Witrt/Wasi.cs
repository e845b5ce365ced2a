using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Witrt;

/// <summary>What guests may have of the process's own.</summary>
[Flags]
public enum WasiInherit
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The arguments, before those of <see cref="Wasi.Arguments"/>.</summary>
    Args = 1,

    /// <summary>The environment.</summary>
    Env = 2,

    /// <summary>Standard input. A thread reads it, from the first read on.</summary>
    Stdin = 4,

    /// <summary>Standard output.</summary>
    Stdout = 8,

    /// <summary>Standard error.</summary>
    Stderr = 16,
}

/// <summary>
/// What guests get of the system by WASI: preview 1 for core modules, 0.2 for
/// components. A new one gives nothing: no arguments, no environment, an empty
/// standard input, output that goes nowhere, no folders, no network; clocks and
/// random numbers are the system's. Plain data: stores are given it, as it is then,
/// with <see cref="Store.SetWasi"/>.
/// </summary>
/// <remarks>
/// Streams and functions are used on the thread that runs a guest; where stores on
/// several threads were given them, at once. The store that runs is in use meanwhile.
/// What they throw is a failure that the guest gets.
/// </remarks>
public sealed class Wasi
{
    private readonly List<(string Host, string Guest, bool Writable)> folders = new List<(string, string, bool)>();
    private readonly List<string> addresses = new List<string>();

    /// <summary>
    /// The arguments. By convention the first is the program's name. With the variables they
    /// have no more than 2 MiB together, in UTF-8 and with 16 bytes more for each.
    /// </summary>
    public IList<string> Arguments { get; } = new List<string>();

    /// <summary>Variables of the environment.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    /// <summary>What guests have of the process's own. Default: nothing.</summary>
    public WasiInherit Inherit { get; set; }

    /// <summary>Standard input. Default: empty.</summary>
    public Stream? Input { get; set; }

    /// <summary>Standard input, in place of <see cref="Input"/>: a copy of these bytes, which each instance reads from the start.</summary>
    public byte[]? InputBytes { get; set; }

    /// <summary>
    /// Standard input, in place of <see cref="Input"/>: a file, which is opened when a store is given this. All instances have the
    /// same position in it.
    /// </summary>
    public string? InputFile { get; set; }

    /// <summary>Where standard output goes, in place of <see cref="Output"/>: a file, made or emptied when a store is given this.</summary>
    public string? OutputFile { get; set; }

    /// <summary>The same for standard error.</summary>
    public string? ErrorFile { get; set; }

    /// <summary>Where standard output goes. Default: nowhere.</summary>
    public Stream? Output { get; set; }

    /// <summary>Where standard error goes. Default: nowhere.</summary>
    public Stream? Error { get; set; }

    /// <summary>
    /// Takes standard output a line at a time, in place of <see cref="Output"/>: without the
    /// line feed, ill-formed UTF-8 replaced. What is not a whole line comes when
    /// <see cref="Instance.Run"/> returns, else when the store goes, on the thread that disposes
    /// of it; a line of more than 64 KiB comes in pieces.
    /// </summary>
    public Action<string>? OutputLine { get; set; }

    /// <summary>The same for standard error.</summary>
    public Action<string>? ErrorLine { get; set; }

    /// <summary>Permits all addresses that the process can reach. Default: none.</summary>
    public bool AllowNetwork { get; set; }

    /// <summary>Permits to look up which addresses names have. Default: it is refused.</summary>
    public bool AllowNameLookup { get; set; }

    /// <summary>
    /// Clocks that are the same in each run: when the wall clock starts, in nanoseconds since
    /// 1970, and how many it moves on with each reading. Default: the system's clocks.
    /// </summary>
    public (ulong Start, ulong Step)? Clocks { get; set; }

    /// <summary>Random numbers that are the same in each run. Default: the system's.</summary>
    public ulong? RandomSeed { get; set; }

    /// <summary>How many handles an instance may have at once. Default: 512.</summary>
    public int? MaxHandles { get; set; }

    /// <summary>
    /// Gives a folder of the host's, under the name <paramref name="guest"/>. Guests cannot
    /// leave it: not by <c>..</c>, not by absolute paths, not by symbolic links.
    /// </summary>
    public void PreopenDirectory(string host, string guest, bool writable = false) =>
        folders.Add((host ?? throw new ArgumentNullException(nameof(host)), guest ?? throw new ArgumentNullException(nameof(guest)), writable));

    /// <summary>
    /// Permits connections to an address, and to listen there for whoever connects:
    /// <c>127.0.0.1:8080</c>, <c>[::1]</c> for all its ports, or a range as <c>10.0.0.0/8</c>.
    /// Datagrams come from addresses that are permitted.
    /// </summary>
    public void AllowAddress(string address) => addresses.Add(address ?? throw new ArgumentNullException(nameof(address)));

    /// <summary>The C API's form of it, owned by the caller.</summary>
    internal unsafe void* ToNative()
    {
        void* wasi = Native.witrt_wasi_new();
        if (wasi == null) throw WitrtException.Last();
        bool done = false;
        try
        {
            Set(Native.witrt_wasi_inherit(wasi, (uint)Inherit));
            foreach (string argument in Arguments)
            {
                fixed (char* text = argument)
                {
                    var lent = new HostString(text, argument.Length);
                    Set(Native.witrt_wasi_push_arg(wasi, &lent));
                }
            }
            foreach (var variable in Environment) Two(variable.Key, variable.Value, wasi, null);
            foreach (var (host, guest, writable) in folders) Two(host, guest, wasi, writable ? 1u : 0u);
            foreach (string address in addresses)
            {
                fixed (char* text = address)
                {
                    var lent = new HostString(text, address.Length);
                    Set(Native.witrt_wasi_allow_address(wasi, &lent));
                }
            }
            if (AllowNetwork) Set(Native.witrt_wasi_allow_network(wasi));
            if (AllowNameLookup) Set(Native.witrt_wasi_allow_name_lookup(wasi));
            if (Clocks is (ulong start, ulong step)) Set(Native.witrt_wasi_set_clocks(wasi, start, step));
            if (RandomSeed is ulong seed) Set(Native.witrt_wasi_set_random_seed(wasi, seed));
            if (MaxHandles is int handles)
            {
                if (handles < 0) throw new ArgumentOutOfRangeException(nameof(MaxHandles), handles, "must not be negative");
                Set(Native.witrt_wasi_set_max_handles(wasi, (nuint)handles));
            }
            if (Input is Stream input)
            {
                Give(input, env => Native.witrt_wasi_set_stdin_callback(wasi, Pipe.Reading, env, Pipe.Release));
            }
            if (OutputLine is Action<string> line)
            {
                Give(line, env => Native.witrt_wasi_set_stdout_callback(wasi, Pipe.Writing, 1, env, Pipe.Release));
            }
            else if (Output is Stream output)
            {
                Give(output, env => Native.witrt_wasi_set_stdout_callback(wasi, Pipe.Writing, 0, env, Pipe.Release));
            }
            if (ErrorLine is Action<string> errorLine)
            {
                Give(errorLine, env => Native.witrt_wasi_set_stderr_callback(wasi, Pipe.Writing, 1, env, Pipe.Release));
            }
            else if (Error is Stream error)
            {
                Give(error, env => Native.witrt_wasi_set_stderr_callback(wasi, Pipe.Writing, 0, env, Pipe.Release));
            }
            if (InputBytes is byte[] bytes)
            {
                fixed (byte* data = bytes) Set(Native.witrt_wasi_set_stdin_bytes(wasi, data, (nuint)bytes.Length));
            }
            SetFile(InputFile, file => Native.witrt_wasi_set_stdin_file(wasi, file));
            SetFile(OutputFile, file => Native.witrt_wasi_set_stdout_file(wasi, file));
            SetFile(ErrorFile, file => Native.witrt_wasi_set_stderr_file(wasi, file));
            done = true;
            return wasi;
        }
        finally
        {
            if (!done) Native.witrt_wasi_delete(wasi);
        }
    }

    /// <summary>Sets a variable of the environment, or with an access a folder.</summary>
    private static unsafe void Two(string first, string second, void* wasi, uint? access)
    {
        fixed (char* firstText = first)
        fixed (char* secondText = second)
        {
            var firstLent = new HostString(firstText, first.Length);
            var secondLent = new HostString(secondText, second.Length);
            Set(access is uint a
                ? Native.witrt_wasi_preopen_dir(wasi, &firstLent, &secondLent, a)
                : Native.witrt_wasi_set_env(wasi, &firstLent, &secondLent));
        }
    }

    private unsafe delegate byte FileSetter(HostString* path);

    private static unsafe void SetFile(string? path, FileSetter set)
    {
        if (path is null) return;
        fixed (char* text = path)
        {
            var lent = new HostString(text, path.Length);
            Set(set(&lent));
        }
    }

    private unsafe delegate byte Giver(void* env);

    /// <summary>Gives an object to the library, which keeps it until nothing needs it any more.</summary>
    private static unsafe void Give(object target, Giver give)
    {
        IntPtr env = GCHandle.ToIntPtr(GCHandle.Alloc(target));
        if (give((void*)env) != 0) return;
        GCHandle.FromIntPtr(env).Free();
        throw WitrtException.Last();
    }

    private static void Set(byte accepted)
    {
        if (accepted == 0) throw WitrtException.Last();
    }

    /// <summary>What C code calls: the environment is a handle of a stream or a function.</summary>
    private static unsafe class Pipe
    {
#if NET5_0_OR_GREATER
        internal static void* Reading => (delegate* unmanaged[Cdecl]<void*, byte*, nuint, nuint>)&Read;
        internal static void* Writing => (delegate* unmanaged[Cdecl]<void*, byte*, nuint, byte>)&Write;
        internal static void* Release => (delegate* unmanaged[Cdecl]<void*, void>)&Free;
#else
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate nuint ReadFunction(void* env, byte* room, nuint size);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate byte WriteFunction(void* env, byte* data, nuint size);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void FreeFunction(void* env);

        // Kept for ever: C code may call them for as long as the process lives.
        private static readonly ReadFunction read = Read;
        private static readonly WriteFunction write = Write;
        private static readonly FreeFunction free = Free;
        internal static readonly void* Reading = (void*)Marshal.GetFunctionPointerForDelegate(read);
        internal static readonly void* Writing = (void*)Marshal.GetFunctionPointerForDelegate(write);
        internal static readonly void* Release = (void*)Marshal.GetFunctionPointerForDelegate(free);
#endif

#if NET5_0_OR_GREATER
        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#endif
        private static nuint Read(void* env, byte* room, nuint size)
        {
            try
            {
                var stream = (Stream)GCHandle.FromIntPtr((IntPtr)env).Target!;
                return (nuint)stream.Read(new Span<byte>(room, (int)size));
            }
            catch (Exception)
            {
                return ~(nuint)0;
            }
        }

#if NET5_0_OR_GREATER
        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#endif
        private static byte Write(void* env, byte* data, nuint size)
        {
            try
            {
                var bytes = new ReadOnlySpan<byte>(data, (int)size);
                if (GCHandle.FromIntPtr((IntPtr)env).Target is Action<string> line)
                {
                    if (bytes.Length > 0 && bytes[bytes.Length - 1] == '\n') bytes = bytes.Slice(0, bytes.Length - 1);
                    line(Encoding.UTF8.GetString(bytes));
                }
                else
                {
                    ((Stream)GCHandle.FromIntPtr((IntPtr)env).Target!).Write(bytes);
                }
                return 1;
            }
            catch (Exception)
            {
                return 0;
            }
        }

#if NET5_0_OR_GREATER
        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
#endif
        private static void Free(void* env) => GCHandle.FromIntPtr((IntPtr)env).Free();
    }
}
