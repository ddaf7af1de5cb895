namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// The ids that one owner gives its checkpoints: epoch × 1,000,000 + n, and above every id that was seen, so that whatever a replaced owner still
/// commits is below them. Not thread safe.
/// </summary>
internal sealed class CheckpointIds(long epoch, long highestSeen)
{
    private const long PerEpoch = 1_000_000;

    private long _last = Math.Max(epoch * PerEpoch, highestSeen);

    /// <summary>The epoch whose owner gives out this id.</summary>
    public static long EpochOf(long id) => id / PerEpoch;

    /// <summary>Whether an owner of <paramref name="epoch"/> could give an id above <paramref name="highestSeen"/>.</summary>
    public static bool HasRoom(long epoch, long highestSeen) => highestSeen < ((epoch + 1) * PerEpoch) - 1;

    /// <summary>Whether the epoch is used up and the next one is to be claimed.</summary>
    public bool IsUsedUp => !HasRoom(epoch, _last);

    /// <summary>The next id.</summary>
    public long Next() => IsUsedUp
        ? throw new CheckpointException($"Epoch {epoch} has no checkpoint id left. Complete or abort a checkpoint first, which claims the next epoch.")
        : ++_last;

    /// <summary>The ids of the next epoch of the same owner.</summary>
    public CheckpointIds In(long nextEpoch) => new(nextEpoch, _last);
}
