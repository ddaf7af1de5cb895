namespace Cairn.Emulators.Tests;

/// <summary>Which server is taken, and what is said when there is none; each in a process with an environment of its own.</summary>
public sealed class ChoiceTests
{
    private const string Servers = "CAIRN_TEST_SERVERS";
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
    [InlineData("s3", "CAIRN_TEST_S3_IMAGE")]
    [InlineData("azure", "CAIRN_TEST_AZURITE_IMAGE")]
    public async Task Where_Docker_cannot_have_the_image_or_there_is_no_Docker_the_server_is_a_process(string kind, string variable)
    {
        using var owner = OwnerProcess.Start(kind, (variable, "localhost:9/nothing:0"), (S3Endpoint, ""), (AzureConnectionString, ""));
        var isReady = await owner.WaitUntilReadyAsync();
        Assert.SkipUnless(isReady || EmulatorPolicy.Required, owner.Output);
        Assert.Contains("native process", owner.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_of_server_that_does_not_exist_is_a_failure_that_names_those_that_do()
    {
        using var owner = OwnerProcess.Start("s3", (Servers, "docker"));
        Assert.False(await owner.WaitUntilReadyAsync());
        Assert.StartsWith("failed: ", owner.Output, StringComparison.Ordinal);
        Assert.Contains("environment, containers or native", owner.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Containers_are_a_failure_to_be_told_when_they_are_required_and_Docker_does_not_answer()
    {
        using var owner = OwnerProcess.Start(
            "s3", (Servers, "containers"), ("DOCKER_HOST", "tcp://127.0.0.1:9"), ("HOME", "/nonexistent"), (EmulatorPolicy.RequiredVariable, "1"));
        Assert.False(await owner.WaitUntilReadyAsync());
        Assert.StartsWith("failed: ", owner.Output, StringComparison.Ordinal);
        Assert.Contains("Docker does not answer", owner.Output, StringComparison.Ordinal);
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

    [Fact]
    public async Task A_strict_server_is_another_where_the_one_that_the_environment_names_lacks_something()
    {
        await using var endpoint = await Emulator.S3Async(S3ServerKind.Strict);
        using var owner = OwnerProcess.Start(
            "strict-s3", (S3Endpoint, $"{endpoint.ServiceUrl}"), ("CAIRN_TEST_S3_ACCESS_KEY", "key"), ("CAIRN_TEST_S3_SECRET_KEY", "secret"),
            (S3Traits.LacksVariable, nameof(S3Traits.VerifiesChecksums)));
        Assert.True(await owner.WaitUntilReadyAsync(), owner.Output);
        Assert.DoesNotContain($"{endpoint.ServiceUrl}", owner.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_suite_has_a_strict_server_its_tests_are_skipped_even_when_servers_are_required()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get"), "needs root and apt");
        var cache = Directory.CreateTempSubdirectory("cairn-cache-");
        using var owner = OwnerProcess.Start(
            "strict-s3", (Servers, "native"), (S3Endpoint, ""), ("XDG_CACHE_HOME", cache.FullName), ("CAIRN_STRICT_S3_SUITES", ""), (EmulatorPolicy.RequiredVariable, "1"));
        Assert.False(await owner.WaitUntilReadyAsync());
        Assert.StartsWith("skipped: ", owner.Output, StringComparison.Ordinal);
        Assert.Contains("no radosgw of 20.2", owner.Output, StringComparison.Ordinal);
        cache.Delete(recursive: true);
    }

    [Theory]
    [InlineData("s3", "0", "skipped: ")]
    [InlineData("azure", "0", "skipped: ")]
    [InlineData("s3", "1", "failed: ")]
    [InlineData("azure", "1", "failed: ")]
    [InlineData("strict-s3", "0", "skipped: ")]
    [InlineData("strict-s3", "1", "failed: ")]
    public async Task Without_any_server_the_reason_and_the_remedy_are_told(string kind, string required, string outcome)
    {
        using var owner = OwnerProcess.Start(
            kind, (Servers, "native"), ("PATH", "/nonexistent"), (S3Endpoint, ""), (AzureConnectionString, ""), ("CAIRN_TEST_RADOSGW_ROOT", ""), (EmulatorPolicy.RequiredVariable, required));
        Assert.False(await owner.WaitUntilReadyAsync());
        Assert.StartsWith(outcome, owner.Output, StringComparison.Ordinal);
        Assert.Contains("is not installed", owner.Output, StringComparison.Ordinal);
        Assert.Contains("eng/install-emulators.sh", owner.Output, StringComparison.Ordinal);
    }
}
