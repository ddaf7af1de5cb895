using System.Collections.Concurrent;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Tests.FileSystems.Drivers;

/// <summary>A store in memory behind a <see cref="PartedFileWriter"/>, with a gate that parts wait at and a log of what was asked for.</summary>
internal sealed class ScriptedWriter(PartedWriteOptions options, long? lengthHint = null)
    : PartedFileWriter(StoragePath.Parse("test://store/file"), options, lengthHint)
{
    private readonly ConcurrentDictionary<string, byte[]> _parts = new(StringComparer.Ordinal);
    private int _inFlight;

    /// <summary>Each request, in order; parts as <c>part 0</c>.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public byte[]? Published { get; private set; }

    /// <summary>The most parts that were in flight at once.</summary>
    public int MostInFlight { get; private set; }

    public List<int> PartLengths => [.. _parts.OrderBy(part => int.Parse(part.Key)).Select(part => part.Value.Length)];

    /// <summary>What a part does before it is taken.</summary>
    public Func<int, CancellationToken, Task> Gate { get; init; } = (_, _) => Task.CompletedTask;

    public Func<Task> BeginGate { get; init; } = () => Task.CompletedTask;

    protected override Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken)
    {
        Log.Enqueue("put");
        return Task.FromResult(Publish(Read(content)));
    }

    protected override async Task BeginAsync(CancellationToken cancellationToken)
    {
        Log.Enqueue("begin");
        await BeginGate();
    }

    protected override async Task<string> UploadPartAsync(int index, UploadContent content, CancellationToken cancellationToken)
    {
        Log.Enqueue($"part {index}");
        var inFlight = Interlocked.Increment(ref _inFlight);
        lock (_parts)
            MostInFlight = Math.Max(MostInFlight, inFlight);
        try
        {
            await Gate(index, cancellationToken);
            _parts[$"{index}"] = Read(content);
            return $"{index}";
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    protected override Task<FileEntry> CompleteAsync(IReadOnlyList<string> parts, long length, CancellationToken cancellationToken)
    {
        Log.Enqueue("complete");
        var bytes = parts.SelectMany(part => _parts[part]).ToArray();
        Assert.Equal(length, bytes.Length);
        return Task.FromResult(Publish(bytes));
    }

    protected override Task AbortAsync(CancellationToken cancellationToken)
    {
        Log.Enqueue($"abort with {_inFlight} in flight");
        return Task.CompletedTask;
    }

    private FileEntry Publish(byte[] bytes)
    {
        Published = bytes;
        return new FileEntry { Path = Path, Length = bytes.Length };
    }

    private static byte[] Read(UploadContent content)
    {
        using var stream = content.OpenRead();
        using var copy = new MemoryStream();
        // Half of it byte by byte as a signer reads it, then again from the start as a body is sent.
        stream.ReadExactly(new byte[content.Length / 2]);
        stream.Position = 0;
        stream.CopyToAsync(copy).GetAwaiter().GetResult();
        return copy.ToArray();
    }
}
