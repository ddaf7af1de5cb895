using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Cairn.FileSystems;

namespace Cairn.Samples.WordCount;

/// <summary>One of the parallel tasks: counts the words of its files, line by line, and can write down and read back exactly how far it is.</summary>
internal sealed class WordCounter(int index, IReadOnlyList<FileEntry> files, FileSystemRegistry fileSystems)
{
    private const int BufferSize = 64 * 1024;

    private int _file;
    private long _offset;

    public int Index => index;

    public Dictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Lines that were counted, also in earlier runs.</summary>
    public long Records { get; private set; }

    /// <summary>Bytes that were counted, also in earlier runs.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes that there are to count.</summary>
    public long Length { get; } = files.Sum(f => f.Length);

    public bool IsAtEnd => _file == files.Count;

    /// <summary>Counts until the files end, or until <paramref name="goOn"/>, which is asked after every line, answers false.</summary>
    public async Task CountAsync(Func<WordCounter, ValueTask<bool>> goOn, CancellationToken cancellationToken)
    {
        while (!IsAtEnd && await CountFileAsync(files[_file], goOn, cancellationToken))
        {
            _file++;
            _offset = 0;
        }
    }

    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        await using var buffered = new BufferedStream(stream, BufferSize);
        await using var writer = new BinaryWriter(buffered, Encoding.UTF8, leaveOpen: true);
        writer.Write(Fingerprint());
        writer.Write(_file);
        writer.Write(_offset);
        writer.Write(Bytes);
        writer.Write(Records);
        writer.Write(Counts.Count);
        foreach (var (word, count) in Counts)
        {
            writer.Write(word);
            writer.Write(count);
        }
        await buffered.FlushAsync(cancellationToken);
    }

    public async Task<WordCounter> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var state = new MemoryStream();
        await stream.CopyToAsync(state, cancellationToken);
        state.Position = 0;
        using var reader = new BinaryReader(state, Encoding.UTF8);
        if (reader.ReadString() != Fingerprint())
            throw new InvalidDataException($"The checkpoint was taken of other text than task {index + 1} has now. Use the same --input, or other --checkpoints.");
        _file = reader.ReadInt32();
        _offset = reader.ReadInt64();
        Bytes = reader.ReadInt64();
        Records = reader.ReadInt64();
        for (var left = reader.ReadInt32(); left > 0; left--)
            Counts.Add(reader.ReadString(), reader.ReadInt64());
        return this;
    }

    /// <summary>Changes when a file of this task does: a position in another text would mean nothing.</summary>
    private string Fingerprint() =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files.Select(f => $"{f.Path} {f.Length} {f.ETag}")))));

    private async Task<bool> CountFileAsync(FileEntry file, Func<WordCounter, ValueTask<bool>> goOn, CancellationToken cancellationToken)
    {
        await using var stream = await fileSystems.Get(file.Path).OpenReadAsync(file.Path, new ReadOptions { Offset = _offset, IfMatch = file.ETag }, cancellationToken);
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize));
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (TryTakeLine(ref buffer, result.IsCompleted))
            {
                if (!await goOn(this))
                    return false;
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                return true;
        }
    }

    /// <summary>Counts the first line of <paramref name="buffer"/> and takes it off; false when it has no whole line.</summary>
    private bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool isLast)
    {
        var newline = buffer.PositionOf((byte)'\n');
        if (newline is null && (!isLast || buffer.IsEmpty))
            return false;
        var rest = newline is { } end ? buffer.Slice(buffer.GetPosition(1, end)) : buffer.Slice(buffer.End);
        var length = buffer.Length - rest.Length;
        CountLine(buffer.Slice(0, length));
        _offset += length;
        Bytes += length;
        buffer = rest;
        return true;
    }

    private void CountLine(in ReadOnlySequence<byte> line)
    {
        Records++;
        var counts = Counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var text = Encoding.UTF8.GetString(line).ToLowerInvariant().AsSpan();
        for (int start = 0, end; start < text.Length; start = end + 1)
        {
            end = start;
            while (end < text.Length && IsPartOfWord(text[end]))
                end++;
            if (end > start)
                CollectionsMarshal.GetValueRefOrAddDefault(counts, text[start..end], out _)++;
        }
    }

    private static bool IsPartOfWord(char character) =>
        char.IsLetter(character) || char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
