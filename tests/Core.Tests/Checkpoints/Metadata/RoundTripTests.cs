using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Cairn.Checkpoints.Metadata;
using CsCheck;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>What holds for any metadata that a version has a place for.</summary>
public sealed class RoundTripTests
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    private static int Samples => Effort.Of(quick: 2_000, full: 100_000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Any_metadata_of_a_version_is_read_back_equal(int version) =>
        MetadataGen.Of(version).Sample(
            metadata =>
            {
                byte[] file = MetadataFiles.Write(metadata);
                var read = CheckpointMetadataReader.Read(file);

                Assert.Equal(metadata, read);
                Assert.Equal(metadata, read);
                Assert.Equal(metadata.GetHashCode(), read.GetHashCode());
                Assert.Equal(file, MetadataFiles.Write(read));
            },
            iter: Samples,
            print: metadata => metadata.ToString());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void All_that_equal_metadata_consists_of_is_equal_and_has_equal_hashes(int version) =>
        MetadataGen.Of(version).Sample(metadata => AssertAlike(metadata, CheckpointMetadataReader.Read(MetadataFiles.Write(metadata))), iter: 100, print: metadata => metadata.ToString());

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    [InlineData(4, 5)]
    [InlineData(5, 6)]
    [InlineData(6, 7)]
    [InlineData(6, 3)]
    [InlineData(6, 2)]
    [InlineData(3, 2)]
    [InlineData(2, 1)]
    [InlineData(1, 6)]
    [InlineData(0, 6)]
    [InlineData(6, 0)]
    public void Another_version_either_says_all_of_it_or_refuses_by_name(int from, int to) =>
        MetadataGen.Of(from).Where(metadata => !HasMergedChannels(metadata)).Sample(
            metadata =>
            {
                try
                {
                    var converted = MetadataFiles.RoundTrip(metadata, new CheckpointMetadataWriterOptions { Version = to });

                    Assert.Equal(to, converted.Version);
                    Assert.Equal(MetadataFiles.Write(metadata), MetadataFiles.Write(converted, new CheckpointMetadataWriterOptions { Version = from }));
                }
                catch (CheckpointMetadataException refusal)
                {
                    Assert.Contains($"version {to} has no place for", refusal.Message, StringComparison.Ordinal);
                }
            },
            iter: Samples,
            print: metadata => metadata.ToString());

    [Theory]
    [InlineData(7)]
    [InlineData(6)]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    public void Any_metadata_is_written_in_any_version_where_loss_is_allowed(int from) =>
        Gen.Select(MetadataGen.Of(from).Where(metadata => !HasMergedChannels(metadata)), Gen.Int[0, 7]).Sample(
            (metadata, to) =>
            {
                var written = MetadataFiles.RoundTrip(metadata, new CheckpointMetadataWriterOptions { Version = to, AllowLoss = true });

                Assert.Equal(to, written.Version);
                Assert.Equal(metadata.Operators.Select(state => state.Id), written.Operators.Select(state => state.Id));
            },
            iter: Samples,
            print: sample => $"to {sample.Item2}: {sample.Item1}");

    /// <summary>Random tables of merged handles cannot be taken apart for the versions that have none.</summary>
    private static bool HasMergedChannels(CheckpointMetadata metadata) =>
        metadata.Operators.SelectMany(state => state.Subtasks).Any(subtask =>
            subtask.InputChannelState.Any(handle => handle is Cairn.Checkpoints.State.MergedInputChannelStateHandle)
            || subtask.ResultSubpartitionState.Any(handle => handle is Cairn.Checkpoints.State.MergedResultSubpartitionStateHandle));

    /// <summary>Equal, with equal hashes, and the same of all that they consist of.</summary>
    private static void AssertAlike(object? expected, object? actual)
    {
        Assert.Equal(expected, actual);
        if (expected is null || actual is null)
            return;
        if (expected is IEnumerable items and not string)
        {
            foreach (var (one, other) in items.Cast<object?>().Zip(((IEnumerable)actual).Cast<object?>()))
                AssertAlike(one, other);
        }
        else if (expected.GetType().Namespace?.StartsWith("Cairn.", StringComparison.Ordinal) == true)
        {
            Assert.Equal(expected.GetHashCode(), actual.GetHashCode());
            foreach (var property in Properties.GetOrAdd(expected.GetType(), static type => [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsState)]))
                AssertAlike(property.GetValue(expected), property.GetValue(actual));
        }
    }

    private static bool IsState(PropertyInfo property) =>
        property.PropertyType.Namespace?.StartsWith("Cairn.", StringComparison.Ordinal) == true
        || (property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(ImmutableArray<>));
}
