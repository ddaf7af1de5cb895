namespace Cairn.Tests.Checkpoints.Histories;

/// <summary>
/// Runs one history: up to three processes open the job, take checkpoints and are replaced, stopped, killed, cut off from the store. After every step the latest
/// checkpoint and every savepoint must be whole; every start must find the checkpoint that the model says; and in the end nothing may be left over.
/// </summary>
internal sealed class History
{
    private readonly HistoryStatistics _statistics;
    private readonly World _world;
    private readonly Process[] _processes;
    private Process? _newest;

    public History(HistoryStatistics statistics)
    {
        _statistics = statistics;
        _world = new World(statistics);
        _processes = [new(_world), new(_world), new(_world)];
    }

    public async Task RunAsync(IEnumerable<Step> steps)
    {
        await _processes[0].OpenAsync(null, claim: false, again: false);
        _newest = _processes[0];
        foreach (var step in steps)
        {
            await TakeAsync(step);
            await CheckAsync();
        }
        await EndAsync();
    }

    private async Task TakeAsync(Step step)
    {
        // A process that is not running has nothing to do, so somebody else does it.
        var process = _processes[step.Process].IsOpen || step.Kind is StepKind.Open or StepKind.OpenFrom ? _processes[step.Process] : _newest ?? _processes[0];
        switch (step.Kind)
        {
            case StepKind.Open:
                await OpenAsync(process, null, step);
                break;
            case StepKind.OpenFrom:
                await OpenAsync(process, await PointerAsync(step.A), step);
                break;
            case StepKind.Begin:
                process.Begin(isSavepoint: false);
                break;
            case StepKind.BeginSavepoint:
                process.Begin(isSavepoint: true);
                break;
            case StepKind.Write:
                await process.WriteAsync(step.A, step.B);
                break;
            case StepKind.WriteTable:
                await process.WriteTableAsync(step.A);
                break;
            case StepKind.WriteElsewhere:
                await process.WriteElsewhereAsync(step.A, step.B / 2, table: step.B % 2 == 0);
                break;
            case StepKind.Deliver:
                await process.DeliverAsync(step.A);
                break;
            case StepKind.Complete:
                await process.CompleteAsync(step.A);
                break;
            case StepKind.Abort:
                await process.AbortAsync(step.A);
                break;
            case StepKind.Expire:
                _world.Time.Advance(TimeSpan.FromMinutes(11));
                foreach (var each in _processes)
                    each.Expired();
                break;
            case StepKind.Crash:
                process.Crash();
                break;
            case StepKind.Fail:
                process.FailIn(step.A, step.B);
                break;
            case StepKind.Hold:
                process.HoldIn(step.A + step.B);
                break;
            case StepKind.Resume:
                await process.ResumeAsync();
                break;
            case StepKind.Finish when step.A == 0:
                await process.FinishAsync();
                break;
        }
    }

    private async Task OpenAsync(Process process, string? restoreFrom, Step step)
    {
        var claim = restoreFrom is not null && step.B % 2 == 1;
        if (claim)
            _world.Savepoints.Remove(restoreFrom!);
        await process.OpenAsync(restoreFrom, claim, again: step.B >= 6);
        _newest = process.IsOpen ? process : _newest;
    }

    private async Task<string?> PointerAsync(int choice)
    {
        // Only what was reported: what a replaced owner still commits is never the latest, and may lack files.
        var pointers = (await _world.CommittedAsync()).Where(id => _world.Reported.Contains(id)).Select(_world.PointerOf).Concat(_world.Savepoints.Order(StringComparer.Ordinal)).ToList();
        return pointers.Count == 0 ? null : pointers[choice % pointers.Count];
    }

    private async Task CheckAsync()
    {
        await _world.CheckAsync();
        if (_newest is not null)
            await _newest.CheckKeptAsync();
    }

    /// <summary>All faults are over: the next start goes on, takes a checkpoint, and finishes the job.</summary>
    private async Task EndAsync()
    {
        foreach (var process in _processes)
        {
            process.Heal();
            await process.ResumeAsync();
            await process.LeaveAsync();
        }
        await CheckAsync();
        var last = _processes[0];
        await last.OpenAsync(null, claim: false, again: false);
        Assert.True(last.IsOpen);
        await last.EndAsync();
        await _world.CheckAsync();
        _statistics.AddHistory();
        if (_world.MayLeak)
            return;
        Assert.DoesNotContain(await _world.FilesAsync(_world.Job), file => file.Parent!.Name != "epochs");
        _statistics.AddEmptied();
    }
}
