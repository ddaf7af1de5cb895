using Cairn.Emulators;
using Cairn.Faults;
using Cairn.Faults.Campaign;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Providers.S3.Tests;

/// <summary>Random operations over a connection that does harm.</summary>
public abstract class S3FaultCampaignTests(S3ServerKind server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_wrong_byte_no_false_success_no_false_refusal_and_no_lost_commit()
    {
        var store = await S3Store.OpenAsync(server);
        var options = new CampaignOptions { Operations = Effort.Of(quick: 200, full: 5000), Seed = Effort.Seed(), FaultRate = 0.2 };
        var report = await FaultCampaign.RunAsync(store.Endpoint.ServiceUrl, ErrorAnswer.S3, address => store.Open(serviceUrl: address), store.NewDirectory(), options, Token);
        Assert.True(report.Faults.Values.Sum() > 0);
        await store.ReportAsync("s3-faults", "S3 over a connection that does harm", report.ToMarkdown());
    }

    [Fact]
    public async Task A_file_system_that_drops_conditions_does_not_pass()
    {
        var store = await S3Store.OpenAsync(server);
        await Assert.ThrowsAsync<CampaignException>(() => FaultCampaign.RunAsync(
            store.Endpoint.ServiceUrl, ErrorAnswer.S3, address => new Careless(store.Open(serviceUrl: address)), store.NewDirectory(), new() { FaultRate = 0 }, Token));
    }

    private sealed class Careless(IFileSystem inner) : FileSystemLayer(inner)
    {
        public override Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
            base.OpenWriteAsync(path, (options ?? new()) with { Mode = WriteMode.Overwrite }, cancellationToken);
    }

    public sealed class OnWeak() : S3FaultCampaignTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3FaultCampaignTests(S3ServerKind.Strict);
}
