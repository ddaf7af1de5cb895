using System.Collections.Immutable;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;

namespace Cairn.Cli.Checkpoints;

/// <summary>What <c>inspect</c> says about a checkpoint.</summary>
internal static class Inspection
{
    public static InspectReport Of(StoredCheckpoint checkpoint)
    {
        var metadata = checkpoint.Metadata;
        var size = new StateSize();
        size.AddInline(metadata.MasterStates.Sum(m => (long)m.Data.Length));
        List<OperatorReport> operators = [.. metadata.Operators.Select(state => Of(state, size))];
        return new InspectReport(
            checkpoint.MetadataPath.ToString(),
            metadata.Version,
            metadata.Dialect == MetadataDialect.Standard ? null : metadata.Dialect.ToString(),
            metadata.CheckpointId,
            metadata.Properties is { } properties ? PropertiesReport.Of(properties) : null,
            [.. metadata.MasterStates.Select(m => new MasterStateReport(m.Name, m.Version, m.Data.Length))],
            operators,
            HandleCensus.Of(metadata),
            size.Total,
            size.Inline,
            size.Files,
            checkpoint.Content.Length);
    }

    /// <summary>An operator, whose state is added to that of <paramref name="all"/>.</summary>
    private static OperatorReport Of(OperatorState state, StateSize all)
    {
        var streams = StateHandleWalk.Streams(state);
        var size = StateSize.Of(streams);
        size.AddInline(OpaqueBytes(state));
        all.Add(streams);
        all.AddInline(OpaqueBytes(state));
        return new OperatorReport(
            state.Id.ToString(), state.Name, state.Uid, state.Parallelism, state.MaxParallelism, state.IsFullyFinished,
            size.Total, size.Inline, size.Files,
            state.CoordinatorState is { } coordinator ? HandleReport.Of(coordinator) : null,
            Reports(state.Subtasks, Of));
    }

    /// <summary>Most subtasks lack most kinds of state; nothing is made for what is not there.</summary>
    private static TReport[] Reports<T, TReport>(ImmutableArray<T> parts, Func<T, TReport> report) => parts.IsEmpty ? [] : [.. parts.Select(report)];

    private static SubtaskReport Of(OperatorSubtaskState subtask) => new(
        subtask.Index,
        subtask.IsFinished,
        subtask.ManagedOperatorState is { } managed ? HandleReport.Of(managed) : null,
        subtask.RawOperatorState is { } raw ? HandleReport.Of(raw) : null,
        subtask.ManagedKeyedState is { } keyed ? HandleReport.Of(keyed) : null,
        subtask.RawKeyedState is { } rawKeyed ? HandleReport.Of(rawKeyed) : null,
        Reports(subtask.InputChannelState, HandleReport.Of),
        Reports(subtask.ResultSubpartitionState, HandleReport.Of),
        subtask.Legacy is { } legacy ? [.. Legacy(legacy)] : []);

    /// <summary>State that only versions 0 to 2 know: of a whole chain of operators, or as opaque Java objects.</summary>
    private static IEnumerable<HandleReport> Legacy(LegacySubtaskState legacy)
    {
        if (legacy.SerializedState is { } serialized)
            yield return new HandleReport("JavaSerialized", serialized.Length);
        foreach (var handle in legacy.States.Where(s => s is not null))
            yield return HandleReport.Of(handle!);
        foreach (var handle in legacy.ManagedOperatorStates.Concat(legacy.RawOperatorStates).Where(s => s is not null))
            yield return HandleReport.Of(handle!);
    }

    private static long OpaqueBytes(OperatorState state) =>
        state.KeyGroupStates.Sum(k => (long)(k.Data?.Length ?? 0)) + state.Subtasks.Sum(s => (long)(s.Legacy?.SerializedState?.Length ?? 0));
}
