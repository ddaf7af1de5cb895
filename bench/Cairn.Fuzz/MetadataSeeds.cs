using System.Buffers;
using Cairn.Checkpoints.Metadata;
using Cairn.Tests.Checkpoints.Metadata;
using CsCheck;

namespace Cairn.Fuzz;

/// <summary>Small files of every version, from the generators of the property tests.</summary>
internal static class MetadataSeeds
{
    private const int FilesOfEachVersion = 12;
    private const int Largest = 1024;
    private const ulong Seed = 2026;

    /// <summary>Writes the files into a folder; always the same ones.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        for (var version = 0; version <= 7; version++)
        {
            var files = Files(version).Where(file => file.Length <= Largest).Take(FilesOfEachVersion);
            foreach (var (index, file) in files.Index())
                File.WriteAllBytes(Path.Combine(folder, $"generated-v{version}-{index:00}"), file);
        }
    }

    private static IEnumerable<byte[]> Files(int version)
    {
        var random = new PCG((uint)version, Seed);
        var metadata = MetadataGen.Of(version);
        while (true)
        {
            var buffer = new ArrayBufferWriter<byte>();
            CheckpointMetadataWriter.Write(metadata.Generate(random, null, out _), buffer);
            yield return buffer.WrittenSpan.ToArray();
        }
    }
}
