// A real module, made from Rust functions on &str and String, called with .NET's
// own strings; host functions, and what happens when something goes wrong.
//
//     example FOLDER      the folder with strings.wasm and imports.wasm

using System;
using Witrt;

string folder = args.Length > 0 ? args[0] : ".";

using var engine = new Engine();
using var store = new Store(engine);

Console.WriteLine("Strings, in and out:");
using var strings = Module.FromFile(engine, $"{folder}/strings.wasm");
var instance = new Instance(store, strings);
var greet = instance.GetFunction<Func<string, string>>("greet");
Console.WriteLine($"  {greet("Zoë 🦀")}");
var repeat = instance.GetFunction<Func<string, uint, string>>("repeat");
Console.WriteLine($"  {repeat("na", 8)} Batman");

Console.WriteLine("A part of a text, without a string of its own:");
ReadOnlySpan<char> title = "Moby-Dick; or, The Whale".AsSpan(0, 9);
Console.WriteLine($"  {title.ToString()} has {instance.GetTextFunc<uint>("byte_len")(title)} bytes in UTF-8");

Console.WriteLine("What a module needs and offers:");
using var imports = Module.FromFile(engine, $"{folder}/imports.wasm");
foreach (var import in imports.Imports) Console.WriteLine($"  needs {import.Name.Split('_')[3]} {import.FunctionType}");
foreach (var export in imports.Exports) Console.WriteLine($"  offers {export}");

Console.WriteLine("Host functions are delegates:");
var linker = new Linker(store);
foreach (var import in imports.Imports)
{
    string name = import.Name, module = import.Module;
    switch (name.Split('_')[3])
    {
        case "log": linker.Define(module, name, (string text) => Console.WriteLine($"  log: {text}")); break;
        // A span sees the guest's text without a string being made of it.
        case "logowned": linker.Define(module, name, (ReadOnlySpan<char> text) => Console.WriteLine($"  {text.Length} units")); break;
        case "pair": linker.Define(module, name, (string a, string b) => Console.WriteLine($"  {a}, {b}")); break;
        case "mix": linker.Define(module, name, (byte a, string s, short b, double c) => (uint)(a * s.Length + b + c)); break;
        case "now": linker.Define(module, name, () => 41.5); break;
        case "add": linker.Define(module, name, (int a, int b) => checked(a + b)); break;
    }
}
var logging = linker.Instantiate(imports);
Console.WriteLine($"  {logging.GetFunction<Func<string, string>>("run")("straße")}");
var sum = logging.GetFunction<Func<int, int>>("sum_to");
Console.WriteLine($"  1 + 2 + … + 100 = {sum(100)}");

Console.WriteLine("What goes wrong is an exception:");
try
{
    sum(100_000);
}
catch (TrapException trap)
{
    Console.WriteLine($"  the host function threw {trap.InnerException!.GetType().Name}; the guest was in {trap.Frames[0].FunctionName}");
}
try
{
    instance.GetFunction<Func<string, string>>("boom")("x");
}
catch (TrapException trap)
{
    Console.WriteLine($"  the guest trapped: {trap.Code}");
}
try
{
    greet("a lone surrogate: \ud83e");
}
catch (WitrtException error)
{
    Console.WriteLine($"  {error.Kind}: argument {error.Argument}, position {error.Position}");
}
Console.WriteLine($"  and it goes on: {greet("again")}");
