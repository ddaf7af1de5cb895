namespace Cairn.Checkpoints.State;

/// <summary>State in a file beside the metadata that names it. Follows Flink's <c>RelativeFileStateHandle</c>.</summary>
/// <param name="RelativePath">The path below the directory that holds the metadata, usually a bare file name; exactly as written.</param>
/// <param name="StateSize">The number of bytes; negative when it is not known. Informational.</param>
/// <remarks>Equal when path, size and directory are equal.</remarks>
public sealed record RelativeFileStateHandle(string RelativePath, long StateSize) : StreamStateHandle
{
    /// <inheritdoc/>
    public override long StateSize { get; } = StateSize;

    /// <summary>The directory that <see cref="RelativePath"/> is relative to; null while nobody has said where the metadata lies.</summary>
    public string? Directory { get; init; }

    /// <summary>The absolute path; null while <see cref="Directory"/> is.</summary>
    public string? FilePath => Directory is null ? null : Combine(Directory, RelativePath);

    /// <summary>The path of a file below a directory.</summary>
    internal static string Combine(string directory, string relativePath) =>
        directory.EndsWith('/') ? directory + relativePath : $"{directory}/{relativePath}";
}
