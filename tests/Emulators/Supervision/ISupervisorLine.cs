namespace Cairn.Emulators.Supervision;

/// <summary>The two pipes to a supervising shell. They end with this process, however it ends.</summary>
internal interface ISupervisorLine : IAsyncDisposable
{
    /// <summary>The shell's process id; null where it is not on this machine.</summary>
    int? ProcessId { get; }

    Task WriteLineAsync(string line);

    /// <summary>The next line of the shell's answer; null when it has ended.</summary>
    Task<string?> ReadLineAsync();
}
