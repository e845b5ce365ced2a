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
        // Components, and what they get of the system.
        using (var engine = new Engine())
        using (var store = new Store(engine))
        using (var module = Module.FromFile(engine, arguments[1]))
        using (var command = Module.FromFile(engine, arguments[2]))
        {
            var text = new Instance(store, module)["probe:guest/text"];
            var point = text.GetFunction<Func<string, Point>>("parse")("3,-4");
            Console.WriteLine($"{point.X} {point.Y}");
            var wasi = new Wasi { OutputLine = Console.WriteLine };
            wasi.Arguments.Add("probe");
            wasi.Arguments.Add("args");
            store.SetWasi(wasi);
            return new Instance(store, command).Run();
        }
    }

    public struct Point
    {
        public Point(int x, int y) => (X, Y) = (x, y);

        public int X { get; }
        public int Y { get; }
    }
}
