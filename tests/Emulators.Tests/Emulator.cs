namespace Cairn.Emulators.Tests;

/// <summary>Starts servers for a test, or skips it with the reason where that is allowed.</summary>
internal static class Emulator
{
    public static Task<S3Endpoint> S3Async() => S3Async(S3ServerKind.Any);

    public static Task<S3Endpoint> S3Async(S3ServerKind kind) => OrSkipAsync(S3Endpoint.StartAsync(kind, TestContext.Current.CancellationToken));

    public static Task<AzureEndpoint> AzureAsync() => OrSkipAsync(AzureEndpoint.StartAsync(TestContext.Current.CancellationToken));

    public static async Task<TEndpoint> OrSkipAsync<TEndpoint>(Task<TEndpoint> start)
    {
        try
        {
            return await start;
        }
        catch (EmulatorUnavailableException unavailable) when (EmulatorPolicy.MaySkip(unavailable))
        {
            Assert.Skip(unavailable.Message);
            throw;
        }
    }
}
