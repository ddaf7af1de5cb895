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

    /// <summary>What is missing.</summary>
    public string Reason { get; }

    /// <summary>The command that would help.</summary>
    public string Remedy { get; }
}
