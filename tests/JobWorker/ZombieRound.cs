using System.Globalization;
using Cairn.Worker;

namespace Cairn.JobWorker;

/// <summary>
/// Two processes on one store: the first is stopped in the middle of a checkpoint, the second takes the job over and completes two, the first goes on.
/// Then the latest checkpoint is the second's, every file that it needs is there, and the first was told that it is fenced.
/// </summary>
/// <param name="settings">The processes' configuration, as Key=Value without blanks; <c>Cairn:Checkpoints:Directory</c> is a new directory.</param>
/// <param name="random">Chooses where the first is stopped.</param>
public sealed class ZombieRound(IEnumerable<string> settings, Random random)
{
    /// <summary>About how many requests a checkpoint of the job is, with those that discard an older one.</summary>
    private const int RequestsOfACheckpoint = 18;

    private readonly string[] _settings = [.. settings, "Cairn:JobName=zombie"];

    /// <summary>Where the first process was stopped, for reports.</summary>
    public string StoppedAt { get; private set; } = "";

    /// <summary>Whether the first process had nothing more to do for its checkpoint than to say so.</summary>
    public bool WasReported { get; private set; }

    /// <summary>Runs it.</summary>
    /// <exception cref="InvalidOperationException">Something does not hold; the message says what.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await using var first = Start();
        await using var second = Start();
        await ExpectAsync(first, "open", "opened 0", cancellationToken);
        for (var id = 1; id <= 3; id++)
            await ExpectAsync(first, "checkpoint", $"completed {id}", cancellationToken);
        var zombie = await StopInTheMiddleAsync(first, cancellationToken);

        await ExpectAsync(second, "open", ["opened 3", "opened 4"], cancellationToken);
        await ExpectAsync(second, "checkpoint", "completed 1000001", cancellationToken);
        await ExpectAsync(second, "checkpoint", "completed 1000002", cancellationToken);

        Signals.Continue(first.Id);
        var answer = await zombie;
        WasReported = answer == "completed 4";
        if (!WasReported && answer != "fenced")
            throw Fails($"the stopped process said '{answer}'");
        await ExpectAsync(first, "checkpoint", "fenced", cancellationToken);
        await ExpectAsync(second, "inspect", "latest 1000002", cancellationToken);
        await ExpectAsync(second, "checkpoint", "completed 1000003", cancellationToken);
        await ExpectAsync(second, "inspect", "latest 1000003", cancellationToken);
    }

    private WorkerProcess Start() => WorkerProcess.StartProgram([Path.Combine(AppContext.BaseDirectory, "Cairn.JobWorker"), .. _settings]);

    /// <summary>Either behind a request of its choice, or from outside at any moment; its answer comes when it goes on.</summary>
    private async Task<Task<string>> StopInTheMiddleAsync(WorkerProcess first, CancellationToken cancellationToken)
    {
        if (random.Next(4) > 0)
        {
            var requests = random.Next(1, RequestsOfACheckpoint + 1);
            StoppedAt = string.Create(CultureInfo.InvariantCulture, $"behind request {requests}");
            await ExpectAsync(first, $"stop-after {requests}", "armed", cancellationToken);
            var stopping = first.AskAsync("checkpoint", cancellationToken);
            while (!stopping.IsCompleted && !Signals.IsStopped(first.Id))
                await Task.Delay(1, cancellationToken);
            Signals.Stop(first.Id);
            return stopping;
        }
        var delay = TimeSpan.FromMilliseconds(random.NextDouble() * 10);
        StoppedAt = string.Create(CultureInfo.InvariantCulture, $"after {delay.TotalMilliseconds:F1} ms");
        var asked = first.AskAsync("checkpoint", cancellationToken);
        await Task.Delay(delay, cancellationToken);
        Signals.Stop(first.Id);
        return asked;
    }

    private async Task ExpectAsync(WorkerProcess process, string command, string[] answers, CancellationToken cancellationToken)
    {
        var answer = await process.AskAsync(command, cancellationToken);
        if (!answers.Contains(answer, StringComparer.Ordinal))
            throw Fails($"'{command}' was answered with '{answer}', not '{string.Join("' or '", answers)}'");
    }

    private Task ExpectAsync(WorkerProcess process, string command, string answer, CancellationToken cancellationToken) =>
        ExpectAsync(process, command, [answer], cancellationToken);

    private InvalidOperationException Fails(string what) => new($"The first process was stopped {StoppedAt}: {what}.");
}
