namespace Cairn.FileSystems;

/// <summary>What <see cref="FileSystemDeleteExtensions.DeleteTreeAsync"/> did.</summary>
public sealed class DeleteTreeResult
{
    /// <summary>How many failures are kept one by one; the rest is counted, so that a result stays small.</summary>
    private const int KeptFailures = 100;

    private readonly StoragePath _directory;
    private readonly List<FileSystemException> _failures = [];

    internal DeleteTreeResult(StoragePath directory) => _directory = directory;

    /// <summary>How many files were deleted; directories do not count.</summary>
    public long Deleted { get; private set; }

    /// <summary>How many files and directories could not be deleted.</summary>
    public long Failed { get; private set; }

    /// <summary>Why, for the first hundred of them.</summary>
    public IReadOnlyList<FileSystemException> Failures => _failures;

    /// <summary>Does nothing when everything went.</summary>
    /// <exception cref="FileSystemException">Something is left: the code of the first failure, and how many there were.</exception>
    public void ThrowIfFailed()
    {
        if (Failed == 0)
            return;
        var first = _failures[0];
        throw new FileSystemException(
            first.Code, $"{Failed} entries below '{_directory}' could not be deleted ({Deleted} were); the first: {first.Message}", first.Path ?? _directory, first);
    }

    internal void Add(IReadOnlyList<DeleteResult> results) => Deleted += results.Count - AddFailures(results);

    internal void AddDirectories(IReadOnlyList<DeleteResult> results) => AddFailures(results);

    private int AddFailures(IReadOnlyList<DeleteResult> results)
    {
        var failed = 0;
        foreach (var result in results)
        {
            if (result.Error is null)
                continue;
            failed++;
            if (_failures.Count < KeptFailures)
                _failures.Add(result.Error);
        }
        Failed += failed;
        return failed;
    }
}
