using Cairn.FileSystems;
using static Cairn.Faults.Campaign.Model;

namespace Cairn.Faults.Campaign;

/// <summary>The operations of a campaign: each is done through the faults, and what it answered is held against the model.</summary>
internal sealed class Operations
{
    private const string Stale = "0x8D4BCC2E4835CD0";

    private readonly IFileSystem _fileSystem;
    private readonly Model _model;
    private readonly CampaignReport _report;
    private readonly CampaignOptions _options;
    private readonly Random _random;
    private readonly (int Weight, string Name, Func<CancellationToken, Task> Run)[] _all;

    public Operations(IFileSystem fileSystem, Model model, CampaignReport report, CampaignOptions options)
    {
        (_fileSystem, _model, _report, _options, _random) = (fileSystem, model, report, options, new Random(options.Seed));
        _all =
        [
            (35, "write", WriteAsync), (5, "discard", DiscardAsync), (22, "read", ReadAsync), (8, "read a range", ReadRangeAsync), (7, "find", FindAsync),
            (6, "list", ListAsync), (6, "delete", DeleteAsync), (3, "delete several", DeleteSeveralAsync), (5, "copy", CopyAsync), (3, "race", RaceAsync),
        ];
    }

    /// <summary>The operation under way, in words.</summary>
    public string Current { get; private set; } = "";

    public Task NextAsync(CancellationToken cancellationToken)
    {
        var chance = _random.Next(_all.Sum(operation => operation.Weight));
        foreach (var (weight, name, run) in _all)
        {
            if ((chance -= weight) < 0)
            {
                Current = name;
                return run(cancellationToken);
            }
        }
        throw new InvalidOperationException();
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var (name, content) = (NewName(), NewContent());
        var (mode, isAllowed) = NewMode(_model[name]);
        var refusal = mode == WriteMode.Create ? FileSystemErrorCode.AlreadyExists : FileSystemErrorCode.PreconditionFailed;
        Current = $"write {content.Length} bytes to '{name}', {mode}";
        await PublishAsync("write", name, content, isAllowed, refusal, () => CommitAsync(name, content, mode, cancellationToken), cancellationToken);
    }

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        if (_model.Present.ToArray() is not { Length: > 0 } present)
            return;
        var source = present[_random.Next(present.Length)];
        var name = Names.First(name => name != source);
        var (mode, isAllowed) = NewMode(_model[name]);
        var refusal = mode == WriteMode.Create ? FileSystemErrorCode.AlreadyExists : FileSystemErrorCode.PreconditionFailed;
        Current = $"copy '{source}' to '{name}', {mode}";
        Task<FileEntry> Copy() => _fileSystem.CopyAsync(_model.Path(source), _model.Path(name), new() { Mode = mode }, cancellationToken);
        await PublishAsync("copy", name, _model[source]!.Content, isAllowed, refusal, Copy, cancellationToken);
        await _model.SettleAsync(source, [_model[source]], cancellationToken);
    }

    /// <summary>Committed, refused or unknown; and the server has what that says.</summary>
    private async Task PublishAsync(
        string operation, string name, Content content, bool isAllowed, FileSystemErrorCode refusal, Func<Task<FileEntry>> publish, CancellationToken cancellationToken)
    {
        var (before, after) = (_model[name], new KnownFile(content, null));
        try
        {
            var entry = await publish();
            Expect(isAllowed, $"'{name}' was written in spite of its condition");
            Expect(entry.Length == content.Length && entry.ETag is not null, $"the entry says {entry.Length} bytes, version {entry.ETag}");
            await SettleAsync(operation, "committed", name, [after with { ETag = entry.ETag }], cancellationToken);
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.OutcomeUnknown)
        {
            await SettleAsync(operation, "unknown", name, isAllowed ? [before, after] : [before], cancellationToken);
        }
        catch (FileSystemException e) when (e.Code == refusal && !isAllowed)
        {
            await SettleAsync(operation, "refused", name, [before], cancellationToken);
        }
        catch (FileSystemException e) when (e.IsTransient)
        {
            await SettleAsync(operation, $"{e.Code}", name, [before], cancellationToken);
        }
    }

    private async Task<FileEntry> CommitAsync(string name, Content content, WriteMode mode, CancellationToken cancellationToken)
    {
        await using var writer = await _fileSystem.OpenWriteAsync(_model.Path(name), new() { Mode = mode }, cancellationToken);
        await content.WriteToAsync(writer, cancellationToken);
        return await writer.CommitAsync(cancellationToken);
    }

    private async Task DiscardAsync(CancellationToken cancellationToken)
    {
        var (name, content) = (NewName(), NewContent());
        await using (var writer = await _fileSystem.OpenWriteAsync(_model.Path(name), new() { Mode = WriteMode.Overwrite }, cancellationToken))
            await TryAsync(() => content.WriteToAsync(writer, cancellationToken));
        await SettleAsync("discard", "nothing written", name, [_model[name]], cancellationToken);
    }

    private Task ReadAsync(CancellationToken cancellationToken) => ReadAsync("read", new(), cancellationToken);

    private Task ReadRangeAsync(CancellationToken cancellationToken) =>
        ReadAsync("read a range", new() { Offset = _random.Next(300_000), Length = _random.Next(2) == 0 ? null : _random.Next(1_000_000) }, cancellationToken);

    private async Task ReadAsync(string operation, ReadOptions options, CancellationToken cancellationToken)
    {
        var name = NewName();
        Current = $"{operation} of '{name}'";
        try
        {
            var bytes = await _fileSystem.ReadAllBytesAsync(_model.Path(name), options, cancellationToken);
            Expect(_model[name] is not null, "it was read and is not there");
            var expected = _model[name]!.Content.ToArray().AsMemory();
            expected = expected[(int)Math.Min(options.Offset, expected.Length)..];
            expected = expected[..(int)Math.Min(options.Length ?? long.MaxValue, expected.Length)];
            Expect(bytes.AsSpan().SequenceEqual(expected.Span), "other bytes were read");
            _report.Count(operation, "right");
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.NotFound && _model[name] is null)
        {
            _report.Count(operation, "absent, rightly");
        }
        catch (FileSystemException e) when (e.IsTransient)
        {
            _report.Count(operation, $"{e.Code}");
        }
    }

    private async Task FindAsync(CancellationToken cancellationToken)
    {
        var name = NewName();
        var failure = await TryAsync(async () =>
        {
            var entry = await _fileSystem.FindAsync(_model.Path(name), cancellationToken: cancellationToken);
            Expect(entry?.ETag == _model[name]?.ETag && entry?.Length == _model[name]?.Content.Length, $"'{name}' was found as {entry}");
        });
        _report.Count("find", failure ?? "right");
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var failure = await TryAsync(async () =>
        {
            var listed = new List<string>();
            await foreach (var entry in _fileSystem.ListAsync(_model.Directory, new() { Recursive = true, PageSize = 3 }, cancellationToken))
                listed.Add(entry.Path.Key[(_model.Directory.Key.Length + 1)..]);
            Expect(listed.Order(StringComparer.Ordinal).SequenceEqual(_model.Present.Order(StringComparer.Ordinal)), $"{string.Join(", ", listed)} were listed");
        });
        _report.Count("list", failure ?? "right");
    }

    private Task DeleteAsync(CancellationToken cancellationToken) => DeleteAsync("delete", [NewName()], cancellationToken);

    private Task DeleteSeveralAsync(CancellationToken cancellationToken) => DeleteAsync("delete several", [.. Names.Take(_random.Next(1, 4))], cancellationToken);

    private async Task DeleteAsync(string operation, string[] names, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeleteResult>? results = null;
        var failure = await TryAsync(async () => results = await _fileSystem.DeleteAsync([.. names.Select(_model.Path)], cancellationToken));
        for (var i = 0; i < names.Length; i++)
        {
            var end = failure ?? results![i].Error?.Code.ToString();
            Expect(results?[i].Error is null or { IsTransient: true }, $"'{names[i]}' was not deleted: {results?[i].Error?.Message}");
            await SettleAsync(operation, end ?? "deleted", names[i], end is null ? [null] : [null, _model[names[i]]], cancellationToken);
        }
    }

    /// <summary>Two writers create one name at once: at most one of them does, and what is there is whole and one of theirs.</summary>
    private async Task RaceAsync(CancellationToken cancellationToken)
    {
        var name = NewName();
        if (_random.Next(4) > 0)
            await _model.RemoveAsync(name, cancellationToken);
        var before = _model[name];
        Content[] contents = [NewContent(), NewContent()];
        Current = $"race for '{name}'";
        var ends = await Task.WhenAll(contents.Select(content => EndAsync(() => CommitAsync(name, content, WriteMode.Create, cancellationToken))));
        Expect(ends.Count(end => end is null) <= (before is null ? 1 : 0), "more than one of them won, or one in spite of what is there");
        Expect(ends.All(end => end is null or { IsTransient: true } or { Code: FileSystemErrorCode.OutcomeUnknown or FileSystemErrorCode.AlreadyExists }), $"it ended with {ends[0]?.Code} and {ends[1]?.Code}");
        var winner = Array.IndexOf(ends, null);
        var unknown = contents.Where((_, i) => ends[i]?.Code == FileSystemErrorCode.OutcomeUnknown).Select(content => new KnownFile(content, null));
        KnownFile?[] possible = before is not null ? [before] : winner >= 0 ? [new(contents[winner], null)] : [null, .. unknown];
        await SettleAsync("race", winner >= 0 ? "one winner" : "no winner", name, possible, cancellationToken);
    }

    private async Task SettleAsync(string operation, string end, string name, KnownFile?[] possible, CancellationToken cancellationToken)
    {
        _report.Count(operation, end);
        await _model.SettleAsync(name, possible, cancellationToken);
    }

    private static async Task<string?> TryAsync(Func<Task> run) => (await EndAsync(run)) is { } failure ? $"{failure.Code}" : null;

    /// <summary>Null, or the failure that will pass. Every other failure is thrown.</summary>
    private static async Task<FileSystemException?> EndAsync(Func<Task> run)
    {
        try
        {
            await run();
            return null;
        }
        catch (FileSystemException e) when (e.IsTransient || e.Code is FileSystemErrorCode.OutcomeUnknown or FileSystemErrorCode.AlreadyExists)
        {
            return e;
        }
    }

    private string NewName() => Names[_random.Next(Names.Length)];

    private Content NewContent() => new(_random.Next(), _random.Next(100) switch
    {
        < 5 => 0,
        < 50 => _random.Next(1, 2000),
        < 85 => _random.Next(2000, 300_000),
        < 90 => _options.PartLength,
        _ => _random.Next(_options.PartLength + 1, 3 * _options.PartLength),
    });

    private (WriteMode Mode, bool IsAllowed) NewMode(KnownFile? before) => _random.Next(4) switch
    {
        0 => (WriteMode.Overwrite, true),
        1 when before is not null => (WriteMode.Replace(before.ETag!), true),
        2 => (WriteMode.Replace(Stale), false),
        _ => (WriteMode.Create, before is null),
    };
}
