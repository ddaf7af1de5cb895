namespace Cairn.FileSystems.Layers;

/// <summary>The verbs that are measured.</summary>
public enum FileSystemOperation
{
    /// <summary><see cref="IFileSystem.FindAsync"/>.</summary>
    Find,

    /// <summary><see cref="IFileSystem.OpenReadAsync"/>, until the stream is disposed.</summary>
    Read,

    /// <summary><see cref="IFileSystem.OpenWriteAsync"/>, until the commit ends, well or not.</summary>
    Write,

    /// <summary>A writer that was disposed without a commit.</summary>
    Discard,

    /// <summary><see cref="IFileSystem.ListAsync"/>, until its enumeration ends.</summary>
    List,

    /// <summary><see cref="IFileSystem.DeleteAsync"/>.</summary>
    Delete,

    /// <summary><see cref="IFileSystem.CopyAsync"/>.</summary>
    Copy,

    /// <summary><see cref="IFileSystem.CreateDirectoryAsync"/>.</summary>
    CreateDirectory,

    /// <summary><see cref="IFileSystem.SweepAbandonedAsync"/>.</summary>
    Sweep,
}

/// <summary>One operation of a file system that has ended. Immutable.</summary>
public sealed record OperationReport
{
    /// <summary>What was done.</summary>
    public required FileSystemOperation Operation { get; init; }

    /// <summary>The path that it was done to: the directory of a listing, the first path of a delete, the destination of a copy.</summary>
    public required StoragePath Path { get; init; }

    /// <summary>The time spent in the file system, without what the caller did between its reads, its writes or the entries of a listing.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Bytes that were read or written; 0 for the other verbs.</summary>
    public long Bytes { get; init; }

    /// <summary>
    /// The requests that the verb comes down to, as far as can be seen from outside: pages of a listing, batches of a delete, none for the directory of an
    /// object store, else 1. The parts of a long file and repeated requests are not seen here.
    /// </summary>
    public int Requests { get; init; } = 1;

    /// <summary>What it failed with; null when it went well. Of a delete, the first path's error.</summary>
    public Exception? Failure { get; init; }

    /// <summary>A word for <see cref="Failure"/> with few values: the error code, <c>Canceled</c>, or else the exception's type. Null when it went well.</summary>
    public string? ErrorType => Failure switch
    {
        null => null,
        FileSystemException e => e.Code.ToString(),
        OperationCanceledException => "Canceled",
        _ => Failure.GetType().Name,
    };
}

/// <summary>Is told of every operation when it has ended. Called by many threads at once, on the operation's own path: quick, and never throwing.</summary>
public interface IOperationObserver
{
    /// <summary>An operation has ended.</summary>
    void OnCompleted(OperationReport report);
}
