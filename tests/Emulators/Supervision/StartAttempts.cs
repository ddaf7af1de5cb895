namespace Cairn.Emulators.Supervision;

/// <summary>Starts a server, and again where that failed: a port can be lost to a stranger between the look and the use of it, a busy machine can be too slow once.</summary>
internal static class StartAttempts
{
    private const int MaxAttempts = 3;

    /// <param name="start">Starts the server in a fresh place, and leaves nothing behind when it fails.</param>
    /// <exception cref="EmulatorStartException">The last attempt failed, too. Those before it are told on the console.</exception>
    public static async Task<TEndpoint> RunAsync<TEndpoint>(Func<Task<TEndpoint>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start();
            }
            catch (EmulatorStartException failure) when (attempt < MaxAttempts)
            {
                Console.WriteLine($"[emulators] attempt {attempt} of {MaxAttempts} failed: {failure.Message}");
            }
        }
    }
}
