using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>Takes merged channel handles apart for the versions that have none: they become one handle per channel on the same stream.</summary>
internal static class MergedChannels
{
    /// <summary>The fewest bytes a channel takes in the table: its two numbers, size and offsets.</summary>
    private const int MinimumChannelSize = 3 * sizeof(int) + sizeof(long);

    public static ImmutableArray<InputStateHandle> Split(ref MetadataOutput output, string field, ImmutableArray<InputStateHandle> handles) =>
        Split(
            ref output,
            field,
            handles,
            handle => (handle as MergedInputChannelStateHandle)?.SerializedChannelOffsets,
            (handle, channel) => new InputChannelStateHandle(
                handle.SubtaskIndex,
                new InputChannelInfo(channel.First, channel.Second),
                channel.Offsets,
                channel.StateSize,
                handle.Delegate));

    public static ImmutableArray<OutputStateHandle> Split(ref MetadataOutput output, string field, ImmutableArray<OutputStateHandle> handles) =>
        Split(
            ref output,
            field,
            handles,
            handle => (handle as MergedResultSubpartitionStateHandle)?.SerializedChannelOffsets,
            (handle, channel) => new ResultSubpartitionStateHandle(
                handle.SubtaskIndex,
                new ResultSubpartitionInfo(channel.First, channel.Second),
                channel.Offsets,
                channel.StateSize,
                handle.Delegate));

    private static ImmutableArray<T> Split<T>(
        ref MetadataOutput output,
        string field,
        ImmutableArray<T> handles,
        Func<T, ReadOnlyMemory<byte>?> findTable,
        Func<T, Channel, T> makeSingle)
    {
        var split = ImmutableArray.CreateBuilder<T>(handles.Length);
        foreach (var handle in handles)
        {
            if (findTable(handle) is { } table)
                split.AddRange(Parse(ref output, field, table).Select(channel => makeSingle(handle, channel)));
            else
                split.Add(handle);
        }

        return split.DrainToImmutable();
    }

    private static ImmutableArray<Channel> Parse(ref MetadataOutput output, string field, ReadOnlyMemory<byte> table)
    {
        try
        {
            var input = new MetadataInput(table, output.Layout, directory: null);
            var channels = input.ReadList("channels", MinimumChannelSize, ReadChannel);
            if (input.Remaining > 0)
                input.Fail("", "bytes remain", input.Position);
            return channels;
        }
        catch (CheckpointMetadataException malformed)
        {
            throw output.Error(field, $"the table of a merged handle cannot be taken apart: {malformed.Message}");
        }
    }

    private static Channel ReadChannel(ref MetadataInput input) => new(
        input.ReadInt32("channel"),
        input.ReadInt32("channel"),
        input.ReadInt64("stateSize"),
        input.ReadOffsets());

    private readonly record struct Channel(int First, int Second, long StateSize, ImmutableArray<long> Offsets);
}
