using Cairn.FileSystems;

namespace Cairn.Faults.Campaign;

/// <summary>What should be on the server, and the look past the proxy at what is.</summary>
internal sealed class Model(IFileSystem direct, StoragePath directory)
{
    private readonly Dictionary<string, KnownFile> _files = [];

    /// <summary>The names that operations choose from.</summary>
    public static string[] Names { get; } = ["a", "b", "c", "d/a", "d/b", "with blank", "päth+%", "e"];

    public StoragePath Directory => directory;

    public IEnumerable<string> Present => _files.Keys;

    public KnownFile? this[string name] => _files.GetValueOrDefault(name);

    public StoragePath Path(string name) => directory / name;

    /// <summary>
    /// Looks at the file on the server and fails unless it is one of the possible ones (null: absent), byte by byte; it is the known one from then on.
    /// </summary>
    public async Task SettleAsync(string name, KnownFile?[] possible, CancellationToken cancellationToken)
    {
        var found = await direct.FindAsync(Path(name), cancellationToken: cancellationToken);
        if (found is null)
        {
            Expect(possible.Contains(null), $"'{name}' is gone");
            _files.Remove(name);
            return;
        }
        var bytes = await direct.ReadAllBytesAsync(Path(name), new() { IfMatch = found.ETag }, cancellationToken);
        var match = Array.Find(possible, file => file is not null && (file.ETag is null || file.ETag == found.ETag) && bytes.AsSpan().SequenceEqual(file.Content.ToArray()));
        Expect(match is not null, $"'{name}' has {bytes.Length} bytes that should not be there, version {found.ETag}");
        _files[name] = match with { ETag = found.ETag };
    }

    /// <summary>Takes a file away, past the proxy.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        await direct.DeleteAsync(Path(name), cancellationToken);
        _files.Remove(name);
    }

    /// <summary>Every file is there with its bytes, and no other.</summary>
    public async Task CheckAllAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Names)
            await SettleAsync(name, [this[name]], cancellationToken);
        var listed = new List<string>();
        await foreach (var entry in direct.ListAsync(directory, new() { Recursive = true }, cancellationToken))
            listed.Add(entry.Path.Key[(directory.Key.Length + 1)..]);
        Expect(listed.Order(StringComparer.Ordinal).SequenceEqual(Present.Order(StringComparer.Ordinal)), $"the server has {string.Join(", ", listed)}");
    }

    public static void Expect([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition, string whatIsWrong)
    {
        if (!condition)
            throw new CampaignException(whatIsWrong);
    }
}
