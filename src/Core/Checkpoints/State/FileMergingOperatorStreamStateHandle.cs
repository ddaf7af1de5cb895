using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>
/// Operator state in a segment of a shared file, with the directories that live as long as it does. Follows Flink's
/// <c>FileMergingOperatorStreamStateHandle</c>.
/// </summary>
/// <param name="States">The named states, in the order of the file.</param>
/// <param name="Delegate">
/// The stream with the state: a <see cref="SegmentFileStateHandle"/> or an <see cref="EmptySegmentFileStateHandle"/>.
/// </param>
/// <param name="TaskOwnedDirectory">The directory of files that belong to one task manager, exactly as written.</param>
/// <param name="SharedDirectory">The directory of files that belong to one subtask, exactly as written.</param>
/// <param name="IsEmpty">Whether the handle stands for no state and only keeps the directories.</param>
public sealed record FileMergingOperatorStreamStateHandle(
    ImmutableArray<OperatorStateMetaInfo> States,
    StreamStateHandle Delegate,
    string TaskOwnedDirectory,
    string SharedDirectory,
    bool IsEmpty)
    : OperatorStateHandle(States, Delegate);
