namespace Cairn.Conformance;

/// <summary>A contract does not hold; the message says which expectation and what was found.</summary>
public sealed class ConformanceException : Exception
{
    public ConformanceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A case that the implementation says it does not offer, or that its harness cannot set up; the message is the reason.</summary>
internal sealed class NotApplicableException(string reason) : Exception(reason);
