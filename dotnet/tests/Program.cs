// Program MODULES GUESTS [NAME]: the tests of the .NET library; of one group, where NAME is in its name.
// Program load FILE: loads a compiled component, as another process.

using System;
using System.Globalization;
using System.Runtime.InteropServices;

static class Program
{
    static int Main(string[] arguments)
    {
        if (arguments[0] == "load") return Artefacts.Load(arguments[1]);
        Check.Modules = arguments[0];
        Check.Guests = arguments[1];
        // What programs look like in a culture with other digits and commas must not matter.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, libwitrt {Witrt.Engine.LibraryVersion}");

        Check.Only = arguments.Length > 2 ? arguments[2] : null;
        // First of all, before any engine: the runtime's own exceptions.
        Check.Group("the runtime's exceptions, before", Signals.Managed);
        Check.Group("numbers", Values.Numbers);
        Check.Group("references", Values.References);
        Check.Group("values that tell their kinds", Values.Dynamic);
        Check.Group("strings", Strings.Plain);
        Check.Group("ill-formed strings", Strings.IllFormed);
        Check.Group("spans", Strings.Spans);
        Check.Group("text of every length", Strings.Lengths);
        Check.Group("text of calls that fail", Strings.Failing);
        Check.Group("allocations", Allocations.All);
        Check.Group("host functions", Callbacks.All);
        Check.Group("host functions that throw", Callbacks.Throwing);
        Check.Group("host functions that call back in", Callbacks.Nested);
        Check.Group("modules and errors", Errors.All);
        Check.Group("compiled components", Artefacts.All);
        Check.Group("limits", Errors.Limits);
        Check.Group("bounds of one store, and what is told of calls", Bounds.All);
        Check.Group("WASI", Commands.All);
        Check.Group("every call of the table of cases", Cases.Told);
        Check.Group("modules attached by a face", Faces.All);
        Check.Group("lone surrogates", Faces.Lone);
        Check.Group("resources", Components.Resources);
        Check.Group("host functions with values of each kind", Components.Kinds);
        Check.Group("names and types of components", Components.Names);
        Check.Group("types that fit", Typed.Fitting);
        Check.Group("types that do not fit", Typed.Mismatches);
        Check.Group("values that do not fit, and misuse of components", Typed.Mistakes);
        Check.Group("globals, tables, several results", Objects.All);
        Check.Group("types that the program tells", Objects.Mapped);
        Check.Group("what is known without code that is made at run time", Objects.WithoutCode);
        Check.Group("what values with parts allocate", Trees.Allocating);
        Check.Group("lists of structs", Trees.InPlace);
        Check.Group("host functions with parts", Trees.Hosts);
        Check.Group("spans behind something else", Trees.SpansBehind);
        Check.Group("calls with parts within each other", Trees.Nested);
        Check.Group("resources and calls while arguments are read", Trees.WhileReading);
        Check.Group("values with parts while the collector runs", Trees.Collecting);
        Check.Group("traps, and the runtime's exceptions after each", Signals.AfterTraps);
        Check.Group("the runtime's exceptions inside host functions", Signals.Inside);
        Check.Group("signals on threads that come and go", Signals.Threads);
        Check.Group("disposing", Lifetimes.Disposing);
        Check.Group("collecting", Lifetimes.Collecting);
        Check.Group("threads", Lifetimes.Threads);
        Check.Group("the runtime's exceptions, after all that", Signals.Managed);

        Console.WriteLine($"{Check.Passed} checks passed, {Check.Failed} failed");
        return Check.Failed == 0 ? 0 : 1;
    }
}
