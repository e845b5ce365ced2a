// What a check is: it prints one line, and a failed one ends in status 1.

using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using Witrt;

static class Check
{
    public static int Passed { get; private set; }
    public static int Failed { get; private set; }

    /// Folders with the modules of tests/modules, and with this program's own.
    public static string Modules = "", Guests = "";

    /// Groups with this in their names are run, if it is there.
    public static string? Only;

    public static void True(string what, bool holds, string found = "")
    {
        lock (typeof(Check))
        {
            if (holds) Passed++;
            else Failed++;
            Console.WriteLine($"  {(holds ? "ok" : "NOT OK")}: {what}{(holds || found == "" ? "" : $": {found}")}");
        }
    }

    public static void Equal<T>(string what, T expected, T found) =>
        True(what, EqualityComparer<T>.Default.Equals(expected, found), $"expected {Show(expected)}, found {Show(found)}");

    /// That something throws this, and what it threw.
    public static T Throws<T>(string what, Action action) where T : Exception
    {
        try
        {
            action();
            True(what, false, "nothing was thrown");
        }
        catch (T expected)
        {
            True(what, true);
            return expected;
        }
        catch (Exception other)
        {
            True(what, false, other.ToString());
        }
        throw new InvalidOperationException($"the rest of the group needs: {what}");
    }

    /// A number of checks; whatever leaves them is one that failed.
    public static void Group(string name, Action checks)
    {
        if (Only is not null && !name.Contains(Only)) return;
        Console.WriteLine(name);
        try
        {
            checks();
        }
        catch (Exception exception)
        {
            True($"{name} went through", false, exception.ToString());
        }
    }

    public static string Module(string name) => Path.Combine(Modules, name);

    public static string Guest(string name) => Path.Combine(Guests, name);

    private static string Show<T>(T value)
    {
        string text = value?.ToString() ?? "null";
        return text.Length > 80 ? $"{text.Substring(0, 80)}… ({text.Length})" : text;
    }
}

/// A store with an instance of guest.wat in it.
sealed class Guest : IDisposable
{
    public readonly Engine Engine;
    public readonly Store Store;
    public readonly Instance Instance;
    public Action Notified = () => { };
    public Func<string, string> Relayed = text => text;

    public Guest(Config? config = null)
    {
        Engine = new Engine(config);
        Store = new Store(Engine);
        using var module = Witrt.Module.FromFile(Engine, Check.Guest("guest.wat"));
        var linker = new Linker(Store);
        linker.Define("host", "notify", () => Notified());
        linker.Define("host", "relay", (string text) => Relayed(text));
        Instance = linker.Instantiate(module);
    }

    public void Dispose()
    {
        Store.Dispose();
        Engine.Dispose();
    }
}
