namespace Cairn.Tests.Checkpoints.Histories;

/// <summary>How much happened in the histories: a test of histories in which nothing happens would pass as well. Thread safe.</summary>
internal sealed class HistoryStatistics
{
    private int _histories;
    private int _opened;
    private int _completed;
    private int _savepoints;
    private int _fenced;
    private int _failures;
    private int _late;
    private int _emptied;

    public int Histories => _histories;

    public int Opened => _opened;

    public int Completed => _completed;

    public int Savepoints => _savepoints;

    public int Fenced => _fenced;

    public int Failures => _failures;

    public int Late => _late;

    public int Emptied => _emptied;

    public void AddHistory() => Interlocked.Increment(ref _histories);

    public void AddOpened() => Interlocked.Increment(ref _opened);

    public void AddCompleted(bool isSavepoint)
    {
        if (isSavepoint)
            Interlocked.Increment(ref _savepoints);
        else
            Interlocked.Increment(ref _completed);
    }

    public void AddFenced() => Interlocked.Increment(ref _fenced);

    public void AddFailures(int failures) => Interlocked.Add(ref _failures, failures);

    public void AddLate() => Interlocked.Increment(ref _late);

    /// <summary>A history in which nothing was left over in the end.</summary>
    public void AddEmptied() => Interlocked.Increment(ref _emptied);

    public override string ToString() =>
        $"{Histories} histories, {Opened} starts, {Completed} checkpoints, {Savepoints} savepoints, {Fenced} fenced, {Failures} failures, {Late} late, {Emptied} emptied";
}
