using Cairn.Emulators;

// A process that owns servers until it is killed. It says when they are ready and which processes they are.
EmulatorEndpoint[] endpoints = await Task.WhenAll(StartS3Async(), StartAzureAsync());
Console.WriteLine($"ready {string.Join(' ', endpoints.SelectMany(static endpoint => endpoint.ProcessIds))}");
await Task.Delay(Timeout.Infinite);

static async Task<EmulatorEndpoint> StartS3Async() => await S3Endpoint.StartAsync();
static async Task<EmulatorEndpoint> StartAzureAsync() => await AzureEndpoint.StartAsync();
