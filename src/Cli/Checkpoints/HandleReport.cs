using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Serialization;
using Cairn.Checkpoints;
using Cairn.Checkpoints.State;

namespace Cairn.Cli.Checkpoints;

/// <summary>A state handle in JSON: its type, how many bytes (null when not known), and what else it says.</summary>
internal sealed record HandleReport(string Type, long? Bytes)
{
    private static readonly ConcurrentDictionary<Type, string> TypeNames = new();

    /// <summary>The file, for state that lies in one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Path { get; init; }

    /// <summary>Where the state begins in a file that many share.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Offset { get; init; }

    /// <summary>The key groups, <c>0-63</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? KeyGroups { get; init; }

    /// <summary>The input channel or result subpartition, or the file's name in the state backend.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>The named states of an operator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NamedStateReport>? States { get; init; }

    /// <summary>The handles that this one is made of.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HandleReport>? Parts { get; init; }

    public static HandleReport Of(StreamStateHandle handle) => new(NameOf(handle), Known(handle.StateSize))
    {
        Path = CheckpointFiles.PathOf(handle) ?? (handle as RelativeFileStateHandle)?.RelativePath,
        Offset = (handle as SegmentFileStateHandle)?.StartPosition,
        KeyGroups = handle is KeyGroupsStreamStateHandle keyGroups ? Text(keyGroups.GroupRangeOffsets.Range) : null,
    };

    public static HandleReport Of(OperatorStateHandle handle) => new(NameOf(handle), Known(handle.StateSize))
    {
        States = [.. handle.States.Select(s => new NamedStateReport(s.Name, s.Mode.ToString(), s.Offsets.Length))],
        Parts = [Of(handle.Delegate)],
    };

    public static HandleReport Of(ChannelStateHandle handle) => new(NameOf(handle), Known(handle.StateSize))
    {
        Name = handle switch
        {
            InputChannelStateHandle input => string.Create(CultureInfo.InvariantCulture, $"gate {input.Info.GateIndex}, channel {input.Info.InputChannelIndex}"),
            ResultSubpartitionStateHandle output => string.Create(CultureInfo.InvariantCulture, $"partition {output.Info.PartitionIndex}, subpartition {output.Info.SubpartitionIndex}"),
            _ => null,
        },
        Parts = [Of(handle.Delegate)],
    };

    public static HandleReport Of(KeyedStateHandle handle) => new(NameOf(handle), Known(handle.StateSize))
    {
        KeyGroups = Text(handle.KeyGroupRange),
        Parts = handle switch
        {
            KeyGroupsStateHandle keyGroups => [Of(keyGroups.Delegate)],
            KeyGroupsSavepointStateHandle keyGroups => [Of(keyGroups.Delegate)],
            IncrementalRemoteKeyedStateHandle incremental =>
                [Of(incremental.MetaDataStateHandle), .. incremental.SharedState.Concat(incremental.PrivateState).Select(f => Of(f.Handle) with { Name = f.LocalPath })],
            ChangelogStateBackendHandle changelog => [.. changelog.Materialized.Concat(changelog.NonMaterialized).Select(Of)],
            ChangelogStateHandleStream changes => [.. changes.HandlesAndOffsets.Select(h => Of(h.Handle))],
            _ => null,
        },
    };

    /// <summary>A type's name is looked up in the program's metadata each time that it is asked for.</summary>
    private static string NameOf(object handle) => TypeNames.GetOrAdd(handle.GetType(), type => type.Name);

    private static long? Known(long bytes) => bytes < 0 ? null : bytes;

    private static string Text(KeyGroupRange range) => range.Count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{range.Start}-{range.EndInclusive}");
}

/// <summary>A named operator state.</summary>
internal sealed record NamedStateReport(string Name, string Mode, int Entries);
