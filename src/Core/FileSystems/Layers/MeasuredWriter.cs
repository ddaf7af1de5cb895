namespace Cairn.FileSystems.Layers;

/// <summary>Counts what is written and how long that takes; one write for each writer, when its commit ends, or one discard.</summary>
internal sealed class MeasuredWriter(FileWriter inner, Measurement measurement) : FileWriterLayer(inner)
{
    protected override void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            using (measurement.Enter())
                base.Append(bytes);
            measurement.Bytes += bytes.Length;
        }
        catch (Exception e) when (measurement.Failed(e))
        {
            throw;
        }
    }

    protected override async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            using (measurement.Enter())
                await base.AppendAsync(bytes, cancellationToken).ConfigureAwait(false);
            measurement.Bytes += bytes.Length;
        }
        catch (Exception e) when (measurement.Failed(e))
        {
            throw;
        }
    }

    protected override async Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            using (measurement.Enter())
                return await base.CommitCoreAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (measurement.Failed(e))
        {
            throw;
        }
        finally
        {
            measurement.End();
        }
    }

    protected override async ValueTask DiscardAsync(CancellationToken cancellationToken)
    {
        using (measurement.Enter())
            await base.DiscardAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async ValueTask ReleaseAsync()
    {
        await base.ReleaseAsync().ConfigureAwait(false);
        measurement.Operation = FileSystemOperation.Discard; // unless the commit has reported already
        measurement.End();
    }
}
