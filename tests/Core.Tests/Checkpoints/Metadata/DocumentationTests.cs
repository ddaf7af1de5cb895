using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Metadata;

public sealed partial class DocumentationTests
{
    [Fact]
    public void The_example_of_the_documentation_is_what_the_writer_makes()
    {
        byte[] example = ReadExample();

        Assert.Equal(Convert.ToHexString(MetadataFiles.Write(Counter)), Convert.ToHexString(example));
        Assert.Equal(Counter, CheckpointMetadataReader.Read(example));
    }

    private static CheckpointMetadata Counter { get; } = new()
    {
        CheckpointId = 3,
        Operators =
        [
            new OperatorState
            {
                Id = OperatorId.FromName("counter"),
                Name = "Counter",
                Uid = "counter",
                Parallelism = 2,
                MaxParallelism = 128,
                Subtasks =
                [
                    new OperatorSubtaskState
                    {
                        Index = 0,
                        ManagedOperatorState = new OperatorStreamStateHandle(
                            [new OperatorStateMetaInfo("offsets", OperatorStateMode.SplitDistribute, [0, 12])],
                            new RelativeFileStateHandle("1f0c", 4096)),
                        ManagedKeyedState = new KeyGroupsStateHandle(
                            new KeyGroupRangeOffsets(new KeyGroupRange(0, 1), [0, 3]),
                            new ByteStreamStateHandle("k", new byte[] { 1, 2, 3, 4, 5 })) { StateHandleId = "s1" },
                    },
                    new OperatorSubtaskState { Index = 1, IsFinished = true },
                ],
            },
        ],
    };

    /// <summary>The bytes of the page's example; each line says at which of them it begins.</summary>
    private static byte[] ReadExample()
    {
        var bytes = new List<byte>();
        foreach (Match line in ExampleLine().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "metadata-format.md"))))
        {
            Assert.Equal(bytes.Count, int.Parse(line.Groups["offset"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            bytes.AddRange(Convert.FromHexString(line.Groups["bytes"].Value.Replace(" ", "", StringComparison.Ordinal)));
        }

        return [.. bytes];
    }

    [GeneratedRegex("^(?<offset>[0-9A-F]{3})  (?<bytes>[0-9A-F]{2}( [0-9A-F]{2})*)  ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExampleLine();
}
