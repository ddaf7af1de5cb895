using System.Numerics;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// Which key group a key belongs to, and which subtask a key group: the same in every run of every parallelism, and the same as in Flink, so that
/// keyed state moves between the two. Follows Flink's <c>KeyGroupRangeAssignment</c> and <c>MathUtils</c>.
/// </summary>
public static class KeyGroupRangeAssignment
{
    /// <summary>The fewest key groups that <see cref="DefaultMaxParallelism"/> answers, 128.</summary>
    public const int LowestDefaultMaxParallelism = 128;

    /// <summary>The most key groups that there can be, 32,768.</summary>
    public const int HighestMaxParallelism = 32768;

    /// <summary>The number of key groups unless the user sets one: one and a half times the parallelism, as a power of two, from 128 to 32,768.</summary>
    /// <param name="parallelism">From 1 to 32,768.</param>
    public static int DefaultMaxParallelism(int parallelism)
    {
        CheckParallelism(parallelism);
        var wished = BitOperations.RoundUpToPowerOf2((uint)parallelism + ((uint)parallelism / 2));
        return (int)Math.Clamp(wished, LowestDefaultMaxParallelism, HighestMaxParallelism);
    }

    /// <summary>The key groups of one subtask.</summary>
    /// <param name="maxParallelism">The number of key groups, from <paramref name="parallelism"/> to 32,768.</param>
    /// <param name="parallelism">How many subtasks there are, from 1.</param>
    /// <param name="index">Which subtask, from 0.</param>
    public static KeyGroupRange RangeOf(int maxParallelism, int parallelism, int index)
    {
        CheckParallelism(parallelism, maxParallelism);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, parallelism);
        var start = ((index * maxParallelism) + parallelism - 1) / parallelism;
        var end = (((index + 1) * maxParallelism) - 1) / parallelism;
        return new KeyGroupRange(start, end);
    }

    /// <summary>The subtask that a key group belongs to.</summary>
    public static int SubtaskOf(int keyGroup, int maxParallelism, int parallelism)
    {
        CheckParallelism(parallelism, maxParallelism);
        ArgumentOutOfRangeException.ThrowIfNegative(keyGroup);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(keyGroup, maxParallelism);
        return keyGroup * parallelism / maxParallelism;
    }

    /// <summary>The key group of a key.</summary>
    /// <param name="hashCode">
    /// A hash of the key that is the same in every process: of Java's <c>hashCode</c> for state that Flink reads too. Not <see cref="object.GetHashCode"/> of a string, which changes from run to run.
    /// </param>
    /// <param name="maxParallelism">The number of key groups, from 1 to 32,768.</param>
    public static int KeyGroupOf(int hashCode, int maxParallelism)
    {
        CheckParallelism(maxParallelism);
        return Mix(hashCode) % maxParallelism;
    }

    /// <summary>One round of 32-bit Murmur3 over one word of four bytes, seed 0, as a number that is not negative.</summary>
    private static int Mix(int hashCode)
    {
        var mixed = BitOperations.RotateLeft((uint)hashCode * 0xcc9e_2d51, 15) * 0x1b87_3593;
        mixed = (BitOperations.RotateLeft(mixed, 13) * 5) + 0xe654_6b64;
        mixed ^= sizeof(int);
        mixed = (mixed ^ (mixed >> 16)) * 0x85eb_ca6b;
        mixed = (mixed ^ (mixed >> 13)) * 0xc2b2_ae35;
        var signed = (int)(mixed ^ (mixed >> 16));
        return signed == int.MinValue ? 0 : Math.Abs(signed);
    }

    private static void CheckParallelism(int parallelism, int maxParallelism = HighestMaxParallelism)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxParallelism, HighestMaxParallelism);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parallelism, maxParallelism);
    }
}
