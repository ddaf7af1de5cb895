using Cairn.Emulators.Servers;

namespace Cairn.Emulators.Sources;

/// <summary>The S3 server that <c>CAIRN_TEST_S3_*</c> name.</summary>
internal static class S3FromEnvironment
{
    private const string EndpointVariable = "CAIRN_TEST_S3_ENDPOINT";

    public static async Task<S3Endpoint> StartStrictAsync(CancellationToken cancellationToken)
    {
        var endpoint = await StartAsync(cancellationToken);
        return endpoint.Traits.AreComplete
            ? endpoint
            : throw new EmulatorUnavailableException($"{endpoint.Description} is not strict ({S3Traits.LacksVariable})", $"name another in {EndpointVariable}");
    }

    public static async Task<S3Endpoint> StartAsync(CancellationToken cancellationToken)
    {
        var address = Variables.Find(EndpointVariable)
            ?? throw new EmulatorUnavailableException($"{EndpointVariable} is not set", $"set {EndpointVariable} to the address of one");
        var endpoint = new S3Endpoint(new ExternalServer(), $"the server at {address} ({EndpointVariable})")
        {
            ServiceUrl = Variables.ParseHttpAddress(EndpointVariable, address),
            AccessKey = Variables.Get("CAIRN_TEST_S3_ACCESS_KEY", EndpointVariable),
            SecretKey = Variables.Get("CAIRN_TEST_S3_SECRET_KEY", EndpointVariable),
            Region = Variables.Find("CAIRN_TEST_S3_REGION") ?? "us-east-1",
            Traits = S3Traits.Without(Variables.Find(S3Traits.LacksVariable)),
        };
        await HttpProbe.WaitUntilExternalAnswersAsync(endpoint.ServiceUrl, EndpointVariable, cancellationToken);
        return endpoint;
    }
}
