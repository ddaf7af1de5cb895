namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>A disposed file system takes nothing; others on the same store go on.</summary>
internal static class DisposalCases
{
    public static async Task A_disposed_file_system_refuses_every_verb(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        await harness.FileSystem.WriteAsync(path, new Payload(1, 10), cancellationToken: cancellationToken);
        var disposed = harness.OpenAnother();
        await disposed.DisposeAsync();
        await disposed.DisposeAsync();
        Func<Task>[] verbs =
        [
            () => disposed.FindAsync(path, null, cancellationToken), () => disposed.OpenReadAsync(path, null, cancellationToken),
            () => disposed.OpenWriteAsync(path, null, cancellationToken), () => disposed.ListAllAsync(harness.Directory, null, cancellationToken),
            () => disposed.DeleteAsync([path], cancellationToken), () => disposed.CopyAsync(path, harness.At("copy"), null, cancellationToken),
            () => disposed.CreateDirectoryAsync(harness.Directory, cancellationToken), () => disposed.SweepAbandonedAsync(harness.Directory, null, cancellationToken),
        ];
        foreach (var verb in verbs)
            await Expect.ThrowsAsync<ObjectDisposedException>(verb);
        await harness.FileSystem.CheckAsync(path, new Payload(1, 10), cancellationToken);
    }
}
