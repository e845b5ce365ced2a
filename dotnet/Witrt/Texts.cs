using System;

namespace Witrt;

/// <summary>A function on a text.</summary>
public delegate void TextAction(ReadOnlySpan<char> text);

/// <summary>A function on a text, with a result.</summary>
public delegate TResult TextFunc<out TResult>(ReadOnlySpan<char> text);

/// <summary>A function on a text and something else, with a result.</summary>
public delegate TResult TextFunc<in T, out TResult>(ReadOnlySpan<char> text, T argument);

/// <summary>A function on two texts, with a result.</summary>
public delegate TResult TextPairFunc<out TResult>(ReadOnlySpan<char> first, ReadOnlySpan<char> second);

/// <summary>
/// A function from text to text, which is written to memory of the caller's.
/// </summary>
/// <returns>The UTF-16 units that were written.</returns>
/// <exception cref="WitrtException">
/// <see cref="ErrorKind.BufferTooSmall"/>: the function has run, and
/// <see cref="WitrtException.Capacity"/> tells the length of its result.
/// </exception>
public delegate int TextTransform(ReadOnlySpan<char> text, Span<char> destination);

public sealed unsafe partial class Function
{
    /// <summary>It as a delegate on a span of text, without a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public TextAction AsTextAction() => new TextCall<Nothing>(this).Action;

    /// <summary>It as a delegate on a span of text, with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public TextFunc<TResult> AsTextFunc<TResult>() => new TextCall<TResult>(this).Func;

    /// <summary>It as a delegate on a span of text and something else, with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public TextFunc<T, TResult> AsTextFunc<T, TResult>() => new TextCall<T, TResult>(this).Func;

    /// <summary>It as a delegate on two spans of text, with a result.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public TextPairFunc<TResult> AsTextPairFunc<TResult>() => new TextPairCall<TResult>(this).Func;

    /// <summary>It as a delegate from a span of text into another, which allocates nothing at all.</summary>
    /// <exception cref="WitrtException">It has another type.</exception>
    public TextTransform AsTextTransform() => new TransformCall(this).Transform;
}

public sealed unsafe partial class Instance
{
    /// <summary>The exported function of that name as a delegate on a span of text, without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextAction GetTextAction(string name) => GetFunction(name).AsTextAction();

    /// <summary>The exported function of that name as a delegate on a span of text, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextFunc<TResult> GetTextFunc<TResult>(string name) => GetFunction(name).AsTextFunc<TResult>();

    /// <summary>The exported function of that name as a delegate on a span of text and something else.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextFunc<T, TResult> GetTextFunc<T, TResult>(string name) => GetFunction(name).AsTextFunc<T, TResult>();

    /// <summary>The exported function of that name as a delegate on two spans of text, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextPairFunc<TResult> GetTextPairFunc<TResult>(string name) => GetFunction(name).AsTextPairFunc<TResult>();

    /// <summary>The exported function of that name as a delegate from a span of text into another.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextTransform GetTextTransform(string name) => GetFunction(name).AsTextTransform();
}

public sealed partial class Interface
{
    /// <summary>The function of that name as a delegate on a span of text, without a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextAction GetTextAction(string name) => GetFunction(name).AsTextAction();

    /// <summary>The function of that name as a delegate on a span of text, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextFunc<TResult> GetTextFunc<TResult>(string name) => GetFunction(name).AsTextFunc<TResult>();

    /// <summary>The function of that name as a delegate on a span of text and something else.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextFunc<T, TResult> GetTextFunc<T, TResult>(string name) => GetFunction(name).AsTextFunc<T, TResult>();

    /// <summary>The function of that name as a delegate on two spans of text, with a result.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextPairFunc<TResult> GetTextPairFunc<TResult>(string name) => GetFunction(name).AsTextPairFunc<TResult>();

    /// <summary>The function of that name as a delegate from a span of text into another.</summary>
    /// <exception cref="WitrtException">There is none, or it has another type.</exception>
    public TextTransform GetTextTransform(string name) => GetFunction(name).AsTextTransform();
}

public sealed unsafe partial class Linker
{
    /// <summary>
    /// Defines a host function that looks at the guest's text as a span, which is
    /// valid until it returns or calls a guest. No string is made.
    /// </summary>
    public void Define(string module, string name, TextAction function) =>
        DefineCallback(module, name, new TextActionCallback(function));

    /// <summary>
    /// Defines a host function with a result that looks at the guest's text as a
    /// span, which is valid until it returns or calls a guest. No string is made.
    /// </summary>
    /// <exception cref="ArgumentException">No function of a guest has such a result.</exception>
    public void Define<TResult>(string module, string name, TextFunc<TResult> function) =>
        DefineCallback(module, name, new TextFuncCallback<TResult>(function));
}

internal sealed unsafe class TextCall<TResult> : Prepared
{
    internal TextCall(Function function) : base(function, new[] { typeof(string) }, typeof(TResult))
    {
    }

    internal TResult Func(ReadOnlySpan<char> text)
    {
        Slot* slots = stackalloc Slot[2];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* units = text)
            {
                slots[0].Data = units;
                slots[0].Length = (nuint)text.Length;
                Offer<TResult>(slots + 1);
                Invoke(slots, slots + 1);
            }
            return Take<TResult>(slots + 1);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }

    internal void Action(ReadOnlySpan<char> text) => Func(text);
}

internal sealed unsafe class TextCall<T, TResult> : Prepared
{
    internal TextCall(Function function) : base(function, new[] { typeof(string), typeof(T) }, typeof(TResult))
    {
    }

    internal TResult Func(ReadOnlySpan<char> text, T argument)
    {
        Slot* slots = stackalloc Slot[3];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* units = text)
            fixed (char* other = &Slots.TextOf(argument))
            {
                slots[0].Data = units;
                slots[0].Length = (nuint)text.Length;
                Slots.Give(argument, other, &slots[1], 1, store);
                Offer<TResult>(slots + 2);
                Invoke(slots, slots + 2);
            }
            return Take<TResult>(slots + 2);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }
}

internal sealed unsafe class TextPairCall<TResult> : Prepared
{
    internal TextPairCall(Function function) : base(function, new[] { typeof(string), typeof(string) }, typeof(TResult))
    {
    }

    internal TResult Func(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        Slot* slots = stackalloc Slot[3];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* firstUnits = first)
            fixed (char* secondUnits = second)
            {
                slots[0].Data = firstUnits;
                slots[0].Length = (nuint)first.Length;
                slots[1].Data = secondUnits;
                slots[1].Length = (nuint)second.Length;
                Offer<TResult>(slots + 2);
                Invoke(slots, slots + 2);
            }
            return Take<TResult>(slots + 2);
        }
        finally
        {
            Finish(slots, outermost);
        }
    }
}

internal sealed unsafe class TransformCall : Prepared
{
    internal TransformCall(Function function)
        : base(function, new[] { typeof(string) }, typeof(string), Native.SlotUtf16)
    {
    }

    internal int Transform(ReadOnlySpan<char> text, Span<char> destination)
    {
        Slot* slots = stackalloc Slot[2];
        bool outermost = store.EnterOutermost();
        try
        {
            fixed (char* units = text)
            fixed (char* room = destination)
            {
                slots[0].Data = units;
                slots[0].Length = (nuint)text.Length;
                slots[1].Data = room;
                slots[1].Length = (nuint)destination.Length;
                Invoke(slots, slots + 1);
                return (int)slots[1].Length;
            }
        }
        finally
        {
            Finish(slots, outermost);
        }
    }
}

internal sealed unsafe class TextActionCallback : Callback
{
    private readonly TextAction function;

    internal TextActionCallback(TextAction function) : base(new[] { typeof(string) }, typeof(Nothing)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override byte TextSlot => Native.SlotUtf16;

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        function(new ReadOnlySpan<char>(arguments->Data, checked((int)arguments->Length)));
}

internal sealed unsafe class TextFuncCallback<TResult> : Callback
{
    private readonly TextFunc<TResult> function;

    internal TextFuncCallback(TextFunc<TResult> function) : base(new[] { typeof(string) }, typeof(TResult)) =>
        this.function = function ?? throw new ArgumentNullException(nameof(function));

    private protected override byte TextSlot => Native.SlotUtf16;

    private protected override void Invoke(Slot* arguments, Slot* results, void* caller, Store store) =>
        Slots.Return(function(new ReadOnlySpan<char>(arguments->Data, checked((int)arguments->Length))), results, caller, store);
}
