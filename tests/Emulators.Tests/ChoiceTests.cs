namespace Cairn.Emulators.Tests;

/// <summary>Which server is taken, and what is said when there is none; each in a process with an environment of its own.</summary>
public sealed class ChoiceTests
{
    private const string S3Endpoint = "CAIRN_TEST_S3_ENDPOINT";
    private const string AzureConnectionString = "CAIRN_TEST_AZURE_CONNECTION_STRING";

    [Fact]
    public async Task The_S3_server_that_the_environment_names_wins()
    {
        await using var endpoint = await Emulator.S3Async();
        using var owner = OwnerProcess.Start(
            "s3", (S3Endpoint, $"{endpoint.ServiceUrl}"), ("CAIRN_TEST_S3_ACCESS_KEY", endpoint.AccessKey), ("CAIRN_TEST_S3_SECRET_KEY", endpoint.SecretKey));
        Assert.True(await owner.WaitUntilReadyAsync(), owner.Output);
        Assert.Contains($"{endpoint.ServiceUrl}", owner.Output, StringComparison.Ordinal);
        Assert.Empty(owner.ServerIds);
    }

    [Fact]
    public async Task The_Azure_account_that_the_environment_names_wins()
    {
        await using var endpoint = await Emulator.AzureAsync();
        using var owner = OwnerProcess.Start("azure", (AzureConnectionString, endpoint.ConnectionString));
        Assert.True(await owner.WaitUntilReadyAsync(), owner.Output);
        Assert.Contains($"{endpoint.BlobEndpoint}", owner.Output, StringComparison.Ordinal);
        Assert.Empty(owner.ServerIds);
    }

    [Theory]
    [InlineData("s3", S3Endpoint, "http://127.0.0.1:9/", "CAIRN_TEST_S3_ACCESS_KEY")]
    [InlineData("s3", S3Endpoint, "localhost", "http")]
    [InlineData("azure", AzureConnectionString, "AccountName=a;BlobEndpoint=http://127.0.0.1:9/a", "AccountKey")]
    [InlineData("azure", AzureConnectionString, "nonsense", "Name=Value")]
    public async Task Half_a_configuration_is_a_failure_that_names_what_is_missing(string kind, string variable, string value, string missing)
    {
        using var owner = OwnerProcess.Start(kind, (variable, value), ("CAIRN_TEST_S3_ACCESS_KEY", ""));
        Assert.False(await owner.WaitUntilReadyAsync());
        Assert.StartsWith("failed: ", owner.Output, StringComparison.Ordinal);
        Assert.Contains(variable, owner.Output, StringComparison.Ordinal);
        Assert.Contains(missing, owner.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3", "0", "skipped: ")]
    [InlineData("azure", "0", "skipped: ")]
    [InlineData("s3", "1", "failed: ")]
    [InlineData("azure", "1", "failed: ")]
    public async Task Without_any_server_the_reason_and_the_remedy_are_told(string kind, string required, string outcome)
    {
        using var owner = OwnerProcess.Start(
            kind, ("PATH", "/nonexistent"), (S3Endpoint, ""), (AzureConnectionString, ""), ("CAIRN_TEST_RADOSGW_ROOT", ""), (EmulatorPolicy.RequiredVariable, required));
        Assert.False(await owner.WaitUntilReadyAsync());
        Assert.StartsWith(outcome, owner.Output, StringComparison.Ordinal);
        Assert.Contains("is not installed", owner.Output, StringComparison.Ordinal);
        Assert.Contains("eng/install-emulators.sh", owner.Output, StringComparison.Ordinal);
    }
}
