using Cairn.Emulators;

// Starts the endpoints that its argument names and holds them until it is killed. It says when they are ready and which processes
// serve them, or why there are none.
Dictionary<string, Func<Task<EmulatorEndpoint>>> starts = new(StringComparer.Ordinal)
{
    ["s3"] = static async () => await S3Endpoint.StartAsync(),
    ["strict-s3"] = static async () => await S3Endpoint.StartAsync(S3ServerKind.Strict),
    ["azure"] = static async () => await AzureEndpoint.StartAsync(),
};

try
{
    var endpoints = await Task.WhenAll(args[0].Split(',').Select(kind => starts[kind]()));
    Console.WriteLine($"ready {string.Join(' ', endpoints.SelectMany(static endpoint => endpoint.ProcessIds))}");
    await Task.Delay(Timeout.Infinite);
}
catch (EmulatorUnavailableException unavailable)
{
    Console.WriteLine($"{(EmulatorPolicy.MaySkip(unavailable) ? "skipped" : "failed")}: {unavailable.Message}");
}
catch (EmulatorStartException failure)
{
    Console.WriteLine($"failed: {failure.Message}");
}
