using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Cairn.Samples.Guide;

/// <summary>Clicks that were read together.</summary>
/// <param name="Pages">The pages that were clicked on.</param>
/// <param name="EndOffset">Where the next batch begins.</param>
public sealed record ClickBatch(IReadOnlyList<string> Pages, long EndOffset);

/// <summary>A source that can be read again from an offset, as a log or a file can: what every exact count needs.</summary>
public sealed class ClickSource
{
    public async IAsyncEnumerable<ClickBatch> ReadFromAsync(long offset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (; offset < 1000; offset++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ClickBatch([$"/page/{offset % 7}"], offset + 1);
        }
    }
}

[JsonSerializable(typeof(Counts))]
internal sealed partial class GuideJson : JsonSerializerContext;
