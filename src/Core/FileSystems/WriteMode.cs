namespace Cairn.FileSystems;

/// <summary>What a commit does when the name is taken. The store decides, in one atomic step.</summary>
public sealed record WriteMode
{
    private WriteMode(string name, string? expectedETag = null)
    {
        Name = name;
        ExpectedETag = expectedETag;
    }

    /// <summary>Fails with <see cref="FileSystemErrorCode.AlreadyExists"/> when the file is there: of any number of writers exactly one wins.</summary>
    public static WriteMode Create { get; } = new(nameof(Create));

    /// <summary>Replaces what is there; readers see the old file or the new one, whole.</summary>
    public static WriteMode Overwrite { get; } = new(nameof(Overwrite));

    /// <summary>
    /// Compare-and-swap: replaces the file only while its <see cref="FileEntry.ETag"/> is <paramref name="etag"/>,
    /// else fails with <see cref="FileSystemErrorCode.PreconditionFailed"/> (also when the file is gone).
    /// </summary>
    public static WriteMode Replace(string etag)
    {
        ArgumentException.ThrowIfNullOrEmpty(etag);
        return new WriteMode(nameof(Replace), etag);
    }

    /// <summary><c>Create</c>, <c>Overwrite</c> or <c>Replace</c>.</summary>
    public string Name { get; }

    /// <summary>The version that <see cref="Replace"/> expects; null for the other modes.</summary>
    public string? ExpectedETag { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
