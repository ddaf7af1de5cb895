using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Cairn.Providers.S3;

/// <summary>The credentials of a role, renewed before they expire. The SDK's own class finds the token service by reflection, which trimming takes away.</summary>
internal sealed class AssumedRole : RefreshingAWSCredentials
{
    private readonly AWSCredentials _source;
    private readonly S3AssumeRole _role;
    private readonly TimeProvider _time;
    private readonly AmazonSecurityTokenServiceConfig _config = new();

    public AssumedRole(AWSCredentials source, S3AssumeRole role, string? region, TimeProvider time)
    {
        _source = source;
        _role = role;
        _time = time;
        if (region is not null)
        {
            _config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
            // With an endpoint from the environment the SDK would sign for the environment's region.
            _config.AuthenticationRegion = region;
        }
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        using var service = new AmazonSecurityTokenServiceClient(_source, _config);
        var request = new AssumeRoleRequest { RoleArn = _role.RoleArn, RoleSessionName = _role.SessionName, ExternalId = _role.ExternalId };
        var answer = await service.AssumeRoleAsync(request).ConfigureAwait(false);
        var found = answer.Credentials;
        return new CredentialsRefreshState(new ImmutableCredentials(found.AccessKeyId, found.SecretAccessKey, found.SessionToken), found.Expiration ?? _time.GetUtcNow().UtcDateTime.AddHours(1));
    }
}
