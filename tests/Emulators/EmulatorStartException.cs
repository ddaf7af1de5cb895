namespace Cairn.Emulators;

/// <summary>
/// A server that should work did not: it is installed, or was named in the environment, but it ended, answered nothing in time or
/// refused its set-up. Always a failure, never a reason to skip.
/// </summary>
public sealed class EmulatorStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, with the end of the server's own output where there is one.</param>
    /// <param name="innerException">The cause, where another exception was it.</param>
    public EmulatorStartException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
