using System.Runtime.InteropServices;

namespace Cairn.Checkpoints.State;

/// <summary>The key groups from <paramref name="Start"/> to <paramref name="EndInclusive"/>. Follows Flink's <c>KeyGroupRange</c>.</summary>
/// <param name="Start">The first key group, 0 or more.</param>
/// <param name="EndInclusive">The last key group; <c>Start - 1</c> when the range is empty.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeyGroupRange(int Start, int EndInclusive)
{
    /// <summary>The range of no key group, 0 to −1.</summary>
    public static KeyGroupRange Empty => new(0, -1);

    /// <summary>How many key groups there are, 0 or more.</summary>
    public int Count => EndInclusive < Start ? 0 : EndInclusive - Start + 1;

    /// <summary>Whether the range holds a key group.</summary>
    public bool Contains(int keyGroup) => keyGroup >= Start && keyGroup <= EndInclusive;

    /// <summary>The key groups of both ranges; <see cref="Empty"/> when they share none.</summary>
    public KeyGroupRange Intersect(KeyGroupRange other)
    {
        var shared = new KeyGroupRange(Math.Max(Start, other.Start), Math.Min(EndInclusive, other.EndInclusive));
        return shared.Count == 0 ? Empty : shared;
    }
}
