using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>A writer is committed once or discarded, and takes nothing afterwards.</summary>
internal static class WriterStateCases
{
    private static readonly Payload Content = new(1, 1000);

    public static async Task A_second_commit_is_an_error_and_changes_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await using var writer = await CommittedAsync(harness, cancellationToken);
        await Expect.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(cancellationToken));
        await writer.DisposeAsync();
        await harness.FileSystem.CheckAsync(writer.Path, Content, cancellationToken);
    }

    public static async Task A_write_after_the_commit_is_an_error_and_changes_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await using var writer = await CommittedAsync(harness, cancellationToken);
        await Expect.ThrowsAsync<InvalidOperationException>(() => writer.Stream.WriteAsync(new byte[10], cancellationToken).AsTask());
        await Expect.ThrowsAsync<InvalidOperationException>(() =>
        {
            writer.Stream.Write(new byte[10]);
            return Task.CompletedTask;
        });
        await writer.DisposeAsync();
        await harness.FileSystem.CheckAsync(writer.Path, Content, cancellationToken);
    }

    public static async Task A_disposed_writer_takes_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var writer = await harness.FileSystem.OpenWriteAsync(harness.At("file"), cancellationToken: cancellationToken);
        await Content.WriteToAsync(writer.Stream, cancellationToken);
        await writer.DisposeAsync();
        await Expect.ThrowsAsync<ObjectDisposedException>(() => writer.Stream.WriteAsync(new byte[10], cancellationToken).AsTask());
        await Expect.ThrowsAsync<ObjectDisposedException>(() => writer.CommitAsync(cancellationToken));
        await harness.FileSystem.CheckAbsentAsync(writer.Path, cancellationToken);
    }

    public static async Task A_refused_commit_is_not_repeated_by_the_same_writer(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        await harness.FileSystem.WriteAsync(path, Content, cancellationToken: cancellationToken);
        await using var writer = await harness.FileSystem.OpenWriteAsync(path, cancellationToken: cancellationToken);
        await Expect.FailsAsync(FileSystemErrorCode.AlreadyExists, path, () => writer.CommitAsync(cancellationToken));
        await harness.FileSystem.DeleteAsync(path, cancellationToken);
        await Expect.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(cancellationToken));
        await writer.DisposeAsync();
        await harness.FileSystem.CheckAbsentAsync(path, cancellationToken);
    }

    private static async Task<FileWriter> CommittedAsync(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var writer = await harness.FileSystem.OpenWriteAsync(harness.At("file"), cancellationToken: cancellationToken);
        await Content.WriteToAsync(writer.Stream, cancellationToken);
        await writer.CommitAsync(cancellationToken);
        return writer;
    }
}
