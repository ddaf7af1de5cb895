using Amazon.RuntimeDependencies;
using Amazon.SecurityToken;
using Amazon.SSO;
using Amazon.SSOOIDC;

namespace Cairn.Cli.Configuration;

/// <summary>
/// Gives the SDK what it would otherwise look up by name at run time, which Native AOT has cut away: the clients that assume roles, use web identities
/// and sign on.
/// </summary>
internal static class CloudRuntime
{
    public static void Register()
    {
        var registry = GlobalRuntimeDependencyRegistry.Instance;
        registry.RegisterSecurityTokenServiceClient(context => new AmazonSecurityTokenServiceClient(
            new AmazonSecurityTokenServiceConfig { RegionEndpoint = context.SecurityTokenServiceClientContextData.Region }));
        registry.RegisterSSOClient(context => new AmazonSSOClient(new AmazonSSOConfig { RegionEndpoint = context.SSOClientContextData.Region }));
        registry.RegisterSSOOIDCClient(context => new AmazonSSOOIDCClient(new AmazonSSOOIDCConfig { RegionEndpoint = context.SSOOIDCClientContextData.Region }));
    }
}
