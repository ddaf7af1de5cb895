namespace Cairn.Checkpoints.Metadata;

/// <summary>Reads <c>_metadata</c> files of every version that Flink ever wrote.</summary>
/// <remarks>
/// <para>
/// Any bytes give either metadata that the writer makes the same bytes of, or a <see cref="CheckpointMetadataException"/> that names the
/// byte and the field; nothing else is thrown for them. Nothing is instantiated by a name in the file, and memory is bounded by a multiple
/// of its length, whatever numbers it holds.
/// </para>
/// <para>All members are safe to use from several threads.</para>
/// </remarks>
public static class CheckpointMetadataReader
{
    /// <summary>Reads a file from memory.</summary>
    /// <param name="file">The whole file. Inline state is not copied but refers to it: leave it unchanged while the result lives.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="CheckpointMetadataException">The bytes are not one whole file of a known version.</exception>
    public static CheckpointMetadata Read(ReadOnlyMemory<byte> file, CheckpointMetadataReaderOptions? options = null)
    {
        options ??= CheckpointMetadataReaderOptions.Default;
        var header = new MetadataInput(file, MetadataLayout.Latest, directory: null);
        int version = CheckpointMetadataCodec.ReadHeader(ref header);
        var error = TryRead(file, MetadataLayout.Find(version, MetadataDialect.Standard)!, options, out var metadata, out int dialectsMet);
        if (error is null)
            return metadata!;

        // Dialects share the version number, so the only way to know one is that the file reads to its end as that.
        foreach (var layout in MetadataLayout.FindDialects(version, dialectsMet))
        {
            if (TryRead(file, layout, options, out metadata, out _) is null)
                return metadata!;
        }

        throw error;
    }

    /// <summary>Reads a file from a stream, up to the stream's end.</summary>
    /// <param name="stream">The stream, at the beginning of the file; it is not closed.</param>
    /// <param name="cancellationToken">Cancels the reading of the stream.</param>
    /// <exception cref="CheckpointMetadataException">The bytes are not one whole file of a known version.</exception>
    /// <remarks>The bytes are copied once, and inline state refers to that copy. What the stream throws passes through.</remarks>
    public static ValueTask<CheckpointMetadata> ReadAsync(Stream stream, CancellationToken cancellationToken) =>
        ReadAsync(stream, options: null, cancellationToken);

    /// <inheritdoc cref="ReadAsync(Stream, CancellationToken)"/>
    /// <param name="stream">The stream, at the beginning of the file; it is not closed.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the reading of the stream.</param>
    public static async ValueTask<CheckpointMetadata> ReadAsync(
        Stream stream,
        CheckpointMetadataReaderOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(await StreamContent.ReadAllAsync(stream, cancellationToken).ConfigureAwait(false), options);
    }

    /// <summary>Reads a file in one layout; the error when it is not of that layout.</summary>
    private static CheckpointMetadataException? TryRead(
        ReadOnlyMemory<byte> file,
        MetadataLayout layout,
        CheckpointMetadataReaderOptions options,
        out CheckpointMetadata? metadata,
        out int dialectsMet)
    {
        var input = new MetadataInput(file, layout, options.Directory);
        try
        {
            CheckpointMetadataCodec.ReadHeader(ref input);
            metadata = CheckpointMetadataCodec.ReadBody(ref input);
            return null;
        }
        catch (CheckpointMetadataException error)
        {
            metadata = null;
            return error;
        }
        finally
        {
            dialectsMet = input.DialectsMet;
        }
    }
}
