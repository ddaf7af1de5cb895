using Cairn.Cli.Files;
using Spectre.Console;

namespace Cairn.Cli.Output;

/// <summary>A bar with rate and time left, for whoever sits at the terminal.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs <paramref name="work"/>, and shows <paramref name="progress"/> meanwhile when a person looks.</summary>
    /// <param name="session">Where it is shown.</param>
    /// <param name="progress">What is shown.</param>
    /// <param name="count">Counts what there is to do into <paramref name="progress"/>; called only when somebody sees it.</param>
    /// <param name="work">What is done.</param>
    /// <param name="cancellationToken">Cancels the counting.</param>
    public static async Task<T> RunAsync<T>(Session session, TransferProgress progress, Func<CancellationToken, Task> count, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (session.Terminal.Progress() is not { } console)
            return await work();
        using var counting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var counted = CountAsync(count, counting.Token);
        try
        {
            return await console.Progress()
                .AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask("copying");
                    using var refresh = session.Time.CreateTimer(_ => Show(bar, progress), null, TimeSpan.Zero, Refresh);
                    return await work();
                });
        }
        finally
        {
            await counting.CancelAsync();
            await counted;
        }
    }

    private static async Task CountAsync(Func<CancellationToken, Task> count, CancellationToken cancellationToken)
    {
        try
        {
            await count(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The work is done, or fails of the same cause and says so.
        }
    }

    private static void Show(ProgressTask bar, TransferProgress progress)
    {
        bar.Description = progress.TotalFiles > 1 ? $"{progress.Files:N0} of {progress.TotalFiles:N0} files" : "copying";
        bar.MaxValue = Math.Max(1, Math.Max(progress.TotalBytes, progress.Bytes));
        bar.Value = progress.Bytes;
    }
}
