namespace Cairn.WordCount.Tests;

/// <summary>A folder for one job: where it runs and keeps its checkpoints.</summary>
internal sealed class JobFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cairn-wordcount-").FullName;

    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>Every directory of a checkpoint.</summary>
    public IReadOnlyList<string> CheckpointDirectories =>
        Directory.Exists(Checkpoints) ? Directory.GetDirectories(Checkpoints, "chk-*", SearchOption.AllDirectories) : [];

    /// <summary>A start that counts <paramref name="text"/> as fast as it can and prints JSON, unless options say otherwise.</summary>
    public JobSetup Setup(Text text) => new JobSetup(Path)
        .WithEnvironment("WordCount__Input", text.Folder)
        .WithEnvironment("WordCount__Pace", "0")
        .WithEnvironment("WordCount__Json", "true");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
