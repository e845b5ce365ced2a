// Uses the package as any program would: what it needs of the library, native
// code included, comes from there.

using System;
using Witrt;

static class Program
{
    static int Main(string[] arguments)
    {
        using (var engine = new Engine())
        using (var store = new Store(engine))
        using (var module = Module.FromFile(engine, arguments[0]))
        {
            var greet = new Instance(store, module).GetFunction<Func<string, string>>("greet");
            Console.WriteLine(greet("package"));
        }
        return 0;
    }
}
