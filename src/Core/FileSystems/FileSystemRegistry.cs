namespace Cairn.FileSystems;

/// <summary>
/// Finds the file system of a path by its scheme: one provider a scheme, one file system an authority, made on first use.
/// Owns the file systems that it made and disposes them; an SDK client that the user gave to a provider stays the user's. Thread safe.
/// Follows Flink's <c>FileSystem.get</c>.
/// </summary>
public sealed class FileSystemRegistry : IAsyncDisposable, IDisposable
{
    private static readonly Dictionary<string, string> PackagesByScheme = new(StringComparer.OrdinalIgnoreCase)
    {
        ["s3"] = "Cairn.Providers.S3",
        ["s3a"] = "Cairn.Providers.S3",
        ["s3p"] = "Cairn.Providers.S3",
        ["s3n"] = "Cairn.Providers.S3",
        ["wasb"] = "Cairn.Providers.Azure",
        ["wasbs"] = "Cairn.Providers.Azure",
        ["abfs"] = "Cairn.Providers.Azure",
        ["abfss"] = "Cairn.Providers.Azure",
        ["az"] = "Cairn.Providers.Azure",
    };

    private readonly Dictionary<string, IFileSystemProvider> _providers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<IFileSystem, IFileSystem> _decorate;
    private readonly Dictionary<StoragePath, IFileSystem> _fileSystems = [];
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <summary>Makes a registry of <paramref name="providers"/>; of two providers of one scheme the later one wins.</summary>
    /// <param name="providers">The providers; they are not disposed with the registry.</param>
    /// <param name="decorate">Wraps each file system once when it is made, with the layers that every caller should pass through.</param>
    public FileSystemRegistry(IEnumerable<IFileSystemProvider> providers, Func<IFileSystem, IFileSystem>? decorate = null)
    {
        ArgumentNullException.ThrowIfNull(providers);
        _decorate = decorate ?? (fileSystem => fileSystem);
        foreach (var provider in providers)
        {
            foreach (var scheme in provider.Schemes)
                _providers[scheme] = provider;
        }
    }

    /// <summary>The schemes that have a provider.</summary>
    public IReadOnlyCollection<string> Schemes => _providers.Keys;

    /// <summary>The file system that <paramref name="path"/> lies on; the same one for every path of its scheme and authority.</summary>
    /// <exception cref="FileSystemException">
    /// <see cref="FileSystemErrorCode.InvalidPath"/>: no scheme, or an authority that the provider refuses.
    /// <see cref="FileSystemErrorCode.NotSupported"/>: no provider for the scheme; the message names the schemes there are and the package that would add it.
    /// </exception>
    public IFileSystem Get(StoragePath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Scheme is null)
            throw FileSystemException.InvalidPath(path, $"it has no scheme; write one of {KnownSchemes()}, for example 'file:{(path.IsAbsolute ? "" : "/")}{path.Path}'");
        var root = StoragePath.Create(path.Scheme, path.Authority, "/");
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_fileSystems.TryGetValue(root, out var fileSystem))
                _fileSystems.Add(root, fileSystem = _decorate(ProviderOf(path).Create(root)));
            return fileSystem;
        }
    }

    /// <summary>Disposes the file systems that were made.</summary>
    public async ValueTask DisposeAsync()
    {
        IFileSystem[] owned;
        lock (_gate)
        {
            _disposed = true;
            owned = [.. _fileSystems.Values];
            _fileSystems.Clear();
        }
        // All are disposed, also when one fails; the first failure is thrown then.
        await Task.WhenAll(owned.Select(fileSystem => fileSystem.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    /// <summary>As <see cref="DisposeAsync"/>, for a container that is disposed synchronously: what a file system does not end at once ends by itself soon after.</summary>
    public void Dispose()
    {
        var disposing = DisposeAsync();
        if (!disposing.IsCompletedSuccessfully)
            _ = disposing.AsTask().ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private IFileSystemProvider ProviderOf(StoragePath path)
    {
        if (_providers.TryGetValue(path.Scheme!, out var provider))
            return provider;
        var hint = PackagesByScheme.TryGetValue(path.Scheme!, out var package)
            ? $" The package {package} adds it."
            : " A package with an IFileSystemProvider for it would add it.";
        throw FileSystemException.NotSupported(path, $"There is no file system for the scheme '{path.Scheme}' of '{path}'; there are {KnownSchemes()}.{hint}");
    }

    private string KnownSchemes() => _providers.Count == 0 ? "none" : string.Join(", ", _providers.Keys.Order(StringComparer.Ordinal));
}
