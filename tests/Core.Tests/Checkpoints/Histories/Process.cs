using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Tests.Checkpoints.Histories;

/// <summary>One of the processes that believe that they own the job. It does one thing at a time, and may stand still in the middle of it.</summary>
internal sealed class Process(World world)
{
    private readonly List<Attempt> _attempts = [];
    private readonly List<CheckpointAcknowledgement> _onTheWay = [];
    private CheckpointCoordinator? _coordinator;
    private HashSet<string> _table = [];
    private ProcessGate _gate = new();
    private string? _restoreFrom;
    private Task _call = Task.CompletedTask;
    /// <summary>Whether files wait for the next completed checkpoint to be discarded.</summary>
    private bool _releases;

    private sealed record Attempt(PendingCheckpoint Checkpoint, Snapshot Snapshot);

    public bool IsOpen => _coordinator is not null;

    /// <summary>The epoch that this process owned, by the ids that it gives.</summary>
    public long Epoch { get; private set; } = -1;

    private bool IsBusy => !_call.IsCompleted;

    /// <summary>Takes the job over, or starts again; what it had under way is lost as when a process ends.</summary>
    public Task OpenAsync(string? restoreFrom, bool claim, bool again) => CallAsync(async () =>
    {
        Abandon();
        _gate = new ProcessGate();
        _restoreFrom = restoreFrom;
        var registry = new FileSystemRegistry([new MountProvider(_gate.Watch(world.Mount()))]);
        var storage = new FileSystemCheckpointStorage(registry, TestJob.Id, world.Root, world.Root / "savepoints", inlineThreshold: 0);
        var reportedBefore = world.Reported.DefaultIfEmpty(-1).Max();
        var committed = await world.CommittedAsync();
        var options = new CheckpointCoordinatorOptions
        {
            Retained = 2,
            RestoreFrom = restoreFrom,
            RestoreFromAgain = again,
            ClaimMode = claim ? RecoveryClaimMode.Claim : RecoveryClaimMode.NoClaim,
        };
        var coordinator = await CheckpointCoordinator.OpenAsync(storage, options, world.Time);
        var restored = coordinator.Restored?.Id ?? -1;
        Assert.True(restoreFrom is not null || restored >= reportedBefore, $"Checkpoint {reportedBefore} was reported and {restored} was restored.");
        if (!_gate.WasHeld)
            Assert.Equal(Expected(restoreFrom, again, committed), coordinator.Restored?.ExternalPointer);
        await TakeOverAsync(coordinator);
        _coordinator = coordinator;
        world.Statistics.AddOpened();
    });

    public void Begin(bool isSavepoint)
    {
        if (!IsOpen || IsBusy || _attempts.Count == 3)
            return;
        try
        {
            var checkpoint = isSavepoint ? _coordinator!.BeginSavepoint() : _coordinator!.Begin();
            Epoch = World.EpochOf(checkpoint.Id);
            world.RestoreSetting[checkpoint.Id] = _restoreFrom;
            _attempts.Add(new Attempt(checkpoint, new Snapshot()));
        }
        catch (FencedException)
        {
            world.MayLeak = true; // known before, and proved then
        }
    }

    public Task WriteAsync(int attempt, int task) => CallAsync(attempt, a => WritePlainAsync(a, task % Snapshot.PlainTasks));

    public Task WriteTableAsync(int attempt) => CallAsync(attempt, async a =>
    {
        if (a.Snapshot.Table is not null)
            return;
        Grow();
        var files = _table.ToHashSet();
        await a.Checkpoint.WriteIncrementalAsync(Snapshot.TableTask, (snapshot, _) => AddFilesAsync(snapshot, files));
        a.Snapshot.Table = files;
    });

    /// <summary>A task elsewhere writes; what it answers is on its way until it is delivered, and may come too late.</summary>
    public Task WriteElsewhereAsync(int attempt, int task, bool table) => CallAsync(attempt, async a =>
    {
        if (a.Checkpoint.IsSavepoint)
            return;
        var trigger = CheckpointTrigger.FromBytes((await a.Checkpoint.GetTriggerAsync()).ToBytes());
        var elsewhere = TaskCheckpoint.Open(StorageElsewhere(), trigger);
        if (table)
        {
            Grow();
            var files = _table.ToHashSet();
            var old = a.Checkpoint.Base?.FindState(Snapshot.TableTask)?.ManagedKeyedState as IncrementalRemoteKeyedStateHandle;
            _onTheWay.Add(await elsewhere.WriteIncrementalAsync(Snapshot.TableTask, old, (snapshot, _) => AddFilesAsync(snapshot, files)));
        }
        else
        {
            _onTheWay.Add(await elsewhere.WriteAsync(Snapshot.PlainTask(task % Snapshot.PlainTasks), Snapshot.Text(NewName())));
        }
    });

    public Task DeliverAsync(int which) => CallAsync(async () =>
    {
        if (!IsOpen || _onTheWay.Count == 0)
            return;
        var answer = CheckpointAcknowledgement.FromBytes(_onTheWay[which % _onTheWay.Count].ToBytes());
        var content = await ContentOfAsync(answer);
        _releases = true;
        if (await _coordinator!.AcknowledgeAsync(answer) && _attempts.Find(a => a.Checkpoint.Id == answer.CheckpointId) is { } attempt)
            Note(attempt.Snapshot, answer, content);
        else
            world.Statistics.AddLate();
        _onTheWay.RemoveAt(which % _onTheWay.Count);
    });

    public Task CompleteAsync(int attempt) => CallAsync(attempt, async a =>
    {
        for (var task = 0; task < Snapshot.PlainTasks; task++)
            await WritePlainAsync(a, task);
        if (!a.Checkpoint.IsSavepoint)
            world.Tried[world.PointerOf(a.Checkpoint.Id)] = a.Snapshot;
        _attempts.Remove(a);
        var completed = await a.Checkpoint.CompleteAsync();
        await ReportAsync(completed, a.Snapshot);
    });

    public Task AbortAsync(int attempt) => CallAsync(attempt, async a =>
    {
        _attempts.Remove(a);
        _releases = true;
        NoteLeaks([a]);
        await a.Checkpoint.DisposeAsync();
    });

    public Task FinishAsync() => CallAsync(async () =>
    {
        if (!IsOpen)
            return;
        world.Reported.Clear(); // also when it fails: the last checkpoint may be gone although nobody heard of it
        await _coordinator!.FinishAsync();
        if (!_gate.WasHeld) // else the next owner may have one already
            Assert.Empty(await world.CommittedAsync());
        Abandon();
    });

    /// <summary>The time of whatever was under way is over.</summary>
    public void Expired()
    {
        _releases |= _attempts.Count > 0;
        NoteLeaks(_attempts);
    }

    public void Crash()
    {
        _gate.Die();
        world.MayLeak = true;
        Abandon();
    }

    public void FailIn(int requests, int how)
    {
        _gate.FailIn(requests, how);
        world.MayLeak = true;
    }

    public void HoldIn(int requests) => _gate.HoldIn(requests);

    public void Heal() => _gate.Disarm();

    /// <summary>Lets a process that stands still go on, until it has done what it was at, or stands still again.</summary>
    public async Task ResumeAsync()
    {
        _gate.Resume();
        await SettleAsync();
    }

    /// <summary>Gives up what is under way, in good order.</summary>
    public async Task LeaveAsync()
    {
        while (_onTheWay.Count > 0 && IsOpen)
            await DeliverAsync(0);
        while (_attempts.Count > 0)
            await AbortAsync(0);
        if (_releases)
            await CompleteAsync(0);
        Abandon();
    }

    /// <summary>Takes a last checkpoint and ends the job; what is left then?</summary>
    public async Task EndAsync()
    {
        Begin(isSavepoint: false);
        await WriteTableAsync(_attempts.Count - 1);
        await CompleteAsync(_attempts.Count - 1);
        await CheckKeptAsync();
        await FinishAsync();
    }

    /// <summary>What the newest owner keeps of its own is whole.</summary>
    public async Task CheckKeptAsync()
    {
        // One that stood still when it was to be opened again is still the owner of before, and replaced.
        if (!IsOpen || IsBusy || await world.IsReplacedAsync(Epoch))
            return;
        foreach (var kept in _coordinator!.Completed.Where(c => World.EpochOf(c.Id) == Epoch))
            await world.CheckWholeAsync(kept.ExternalPointer);
    }

    private static async Task AddFilesAsync(IncrementalSnapshot snapshot, IEnumerable<string> files)
    {
        foreach (var file in files.Order(StringComparer.Ordinal))
            await snapshot.AddSharedAsync(file, Snapshot.Text(file));
        await snapshot.WriteMetadataAsync(Snapshot.Text("manifest"));
    }

    private static void Note(Snapshot snapshot, CheckpointAcknowledgement answer, string content)
    {
        if (answer.Task == Snapshot.TableTask)
            snapshot.Table = ((IncrementalRemoteKeyedStateHandle)answer.State.ManagedKeyedState!).SharedState.Select(f => f.LocalPath).ToHashSet();
        else
            snapshot.Plain[answer.Task.Index] = content;
    }

    private string? Expected(string? restoreFrom, bool again, List<long> committed)
    {
        var latest = committed.Count > 0 ? committed[^1] : -1;
        if (restoreFrom is not null && (again || latest < 0 || world.RestoreSetting.GetValueOrDefault(latest) != restoreFrom))
            return restoreFrom;
        return latest < 0 ? null : world.PointerOf(latest);
    }

    private async Task TakeOverAsync(CheckpointCoordinator coordinator)
    {
        _table = [];
        if (coordinator.Restored is not { } restored)
            return;
        var snapshot = await Snapshot.ReadAsync(restored);
        Assert.Equal(world.Tried[restored.ExternalPointer].ToString(), snapshot.ToString());
        _table = snapshot.Table ?? [];
    }

    private async Task ReportAsync(CompletedCheckpoint completed, Snapshot snapshot)
    {
        world.Tried[completed.ExternalPointer] = snapshot;
        world.Statistics.AddCompleted(completed.IsSavepoint);
        if (completed.IsSavepoint)
        {
            world.Savepoints.Add(completed.ExternalPointer);
            return;
        }
        if (_gate.WasHeld && !(await world.CommittedAsync()).Contains(completed.Id))
            return; // it stood still between its look and its answer, and a successor has gone on from this checkpoint and discarded it
        await world.CheckWholeAsync(completed.ExternalPointer);
        world.Reported.Add(completed.Id);
        _releases = _attempts.Count > 0;
        NoteLeaks(_attempts.Where(a => a.Checkpoint.Id < completed.Id));
    }

    private async Task WritePlainAsync(Attempt attempt, int task)
    {
        if (attempt.Snapshot.Plain.ContainsKey(task))
            return;
        var text = NewName();
        await attempt.Checkpoint.WriteAsync(Snapshot.PlainTask(task), Snapshot.Text(text));
        attempt.Snapshot.Plain.Add(task, text);
    }

    /// <summary>What an aborted checkpoint would have used again goes when the kept ones are past its id; if its owner ends before that, it is left.</summary>
    private void NoteLeaks(IEnumerable<Attempt> aborted) => world.MayLeak |= aborted.Any(a => a.Snapshot.Table is not null && a.Checkpoint.Base is not null);

    private string NewName() => $"f{++world.Names}";

    /// <summary>The table changes as an LSM tree's does: a file comes, and sometimes others go.</summary>
    private void Grow()
    {
        var name = NewName();
        if (_table.Count > 3)
            _table = _table.Order(StringComparer.Ordinal).Skip(2).ToHashSet();
        _table.Add(name);
    }

    private FileSystemCheckpointStorage StorageElsewhere() =>
        new(new FileSystemRegistry([new MountProvider(world.Mount())]), TestJob.Id, world.Root, inlineThreshold: 0);

    private async Task<string> ContentOfAsync(CheckpointAcknowledgement answer)
    {
        if (answer.State.ManagedOperatorState is not { } state)
            return "";
        await using var stream = await state.Delegate.OpenAsync(new FileSystemRegistry([new MountProvider(world.Mount())]));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public void Abandon()
    {
        world.Statistics.AddFailures(_gate.Failures);
        world.MayLeak |= _attempts.Count + _onTheWay.Count > 0 || IsBusy || _gate.IsHeld || _releases;
        _releases = false;
        _attempts.Clear();
        _onTheWay.Clear();
        _coordinator = null;
    }

    private Task CallAsync(int attempt, Func<Attempt, Task> call)
    {
        if (_attempts.Count == 0)
            Begin(isSavepoint: false);
        return CallAsync(() => _attempts.Count == 0 ? Task.CompletedTask : call(_attempts[Math.Max(0, attempt) % _attempts.Count]));
    }

    private async Task CallAsync(Func<Task> call)
    {
        if (_gate.IsHeld || IsBusy)
            await ResumeAsync();
        if (IsBusy)
            return;
        _call = SurviveAsync(call);
        await SettleAsync();
    }

    private async Task SettleAsync()
    {
        await Task.WhenAny(_call, _gate.Holding);
        if (_call.IsFaulted)
            await _call;
        if (_call.IsCompleted && _coordinator is { } coordinator)
            await Task.WhenAny(coordinator.WaitForDiscardsAsync(), _gate.Holding);
    }

    /// <summary>What may go wrong, may: the store fails, the process was replaced, the checkpoint was aborted.</summary>
    private async Task SurviveAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (e is FileSystemException or CheckpointException or IOException or AggregateException)
        {
            world.MayLeak = true;
            if (e is FencedException fenced)
                await CheckFencedAsync(fenced);
            else
                Assert.True(_gate.Failures > 0 || _gate.WasHeld || await IsExpectedAsync(e), e.ToString());
        }
    }

    private async Task CheckFencedAsync(FencedException fenced)
    {
        Assert.True(await world.IsReplacedAsync(fenced.Epoch), $"Epoch {fenced.Epoch} was not replaced.");
        world.Statistics.AddFenced();
    }

    /// <summary>What goes wrong without a fault.</summary>
    private async Task<bool> IsExpectedAsync(Exception e) => e switch
    {
        CheckpointException { Reason: CheckpointFailureReason.Subsumed or CheckpointFailureReason.Expired or CheckpointFailureReason.Aborted } => true,
        FileSystemException { Code: FileSystemErrorCode.NotFound } => _restoreFrom is not null && !await world.ExistsAsync(_restoreFrom),
        _ => false,
    };
}

/// <summary>A file system that all who ask get.</summary>
internal sealed class MountProvider(IFileSystem fileSystem) : IFileSystemProvider
{
    public IReadOnlyCollection<string> Schemes { get; } = ["memory"];

    public IFileSystem Create(StoragePath root) => fileSystem;
}
