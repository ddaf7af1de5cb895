namespace Cairn.Faults;

/// <summary>What may happen to a request on its way.</summary>
public enum FaultKind
{
    /// <summary>The connection is reset before the server sees anything.</summary>
    Reset,

    /// <summary>The connection is reset inside the request's body, on both sides; a request without a body is <see cref="LoseAnswer"/>.</summary>
    CutRequest,

    /// <summary>The request takes effect, and the connection is reset where the answer should come.</summary>
    LoseAnswer,

    /// <summary>An error is answered, and the server sees nothing.</summary>
    Fail,

    /// <summary>The request takes effect, and an error is answered.</summary>
    FailAfterEffect,

    /// <summary>The connection is reset inside the answer's body.</summary>
    CutAnswer,

    /// <summary>The connection is closed inside the answer's body, as if that were its end.</summary>
    TruncateAnswer,

    /// <summary>The request's bytes come slowly, in small pieces.</summary>
    SlowRequest,

    /// <summary>The answer's bytes come slowly, in small pieces.</summary>
    SlowAnswer,

    /// <summary>One byte of the answer's body is another one. No transport does this; a checksum finds it. Never chosen by chance.</summary>
    DamageAnswer,
}

/// <summary>What happens to one request.</summary>
/// <param name="Kind">What.</param>
public sealed record Fault(FaultKind Kind)
{
    /// <summary>Where in a body, as a share of its length: from 0 to 1.</summary>
    public double At { get; init; } = 0.5;

    /// <summary>What is answered by <see cref="FaultKind.Fail"/> and <see cref="FaultKind.FailAfterEffect"/>.</summary>
    public ErrorAnswer Error { get; init; } = new(500, "");
}
