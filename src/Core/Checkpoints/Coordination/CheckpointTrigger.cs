using System.Buffers.Binary;

namespace Cairn.Checkpoints;

/// <summary>
/// What a task on another machine has to know to take part in a checkpoint, as a few bytes. Immutable.
/// Follows Flink's <c>TriggerCheckpoint</c> message with its <c>CheckpointOptions</c>.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="CheckpointId">The checkpoint.</param>
/// <param name="Location">Where the task's state goes; see <see cref="ICheckpointStorage.ResolveCheckpointStorageLocation"/>.</param>
public sealed record CheckpointTrigger(JobId JobId, long CheckpointId, CheckpointStorageLocationReference Location)
{
    private const byte FormatVersion = 1;
    private const long NoBase = -1;
    private const int HeaderSize = 1 + HexId.Size + sizeof(long) + sizeof(long);

    /// <summary>
    /// The completed checkpoint whose shared files the task may use again, see <see cref="PendingCheckpoint.Base"/>; null when its state has to be written in full.
    /// </summary>
    public long? BaseCheckpointId { get; init; }

    /// <summary>The bytes to send.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderSize + Location.Bytes.Length];
        bytes[0] = FormatVersion;
        JobId.CopyTo(bytes.AsSpan(1));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1 + HexId.Size), CheckpointId);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1 + HexId.Size + sizeof(long)), BaseCheckpointId ?? NoBase);
        Location.Bytes.CopyTo(bytes.AsMemory(HeaderSize));
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> made.</summary>
    /// <exception cref="FormatException">The bytes are not of a trigger.</exception>
    public static CheckpointTrigger FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize || bytes[0] != FormatVersion)
            throw new FormatException($"These {bytes.Length} bytes are not a checkpoint trigger of version {FormatVersion}.");
        var id = BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + HexId.Size)..]);
        var baseId = BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + HexId.Size + sizeof(long))..]);
        if (id < 0 || baseId < NoBase)
            throw new FormatException($"A checkpoint trigger names checkpoint {id} on base {baseId}.");
        return new CheckpointTrigger(new JobId(bytes.Slice(1, HexId.Size)), id, CheckpointStorageLocationReference.FromBytes(bytes[HeaderSize..]))
        {
            BaseCheckpointId = baseId == NoBase ? null : baseId,
        };
    }
}
