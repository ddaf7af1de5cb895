using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// Writes the primitives of a <c>_metadata</c> file and knows where it stands: the field, the operator and the layout. What the layout has
/// no place for is either lost, where that is allowed, or an error.
/// </summary>
internal ref struct MetadataOutput
{
    private const int BufferSize = 4096;

    private readonly IBufferWriter<byte> _destination;
    private readonly FieldPath _path = new();
    private readonly CheckpointMetadataWriterOptions _options;
    private Span<byte> _buffer;
    private int _used;

    public MetadataOutput(IBufferWriter<byte> destination, MetadataLayout layout, CheckpointMetadataWriterOptions options)
    {
        _destination = destination;
        _options = options;
        Layout = layout;
    }

    /// <summary>Writes an item of a list.</summary>
    public delegate void ItemWriter<in T>(ref MetadataOutput output, T item);

    public MetadataLayout Layout { get; }

    /// <summary>The directory in which the file will lie; null when nobody has said.</summary>
    public readonly string? Directory => _options.Directory;

    /// <summary>Whether relative files stay relative wherever they lie, as the data of channels does.</summary>
    public bool KeepsRelative { get; set; }

    /// <summary>The checkpoint being written.</summary>
    public long CheckpointId { get; set; }

    /// <summary>The subtask whose state is being written.</summary>
    public int SubtaskIndex { get; set; }

    /// <summary>The operator whose state is being written.</summary>
    public OperatorState? Operator { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Enter(string field, int index = FieldPath.NoIndex)
    {
        if (!_path.TryEnter(field, index))
            FailTooDeep(field);
    }

    public readonly void Leave() => _path.Leave();

    public void WriteByte(int value)
    {
        Reserve(1);
        _buffer[_used++] = (byte)value;
    }

    public void WriteBoolean(bool value) => WriteByte(value ? 1 : 0);

    public void WriteInt32(int value)
    {
        Reserve(sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(_buffer[_used..], value);
        _used += sizeof(int);
    }

    public void WriteInt64(long value)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_buffer[_used..], value);
        _used += sizeof(long);
    }

    public void WriteSpan(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer[_used..]);
        _used += bytes.Length;
    }

    public void WriteOffsets(ImmutableArray<long> offsets)
    {
        var values = offsets.AsSpan();
        WriteInt32(values.Length);
        foreach (long value in values)
            WriteInt64(value);
    }

    public void WriteList<T>(string field, ImmutableArray<T> items, ItemWriter<T> writeItem)
    {
        var values = items.AsSpan();
        WriteInt32(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Enter(field, i);
            writeItem(ref this, values[i]);
            Leave();
        }
    }

    /// <summary>Writes a counted run of bytes.</summary>
    public void WriteBytes(ReadOnlyMemory<byte> bytes)
    {
        WriteInt32(bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Writes bytes as they are.</summary>
    public void WriteRaw(ReadOnlyMemory<byte> bytes)
    {
        if (_destination is SegmentedBuffer segments && bytes.Length >= BufferSize)
        {
            Flush();
            segments.Append(bytes);
            return;
        }

        for (var rest = bytes.Span; !rest.IsEmpty;)
        {
            Reserve(1);
            int size = Math.Min(rest.Length, _buffer.Length - _used);
            rest[..size].CopyTo(_buffer[_used..]);
            _used += size;
            rest = rest[size..];
        }
    }

    public void WriteString(string field, string text)
    {
        if (text is null)
            Fail(field, "there is no text");
        if (text.Length <= ModifiedUtf8.MaxLength && TryWriteAscii(text))
            return;

        int length = ModifiedUtf8.GetByteCount(text);
        if (length is > ModifiedUtf8.MaxLength or < 0)
            Fail(field, $"the text takes more than {ModifiedUtf8.MaxLength} bytes");
        Reserve(sizeof(ushort) + length);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_used..], (ushort)length);
        ModifiedUtf8.Encode(text, _buffer[(_used + sizeof(ushort))..]);
        _used += sizeof(ushort) + length;
    }

    /// <summary>
    /// The absolute path that a relative handle is written with; null when it stays relative. It does unless it is known to lie in another
    /// directory than the file being written, or the layout has no relative handles.
    /// </summary>
    public readonly string? FindAbsolutePath(RelativeFileStateHandle handle)
    {
        if (Layout.LastStreamHandle < HandleCode.RelativeFile)
            return RelativeFileStateHandle.Combine(FindDirectory(handle)!, handle.RelativePath); // without a directory it does not fit, and is not written
        bool isElsewhere = Directory is not null
            && handle.Directory is not null
            && !Directory.AsSpan().TrimEnd('/').SequenceEqual(handle.Directory.AsSpan().TrimEnd('/'));
        return isElsewhere && !KeepsRelative ? handle.FilePath : null;
    }

    /// <summary>The directory that a relative handle starts from, as far as it is known.</summary>
    public readonly string? FindDirectory(RelativeFileStateHandle handle) => handle.Directory ?? Directory;

    /// <summary>An id for a handle that has none where one is required: a UUID made from the place of the handle, the same whenever it is made.</summary>
    public readonly string InventId()
    {
        byte[] place = Encoding.UTF8.GetBytes($"{CheckpointId}/{Operator!.Id}/{_path}");
        return new Guid(SHA256.HashData(place).AsSpan(0, 16)).ToString();
    }

    /// <summary>Gives up something that the layout has no place for, or fails when that is not allowed.</summary>
    /// <param name="what">What is given up, for example <c>the coordinator state</c>.</param>
    public readonly void Lose(string what)
    {
        if (_options is { AllowLoss: true, Lost: null })
            return;
        string owner = Operator is null ? "" : $" of operator {Operator.Id}{(Operator.Name is null ? "" : $" ({Operator.Name})")}";
        if (!_options.AllowLoss)
            Fail("", $"version {Layout.Version} has no place for {what}{owner}");
        _options.Lost!($"{what}{owner}");
    }

    /// <summary>Hands what is buffered to the destination.</summary>
    public void Flush()
    {
        if (_used > 0)
            _destination.Advance(_used);
        _buffer = default;
        _used = 0;
    }

    [DoesNotReturn]
    public readonly void Fail(string field, string problem) => throw Error(field, problem);

    /// <summary>What <see cref="Fail"/> throws, for places that the compiler has to see the end of.</summary>
    public readonly CheckpointMetadataException Error(string field, string problem) => new(problem, _path.Of(field), offset: -1);

    private bool TryWriteAscii(string text)
    {
        Reserve(sizeof(ushort) + text.Length);
        if (text.Contains('\0') || Ascii.FromUtf16(text, _buffer[(_used + sizeof(ushort))..], out _) != OperationStatus.Done)
            return false;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_used..], (ushort)text.Length);
        _used += sizeof(ushort) + text.Length;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int size)
    {
        if (_buffer.Length - _used < size)
            Grow(size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int size)
    {
        Flush();
        _buffer = _destination.GetSpan(Math.Max(size, BufferSize));
    }

    [DoesNotReturn]
    private readonly void FailTooDeep(string field) => Fail(field, $"fields nest deeper than {FieldPath.MaxDepth}");
}
