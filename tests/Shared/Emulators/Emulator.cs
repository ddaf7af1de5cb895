using Cairn.Emulators;

namespace Cairn.Tests;

/// <summary>Servers for tests.</summary>
internal static class Emulator
{
    /// <summary>A private S3 server, to be disposed; or the test is skipped.</summary>
    public static Task<S3Endpoint> S3Async(S3ServerKind kind = S3ServerKind.Any) => OrSkipAsync(S3Endpoint.StartAsync(kind, TestContext.Current.CancellationToken));

    /// <summary>A private Azure server, to be disposed; or the test is skipped.</summary>
    public static Task<AzureEndpoint> AzureAsync() => OrSkipAsync(AzureEndpoint.StartAsync(TestContext.Current.CancellationToken));

    /// <summary>What <paramref name="start"/> starts; where there is no server, the test is skipped with the reason, if that is allowed.</summary>
    public static async Task<T> OrSkipAsync<T>(Task<T> start)
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

    /// <summary>Which server it is, without its address; for reports.</summary>
    public static string Name(this EmulatorEndpoint endpoint) => endpoint.Description.Split(" at ", 2)[0];
}
