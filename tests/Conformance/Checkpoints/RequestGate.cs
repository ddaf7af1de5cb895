using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>
/// What every request of one process passes: a look-up, a listing, an open for reading, the commit of a writer, a copy, a directory, and each path of a delete.
/// </summary>
public abstract class RequestGate
{
    /// <summary>A file system whose requests pass here.</summary>
    public IFileSystem Watch(IFileSystem inner) => new FaultLayer(inner, this);

    /// <summary>Has a request done, or not.</summary>
    /// <param name="path">What it is for.</param>
    /// <param name="publishes">Whether it makes something visible, so that a lost answer is an unknown outcome.</param>
    /// <param name="request">Does it.</param>
    protected internal abstract Task<T> PassAsync<T>(StoragePath path, bool publishes, Func<Task<T>> request);
}
