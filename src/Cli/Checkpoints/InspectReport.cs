namespace Cairn.Cli.Checkpoints;

/// <summary>The JSON of <c>inspect</c>.</summary>
internal sealed record InspectReport(
    string Pointer,
    int MetadataVersion,
    string? Dialect,
    long CheckpointId,
    PropertiesReport? Properties,
    IReadOnlyList<MasterStateReport> MasterStates,
    IReadOnlyList<OperatorReport> Operators,
    IReadOnlyDictionary<string, int> HandleTypes,
    long TotalBytes,
    long InlineBytes,
    int Files,
    long MetadataBytes);

/// <summary>State of a hook of the job.</summary>
internal sealed record MasterStateReport(string Name, int Version, long Bytes);

/// <summary>One operator, its state each piece once.</summary>
internal sealed record OperatorReport(
    string Id,
    string? Name,
    string? Uid,
    int Parallelism,
    int MaxParallelism,
    bool Finished,
    long TotalBytes,
    long InlineBytes,
    int Files,
    HandleReport? CoordinatorState,
    IReadOnlyList<SubtaskReport> Subtasks)
{
    /// <summary>What a person calls it.</summary>
    public string Title() => Name ?? Uid ?? Id;
}

/// <summary>One parallel instance of an operator: its handles by kind.</summary>
internal sealed record SubtaskReport(
    int Index,
    bool Finished,
    HandleReport? ManagedOperatorState,
    HandleReport? RawOperatorState,
    HandleReport? ManagedKeyedState,
    HandleReport? RawKeyedState,
    IReadOnlyList<HandleReport> InputChannelState,
    IReadOnlyList<HandleReport> ResultSubpartitionState,
    IReadOnlyList<HandleReport> LegacyState)
{
    /// <summary>The handles, each with what a person calls its kind.</summary>
    public IEnumerable<(string Kind, HandleReport Handle)> Handles()
    {
        (string Kind, HandleReport? Handle)[] single =
        [
            ("managed operator state", ManagedOperatorState), ("raw operator state", RawOperatorState),
            ("managed keyed state", ManagedKeyedState), ("raw keyed state", RawKeyedState),
        ];
        return single.Where(s => s.Handle is not null).Select(s => (s.Kind, s.Handle!))
            .Concat(InputChannelState.Select(h => ("input channels", h)))
            .Concat(ResultSubpartitionState.Select(h => ("result subpartitions", h)))
            .Concat(LegacyState.Select(h => ("state of Flink 1", h)));
    }
}
