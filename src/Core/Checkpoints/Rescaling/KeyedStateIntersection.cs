using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// The part of keyed state that falls into a range of key groups. Follows the <c>getIntersection</c> of Flink's keyed state handles: what has an offset for
/// each key group is cut; incremental files and changes are not, so whoever reads them leaves out the keys of other groups.
/// </summary>
public static class KeyedStateIntersection
{
    /// <summary>The part of <paramref name="handle"/> in <paramref name="range"/>; null when there is none.</summary>
    public static KeyedStateHandle? Intersect(this KeyedStateHandle handle, KeyGroupRange range)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (handle.KeyGroupRange.Intersect(range).Count == 0)
            return null;
        return handle switch
        {
            KeyGroupsStateHandle groups => groups with { GroupRangeOffsets = Cut(groups.GroupRangeOffsets, range) },
            KeyGroupsSavepointStateHandle groups => groups with { GroupRangeOffsets = Cut(groups.GroupRangeOffsets, range) },
            ChangelogStateBackendHandle changelog => Cut(changelog, range),
            _ => handle,
        };
    }

    /// <summary>The parts of many handles in one range, in their order.</summary>
    public static ImmutableArray<KeyedStateHandle> Intersect(this IEnumerable<KeyedStateHandle> handles, KeyGroupRange range)
    {
        ArgumentNullException.ThrowIfNull(handles);
        return [.. handles.Select(handle => handle.Intersect(range)).OfType<KeyedStateHandle>()];
    }

    private static KeyGroupRangeOffsets Cut(KeyGroupRangeOffsets offsets, KeyGroupRange range)
    {
        var shared = offsets.Range.Intersect(range);
        return new KeyGroupRangeOffsets(shared, offsets.Offsets.Slice(shared.Start - offsets.Range.Start, shared.Count));
    }

    private static ChangelogStateBackendHandle Cut(ChangelogStateBackendHandle changelog, KeyGroupRange range) => new(changelog.KeyGroupRange.Intersect(range))
    {
        CheckpointedSize = changelog.CheckpointedSize,
        Materialized = changelog.Materialized.Intersect(range),
        NonMaterialized = changelog.NonMaterialized.Intersect(range),
        MaterializationId = changelog.MaterializationId,
        CheckpointId = changelog.CheckpointId,
        StateHandleId = changelog.StateHandleId,
    };
}
