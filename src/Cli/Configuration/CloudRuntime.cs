using Amazon.RuntimeDependencies;
using Amazon.SSO;
using Amazon.SSOOIDC;

namespace Cairn.Cli.Configuration;

/// <summary>
/// Gives the SDK what it would otherwise look up by name at run time, which Native AOT has cut away: the clients of single sign-on. (The S3 provider
/// does the same for the one that assumes roles.)
/// </summary>
internal static class CloudRuntime
{
    public static void Register()
    {
        var registry = GlobalRuntimeDependencyRegistry.Instance;
        registry.RegisterSSOClient(context => new AmazonSSOClient(new AmazonSSOConfig { RegionEndpoint = context.SSOClientContextData.Region }));
        registry.RegisterSSOOIDCClient(context => new AmazonSSOOIDCClient(new AmazonSSOOIDCConfig { RegionEndpoint = context.SSOOIDCClientContextData.Region }));
    }
}
