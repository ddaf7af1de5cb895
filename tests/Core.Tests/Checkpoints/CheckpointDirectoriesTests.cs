using Cairn.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Tests.Checkpoints;

/// <summary>Which names of directories are those of checkpoints, and of which job.</summary>
public class CheckpointDirectoriesTests
{
    private const string Job = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("chk-0", 0L)]
    [InlineData("chk-1", 1L)]
    [InlineData("chk-10", 10L)]
    [InlineData("chk-9223372036854775807", long.MaxValue)]
    [InlineData("chk-9223372036854775808", null)]
    [InlineData("chk-99999999999999999999", null)]
    [InlineData("chk-", null)]
    [InlineData("chk-00", null)]
    [InlineData("chk-01", null)]
    [InlineData("chk--1", null)]
    [InlineData("chk-+1", null)]
    [InlineData("chk- 1", null)]
    [InlineData("chk-1 ", null)]
    [InlineData("chk-1a", null)]
    [InlineData("chk-0x1", null)]
    [InlineData("chk-\u0661", null)] // a digit, but not one of ours
    [InlineData("CHK-1", null)]
    [InlineData("chk1", null)]
    [InlineData("shared", null)]
    [InlineData("", null)]
    public void The_id_of_a_checkpoint_is_a_number_as_it_is_written(string name, long? id) => Assert.Equal(id, CheckpointDirectories.CheckpointId(name));

    [Theory]
    [InlineData($"s3://bucket/dir/{Job}/chk-7", $"s3://bucket/dir/{Job}")]
    [InlineData($"file:/{Job}/chk-7", $"file:/{Job}")]
    [InlineData($"s3://bucket/dir/{Job}/chk-07", null)]
    [InlineData($"s3://bucket/dir/{Job}/savepoint-012345-0123456789ab", null)]
    [InlineData("s3://bucket/dir/no job/chk-7", null)]
    [InlineData("s3://bucket/chk-7", null)]
    [InlineData("s3://bucket", null)]
    [InlineData("chk-7", null)]
    public void A_checkpoint_directory_below_a_jobs_id_is_that_jobs(string directory, string? job) =>
        Assert.Equal(job, CheckpointDirectories.OfCheckpoint(StoragePath.Parse(directory))?.Job.ToString());
}
