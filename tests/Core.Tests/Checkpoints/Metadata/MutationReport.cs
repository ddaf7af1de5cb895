using System.Runtime.InteropServices;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>The report of the full run, which is committed.</summary>
internal static class MutationReport
{
    public static async Task WriteAsync(IReadOnlyList<MutationCampaign> campaigns, int files, int seed, TimeSpan duration)
    {
        var rows = campaigns.Select(c => $"| {c.Name} | {c.Accepted + c.Rejected:N0} | {c.Rejected:N0} | {c.Accepted:N0} | {c.MostAllocated / 1024.0:N0} KiB |");
        string report = $"""
            # `_metadata`, damaged {campaigns.Sum(c => c.Accepted + c.Rejected):N0} times

            `CAIRN_FULL=1 CAIRN_SEED={seed} dotnet run --project tests/Core.Tests -c Release -- -method '*HostileInputTests.Damaged_files_*'`, {duration.TotalSeconds:N0} s on one core, {RuntimeInformation.FrameworkDescription}.

            The {files} files that Flink's own writers made are damaged in one to four places each: a bit or a byte changed, cut, bytes left out or repeated, joined with
            another file, a count overwritten by a telling number, bytes put in.

            | files | tried | rejected | read and written back identical | most allocated for one |
            |---|---:|---:|---:|---:|
            {string.Join('\n', rows)}

            What held for every one, else the test would have failed:

            * Nothing was thrown but `CheckpointMetadataException`, with an offset inside the file.
            * Up to 1 KiB, at most 256 KiB were allocated to read it; above, 1 MiB and 64 bytes for each byte of the file.
            * What was read was written back as the same bytes.

            """;
        await Repository.WriteReportAsync("metadata-mutations.md", report);
    }
}
