using Cairn.Faults;
using Cairn.Faults.Campaign;

namespace Cairn.Providers.Azure.Tests;

/// <summary>Random operations over a connection that does harm.</summary>
public sealed class AzureFaultCampaignTests
{
    [Fact]
    public async Task No_wrong_byte_no_false_success_no_false_refusal_and_no_lost_commit()
    {
        var store = await AzureStore.OpenAsync();
        var options = new CampaignOptions { Operations = Effort.Of(quick: 200, full: 5000), Seed = Effort.Seed(), FaultRate = 0.2, PartLength = AzureStore.Block };
        var report = await FaultCampaign.RunAsync(
            store.Endpoint.BlobEndpoint, ErrorAnswer.Azure, address => store.Open(endpoint: address), store.NewDirectory(), options, TestContext.Current.CancellationToken);
        Assert.True(report.Faults.Values.Sum() > 0);
        await store.ReportAsync("azure-faults", "Azure over a connection that does harm", report.ToMarkdown());
    }
}
