namespace Cairn.FileSystems;

/// <summary>What became of one path of <see cref="IFileSystem.DeleteAsync"/>.</summary>
/// <param name="Path">The path as it was given.</param>
/// <param name="Error">Null when the path is gone, whether it was there before or not.</param>
public sealed record DeleteResult(StoragePath Path, FileSystemException? Error);

/// <summary>What <see cref="IFileSystem.SweepAbandonedAsync"/> did.</summary>
/// <param name="Removed">How many leftovers of killed writers were removed.</param>
/// <param name="Failures">Leftovers that could not be removed, and why.</param>
public sealed record SweepResult(int Removed, IReadOnlyList<FileSystemException> Failures);
