using System;
using System.Collections.Generic;

namespace Witrt;

/// <summary>An interface that an instance of a component offers. It belongs to its store, and goes with it.</summary>
public sealed partial class Interface
{
    private readonly string name;

    private Interface(Instance instance, string name)
    {
        Instance = instance;
        this.name = name;
    }

    /// <summary>Whose it is.</summary>
    public Instance Instance { get; }

    /// <summary>Its name, with its version.</summary>
    public string Name => name;

    /// <summary>The names of its functions.</summary>
    public IReadOnlyList<string> Functions
    {
        get
        {
            var functions = new List<string>();
            foreach (var export in Instance.Exports)
            {
                if (TrySplit(export.Name, out string of, out string function) && of == name) functions.Add(function);
            }
            return functions;
        }
    }

    internal static Interface Of(Instance instance, string name)
    {
        foreach (var export in instance.Exports)
        {
            // The library knows which versions stand for which: it is asked for a function that both would have.
            if (!TrySplit(export.Name, out string of, out string function) || of != name && !SameButVersion(of, name)) continue;
            if (instance.Finds($"{name}#{function}")) return new Interface(instance, of);
        }
        throw new WitrtException(ErrorKind.OutOfRange, $"the instance has no interface \"{name}\"");
    }

    /// <summary>The function of that name.</summary>
    /// <exception cref="WitrtException"><see cref="ErrorKind.WrongKind"/> where there is none.</exception>
    public Function GetFunction(string name) => Instance.GetFunction($"{this.name}#{name ?? throw new ArgumentNullException(nameof(name))}");

    /// <summary>The function of that name as a delegate of any type: see <see cref="Instance.GetFunction{TDelegate}(string)"/>.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    /// <exception cref="ArgumentException">The delegate has parameters that no function of a guest can have.</exception>
#if NET7_0_OR_GREATER
    [System.Diagnostics.CodeAnalysis.RequiresDynamicCode("Delegates of a type that is found out at run time need new code; GetFunc and GetAction do not.")]
#endif
    public TDelegate GetFunction<TDelegate>(string name) where TDelegate : Delegate => GetFunction(name).As<TDelegate>();

    /// <summary>Whether two names of interfaces differ in nothing but their versions.</summary>
    internal static bool SameButVersion(string one, string other) =>
        one.AsSpan(0, EndOf(one)).Equals(other.AsSpan(0, EndOf(other)), StringComparison.Ordinal);

    private static int EndOf(string name) => name.IndexOf('@') is var at && at < 0 ? name.Length : at;

    private static bool TrySplit(string export, out string name, out string function)
    {
        int at = export.IndexOf('#');
        name = at < 0 ? "" : export.Substring(0, at);
        function = export.Substring(at + 1);
        return at >= 0;
    }
}
