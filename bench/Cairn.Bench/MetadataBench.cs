using System.Buffers;
using Cairn.Checkpoints.Metadata;

namespace Cairn.Bench;

/// <summary>
/// The reader and writer of <c>_metadata</c> beside a memcpy of the same bytes, in memory that is there already: 100,000 handles of files, and
/// 256 MiB of inline state.
/// </summary>
internal sealed class MetadataBench
{
    private const string Decode = "decode";
    private const string Encode = "encode";
    private const int Slack = 1024 * 1024;

    private readonly List<Bar> _bars = [];

    /// <summary>What the measured cases were held against, once they ran.</summary>
    public IReadOnlyList<Bar> Bars => _bars;

    /// <summary>Runs both cases and counts the memory of a decoded model.</summary>
    public async Task RunAsync(int runs, Action<Case, IReadOnlyList<IReadOnlyList<Sample>>> report)
    {
        byte[] handles = MetadataFiles.Write(MetadataFiles.ManyHandles());
        await RunAsync($"{MetadataFiles.Handles:N0} file handles", handles, operations: 5, slowestDecode: 60, slowestEncode: 25, runs, report);
        MeasureMemory(handles);
        byte[] inline = MetadataFiles.Write(MetadataFiles.Inline());
        await RunAsync("256 MiB inline", inline, operations: 2, slowestDecode: 1 / 20.0, slowestEncode: 2, runs, report);
    }

    private async Task RunAsync(
        string name,
        byte[] file,
        int operations,
        double slowestDecode,
        double slowestEncode,
        int runs,
        Action<Case, IReadOnlyList<IReadOnlyList<Sample>>> report)
    {
        var metadata = CheckpointMetadataReader.Read(file);
        var buffer = new ArrayBufferWriter<byte>(file.Length + Slack);
        var copy = new byte[file.Length];
        var measured = new Case($"{name}, {file.Length / 1e6:F1} MB", operations,
        [
            new("memcpy", () => Do(() => file.CopyTo(copy, 0))),
            new(Decode, () => Do(() => CheckpointMetadataReader.Read(file))),
            new(Encode, () => Do(() =>
            {
                buffer.ResetWrittenCount();
                CheckpointMetadataWriter.Write(metadata, buffer);
            })),
        ])
        {
            IsProcessorTime = true,
        };
        var samples = await Interleaved.RunAsync(measured, runs);
        report(measured, samples);
        AddSpeed($"{name}: {Decode}", file.Length, samples[0], samples[1], slowestDecode);
        AddSpeed($"{name}: {Encode}", file.Length, samples[0], samples[2], slowestEncode);
    }

    private void AddSpeed(string name, int length, IReadOnlyList<Sample> memcpy, IReadOnlyList<Sample> ours, double slowest)
    {
        var ratio = Estimate.Of([.. ours.Zip(memcpy, (sample, first) => sample.Microseconds / first.Microseconds)]);
        _bars.Add(new(
            name,
            $"at least {OfMemcpy(slowest)}",
            $"{OfMemcpy(ratio.Median)} [{Share(ratio.High)} – {Share(ratio.Low)}]: {Speed(length, ours)} where memcpy runs at {Speed(length, memcpy)}",
            ratio.Median <= slowest));
    }

    /// <summary>What one decode allocates in all, and how much of that the model keeps.</summary>
    private void MeasureMemory(byte[] file)
    {
        var live = GC.GetTotalMemory(forceFullCollection: true);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var metadata = CheckpointMetadataReader.Read(file);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        var retained = GC.GetTotalMemory(forceFullCollection: true) - live;
        GC.KeepAlive(metadata);
        var ratio = (double)allocated / retained;
        var each = (double)allocated / MetadataFiles.Handles;
        _bars.Add(new(
            "allocated by a decode, of the model it retains",
            "at most 1.30 ×",
            $"{ratio:F2} × ({allocated / 1e6:F1} MB allocated, {retained / 1e6:F1} MB retained)",
            ratio <= 1.3));
        _bars.Add(new("allocated by a decode, for each handle", "under 600 bytes", $"{each:F0} bytes", each < 600));
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static string OfMemcpy(double ratio) => $"{Share(ratio)}{(ratio > 1 ? " of" : "")} memcpy's speed";

    /// <summary>How fast what takes so many times as long is.</summary>
    private static string Share(double ratio) => ratio > 1 ? $"1/{ratio:0.##}" : $"{1 / ratio:N0} ×";

    private static string Speed(int length, IReadOnlyList<Sample> samples) =>
        $"{length / Estimate.Of([.. samples.Select(sample => sample.Microseconds)]).Median:N0} MB/s";
}
