namespace Cairn.Emulators;

/// <summary>
/// This machine has no such server and no way to start one. It is no fault of the code under test: see <see cref="EmulatorPolicy"/>.
/// </summary>
public sealed class EmulatorUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">What is missing.</param>
    /// <param name="remedy">The command that would help.</param>
    public EmulatorUnavailableException(string reason, string remedy)
        : base($"{reason}. What would help: {remedy}")
    {
        Reason = reason;
        Remedy = remedy;
    }

    /// <summary>Whether no command would help today, because what is missing does not exist: then even a run that requires servers goes on without.</summary>
    public bool IsBeyondHelp { get; init; }

    /// <summary>What is missing.</summary>
    public string Reason { get; }

    /// <summary>The command that would help.</summary>
    public string Remedy { get; }
}
