using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Cairn.FileSystems;

namespace Cairn.Samples.WordCount;

/// <summary>One of the parallel tasks: counts the words of its files, line by line, and can write down and read back exactly how far it is.</summary>
internal sealed class WordCounter(int index, IReadOnlyList<FileEntry> files, FileSystemRegistry fileSystems)
{
    private int _file;
    private long _offset;

    public int Index => index;

    public Dictionary<string, long> Counts { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Lines that were counted, also in earlier runs.</summary>
    public long Records { get; private set; }

    /// <summary>Bytes that were counted, also in earlier runs.</summary>
    public long Bytes => files.Take(_file).Sum(f => f.Length) + _offset;

    public bool IsAtEnd => _file == files.Count;

    /// <summary>Counts until the files end or <paramref name="shouldPause"/>, which is asked after every line.</summary>
    public async Task CountAsync(Func<WordCounter, bool> shouldPause, CancellationToken cancellationToken)
    {
        while (!IsAtEnd)
        {
            if (!await CountFileAsync(files[_file], shouldPause, cancellationToken))
                return;
            _file++;
            _offset = 0;
        }
    }

    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        await using var buffered = new BufferedStream(stream, 64 * 1024);
        await using var writer = new BinaryWriter(buffered, Encoding.UTF8, leaveOpen: true);
        writer.Write(IsAtEnd ? "" : files[_file].Path.ToString());
        writer.Write(_file);
        writer.Write(_offset);
        writer.Write(Records);
        writer.Write(Counts.Count);
        foreach (var (word, count) in Counts)
        {
            writer.Write(word);
            writer.Write(count);
        }
        await buffered.FlushAsync(cancellationToken);
    }

    public Task<WordCounter> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new BinaryReader(new BufferedStream(stream, 64 * 1024), Encoding.UTF8);
        var path = reader.ReadString();
        _file = reader.ReadInt32();
        if (path != (_file < files.Count ? files[_file].Path.ToString() : ""))
            throw new InvalidDataException($"The checkpoint was taken of other text: task {index} was at '{path}'. Use the same --input, or other --checkpoints.");
        _offset = reader.ReadInt64();
        Records = reader.ReadInt64();
        Counts = new(StringComparer.Ordinal);
        for (var left = reader.ReadInt32(); left > 0; left--)
            Counts.Add(reader.ReadString(), reader.ReadInt64());
        return Task.FromResult(this);
    }

    private async Task<bool> CountFileAsync(FileEntry file, Func<WordCounter, bool> shouldPause, CancellationToken cancellationToken)
    {
        await using var stream = await fileSystems.Get(file.Path).OpenReadAsync(file.Path, new ReadOptions { Offset = _offset }, cancellationToken);
        var pipe = PipeReader.Create(stream);
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (TryTakeLine(ref buffer, result.IsCompleted, out var line))
            {
                CountLine(line);
                if (shouldPause(this))
                    return false;
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                return true;
        }
    }

    private bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        var end = buffer.PositionOf((byte)'\n');
        line = buffer;
        if (end is null && (!isLast || buffer.IsEmpty))
            return false;
        line = end is { } newline ? buffer.Slice(0, newline) : buffer;
        var next = end is null ? buffer.End : buffer.GetPosition(1, end.Value);
        _offset += buffer.Slice(0, next).Length;
        buffer = buffer.Slice(next);
        return true;
    }

    private void CountLine(in ReadOnlySequence<byte> line)
    {
        Records++;
        var text = Encoding.UTF8.GetString(line).AsSpan();
        var words = Counts.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[64];
        while (text.IndexOfAnyInRange('A', 'z') is var start and >= 0)
        {
            text = text[start..];
            var length = text.IndexOfAnyExcept(Letters) is var end and >= 0 ? end : text.Length;
            if (length is > 1 and <= 64)
            {
                text[..length].ToLowerInvariant(lower);
                words[lower[..length]] = words.TryGetValue(lower[..length], out var count) ? count + 1 : 1;
            }
            text = text[Math.Max(length, 1)..];
        }
    }

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}
