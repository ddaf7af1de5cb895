using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How operators lie in the file; in versions 0 and 1 they are tasks.</summary>
internal static class OperatorCodec
{
    private const int IdSize = 16;
    private const int FullyFinished = -1;

    /// <summary>The fewest bytes an operator takes.</summary>
    public static int MinimumSizeIn(MetadataLayout layout) =>
        IdSize
        + 2 * sizeof(int)
        + (layout.HasMaxParallelism ? sizeof(int) : 0)
        + (layout.HasChainLength ? sizeof(int) : 0)
        + (layout.HasOperatorNames ? 2 * sizeof(ushort) : 0)
        + (layout.HasCoordinatorState ? StreamHandleCodec.MinimumSize : 0);

    public static OperatorState Read(ref MetadataInput input)
    {
        var layout = input.Layout;
        string? name = layout.HasOperatorNames ? ReadName(ref input, "name") : null;
        string? uid = layout.HasOperatorNames ? ReadName(ref input, "uid") : null;
        var id = new OperatorId(input.ReadSpan(IdSize, "id"));
        int parallelism = input.ReadInt32("parallelism");
        int maxParallelism = layout.HasMaxParallelism ? input.ReadInt32("maxParallelism") : -1;
        int chainLength = layout.HasChainLength ? input.ReadInt32("chainLength") : 1;
        var coordinator = layout.HasCoordinatorState ? ReadCoordinator(ref input) : null;
        int count = ReadSubtaskCount(ref input, coordinator);
        return new OperatorState
        {
            Id = id,
            Name = name,
            Uid = uid,
            Parallelism = parallelism,
            MaxParallelism = maxParallelism,
            ChainLength = chainLength,
            CoordinatorState = coordinator,
            IsFullyFinished = count == FullyFinished,
            Subtasks = input.ReadItems("subtasks", Math.Max(count, 0), SubtaskCodec.Read),
            KeyGroupStates = layout.HasSerializedState ? KeyGroupStateCodec.ReadAll(ref input) : [],
        };
    }

    public static void Write(ref MetadataOutput output, OperatorState state)
    {
        if (state is null)
            output.Fail("", "there is no operator");
        output.Operator = state;
        WriteNames(ref output, state);
        WriteId(ref output, state.Id);
        output.WriteInt32(state.Parallelism);
        WriteLegacyNumbers(ref output, state);
        WriteCoordinator(ref output, state);
        WriteSubtasks(ref output, state);
        if (output.Layout.HasSerializedState)
            KeyGroupStateCodec.WriteAll(ref output, state.KeyGroupStates);
        else if (!state.KeyGroupStates.IsEmpty)
            output.Lose("the Java-serialized states of key groups");
        output.Operator = null;
    }

    /// <summary>Reads a name, which is absent when it is empty.</summary>
    private static string? ReadName(ref MetadataInput input, string field)
    {
        string name = input.ReadString(field);
        return name.Length == 0 ? null : name;
    }

    private static void WriteNames(ref MetadataOutput output, OperatorState state)
    {
        if (output.Layout.HasOperatorNames)
        {
            WriteName(ref output, "name", state.Name);
            WriteName(ref output, "uid", state.Uid);
            return;
        }

        if (state.Name is not null)
            output.Lose("the name");
        if (state.Uid is not null)
            output.Lose("the uid");
    }

    private static void WriteName(ref MetadataOutput output, string field, string? name)
    {
        if (name is { Length: 0 })
            output.Fail(field, "a name that is present is not empty");
        output.WriteString(field, name ?? "");
    }

    private static void WriteId(ref MetadataOutput output, OperatorId id)
    {
        Span<byte> bytes = stackalloc byte[IdSize];
        id.CopyTo(bytes);
        output.WriteSpan(bytes);
    }

    private static void WriteLegacyNumbers(ref MetadataOutput output, OperatorState state)
    {
        if (output.Layout.HasMaxParallelism)
            output.WriteInt32(state.MaxParallelism);
        else if (state.MaxParallelism != -1)
            output.Lose("the maximum parallelism");
        if (output.Layout.HasChainLength)
            output.WriteInt32(state.ChainLength);
        else if (state.ChainLength != 1)
            output.Lose($"the chain of {state.ChainLength} operators, which are not told apart without the job's graph");
    }

    private static ByteStreamStateHandle? ReadCoordinator(ref MetadataInput input)
    {
        input.Enter("coordinatorState");
        int start = input.Position;
        var handle = StreamHandleCodec.ReadOptional(ref input);
        if (handle is not (null or ByteStreamStateHandle))
            input.Fail("", $"the state of a coordinator lies inline, not in a {handle.GetType().Name}", start);
        input.Leave();
        return (ByteStreamStateHandle?)handle;
    }

    private static void WriteCoordinator(ref MetadataOutput output, OperatorState state)
    {
        output.Enter("coordinatorState");
        if (output.Layout.HasCoordinatorState)
            StreamHandleCodec.WriteOptional(ref output, state.CoordinatorState);
        else if (state.CoordinatorState is not null)
            output.Lose("the coordinator state");
        output.Leave();
    }

    /// <summary>Reads the number of subtasks, which marks a fully finished operator when it is −1.</summary>
    private static int ReadSubtaskCount(ref MetadataInput input, ByteStreamStateHandle? coordinator)
    {
        int start = input.Position;
        if (!input.Layout.HasFinished || input.PeekInt32() != FullyFinished)
            return input.ReadCount("subtasks", SubtaskCodec.MinimumSizeIn(input.Layout));
        if (coordinator is not null)
            input.Fail("coordinatorState", "a fully finished operator has no coordinator state", start);
        return input.ReadInt32("subtasks");
    }

    private static void WriteSubtasks(ref MetadataOutput output, OperatorState state)
    {
        if (state.IsFullyFinished && (!state.Subtasks.IsEmpty || state.CoordinatorState is not null))
            output.Fail("isFullyFinished", "a fully finished operator has neither subtasks nor coordinator state");
        if (state.IsFullyFinished && !output.Layout.HasFinished)
            output.Lose("the mark of a fully finished operator");
        if (state.IsFullyFinished && output.Layout.HasFinished)
            output.WriteInt32(FullyFinished);
        else
            output.WriteList("subtasks", state.Subtasks, SubtaskCodec.Write);
    }
}
