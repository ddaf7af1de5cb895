using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// Reads the primitives of a <c>_metadata</c> file and knows where it stands: the byte, the field and the layout. Whatever is wrong with
/// the bytes becomes a <see cref="CheckpointMetadataException"/> that says so.
/// </summary>
internal ref struct MetadataInput
{
    private readonly ReadOnlyMemory<byte> _file;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly FieldPath _path = new();
    private int _position;

    public MetadataInput(ReadOnlyMemory<byte> file, MetadataLayout layout, string? directory)
    {
        _file = file;
        _bytes = file.Span;
        Layout = layout;
        Directory = directory;
    }

    /// <summary>Reads an item of a list.</summary>
    public delegate T ItemReader<out T>(ref MetadataInput input);

    public MetadataLayout Layout { get; }

    /// <summary>The directory that relative paths are relative to; null when nobody has said.</summary>
    public string? Directory { get; }

    /// <summary>Which dialects would read on differently: bit n for the dialect with number n.</summary>
    public int DialectsMet { get; private set; }

    /// <summary>The subtask whose state is being read.</summary>
    public int SubtaskIndex { get; set; }

    public readonly int Position => _position;

    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>Notes that a dialect lays out the next bytes in another way.</summary>
    public void Meet(MetadataDialect dialect) => DialectsMet |= 1 << (int)dialect;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Enter(string field, int index = FieldPath.NoIndex)
    {
        if (!_path.TryEnter(field, index))
            FailTooDeep(field);
    }

    public readonly void Leave() => _path.Leave();

    public byte ReadByte(string field)
    {
        int position = Take(1, field);
        return _bytes[position];
    }

    public int ReadInt32(string field)
    {
        int position = Take(sizeof(int), field);
        return BinaryPrimitives.ReadInt32BigEndian(_bytes[position..]);
    }

    public long ReadInt64(string field)
    {
        int position = Take(sizeof(long), field);
        return BinaryPrimitives.ReadInt64BigEndian(_bytes[position..]);
    }

    /// <summary>The number that comes next, not consumed; 0 when the file ends before.</summary>
    public readonly int PeekInt32() => BinaryPrimitives.TryReadInt32BigEndian(_bytes[_position..], out int value) ? value : 0;

    /// <summary>The byte that comes next, not consumed; 0 at the end of the file.</summary>
    public readonly byte PeekByte() => _position < _bytes.Length ? _bytes[_position] : (byte)0;

    public ReadOnlySpan<byte> ReadSpan(int size, string field)
    {
        int position = Take(size, field);
        return _bytes.Slice(position, size);
    }

    /// <summary>Reads a flag of one byte. Java reads any byte but 0 as true and writes 1; another could not be written back.</summary>
    public bool ReadBoolean(string field)
    {
        byte value = ReadByte(field);
        if (value > 1)
            Fail(field, $"a flag is 0 or 1, not {value}", _position - 1);
        return value == 1;
    }

    /// <summary>Reads a number that may not be negative.</summary>
    public int ReadNatural(string field)
    {
        int value = ReadInt32(field);
        if (value < 0)
            Fail(field, $"{value} is negative", _position - sizeof(int));
        return value;
    }

    /// <summary>Reads the length of a list, which the rest of the file must have room for.</summary>
    /// <param name="field">The list.</param>
    /// <param name="itemSize">The fewest bytes an item takes.</param>
    public int ReadCount(string field, int itemSize)
    {
        int count = ReadInt32(field);
        if (count < 0 || (long)count * itemSize > Remaining)
            FailCount(field, count, itemSize);
        return count;
    }

    /// <summary>Reads a list.</summary>
    /// <param name="field">The list.</param>
    /// <param name="itemSize">The fewest bytes an item takes.</param>
    /// <param name="readItem">Reads an item.</param>
    public ImmutableArray<T> ReadList<T>(string field, int itemSize, ItemReader<T> readItem) =>
        ReadItems(field, ReadCount(field, itemSize), readItem);

    /// <summary>Reads the items of a list whose length is known to be possible.</summary>
    public ImmutableArray<T> ReadItems<T>(string field, int count, ItemReader<T> readItem)
    {
        if (count == 0)
            return [];
        var items = new T[count];
        for (int i = 0; i < items.Length; i++)
        {
            Enter(field, i);
            items[i] = readItem(ref this);
            Leave();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    public ImmutableArray<long> ReadOffsets(string field = "offsets")
    {
        int count = ReadCount(field, sizeof(long));
        if (count == 0)
            return [];
        long[] offsets = new long[count];
        int position = Take(count * sizeof(long), field);
        var source = MemoryMarshal.Cast<byte, long>(_bytes.Slice(position, count * sizeof(long)));
        if (BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(source, offsets);
        else
            source.CopyTo(offsets);
        return ImmutableCollectionsMarshal.AsImmutableArray(offsets);
    }

    /// <summary>Reads a counted run of bytes; the result refers to the file's memory.</summary>
    public ReadOnlyMemory<byte> ReadBytes(string field)
    {
        int count = ReadCount(field, 1);
        return _file.Slice(Take(count, field), count);
    }

    public string ReadString(string field)
    {
        int start = Take(sizeof(ushort), field);
        int length = BinaryPrimitives.ReadUInt16BigEndian(_bytes[start..]);
        if (length == 0)
            return "";
        int position = Take(length, field);
        string? text = ModifiedUtf8.Decode(_bytes.Slice(position, length), out int errorIndex);
        if (text is null)
            Fail(field, "the text is not modified UTF-8", position + errorIndex);
        return text;
    }

    /// <summary>The bytes between two positions of the file.</summary>
    public readonly ReadOnlyMemory<byte> Slice(int start, int end) => _file[start..end];

    [DoesNotReturn]
    public readonly void Fail(string field, string problem, int offset) => throw Error(field, problem, offset);

    /// <summary>What <see cref="Fail"/> throws, for places that the compiler has to see the end of.</summary>
    public readonly CheckpointMetadataException Error(string field, string problem, int offset) => new(problem, _path.Of(field), offset);

    /// <summary>Steps over bytes and answers where they begin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Take(int size, string field)
    {
        int position = _position;
        if (_bytes.Length - position < size)
            FailShort(field, size);
        _position = position + size;
        return position;
    }

    [DoesNotReturn]
    private readonly void FailShort(string field, int size) =>
        Fail(field, $"the file ends here: {size} bytes are needed, {Remaining} remain", _position);

    [DoesNotReturn]
    private readonly void FailCount(string field, int count, int itemSize) =>
        Fail(
            field,
            count < 0 ? $"the number of items is negative: {count}" : $"{count} items of at least {itemSize} bytes do not fit in the {Remaining} bytes that remain",
            _position - sizeof(int));

    [DoesNotReturn]
    private readonly void FailTooDeep(string field) => Fail(field, $"fields nest deeper than {FieldPath.MaxDepth}", _position);
}
