using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Tests.Checkpoints.Golden;

/// <summary>Does with our storages, pointers and references what was done with Flink's, and says in the recorder's words what happened.</summary>
internal static class StorageScenarios
{
    private static readonly JobId Job = JobId.Parse("01020304050607081112131415161718");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A checkpoint in <c>chk</c> and a file beside it.</summary>
    public static async Task<string> ResolveAsync(BehaviourRow row, Sandbox sandbox)
    {
        Directory.CreateDirectory(Path.Combine(sandbox.Native, "chk"));
        await File.WriteAllBytesAsync(Path.Combine(sandbox.Native, "chk", "_metadata"), [], Token);
        await File.WriteAllBytesAsync(Path.Combine(sandbox.Native, "other"), [], Token);
        return Sandbox.Location(await FileStorage(sandbox).ResolveCheckpointAsync(sandbox.Here(row.Scenario), Token));
    }

    public static Task<string> EncodeAsync(BehaviourRow row, Sandbox sandbox)
    {
        var reference = CheckpointStorageLocationReference.Encode(StoragePath.Parse(row.Scenario));
        return Task.FromResult($"{reference} -> {reference.Decode()}");
    }

    public static Task<string> DecodeAsync(BehaviourRow row, Sandbox sandbox) =>
        Task.FromResult($"{CheckpointStorageLocationReference.FromBytes(Convert.FromHexString(row.Scenario)).Decode()}");

    public static Task<string> ReferenceAsync(BehaviourRow row, Sandbox sandbox)
    {
        var reference = row.Scenario.StartsWith("{1,0xff}", StringComparison.Ordinal)
            ? CheckpointStorageLocationReference.FromBytes([1, 0xff])
            : CheckpointStorageLocationReference.FromBytes(default);
        return Task.FromResult(row.Scenario.StartsWith("new(", StringComparison.Ordinal) ? $"{reference}"
            : reference.IsDefault ? $"{reference} {reference.Bytes.Length} {reference.Equals(CheckpointStorageLocationReference.Default)}".ToLowerInvariant()
            : $"{reference} {reference.Equals(CheckpointStorageLocationReference.FromBytes([1, 0xff]))}".ToLowerInvariant());
    }

    public static async Task<string> DiscardMissingAsync(BehaviourRow row, Sandbox sandbox)
    {
        await new FileStateHandle($"{sandbox.Root}/missing", 1).DiscardAsync(sandbox.FileSystems, Token);
        return "ok";
    }

    public static Task<string> InMemoryAsync(BehaviourRow row, Sandbox sandbox) =>
        StorageAsync(row.Scenario, new MemoryBackendCheckpointStorage(sandbox.FileSystems, Job, maxStateSize: 100), sandbox);

    public static Task<string> MemoryWithDirectoryAsync(BehaviourRow row, Sandbox sandbox)
    {
        var storage = new MemoryBackendCheckpointStorage(sandbox.FileSystems, Job, sandbox.Root, sandbox.Root / "s", maxStateSize: 100);
        return StorageAsync(row.Scenario, storage, sandbox);
    }

    public static Task<string> FilesAsync(BehaviourRow row, Sandbox sandbox) => StorageAsync(row.Scenario, FileStorage(sandbox), sandbox);

    private static FileSystemCheckpointStorage FileStorage(Sandbox sandbox) => new(sandbox.FileSystems, Job, sandbox.Root, sandbox.Root / "s", inlineThreshold: 1024);

    private static async Task<string> StorageAsync(string scenario, FileSystemCheckpointStorageBase storage, Sandbox sandbox)
    {
        if (scenario == "after constructor ls")
            return sandbox.Tree(sandbox.Native);
        if (scenario == "supportsHighlyAvailableStorage/hasDefaultSavepointLocation")
            return $"{storage.SupportsHighlyAvailableStorage}/{storage.HasDefaultSavepointLocation}".ToLowerInvariant();
        await storage.InitializeBaseLocationsAsync(Token);
        if (scenario == "after initializeBaseLocations ls")
            return sandbox.Tree(sandbox.Native);
        if (scenario.StartsWith("savepoint", StringComparison.Ordinal))
            return await SavepointAsync(scenario, storage, sandbox);
        if (scenario == "negative checkpoint id")
            return $"{await storage.InitializeLocationForCheckpointAsync(-1, Token)}";

        var seven = await storage.InitializeLocationForCheckpointAsync(7, Token);
        if (scenario == "initializeLocationForCheckpoint(7)")
            return $"{NameOf(seven)} reference={seven.LocationReference} ls={sandbox.Tree(sandbox.Native)}";
        if (scenario.StartsWith("taskOwned", StringComparison.Ordinal))
            return await WriteAsync(await storage.CreateTaskOwnedStateStreamAsync(Token), scenario.Contains("3000", StringComparison.Ordinal) ? 3000 : 10);
        if (scenario.Contains(" scope ", StringComparison.Ordinal))
        {
            var scope = scenario.StartsWith("shared", StringComparison.Ordinal) ? CheckpointedStateScope.Shared : CheckpointedStateScope.Exclusive;
            return await WriteAsync(await seven.CreateCheckpointStateOutputStreamAsync(scope, Token), 5000);
        }
        return await FinishAndDisposeAsync(scenario, storage, sandbox);
    }

    private static async Task<string> SavepointAsync(string scenario, FileSystemCheckpointStorageBase storage, Sandbox sandbox)
    {
        var target = Path.Combine(sandbox.Native, scenario == "savepoint below a regular file" ? "f" : "t");
        if (scenario == "savepoint below a regular file")
            await File.WriteAllBytesAsync(target, [], Token);
        var location = await storage.InitializeLocationForSavepointAsync(5, scenario == "savepoint without target" ? null : $"file:{target}", Token);
        var listing = scenario == "savepoint with target" ? $" ls={sandbox.Tree(target)}" : "";
        return $"{NameOf(location)} default-reference={location.LocationReference.IsDefault.ToString().ToLowerInvariant()}{listing}";
    }

    private static async Task<string> FinishAndDisposeAsync(
        string scenario, FileSystemCheckpointStorageBase storage, Sandbox sandbox)
    {
        var eight = await storage.InitializeLocationForCheckpointAsync(8, Token);
        await using var metadata = await eight.CreateMetadataOutputStreamAsync(Token);
        metadata.Stream.WriteByte(1);
        var completed = await metadata.FinishAsync(Token);
        if (scenario == "metadata stream finalized")
            return $"{completed.ExternalPointer} {Sandbox.Handle(completed.MetadataHandle)}";
        if (scenario != "disposeOnFailure")
            throw new NotSupportedException(scenario);
        await eight.DisposeOnFailureAsync(Token);
        return sandbox.Tree(sandbox.Native);
    }

    private static async Task<string> WriteAsync(CheckpointStateOutputStream output, int length)
    {
        await using (output)
        {
            await output.Stream.WriteAsync(new byte[length], Token);
            return Sandbox.Handle(await output.FinishAsync(Token));
        }
    }

    /// <summary>The name that Flink gives the class; the design has the table.</summary>
    private static string NameOf(ICheckpointStorageLocation location) => location.GetType().Name.Replace("FileSystem", "Fs", StringComparison.Ordinal);
}
