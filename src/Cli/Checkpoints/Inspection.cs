using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;

namespace Cairn.Cli.Checkpoints;

/// <summary>What <c>inspect</c> says about a checkpoint.</summary>
internal static class Inspection
{
    public static InspectReport Of(StoredCheckpoint checkpoint)
    {
        var metadata = checkpoint.Metadata;
        var size = StateSize.Of(StateHandleWalk.Streams(metadata));
        size.AddInline(OpaqueBytes(metadata) + metadata.MasterStates.Sum(m => (long)m.Data.Length));
        return new InspectReport(
            checkpoint.MetadataPath.ToString(),
            metadata.Version,
            metadata.Dialect == MetadataDialect.Standard ? null : metadata.Dialect.ToString(),
            metadata.CheckpointId,
            metadata.Properties is { } properties ? PropertiesReport.Of(properties) : null,
            [.. metadata.MasterStates.Select(m => new MasterStateReport(m.Name, m.Version, m.Data.Length))],
            [.. metadata.Operators.Select(Of)],
            HandleCensus.Of(metadata),
            size.Total,
            size.Inline,
            size.Files,
            checkpoint.Content.Length);
    }

    private static OperatorReport Of(OperatorState state)
    {
        var size = StateSize.Of(StateHandleWalk.Streams(state));
        size.AddInline(OpaqueBytes(state));
        return new OperatorReport(
            state.Id.ToString(), state.Name, state.Uid, state.Parallelism, state.MaxParallelism, state.IsFullyFinished,
            size.Total, size.Inline, size.Files,
            state.CoordinatorState is { } coordinator ? HandleReport.Of(coordinator) : null,
            [.. state.Subtasks.Select(Of)]);
    }

    private static SubtaskReport Of(OperatorSubtaskState subtask) => new(
        subtask.Index,
        subtask.IsFinished,
        subtask.ManagedOperatorState is { } managed ? HandleReport.Of(managed) : null,
        subtask.RawOperatorState is { } raw ? HandleReport.Of(raw) : null,
        subtask.ManagedKeyedState is { } keyed ? HandleReport.Of(keyed) : null,
        subtask.RawKeyedState is { } rawKeyed ? HandleReport.Of(rawKeyed) : null,
        [.. subtask.InputChannelState.Select(HandleReport.Of)],
        [.. subtask.ResultSubpartitionState.Select(HandleReport.Of)],
        [.. Legacy(subtask)]);

    /// <summary>State that only versions 0 to 2 know: of a whole chain of operators, or as opaque Java objects.</summary>
    private static IEnumerable<HandleReport> Legacy(OperatorSubtaskState subtask)
    {
        if (subtask.Legacy is not { } legacy)
            yield break;
        if (legacy.SerializedState is { } serialized)
            yield return new HandleReport("JavaSerialized", serialized.Length);
        foreach (var handle in legacy.States.Where(s => s is not null))
            yield return HandleReport.Of(handle!);
        foreach (var handle in legacy.ManagedOperatorStates.Concat(legacy.RawOperatorStates).Where(s => s is not null))
            yield return HandleReport.Of(handle!);
    }

    private static long OpaqueBytes(CheckpointMetadata metadata) => metadata.Operators.Sum(OpaqueBytes);

    private static long OpaqueBytes(OperatorState state) =>
        state.KeyGroupStates.Sum(k => (long)(k.Data?.Length ?? 0)) + state.Subtasks.Sum(s => (long)(s.Legacy?.SerializedState?.Length ?? 0));
}
