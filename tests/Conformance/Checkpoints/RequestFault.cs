namespace Cairn.Conformance.Checkpoints;

/// <summary>What happens to one request between a job and its store.</summary>
public enum RequestFault
{
    /// <summary>It takes effect, its answer is lost, and nothing after it reaches the store any more: the process died, or its network did.</summary>
    StoppedAfter,

    /// <summary>It takes effect and its answer is lost; later requests go through.</summary>
    AnswerLost,

    /// <summary>It never reaches the store; later requests go through.</summary>
    NeverSent,

    /// <summary>The caller is cancelled just before it is sent.</summary>
    CancelledBefore,

    /// <summary>The caller is cancelled while it is on its way.</summary>
    CancelledInFlight,
}
