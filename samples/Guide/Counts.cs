using System.Text.Json;

namespace Cairn.Samples.Guide;

#region counts
public sealed class Counts
{
    public long Offset { get; set; }

    public Dictionary<string, long> Clicks { get; init; } = [];

    public void Add(ClickBatch batch)
    {
        foreach (var page in batch.Pages)
            Clicks[page] = Clicks.GetValueOrDefault(page) + 1;
        Offset = batch.EndOffset;
    }

    public Task WriteAsync(Stream stream, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeAsync(stream, this, GuideJson.Default.Counts, cancellationToken);

    public static async Task<Counts> ReadAsync(Stream stream, CancellationToken cancellationToken) =>
        await JsonSerializer.DeserializeAsync(stream, GuideJson.Default.Counts, cancellationToken) ?? new Counts();
}
#endregion
