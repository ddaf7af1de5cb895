namespace Cairn.FileSystems.Layers;

/// <summary>Counts what is read and how long that takes.</summary>
internal sealed class MeasuredStream(FileReadStream inner, Measurement measurement) : FileReadStreamLayer(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            using (measurement.Enter())
                return Count(await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (measurement.Failed(e))
        {
            throw;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            using (measurement.Enter())
                return Count(base.Read(buffer));
        }
        catch (Exception e) when (measurement.Failed(e))
        {
            throw;
        }
    }

    protected override void OnDisposed() => measurement.End();

    private int Count(int read)
    {
        measurement.Bytes += read;
        return read;
    }
}
