#!/usr/bin/env python3
"""Writes the classes and methods that exist once for each number of parameters.

    arity.py          writes Witrt/Arity/*.cs
    arity.py --check  fails where those are not what it would write
"""

import os
import sys
import textwrap

MOST = 10
HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = "// Written by arity.py; change that.\n\n"


def types(n, *more):
    """The type parameters: <T1, T2, TResult>; nothing for none."""
    names = [f"T{i}" for i in range(1, n + 1)] + list(more)
    return f"<{', '.join(names)}>" if names else ""


def join(n, form):
    return ", ".join(form.format(i=i, z=i - 1) for i in range(1, n + 1))


def type_list(n):
    return f"new[] {{ {join(n, 'typeof(T{i})')} }}" if n else "Array.Empty<Type>()"


def call(n):
    pins = "".join(f"            fixed (char* p{i} = &Slots.TextOf(a{i}))\n" for i in range(1, n + 1))
    gives = "".join(
        f"                Slots.Give(a{i}, p{i}, &slots[{i - 1}], {i - 1}, store);\n" for i in range(1, n + 1))
    return f"""
/// <summary>Functions of {n} parameters.</summary>
internal sealed unsafe class Call{types(n, 'TResult')} : Prepared
{{
    internal Call(Function function) : base(function, {type_list(n)}, typeof(TResult))
    {{
    }}

    internal TResult Func({join(n, 'T{i} a{i}')})
    {{
        Slot* slots = stackalloc Slot[{n + 1}];
        bool outermost = store.EnterOutermost();
        try
        {{
{pins}            {{
{gives}                Offer<TResult>(slots + {n});
                Invoke(slots, slots + {n});
            }}
            return Take<TResult>(slots + {n});
        }}
        finally
        {{
            Finish(slots, outermost);
        }}
    }}

    internal void Action({join(n, 'T{i} a{i}')}) => Func({join(n, 'a{i}')});
}}
"""


def value_call(n):
    fields = "".join(f"    private readonly Codec<T{i}> c{i};\n" for i in range(1, n + 1))
    binds = "".join(f"        c{i} = Parameter<T{i}>({i - 1});\n" for i in range(1, n + 1))
    def each(do):
        return "".join(f"scratch.Argument = {i - 1};\nc{i}.{do}(a{i}, &values[{i - 1}], scratch);\n" for i in range(1, n + 1))
    lends = textwrap.indent(each("Lend").replace("values", "slots"), 16 * " ")
    writes = textwrap.indent(each("Write"), 12 * " ")
    all_codecs = "".join(f", c{i}" for i in range(1, n + 1))
    return f"""
/// <summary>Functions of {n} parameters, of which some have parts.</summary>
internal sealed unsafe class ValueCall{types(n, 'TResult')} : ValueCall
{{
{fields}    private readonly Codec<TResult>? result;

    internal ValueCall(Function function) : base(function, {n})
    {{
{binds}        result = Result<TResult>();
        Describe(result{all_codecs});
    }}

    internal TResult Func({join(n, 'T{i} a{i}')})
    {{
        bool outermost = store.EnterOutermost();
        var scratch = store.Scratch;
        var mark = scratch.Begin();
        try
        {{
            if (described is not null)
            {{
                Slot* slots = scratch.Array<Slot>({n} + 1 + results);
{lends}                return Invoke(slots, {n}, result, scratch);
            }}
            Val* values = scratch.Array<Val>({n} + results);
{writes}            return Invoke(values, {n}, result);
        }}
        finally
        {{
            scratch.End(mark);
            store.Leave(outermost);
        }}
    }}

    internal void Action({join(n, 'T{i} a{i}')}) => Func({join(n, 'a{i}')});
}}
"""


def callbacks(n):
    looks = join(n, "Slots.Look<T{i}>(&arguments[{z}], store)")
    result = []
    for kind, more, returned in (("Func", ["TResult"], "typeof(TResult)"), ("Action", [], "typeof(Nothing)")):
        called = f"function({looks})"
        body = f"Slots.Return({called}, results, caller, store)" if more else called
        reads = join(n, "((Codec<T{i}>)codecs[{z}]!).Read(&arguments[{z}], store)")
        valued = f"ValueFunction.Return(function({reads}), results, codecs[{n}], store)" if more else (
            f"{{\n        function({reads});\n        if (codecs[{n}] is not null) ValueFunction.Return(default(Nothing), results, codecs[{n}], store);\n    }}")
        valued = f" =>\n        {valued};" if more else f"\n    {valued}"
        bound = "".join(f"        Codec.Bind<T{i}>(type.Parameters[{i - 1}], root.Parameter({i - 1})),\n" for i in range(1, n + 1))
        answer = "TResult" if more else "Nothing"
        result.append(f"""
/// <summary>A host's {kind} of {n} parameters.</summary>
internal sealed unsafe class {kind}Callback{types(n, *more)} : Callback
{{
    private readonly {kind}{types(n, *more)} function;

    internal {kind}Callback({kind}{types(n, *more)} function) : base({type_list(n)}, {returned}) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        {body};

    internal override Codec?[] Bind(FunctionType type, Place root) => new Codec?[]
    {{
{bound}        {"" if more else "type.Results.Count == 0 ? null : "}Codec.BindResult<{answer}>(type, root.Result()),
    }};

    internal override void Invoke(Val* arguments, int count, Val* results, int resultCount, Codec?[] codecs, Store store){valued}
}}
""")
    return "".join(result)


def functions(n):
    func, action = types(n, "TResult"), types(n)
    return f"""
    /// <summary>It as a delegate of {n} parameters with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Func{func} AsFunc{func}() =>
        Prepared.Suits(this, {type_list(n)}, typeof(TResult)) ? new Call{func}(this).Func : new ValueCall{func}(this).Func;

    /// <summary>It as a delegate of {n} parameters without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public Action{action} AsAction{action}() =>
        Prepared.Suits(this, {type_list(n)}, typeof(Nothing)) ? new Call{types(n, 'Nothing')}(this).Action : new ValueCall{types(n, 'Nothing')}(this).Action;

    /// <summary>A function of the host's. Exceptions that leave it are traps to the guest.</summary>
    /// <param name="store">The store that it is to live in.</param>
    /// <param name="function">What is called.</param>
    /// <param name="core">Whether it has a type of the core's, such as references to functions need; else an interface's.</param>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public static Function From{func}(Store store, Func{func} function, bool core = false) =>
        From(store, new FuncCallback{func}(function), core);

    /// <inheritdoc cref="From{{TResult}}(Store, Func{{TResult}}, bool)"/>
    public static Function From{action}(Store store, Action{action} function, bool core = false) =>
        From(store, new ActionCallback{action}(function), core);
"""


def instances(n):
    func, action = types(n, "TResult"), types(n)
    return f"""
    /// <summary>The exported function of that name as a delegate of {n} parameters with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Func{func} GetFunc{func}(string name) => GetFunction(name).AsFunc{func}();

    /// <summary>The exported function of that name as a delegate of {n} parameters without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public Action{action} GetAction{action}(string name) => GetFunction(name).AsAction{action}();
"""


def linkers(n):
    func, action = types(n, "TResult"), types(n)
    return f"""
    /// <summary>
    /// Defines a host function of {n} parameters with a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define{func}(string module, string name, Func{func} function) =>
        DefineCallback(module, name, new FuncCallback{func}(function));

    /// <summary>
    /// Defines a host function of {n} parameters without a result. Exceptions that leave it
    /// are traps to the guest.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a type.</exception>
    public void Define{action}(string module, string name, Action{action} function) =>
        DefineCallback(module, name, new ActionCallback{action}(function));
"""


def part(name, unsafe, members, more=""):
    body = "".join(members(n) for n in range(MOST + 1)).lstrip("\n")
    return f"{HEAD}using System;\n\nnamespace Witrt;\n\npublic sealed {unsafe}partial class {name}\n{{\n{more}{body}}}\n"


def free(members):
    return f"{HEAD}using System;\n\nnamespace Witrt;\n" + "".join(members(n) for n in range(MOST + 1))


def any_of(kind, doc, more):
    """Methods by the number of parameters: one of each, so that a linker leaves it there."""
    listed = [f"As{kind}" + (f"<{', '.join(['object'] * (n + more))}>" if n + more else "") for n in range(MOST + 1)]
    lines = "".join(f"        {n} => {method},\n" for n, method in enumerate(listed[:-1]))
    return f"""    /// <summary>{doc}</summary>
    private Func<Delegate> Any{kind}(int parameters) => parameters switch
    {{
{lines}        _ => {listed[-1]},
    }};

"""


MOST_PARAMETERS = f"""    /// <summary>The most parameters that a delegate can have.</summary>
    private const int MaxParameters = {MOST};

"""


FILES = {
    "Calls.cs": free(call),
    "ValueCalls.cs": free(value_call),
    "Callbacks.cs": free(callbacks),
    "Function.cs": part("Function", "unsafe ", functions, MOST_PARAMETERS
        + any_of("Func", "Makes a delegate of so many parameters, of any types.", 1)
        + any_of("Action", "The same of one without a result.", 0)),
    "Instance.cs": part("Instance", "unsafe ", instances),
    "Interface.cs": part("Interface", "", instances),
    "Linker.cs": part("Linker", "unsafe ", linkers),
}

stale = []
for name, text in FILES.items():
    path = os.path.join(HERE, "Witrt", "Arity", name)
    if "--check" in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            if file.read() != text:
                stale.append(path)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
if stale:
    sys.exit("not what arity.py writes: " + ", ".join(stale))
