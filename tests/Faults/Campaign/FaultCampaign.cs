using Cairn.FileSystems;

namespace Cairn.Faults.Campaign;

/// <summary>
/// Random operations on a real server through a <see cref="FaultProxy"/>, held against a model, and after each one against the server itself, past the proxy:
/// no wrong byte, no false success, no false refusal, no lost commit.
/// </summary>
public static class FaultCampaign
{
    /// <summary>Runs one.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="errors">How it words its passing errors: <see cref="ErrorAnswer.S3"/>, <see cref="ErrorAnswer.Azure"/>.</param>
    /// <param name="open">Opens a file system at an address, which may be the proxy's; disposed here.</param>
    /// <param name="directory">A directory that nobody else uses.</param>
    /// <param name="options">How long and how hard.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CampaignException">A promise did not hold.</exception>
    public static async Task<CampaignReport> RunAsync(
        Uri server,
        IReadOnlyList<ErrorAnswer> errors,
        Func<Uri, IFileSystem> open,
        StoragePath directory,
        CampaignOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new();
        await using var proxy = FaultProxy.Start(server);
        await using var disturbed = open(proxy.Address);
        await using var direct = open(server);
        var report = new CampaignReport { Options = options };
        var model = new Model(direct, directory);
        var operations = new Operations(disturbed, model, report, options);
        proxy.Follow(new FaultPlan(options.Seed, options.FaultRate, errors));
        for (var number = 1; number <= options.Operations; number++)
            await StepAsync(operations, number, options.Seed, cancellationToken);
        proxy.Follow(null);
        await model.CheckAllAsync(cancellationToken);
        report.Requests = proxy.Requests.Count;
        report.Faults = proxy.Faults;
        return report;
    }

    private static async Task StepAsync(Operations operations, int number, int seed, CancellationToken cancellationToken)
    {
        try
        {
            await operations.NextAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CampaignException($"Operation {number} of seed {seed}, {operations.Current}: {e.Message}", e);
        }
    }
}
