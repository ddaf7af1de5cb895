namespace Cairn.FileSystems.Drivers;

/// <summary>Bytes in a temporary file that only this process reads and that is gone with it.</summary>
internal sealed class SpoolFile : UploadContent, IDisposable
{
    private readonly FileStream _file;
    private long _length;
    private uint _checksum;

    public SpoolFile(string directory)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var name = Path.Combine(directory, $"cairn-spool-{Publication.NewWriteId()}");
        _file = new FileStream(name, options);
        // Where an open file may lose its name, a killed process leaves nothing behind.
        if (!OperatingSystem.IsWindows())
            File.Delete(name);
    }

    public override long Length => _length;

    public override uint Checksum => _checksum;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file.SafeFileHandle, bytes, _length);
        _length += bytes.Length;
        _checksum = Crc32C.Append(_checksum, bytes);
    }

    public void Dispose() => _file.Dispose();

    internal override int ReadAt(long position, Span<byte> buffer) => position >= _length ? 0 : RandomAccess.Read(_file.SafeFileHandle, buffer, position);
}
