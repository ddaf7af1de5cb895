namespace Cairn.FileSystems.Drivers;

/// <summary>
/// A writer for what has to be published with one request whatever its length: the first bytes are kept in memory, more goes to a
/// temporary file on this machine, and the commit sends all of it. A provider implements the request.
/// </summary>
public abstract class SpooledFileWriter : FileWriter
{
    private readonly PartBuffer _memory;
    private readonly long _maxLength;
    private readonly string _directory;
    private SpoolFile? _file;

    /// <summary>For providers.</summary>
    /// <param name="path">The path that the file will have.</param>
    /// <param name="inMemory">How many bytes are kept in memory before a temporary file is made.</param>
    /// <param name="maxLength">The longest file that one request takes, in bytes.</param>
    /// <param name="directory">Where the temporary file goes; the system's temporary folder when null.</param>
    /// <param name="timeProvider">Bounds how long a discard may take.</param>
    protected SpooledFileWriter(StoragePath path, int inMemory, long maxLength, string? directory = null, TimeProvider? timeProvider = null)
        : base(path, timeProvider)
    {
        _memory = new PartBuffer(inMemory);
        _maxLength = maxLength;
        _directory = directory ?? System.IO.Path.GetTempPath();
    }

    /// <summary>Publishes the file with one request.</summary>
    protected abstract Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override void Append(ReadOnlySpan<byte> bytes)
    {
        if (Position + bytes.Length > _maxLength)
            throw FileSystemException.NotSupported(Path, $"'{Path}' would be longer than the {_maxLength} bytes that this store publishes under a condition.");
        var count = _file is null ? Math.Min(bytes.Length, _memory.Free) : 0;
        _memory.Append(bytes[..count]);
        bytes = bytes[count..];
        if (bytes.IsEmpty)
            return;
        _file ??= Spill();
        _file.Append(bytes);
    }

    /// <inheritdoc/>
    protected sealed override ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Append(bytes.Span);
        return default;
    }

    /// <inheritdoc/>
    protected sealed override Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken) => PutAsync(_file ?? (UploadContent)_memory, cancellationToken);

    /// <inheritdoc/>
    protected sealed override ValueTask DiscardAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    protected sealed override ValueTask ReleaseAsync()
    {
        _memory.Dispose();
        _file?.Dispose();
        return default;
    }

    private SpoolFile Spill()
    {
        var file = new SpoolFile(_directory);
        for (var position = 0L; _memory.Peek(position) is { IsEmpty: false } block; position += block.Length)
            file.Append(block.Span);
        _memory.Dispose();
        return file;
    }
}
