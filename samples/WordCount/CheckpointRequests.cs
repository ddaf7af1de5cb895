using Cairn.FileSystems.Layers;
using Cairn.Hosting;
using Microsoft.Extensions.Options;

namespace Cairn.Samples.WordCount;

/// <summary>Counts the requests that go to the checkpoint directory, and not those that read the text.</summary>
internal sealed class CheckpointRequests(IOptions<CairnOptions> options) : IOperationObserver
{
    private int _requests;

    public void OnCompleted(OperationReport report)
    {
        if (options.Value.Directory is { } directory && report.Path.IsWithin(directory))
            Interlocked.Add(ref _requests, report.Requests);
    }

    /// <summary>The requests since this was asked the last time.</summary>
    public int Take() => Interlocked.Exchange(ref _requests, 0);
}
