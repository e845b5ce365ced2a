using System;
using System.Collections.Generic;

namespace Witrt;

/// <summary>Where there is no value: what a case without a payload holds, such as success of <c>result&lt;_, error&gt;</c>.</summary>
public readonly struct Nothing
{
    /// <inheritdoc/>
    public override string ToString() => "()";
}

/// <summary>
/// A value, or none: for an <c>option</c> where null will not do, as of an option in an
/// option.
/// </summary>
public readonly struct Option<T> : IEquatable<Option<T>>
{
    private readonly T value;

    /// <summary>An option that holds this.</summary>
    public Option(T value)
    {
        this.value = value;
        HasValue = true;
    }

    /// <summary>An option that holds nothing.</summary>
    public static Option<T> None => default;

    /// <summary>Whether it holds something.</summary>
    public bool HasValue { get; }

    /// <summary>What it holds.</summary>
    /// <exception cref="InvalidOperationException">It holds nothing.</exception>
    public T Value => HasValue ? value : throw new InvalidOperationException("the option holds nothing");

    /// <summary>An option that holds this.</summary>
    public static implicit operator Option<T>(T value) => new Option<T>(value);

    /// <inheritdoc/>
    public bool Equals(Option<T> other) => HasValue == other.HasValue && EqualityComparer<T>.Default.Equals(value, other.value);

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is Option<T> option && Equals(option);

    /// <inheritdoc/>
    public override int GetHashCode() => HasValue && value is not null ? value.GetHashCode() : 0;

    /// <summary>Whether both are equal.</summary>
    public static bool operator ==(Option<T> one, Option<T> other) => one.Equals(other);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Option<T> one, Option<T> other) => !one.Equals(other);

    /// <inheritdoc/>
    public override string ToString() => HasValue ? $"some({value})" : "none";
}

/// <summary>
/// Success or failure, with a value each; <see cref="Nothing"/> where there is none. The result of a function can as
/// well be asked for as the value itself: then a failure is a <see cref="ResultException"/>.
/// </summary>
public readonly struct Result<T, TError> : IEquatable<Result<T, TError>>
{
    private readonly T value;
    private readonly TError error;

    private Result(bool isOk, T value, TError error)
    {
        IsOk = isOk;
        this.value = value;
        this.error = error;
    }

    /// <summary>Success.</summary>
    public static Result<T, TError> Ok(T value) => new Result<T, TError>(true, value, default!);

    /// <summary>Failure.</summary>
    public static Result<T, TError> Failed(TError error) => new Result<T, TError>(false, default!, error);

    /// <summary>Whether it is success.</summary>
    public bool IsOk { get; }

    /// <summary>The value of a success.</summary>
    /// <exception cref="ResultException{TError}">It is a failure.</exception>
    public T Value => IsOk ? value : throw new ResultException<TError>(error);

    /// <summary>The value of a failure.</summary>
    /// <exception cref="InvalidOperationException">It is a success.</exception>
    public TError Error => IsOk ? throw new InvalidOperationException("the result is no failure") : error;

    /// <inheritdoc/>
    public bool Equals(Result<T, TError> other) =>
        IsOk == other.IsOk && EqualityComparer<T>.Default.Equals(value, other.value) && EqualityComparer<TError>.Default.Equals(error, other.error);

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is Result<T, TError> result && Equals(result);

    /// <inheritdoc/>
    public override int GetHashCode() => IsOk ? value?.GetHashCode() ?? 0 : ~(error?.GetHashCode() ?? 0);

    /// <summary>Whether both are equal.</summary>
    public static bool operator ==(Result<T, TError> one, Result<T, TError> other) => one.Equals(other);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Result<T, TError> one, Result<T, TError> other) => !one.Equals(other);

    /// <inheritdoc/>
    public override string ToString() => IsOk ? $"ok({value})" : $"err({error})";
}

/// <summary>
/// A function has returned the failure of its <c>result</c>: no trap, and the guest goes on. A host function throws
/// one to return its failure.
/// </summary>
public abstract class ResultException : Exception
{
    private protected ResultException(string message) : base(message)
    {
    }

    /// <summary>What the failure holds, as the .NET type that stands for it; null for nothing.</summary>
    public abstract object? Payload { get; }

    /// <summary>Writes the failure where a host function's result goes.</summary>
    internal abstract unsafe void Write(WitType? type, Val* to, Scratch scratch);
}

/// <summary>
/// The failure of a <c>result</c> that holds a value of this type. Those that calls throw hold text as <see cref="string"/>,
/// numbers, <see cref="bool"/> and characters as the types that stand for these, and all else as <see cref="Value"/>.
/// </summary>
public sealed class ResultException<TError> : ResultException
{
    /// <summary>A failure that holds this.</summary>
    public ResultException(TError error) : base($"the result is a failure: {error}") => Error = error;

    /// <summary>What it holds.</summary>
    public TError Error { get; }

    /// <inheritdoc/>
    public override object? Payload => Error;

    internal override unsafe void Write(WitType? type, Val* to, Scratch scratch) =>
        Codec.BindPart<TError>(type, new Place("the error of the result")).Write(Error, to, scratch);
}
