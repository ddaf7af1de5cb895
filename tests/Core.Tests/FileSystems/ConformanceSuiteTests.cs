using Cairn.Conformance;
using Cairn.Conformance.FileSystems;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.Tests.FileSystems.Memory;

namespace Cairn.Tests.FileSystems;

/// <summary>The suite finds what it is there to find: file systems with one fault each, as real ones have had them, and the case that catches it.</summary>
public sealed class ConformanceSuiteTests
{
    private static readonly Dictionary<string, (string Case, Func<IFileSystem, IFileSystem> Break)> Faults = new(StringComparer.Ordinal)
    {
        ["A prefix without its slash lists the neighbours"] = ("List.A_directory_never_lists_another_whose_name_begins_alike", inner => new Broken(inner)
        {
            List = (fileSystem, directory, options, token) => fileSystem
                .ListAsync(directory.Parent!, options, token)
                .Where(entry => entry.Path.Path.StartsWith(directory.Path, StringComparison.Ordinal)),
        }),
        ["Only the first page is listed"] = ("List.Small_pages_bring_the_same_entries_once_each", inner => new Broken(inner)
        {
            List = (fileSystem, directory, options, token) => fileSystem.ListAsync(directory, options, token).Take(options?.PageSize ?? 1000),
        }),
        ["An absent directory is an error"] = ("List.An_absent_directory_is_empty", inner => new Broken(inner)
        {
            List = (_, directory, _, _) => throw FileSystemException.NotFound(directory),
        }),
        ["Create overwrites"] = ("Commit.Create_fails_when_the_name_is_taken", inner => new Broken(inner) { Mode = _ => WriteMode.Overwrite }),
        ["Create looks first and then overwrites"] = ("Commit.Create_sees_what_came_after_it_was_opened", inner => new Broken(inner)
        {
            Mode = _ => WriteMode.Overwrite,
            BeforeWrite = async (fileSystem, path, mode) =>
            {
                if (mode == WriteMode.Create && await fileSystem.ExistsAsync(path, Token))
                    throw FileSystemException.AlreadyExists(path);
            },
        }),
        ["Replace ignores the version"] = ("Commit.Replace_takes_the_expected_version_only", inner => new Broken(inner)
        {
            Mode = mode => mode.ExpectedETag is null ? mode : WriteMode.Overwrite,
        }),
        ["Replace ignores the version in a race"] = ("Race.Of_racing_replaces_exactly_one_wins", inner => new Broken(inner)
        {
            Mode = mode => mode.ExpectedETag is null ? mode : WriteMode.Overwrite,
        }),
        ["A disposed writer publishes"] = ("Commit.A_writer_that_is_disposed_without_a_commit_leaves_nothing", inner => new Broken(inner) { PublishOnDispose = true }),
        ["A range is read from the start"] = ("Read.Every_range_is_cut_at_the_end_of_the_file", inner => new Broken(inner) { Read = options => options with { Offset = 0 } }),
        ["A read takes any version"] = ("Read.Only_the_expected_version_is_opened", inner => new Broken(inner) { Read = options => options with { IfMatch = null } }),
        ["A missing file cannot be deleted"] = ("Delete.A_missing_file_is_success", inner => new Broken(inner)
        {
            Delete = async (fileSystem, path) => await fileSystem.ExistsAsync(path, Token) ? null : FileSystemException.NotFound(path),
        }),
        ["A delete takes what lies below along"] = ("Delete.A_directory_with_files_stays_and_is_no_error", inner => new Broken(inner)
        {
            Delete = async (fileSystem, path) =>
            {
                await fileSystem.DeleteTreeAsync(path, Token);
                return null;
            },
        }),
        ["A copy overwrites"] = ("Copy.Create_keeps_what_is_there_and_overwrite_replaces_it", inner => new Broken(inner) { Copy = options => options with { Mode = WriteMode.Overwrite } }),
        ["A copy takes any version"] = ("Copy.A_source_that_is_known_is_copied_in_that_version_only", inner => new Broken(inner) { Copy = options => options with { Source = null } }),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names { get; } = [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Finds(string fault)
    {
        var (name, breaks) = Faults[fault];
        Assert.Null(await FileSystemConformance.RunAsync(name, () => new MemoryHarness(inner => new Broken(inner)), Token));
        await Assert.ThrowsAnyAsync<Exception>(() => FileSystemConformance.RunAsync(name, () => new MemoryHarness(breaks), Token));
    }

    [Fact]
    public void Every_case_has_a_name_of_its_own_and_there_are_many() => Assert.InRange(FileSystemConformance.Names.Count, 100, 1000);

    [Fact]
    public async Task A_failure_says_what_was_expected_and_what_was_found()
    {
        var error = await Assert.ThrowsAsync<ConformanceException>(() => FileSystemConformance.RunAsync(
            "Commit.Create_fails_when_the_name_is_taken", () => new MemoryHarness(inner => new Broken(inner) { Mode = _ => WriteMode.Overwrite }), Token));
        Assert.Contains("Expected FileSystemException of", error.Message, StringComparison.Ordinal);
        Assert.Contains("it went well", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A file system that does one thing wrong, and everything right without.</summary>
    private sealed class Broken(IFileSystem inner) : FileSystemLayer(inner)
    {
        public Func<IFileSystem, StoragePath, ListOptions?, CancellationToken, IAsyncEnumerable<FileEntry>>? List { get; init; }

        public Func<WriteMode, WriteMode> Mode { get; init; } = mode => mode;

        public Func<IFileSystem, StoragePath, WriteMode, Task> BeforeWrite { get; init; } = (_, _, _) => Task.CompletedTask;

        public bool PublishOnDispose { get; init; }

        public Func<ReadOptions, ReadOptions> Read { get; init; } = options => options;

        public Func<IFileSystem, StoragePath, Task<FileSystemException?>>? Delete { get; init; }

        public Func<CopyOptions, CopyOptions> Copy { get; init; } = options => options;

        public override IAsyncEnumerable<FileEntry> ListAsync(StoragePath directory, ListOptions? options = null, CancellationToken cancellationToken = default) =>
            List is null ? base.ListAsync(directory, options, cancellationToken) : List(Inner, directory, options, cancellationToken);

        public override Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default) =>
            base.OpenReadAsync(path, Read(options ?? new()), cancellationToken);

        public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default)
        {
            options ??= new();
            await BeforeWrite(Inner, path, options.Mode);
            return new Writer(await base.OpenWriteAsync(path, options with { Mode = Mode(options.Mode) }, cancellationToken), PublishOnDispose);
        }

        public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
        {
            var results = new List<DeleteResult>();
            foreach (var path in Delete is null ? [] : paths)
                results.Add(new DeleteResult(path, await Delete!(Inner, path)));
            var deleted = await base.DeleteAsync(paths, cancellationToken);
            return Delete is null ? deleted : results;
        }

        public override Task<FileEntry> CopyAsync(StoragePath source, StoragePath destination, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
            base.CopyAsync(source, destination, Copy(options ?? new()), cancellationToken);

        private sealed class Writer(FileWriter inner, bool publishOnDispose) : FileWriterLayer(inner)
        {
            protected override async ValueTask DiscardAsync(CancellationToken cancellationToken)
            {
                if (publishOnDispose)
                    await Inner.CommitAsync(cancellationToken);
                await base.DiscardAsync(cancellationToken);
            }
        }
    }
}
