namespace Cairn.Checkpoints.State;

/// <summary>Adds sizes that come from files nobody vouches for.</summary>
internal static class StateSizes
{
    /// <summary>The sum of two sizes, where a negative one (unknown) counts as nothing and the largest sum is <see cref="long.MaxValue"/>.</summary>
    public static long Add(long left, long right)
    {
        left = Math.Max(left, 0);
        right = Math.Max(right, 0);
        return left > long.MaxValue - right ? long.MaxValue : left + right;
    }
}
