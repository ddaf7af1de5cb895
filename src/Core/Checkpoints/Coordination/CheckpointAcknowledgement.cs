using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// What a task answers to a <see cref="CheckpointTrigger"/>: its state is written, and this is where. Immutable. On the way it is a <c>_metadata</c> of one
/// subtask, read with the care that those files are read with. Follows Flink's <c>AcknowledgeCheckpoint</c> message.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="CheckpointId">The checkpoint.</param>
/// <param name="Task">Whose state it is.</param>
/// <param name="State">The state, its index that of the task.</param>
public sealed record CheckpointAcknowledgement(JobId JobId, long CheckpointId, OperatorSubtask Task, OperatorSubtaskState State)
{
    private const byte FormatVersion = 1;
    private const int HeaderSize = 1 + HexId.Size + sizeof(int);

    /// <summary>The bytes to send.</summary>
    /// <exception cref="CheckpointMetadataException">The state is of a kind that only versions before 3 of <c>_metadata</c> have a place for.</exception>
    public byte[] ToBytes()
    {
        var directory = RelativeTo();
        var bytes = new ArrayBufferWriter<byte>();
        WriteHeader(bytes, directory ?? "");
        CheckpointMetadataWriter.Write(ToMetadata(), bytes, new CheckpointMetadataWriterOptions { Directory = directory });
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> made. Inline state refers to <paramref name="bytes"/>: leave them unchanged.</summary>
    /// <exception cref="FormatException">The bytes are not of an acknowledgement.</exception>
    public static CheckpointAcknowledgement FromBytes(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < HeaderSize || bytes.Span[0] != FormatVersion)
            throw new FormatException($"These {bytes.Length} bytes are not an acknowledgement of version {FormatVersion}.");
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.Span[(1 + HexId.Size)..]);
        if (length < 0 || length > bytes.Length - HeaderSize)
            throw new FormatException($"An acknowledgement names a directory of {length} bytes.");
        var directory = Encoding.UTF8.GetString(bytes.Span.Slice(HeaderSize, length));
        try
        {
            var options = new CheckpointMetadataReaderOptions { Directory = length == 0 ? null : directory };
            return FromMetadata(new JobId(bytes.Span.Slice(1, HexId.Size)), CheckpointMetadataReader.Read(bytes[(HeaderSize + length)..], options));
        }
        catch (CheckpointMetadataException e)
        {
            throw new FormatException("The state in an acknowledgement cannot be read.", e);
        }
    }

    internal void Validate()
    {
        Task.Validate();
        ArgumentNullException.ThrowIfNull(State);
        if (State.Index != Task.Index)
            throw new ArgumentException($"The state of task '{Task}' says that it is of subtask {State.Index}.");
    }

    private static CheckpointAcknowledgement FromMetadata(JobId jobId, CheckpointMetadata metadata)
    {
        if (metadata.Operators is not [{ Subtasks: [var state], Uid: { } name } found])
            throw new FormatException("An acknowledgement is of one task of an operator with a name.");
        var task = new OperatorSubtask(name, state.Index, found.Parallelism) { MaxParallelism = found.MaxParallelism };
        try
        {
            task.Validate();
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"An acknowledgement is of task {state.Index} of {found.Parallelism}.", e);
        }
        return new CheckpointAcknowledgement(jobId, metadata.CheckpointId, task, state);
    }

    private void WriteHeader(ArrayBufferWriter<byte> bytes, string directory)
    {
        var length = Encoding.UTF8.GetByteCount(directory);
        var header = bytes.GetSpan(HeaderSize + length);
        header[0] = FormatVersion;
        JobId.CopyTo(header[1..]);
        BinaryPrimitives.WriteInt32BigEndian(header[(1 + HexId.Size)..], length);
        Encoding.UTF8.GetBytes(directory, header[HeaderSize..]);
        bytes.Advance(HeaderSize + length);
    }

    /// <summary>The directory that the task's own files are relative to; files relative to another one travel with their whole path.</summary>
    private string? RelativeTo() => StateHandleWalk.Streams(State).Select(StateHandleWalk.Leaf).OfType<RelativeFileStateHandle>().FirstOrDefault()?.Directory;

    private CheckpointMetadata ToMetadata() => new()
    {
        CheckpointId = CheckpointId,
        Operators =
        [
            new OperatorState
            {
                Id = Task.OperatorId,
                Uid = Task.Operator,
                Parallelism = Task.Parallelism,
                MaxParallelism = Task.MaxParallelism,
                Subtasks = [State],
            },
        ],
    };
}
