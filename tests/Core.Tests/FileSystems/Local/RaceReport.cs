using System.Runtime.InteropServices;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>The report of the full run, which is committed.</summary>
internal static class RaceReport
{
    public static async Task WriteAsync(int rounds, int processes, int writersPerProcess, int length, TimeSpan duration)
    {
        var report = $"""
            # {processes * writersPerProcess} creators of one local file, {rounds:N0} times

            `CAIRN_FULL=1 dotnet run --project tests/Core.Tests -c Release -- -method '*LocalRaceTests.Of_16_creators*'`, {duration.TotalSeconds:N0} s on {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}.

            {processes} processes that live through all rounds, {writersPerProcess} threads each, write {length:N0} bytes of their own and commit with `Create` to one path at one moment.

            What held in every round, else the test would have failed: exactly one commit won and {processes * writersPerProcess - 1} were refused with `AlreadyExists`; the file had the winner's bytes, whole;
            nothing else was left in the directory.

            """;
        await Repository.WriteReportAsync("local-races.md", report);
    }
}
