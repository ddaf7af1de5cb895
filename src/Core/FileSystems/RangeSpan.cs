namespace Cairn.FileSystems;

/// <summary>One request of a vectored read: the ranges that lie in it, and its bytes.</summary>
internal sealed class RangeSpan
{
    private readonly long _offset;
    private readonly List<int> _members;
    private readonly Memory<byte> _buffer;
    private int _read;

    private RangeSpan(long offset, List<int> members, Memory<byte> buffer) => (_offset, _members, _buffer) = (offset, members, buffer);

    /// <summary>The version that the request saw.</summary>
    public string? ETag { get; private set; }

    /// <summary>Sorts the ranges and puts near ones together; empty ones need no request.</summary>
    public static List<RangeSpan> Merge(IReadOnlyList<ByteRange> ranges, RangeReadOptions options, FileRanges owner)
    {
        var spans = new List<RangeSpan>();
        var members = new List<int>();
        ByteRange? open = null;
        foreach (var index in Enumerable.Range(0, ranges.Count).Where(i => ranges[i].Length > 0).OrderBy(i => ranges[i].Offset))
        {
            var range = ranges[index];
            if (open is { } span && range.Offset - span.End <= options.MergeGap && Math.Max(range.End, span.End) - span.Offset is var merged
                && (merged <= options.MaxMergedLength || merged == span.Length))
            {
                open = span with { Length = (int)merged };
            }
            else
            {
                Close();
                open = range;
            }
            members.Add(index);
        }
        Close();
        return spans;

        void Close()
        {
            if (open is not { } span)
                return;
            spans.Add(new RangeSpan(span.Offset, members, owner.Rent(span.Length).AsMemory(0, span.Length)));
            members = [];
        }
    }

    public async ValueTask ReadAsync(IFileSystem fileSystem, StoragePath path, string? ifMatch, CancellationToken cancellationToken)
    {
        var options = new ReadOptions { Offset = _offset, Length = _buffer.Length, IfMatch = ifMatch };
        var stream = await fileSystem.OpenReadAsync(path, options, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            ETag = stream.Entry.ETag;
            var expected = (int)Math.Clamp(stream.Entry.Length - _offset, 0, _buffer.Length);
            _read = await stream.ReadAtLeastAsync(_buffer, expected, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (_read < expected)
                throw new FileSystemException(FileSystemErrorCode.Corrupt, $"'{path}' ended {expected - _read} bytes early in a read at {_offset}.", path);
        }
    }

    public void Slice(IReadOnlyList<ByteRange> ranges, FileRanges result)
    {
        foreach (var index in _members)
        {
            var start = (int)Math.Min(ranges[index].Offset - _offset, _read);
            result[index] = _buffer.Slice(start, Math.Min(ranges[index].Length, _read - start));
        }
    }
}
