using System.Text;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>
/// A few bytes that name the location of a checkpoint to a task on another machine, as Flink sends them in its barriers.
/// Either the default (no bytes: the location follows from the job and the checkpoint id) or an encoded directory. Immutable.
/// Follows Flink's <c>CheckpointStorageLocationReference</c>, and <c>AbstractFsCheckpointStorage</c> for the encoding.
/// </summary>
public sealed class CheckpointStorageLocationReference : IEquatable<CheckpointStorageLocationReference>
{
    private static readonly byte[] Magic = [0x05, 0x5F, 0x3F, 0x18];

    private readonly byte[] _encoded;

    private CheckpointStorageLocationReference(byte[] encoded) => _encoded = encoded;

    /// <summary>The reference without bytes: a regular checkpoint of the job.</summary>
    public static CheckpointStorageLocationReference Default { get; } = new([]);

    /// <summary>Whether this is <see cref="Default"/>.</summary>
    public bool IsDefault => _encoded.Length == 0;

    /// <summary>The bytes to send; empty for the default.</summary>
    public ReadOnlyMemory<byte> Bytes => _encoded;

    /// <summary>A reference from the bytes that were sent; no bytes make the default.</summary>
    public static CheckpointStorageLocationReference FromBytes(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? Default : new(bytes.ToArray());

    /// <summary>Encodes a directory: <c>05 5F 3F 18</c> and the UTF-8 bytes of its text.</summary>
    public static CheckpointStorageLocationReference Encode(StoragePath directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return new([.. Magic, .. Encoding.UTF8.GetBytes(directory.ToString())]);
    }

    /// <summary>The directory that <see cref="Encode"/> was given.</summary>
    /// <exception cref="FormatException">This is the default, too short, begins with other bytes, or holds no path.</exception>
    public StoragePath Decode()
    {
        if (IsDefault)
            throw new FormatException("Cannot decode default reference");
        if (_encoded.Length <= Magic.Length)
            throw new FormatException("Reference too short.");
        if (!_encoded.AsSpan().StartsWith(Magic))
            throw new FormatException("Reference starts with the wrong magic number");
        try
        {
            return StoragePath.Parse(Encoding.UTF8.GetString(_encoded.AsSpan(Magic.Length)));
        }
        catch (FileSystemException e)
        {
            throw new FormatException("Reference cannot be decoded to a path", e);
        }
    }

    /// <summary><c>(default)</c>, or the bytes as lower-case hex digits.</summary>
    public override string ToString() => IsDefault ? "(default)" : Convert.ToHexStringLower(_encoded);

    /// <inheritdoc/>
    public bool Equals(CheckpointStorageLocationReference? other) => other is not null && _encoded.AsSpan().SequenceEqual(other._encoded);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CheckpointStorageLocationReference);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_encoded);
        return hash.ToHashCode();
    }
}
