namespace Cairn.Emulators.Tests;

/// <summary>Starts servers for a test, or skips it with the reason where that is allowed.</summary>
internal static class Emulator
{
    public static Task<S3Endpoint> S3Async() => OrSkipAsync(S3Endpoint.StartAsync(TestContext.Current.CancellationToken));

    public static Task<AzureEndpoint> AzureAsync() => OrSkipAsync(AzureEndpoint.StartAsync(TestContext.Current.CancellationToken));

    public static async Task<TEndpoint> OrSkipAsync<TEndpoint>(Task<TEndpoint> start)
    {
        try
        {
            return await start;
        }
        catch (EmulatorUnavailableException unavailable) when (!EmulatorPolicy.Required)
        {
            Assert.Skip(unavailable.Message);
            throw;
        }
    }
}
