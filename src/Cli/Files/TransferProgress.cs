namespace Cairn.Cli.Files;

/// <summary>How far a transfer is. Thread safe.</summary>
internal sealed class TransferProgress
{
    private long _bytes;
    private long _files;
    private long _totalBytes;
    private long _totalFiles;

    /// <summary>Bytes that were moved or found to be there.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public long Files => Volatile.Read(ref _files);

    /// <summary>Bytes that there are in all, as far as was counted.</summary>
    public long TotalBytes => Volatile.Read(ref _totalBytes);

    public long TotalFiles => Volatile.Read(ref _totalFiles);

    public void Moved(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Finished() => Interlocked.Increment(ref _files);

    public void Counted(long bytes)
    {
        Interlocked.Add(ref _totalBytes, bytes);
        Interlocked.Increment(ref _totalFiles);
    }
}
