namespace Cairn.Emulators.Supervision;

/// <summary>
/// The pause between two looks at something that is about to happen: short at first, then longer. In a container each look goes through Docker, and many
/// servers that start at once on a busy machine would otherwise spend its time on being looked at.
/// </summary>
internal sealed class PollPause
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);

    private TimeSpan _next = TimeSpan.FromMilliseconds(5);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(_next, cancellationToken);
        _next = TimeSpan.FromTicks(Math.Min(_next.Ticks * 5 / 4, Longest.Ticks));
    }
}
