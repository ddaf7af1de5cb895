using Cairn.Cli.Tests.Running;
using Cairn.Cli.Tests.Stores;
using Cairn.Emulators;

namespace Cairn.Cli.Tests.Credentials;

/// <summary>
/// Every kind of credential that AWS has, on the S3 server here. The SDK asks the process for them, so the tool runs as one; with <c>CAIRN_CLI_BINARY</c> it is
/// the one that Native AOT made, from which a part of the SDK that is found by name only could be missing.
/// </summary>
public sealed class S3CredentialTests
{
    private const string Role = "arn:aws:iam::123456789012:role/reader";

    private static string Expiration => TimeProvider.System.GetUtcNow().AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public Task Keys_in_the_environment() => ListsAsync(s3 => new()
    {
        ["AWS_ACCESS_KEY_ID"] = s3.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = s3.SecretKey,
    });

    [Fact]
    public async Task Keys_of_a_profile()
    {
        using var folder = new TestFolder();
        await ListsAsync(s3 => new()
        {
            ["AWS_SHARED_CREDENTIALS_FILE"] = folder.Write("credentials", $"[acme]\naws_access_key_id = {s3.AccessKey}\naws_secret_access_key = {s3.SecretKey}\n"),
            ["AWS_PROFILE"] = "acme",
        });
    }

    [Fact]
    public async Task The_output_of_a_program()
    {
        using var folder = new TestFolder();
        await ListsAsync(s3 =>
        {
            var output = folder.Write("output.json", $$"""{ "Version": 1, "AccessKeyId": "{{s3.AccessKey}}", "SecretAccessKey": "{{s3.SecretKey}}", "Expiration": "{{Expiration}}" }""");
            return Config(folder, $"[profile acme]\ncredential_process = cat {output}\n");
        });
    }

    [Fact]
    public async Task A_role_that_a_profile_assumes()
    {
        using var folder = new TestFolder();
        await ShowsTemporaryAsync(
            service => new(Config(folder, $"[profile source]\naws_access_key_id = source\naws_secret_access_key = source-secret\n[profile acme]\nrole_arn = {Role}\nsource_profile = source\n"))
            {
                ["AWS_ENDPOINT_URL_STS"] = service.Address,
            },
            request => request.Headers["Authorization"]?.Contains("Credential=source/", StringComparison.Ordinal) == true ? TokenService("AssumeRole") : "",
            "POST /");
    }

    /// <summary>In the setting in place of the variable, and of two steps: each is signed with what the one before it gave.</summary>
    [Fact]
    public async Task A_role_that_another_role_assumes()
    {
        using var folder = new TestFolder();
        var profiles = $"""
            [profile source]
            aws_access_key_id = source
            aws_secret_access_key = source-secret
            [profile middle]
            role_arn = {Role}-of-the-middle
            source_profile = source
            [profile last]
            role_arn = {Role}
            source_profile = middle

            """;
        await ShowsTemporaryAsync(
            service => new(Config(folder, profiles)) { ["AWS_PROFILE"] = "", ["CAIRN__FileSystems__s3__Profile"] = "last", ["AWS_ENDPOINT_URL_STS"] = service.Address },
            request => request.Headers["Authorization"]?.Split("Credential=")[^1].Split('/')[0] switch
            {
                "source" => TokenService("AssumeRole", "middle"),
                "middle-key" => TokenService("AssumeRole"),
                _ => "",
            },
            "POST /");
    }

    [Fact]
    public async Task A_role_that_asks_for_the_code_of_a_device_is_refused()
    {
        using var folder = new TestFolder();
        var environment = Config(
            folder, $"[profile source]\naws_access_key_id = source\naws_secret_access_key = source-secret\n[profile acme]\nrole_arn = {Role}\nsource_profile = source\nmfa_serial = arn:aws:iam::1:mfa/phone\n");
        environment["AWS_REGION"] = "us-east-1";
        var line = (await ToolProcess.RunAsync(new Surroundings { Environment = environment }, "ls", "s3://bucket/")).Failed();
        Assert.Contains("asks for a code of the device 'arn:aws:iam::1:mfa/phone'", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_identity()
    {
        using var folder = new TestFolder();
        await ShowsTemporaryAsync(
            service => new()
            {
                ["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.Write("token", "a.b.c"),
                ["AWS_ROLE_ARN"] = Role,
                ["AWS_ROLE_SESSION_NAME"] = "cairn",
                ["AWS_ENDPOINT_URL_STS"] = service.Address,
            },
            _ => TokenService("AssumeRoleWithWebIdentity"),
            "POST /");
    }

    [Fact]
    public Task A_container() => ShowsTemporaryAsync(
        service => new() { ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = $"{service.Address}/credentials", ["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "container-token" },
        request => request.Headers["Authorization"] == "container-token" ? Json() : "",
        "GET /credentials");

    [Fact]
    public Task An_instance() => ShowsTemporaryAsync(
        service => new() { ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = service.Address },
        request => request.RawUrl switch
        {
            "/latest/api/token" => "instance-token",
            { } path when path.StartsWith("/latest/meta-data/iam/security-credentials", StringComparison.Ordinal) => path.EndsWith("/reader", StringComparison.Ordinal) ? Json() : "reader",
            { } path when path.EndsWith("/iam/info", StringComparison.Ordinal) => """{ "Code": "Success", "LastUpdated": "2026-01-01T00:00:00Z", "InstanceProfileArn": "a", "InstanceProfileId": "i" }""",
            _ => "",
        },
        "GET /latest/meta-data/iam/security-credentials");

    [Fact]
    public async Task Single_sign_on()
    {
        using var folder = new TestFolder();
        const string start = "https://acme.awsapps.com/start";
        var cache = Directory.CreateDirectory(Path.Combine(folder.Path, ".aws", "sso", "cache")).FullName;
        // The SDK finds a session's token by the SHA-1 of its name.
        const string key = "9d355fe8988c52ad3df3ee9bd11c7206ccaac2df";
        await File.WriteAllTextAsync(
            Path.Combine(cache, key + ".json"),
            $$"""{ "startUrl": "{{start}}", "region": "us-east-1", "accessToken": "signed-on", "expiresAt": "{{Expiration}}" }""",
            TestContext.Current.CancellationToken);
        await ShowsTemporaryAsync(
            service => new(Config(folder, $"[profile acme]\nsso_session = acme-session\nsso_account_id = 123456789012\nsso_role_name = reader\n[sso-session acme-session]\nsso_region = us-east-1\nsso_start_url = {start}\nsso_registration_scopes = sso:account:access\n"))
            {
                ["HOME"] = folder.Path,
                ["AWS_ENDPOINT_URL_SSO"] = service.Address,
            },
            request => request.RawUrl!.StartsWith("/federation/credentials", StringComparison.Ordinal)
                ? $$"""{ "roleCredentials": { "accessKeyId": "temporary-key", "secretAccessKey": "temporary-secret", "sessionToken": "temporary-token", "expiration": {{TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds()}} } }"""
                : "",
            "GET /federation/credentials?");
    }

    [Fact]
    public async Task Wrong_keys_are_told_with_a_hint()
    {
        await using var store = await TestStore.OpenAsync("s3");
        var environment = new Dictionary<string, string>(store.Environment) { ["CAIRN__FileSystems__s3__SecretKey"] = "wrong-secret-key" };

        var line = (await Tool.RunAsync(environment, "ls", $"{store.Root}")).Failed();

        Assert.Contains("'cairn config'", line, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret-key", line, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Config(TestFolder folder, string text) => new()
    {
        ["AWS_CONFIG_FILE"] = folder.Write("config", text),
        ["AWS_SHARED_CREDENTIALS_FILE"] = folder.Write("credentials", ""),
        ["AWS_PROFILE"] = "acme",
    };

    private static string Json() =>
        $$"""{ "Code": "Success", "LastUpdated": "2026-01-01T00:00:00Z", "Type": "AWS-HMAC", "AccessKeyId": "temporary-key", "SecretAccessKey": "temporary-secret", "Token": "temporary-token", "Expiration": "{{Expiration}}" }""";

    private static string TokenService(string action, string name = "temporary") => $"""
        <{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
        <Credentials><AccessKeyId>{name}-key</AccessKeyId><SecretAccessKey>{name}-secret</SecretAccessKey><SessionToken>{name}-token</SessionToken><Expiration>{Expiration}</Expiration></Credentials>
        <AssumedRoleUser><Arn>{Role}</Arn><AssumedRoleId>id</AssumedRoleId></AssumedRoleUser>
        </{action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>
        """;

    /// <summary>Lists a directory with credentials that only <paramref name="variables"/> tell of.</summary>
    private static async Task ListsAsync(Func<S3Endpoint, Dictionary<string, string>> variables)
    {
        await using var store = await TestStore.OpenAsync("s3");
        await store.WriteAsync("found", "1");
        var s3 = await S3Endpoint.GetSharedAsync(TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string> { ["AWS_ENDPOINT_URL_S3"] = s3.ServiceUrl.ToString(), ["AWS_REGION"] = s3.Region, ["AWS_EC2_METADATA_DISABLED"] = "true" };
        foreach (var (name, value) in variables(s3))
            environment[name] = value;

        var result = await ToolProcess.RunAsync(new Surroundings { Environment = environment }, "ls", $"{store.Root}", "--verbose");

        Assert.Equal([$"{store.Root}/found"], result.Done().Lines);
    }

    /// <summary>
    /// Lists with temporary credentials. The server of the other tests takes none that it did not give out itself, so these are shown to one that only looks.
    /// </summary>
    private static async Task ShowsTemporaryAsync(Func<LocalService, Dictionary<string, string>> variables, Func<System.Net.HttpListenerRequest, string> answer, string asked)
    {
        var shown = new List<string>();
        using var s3 = new LocalService(request =>
        {
            lock (shown)
                shown.Add($"{request.Headers["Authorization"]?.Split('/')[0]} {request.Headers["X-Amz-Security-Token"]}");
            return """<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><IsTruncated>false</IsTruncated><Contents><Key>found</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"0"</ETag><Size>1</Size></Contents></ListBucketResult>""";
        });
        using var service = new LocalService(answer);
        var environment = new Dictionary<string, string> { ["AWS_ENDPOINT_URL_S3"] = s3.Address, ["AWS_REGION"] = "us-east-1" };
        foreach (var (name, value) in variables(service))
            environment[name] = value;

        var result = await ToolProcess.RunAsync(new Surroundings { Environment = environment }, "ls", "s3://bucket/", "--verbose");

        Assert.Equal(["s3://bucket/found"], result.Done().Lines);
        Assert.All(shown, one => Assert.Equal("AWS4-HMAC-SHA256 Credential=temporary-key temporary-token", one));
        Assert.Contains(service.Requests, request => request.StartsWith(asked, StringComparison.Ordinal));
    }
}
