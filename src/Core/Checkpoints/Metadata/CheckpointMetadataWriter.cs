using System.Buffers;

namespace Cairn.Checkpoints.Metadata;

/// <summary>Writes <c>_metadata</c> files of every version, byte for byte as Flink does.</summary>
/// <remarks>
/// <para>Metadata that was read is written in its own version as the same bytes. All members are safe to use from several threads.</para>
/// <para>
/// Another version is written where nothing is lost: names of handles follow the version, relative files become absolute where their
/// directory is known and the version has none, merged channel handles are taken apart, and ids that the version requires and the metadata
/// lacks are derived from the place of the handle.
/// </para>
/// </remarks>
public static class CheckpointMetadataWriter
{
    /// <summary>Writes a file into a buffer.</summary>
    /// <param name="metadata">What to write.</param>
    /// <param name="destination">Where to; after an error it may hold a part of the file.</param>
    /// <param name="options">How to write; null for the defaults.</param>
    /// <exception cref="CheckpointMetadataException">
    /// The metadata contradicts itself, or the version has no place for some of it and that may not be lost.
    /// </exception>
    public static void Write(CheckpointMetadata metadata, IBufferWriter<byte> destination, CheckpointMetadataWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(destination);
        options ??= CheckpointMetadataWriterOptions.Default;
        var output = new MetadataOutput(destination, FindLayout(metadata, options), options);
        CheckpointMetadataCodec.Write(ref output, metadata);
    }

    /// <summary>Writes a file into a stream. An error in the metadata is found before the first byte is written.</summary>
    /// <param name="metadata">What to write.</param>
    /// <param name="stream">Where to; it is neither flushed nor closed.</param>
    /// <param name="cancellationToken">Cancels the writing to the stream, which may then hold a part of the file.</param>
    /// <exception cref="CheckpointMetadataException">
    /// The metadata contradicts itself, or the version has no place for some of it and that may not be lost.
    /// </exception>
    /// <remarks>What the stream throws passes through.</remarks>
    public static ValueTask WriteAsync(CheckpointMetadata metadata, Stream stream, CancellationToken cancellationToken) =>
        WriteAsync(metadata, stream, options: null, cancellationToken);

    /// <inheritdoc cref="WriteAsync(CheckpointMetadata, Stream, CancellationToken)"/>
    /// <param name="metadata">What to write.</param>
    /// <param name="stream">Where to; it is neither flushed nor closed.</param>
    /// <param name="options">How to write; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the writing to the stream, which may then hold a part of the file.</param>
    public static async ValueTask WriteAsync(
        CheckpointMetadata metadata,
        Stream stream,
        CheckpointMetadataWriterOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var buffer = new SegmentedBuffer();
        Write(metadata, buffer, options);
        await buffer.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The layout to write: the metadata's own dialect in its own version, otherwise what the version number stands for.</summary>
    private static MetadataLayout FindLayout(CheckpointMetadata metadata, CheckpointMetadataWriterOptions options)
    {
        int version = options.Version ?? metadata.Version;
        var dialect = version == metadata.Version ? metadata.Dialect : MetadataDialect.Standard;
        return MetadataLayout.Find(version, dialect)
            ?? throw new CheckpointMetadataException($"There is no version {version} in the dialect {dialect}.");
    }
}
