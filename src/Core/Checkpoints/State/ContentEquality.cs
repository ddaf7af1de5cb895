using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>Equality by content for the members whose own equality is that of a reference.</summary>
internal static class ContentEquality
{
    public static bool Same<T>(ImmutableArray<T> left, ImmutableArray<T> right) => left.AsSpan().SequenceEqual(right.AsSpan(), comparer: null);

    public static bool Same(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span);

    public static bool Same(ReadOnlyMemory<byte>? left, ReadOnlyMemory<byte>? right) =>
        left.HasValue == right.HasValue && Same(left.GetValueOrDefault(), right.GetValueOrDefault());

    /// <summary>A cheap hash of a collection: its length and its first element.</summary>
    public static int Hash<T>(ImmutableArray<T> items) => items.IsDefaultOrEmpty ? 0 : HashCode.Combine(items.Length, items[0]);

    public static ImmutableArray<T> OrEmpty<T>(ImmutableArray<T> items) => items.IsDefault ? [] : items;
}
