using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Cairn.FileSystems.Layers;

/// <summary>
/// Measures every operation: metrics (<c>cairn.fs.operations</c>, <c>cairn.fs.requests</c>, <c>cairn.fs.io</c>, <c>cairn.fs.operation.duration</c>) by scheme,
/// operation and error, one activity each, and an observer of the host's own. Changes nothing else. Thread safe.
/// </summary>
public sealed class TelemetryLayer : FileSystemLayer, IPeerCopy
{
    private readonly IOperationObserver[] _observers;
    private readonly TimeProvider _time;

    /// <summary>Wraps <paramref name="inner"/>.</summary>
    /// <param name="inner">What is measured; disposed with the layer.</param>
    /// <param name="observer">Is told of every operation.</param>
    /// <param name="meter">Where the metrics go, for a host with an <see cref="IMeterFactory"/>; <see cref="CairnTelemetry.Meter"/> by default.</param>
    /// <param name="timeProvider">Measures; the system's clock by default.</param>
    public TelemetryLayer(IFileSystem inner, IOperationObserver? observer = null, Meter? meter = null, TimeProvider? timeProvider = null)
        : base(inner)
    {
        var instruments = new FileSystemInstruments(meter ?? CairnTelemetry.Meter);
        _observers = observer is null ? [instruments] : [instruments, observer];
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public override Task<FileEntry?> FindAsync(StoragePath path, FindOptions? options = null, CancellationToken cancellationToken = default) =>
        MeasureAsync(Begin(FileSystemOperation.Find, path), () => base.FindAsync(path, options, cancellationToken));

    /// <inheritdoc/>
    public override async Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        var measurement = Begin(FileSystemOperation.Read, path);
        return new MeasuredStream(await OpenAsync(measurement, () => base.OpenReadAsync(path, options, cancellationToken)).ConfigureAwait(false), measurement);
    }

    /// <inheritdoc/>
    public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        var measurement = Begin(FileSystemOperation.Write, path);
        return new MeasuredWriter(await OpenAsync(measurement, () => base.OpenWriteAsync(path, options, cancellationToken)).ConfigureAwait(false), measurement);
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<FileEntry> ListAsync(StoragePath directory, ListOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var entries = base.ListAsync(directory, options, cancellationToken);
        var pageSize = Math.Max(1, Math.Min(options?.PageSize ?? int.MaxValue, Capabilities.ListPageSize));
        return MeasureListAsync(entries, directory, pageSize, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0)
            return base.DeleteAsync(paths, cancellationToken);
        var measurement = Begin(FileSystemOperation.Delete, paths.First());
        measurement.Requests = Ceiling(paths.Count, Capabilities.DeleteBatchSize);
        return MeasureAsync(measurement, async () =>
        {
            var results = await base.DeleteAsync(paths, cancellationToken).ConfigureAwait(false);
            if (results.FirstOrDefault(result => result.Error is not null)?.Error is { } error)
                measurement.Failed(error);
            return results;
        });
    }

    /// <inheritdoc/>
    public override Task<FileEntry> CopyAsync(StoragePath source, StoragePath destination, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        MeasureAsync(Begin(FileSystemOperation.Copy, destination), () => base.CopyAsync(source, destination, options, cancellationToken));

    /// <inheritdoc/>
    public override Task CreateDirectoryAsync(StoragePath directory, CancellationToken cancellationToken = default)
    {
        var measurement = Begin(FileSystemOperation.CreateDirectory, directory);
        measurement.Requests = Capabilities.RealDirectories ? 1 : 0;
        return MeasureAsync(measurement, async () =>
        {
            await base.CreateDirectoryAsync(directory, cancellationToken).ConfigureAwait(false);
            return true;
        });
    }

    /// <inheritdoc/>
    public override Task<SweepResult> SweepAbandonedAsync(StoragePath directory, SweepOptions? options = null, CancellationToken cancellationToken = default) =>
        MeasureAsync(Begin(FileSystemOperation.Sweep, directory), () => base.SweepAbandonedAsync(directory, options, cancellationToken));

    /// <inheritdoc/>
    IFileSystem IPeerCopy.Unwrapped => (Inner as IPeerCopy)?.Unwrapped ?? Inner;

    /// <inheritdoc/>
    bool IPeerCopy.CanCopyFrom(IFileSystem peer) => Inner is IPeerCopy copy && copy.CanCopyFrom(peer);

    /// <inheritdoc/>
    Task<FileEntry> IPeerCopy.CopyFromAsync(IFileSystem peer, StoragePath source, StoragePath destination, CopyOptions? options, CancellationToken cancellationToken) =>
        MeasureAsync(Begin(FileSystemOperation.Copy, destination), () => ((IPeerCopy)Inner).CopyFromAsync(peer, source, destination, options, cancellationToken));

    private static async Task<T> MeasureAsync<T>(Measurement measurement, Func<Task<T>> operation)
    {
        try
        {
            return await OpenAsync(measurement, operation).ConfigureAwait(false);
        }
        finally
        {
            measurement.End();
        }
    }

    /// <summary>Measures the first call of an operation that goes on, and ends it when that call fails.</summary>
    private static async Task<T> OpenAsync<T>(Measurement measurement, Func<Task<T>> open)
    {
        try
        {
            using (measurement.Enter())
                return await open().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            measurement.Failed(e);
            measurement.End();
            throw;
        }
    }

    private static int Ceiling(long items, int size) => (int)((items + size - 1) / Math.Max(size, 1));

    private Measurement Begin(FileSystemOperation operation, StoragePath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new Measurement(operation, path, _time, _observers);
    }

    private async IAsyncEnumerable<FileEntry> MeasureListAsync(
        IAsyncEnumerable<FileEntry> entries, StoragePath directory, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var measurement = Begin(FileSystemOperation.List, directory);
        var enumerator = entries.GetAsyncEnumerator(cancellationToken);
        long count = 0;
        try
        {
            while (await NextAsync(measurement, enumerator).ConfigureAwait(false))
            {
                count++;
                yield return enumerator.Current;
            }
        }
        finally
        {
            await enumerator.DisposeAsync().ConfigureAwait(false);
            measurement.Requests = Math.Max(1, Ceiling(count, pageSize));
            measurement.End();
        }
    }

    private static async ValueTask<bool> NextAsync(Measurement measurement, IAsyncEnumerator<FileEntry> enumerator)
    {
        try
        {
            using (measurement.Enter())
                return await enumerator.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (measurement.Failed(e))
        {
            throw;
        }
    }
}
