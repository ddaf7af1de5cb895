using System.Runtime.InteropServices;

namespace Cairn.Tests.Checkpoints.Histories;

/// <summary>The report of the full run, which is committed.</summary>
internal static class HistoryReport
{
    public static async Task WriteAsync(HistoryStatistics statistics, TimeSpan duration)
    {
        var report = $"""
            # {statistics.Histories:N0} random histories of a job

            `CAIRN_FULL=1 dotnet run --project tests/Core.Tests -c Release -- -method '*HistoryTests.In_every_history*'`, {duration.TotalSeconds:N0} s on {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}.

            Three processes share one store in memory and believe that they own one job that keeps two checkpoints. A history is 5 to 60 random steps: open, open from a
            checkpoint or savepoint (claimed or not, again or not), begin, begin a savepoint, write plain state, write a table incrementally, let a task elsewhere write, deliver its
            acknowledgement (perhaps too late), complete, abort, let the time pass, crash, lose the answer of a request to come or fail it before it has an effect, stop a process in the
            middle of a call and let it go on later, finish the job. Then every fault ends, the job is opened once more, takes a checkpoint and is finished.

            | | |
            |---|---:|
            | starts | {statistics.Opened:N0} |
            | checkpoints reported complete | {statistics.Completed:N0} |
            | savepoints reported complete | {statistics.Savepoints:N0} |
            | owners that were told that they were replaced | {statistics.Fenced:N0} |
            | requests that failed or whose answer was lost | {statistics.Failures:N0} |
            | acknowledgements that came too late | {statistics.Late:N0} |
            | histories after which no file at all may be left over, and none was | {statistics.Emptied:N0} |

            What held, else the test would have failed, with the seed and the shrunk history:

            * After every step every file of the latest checkpoint was there, of every savepoint, and of every checkpoint of its own that the newest owner keeps.
            * Every start restored the checkpoint that the model says, with exactly the state that was written, and never an older one than was ever reported complete.
            * Nobody was told to be replaced who was not; without a fault nothing failed but what was superseded, had expired or was aborted.

            """;
        await Repository.WriteReportAsync("checkpoint-histories.md", report);
    }
}
