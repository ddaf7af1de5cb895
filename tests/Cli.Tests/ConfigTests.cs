using System.Text.Json;
using Cairn.Cli.Tests.Running;

namespace Cairn.Cli.Tests;

/// <summary>Where settings come from, and that no secret is shown.</summary>
public sealed class ConfigTests
{
    private const string Key = "Cairn:FileSystems:s3:ServiceUrl";

    [Fact]
    public async Task The_environment_is_stronger_than_this_folder_and_this_folder_than_home()
    {
        using var home = new TestFolder();
        using var here = new TestFolder();
        home.Write("cairn.json", """{ "Cairn": { "FileSystems": { "s3": { "ServiceUrl": "http://home", "Region": "home-1", "StorageClass": "STANDARD" } } } }""");
        here.Write("cairn.json", """{ "Cairn": { "FileSystems": { "s3": { "ServiceUrl": "http://here", "Region": "here-1" } } } }""");
        var environment = new Dictionary<string, string> { ["HOME"] = home.Path, ["CAIRN__FileSystems__s3__ServiceUrl"] = "http://environment" };

        var settings = await SettingsAsync(new Surroundings { Environment = environment, WorkingDirectory = here.Path });

        Assert.Equal(("http://environment", "environment"), settings[Key]);
        Assert.Equal(("here-1", Path.Combine(here.Path, "cairn.json")), settings["Cairn:FileSystems:s3:Region"]);
        Assert.Equal(("STANDARD", Path.Combine(home.Path, "cairn.json")), settings["Cairn:FileSystems:s3:StorageClass"]);
    }

    [Fact]
    public async Task A_file_that_is_named_takes_the_place_of_the_others()
    {
        using var here = new TestFolder();
        here.Write("cairn.json", """{ "Cairn": { "FileSystems": { "s3": { "ServiceUrl": "http://here" } } } }""");
        var other = here.Write("other.json", """{ "Cairn": { "FileSystems": { "s3": { "Region": "other-1" } } } }""");

        var settings = await SettingsAsync(new Surroundings { WorkingDirectory = here.Path }, "--config", other);

        Assert.False(settings.ContainsKey(Key));
        Assert.Equal(("other-1", other), settings["Cairn:FileSystems:s3:Region"]);
    }

    [Fact]
    public async Task Secrets_are_masked_wherever_they_come_from()
    {
        var environment = new Dictionary<string, string>
        {
            ["CAIRN__FileSystems__s3__AccessKey"] = "id",
            ["CAIRN__FileSystems__s3__SecretKey"] = "topsecret1",
            ["AWS_SECRET_ACCESS_KEY"] = "topsecret2",
            ["AWS_ACCESS_KEY_ID"] = "AKIAVISIBLE",
            ["AZURE_STORAGE_CONNECTION_STRING"] = "AccountName=acme;AccountKey=topsecret3==;EndpointSuffix=core.windows.net",
            ["CAIRN__FileSystems__abfs__SasToken"] = "sv=2024&sig=topsecret4",
            ["AZURE_CLIENT_SECRET"] = "topsecret5",
        };

        foreach (var args in new[] { new[] { "config" }, ["config", "--json"] })
        {
            var result = (await Tool.RunAsync(environment, args)).Done();

            Assert.DoesNotContain("topsecret", result.Out, StringComparison.Ordinal);
            Assert.Contains("AKIAVISIBLE", result.Out, StringComparison.Ordinal);
            Assert.Contains("AccountName=acme;AccountKey=********;EndpointSuffix=core.windows.net", result.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_error_repeats_a_secret()
    {
        var environment = new Dictionary<string, string>
        {
            ["CAIRN__FileSystems__abfs__ConnectionString"] = "nonsense;AccountKey=topsecret",
            ["CAIRN__FileSystems__s3__AccessKey"] = "id",
            ["CAIRN__FileSystems__s3__SecretKey"] = "topsecret",
            ["CAIRN__FileSystems__s3__ServiceUrl"] = "http://127.0.0.1:9",
        };

        foreach (var uri in new[] { "abfss://c@acme.dfs.core.windows.net/x", "s3://bucket/x" })
        {
            var result = await Tool.RunAsync(environment, "cat", uri, "--verbose");

            Assert.Equal(1, result.ExitCode);
            Assert.DoesNotContain("topsecret", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_wrong_with_the_settings_is_told_beside_them()
    {
        var result = await Tool.RunAsync(new Dictionary<string, string> { ["CAIRN__FileSystems__s3__Reggion"] = "x" }, "config");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Cairn:FileSystems:s3:Reggion = x  (environment)", result.Out, StringComparison.Ordinal);
        Assert.Contains("no setting", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ nonsense", "cannot be read")]
    [InlineData(null, "no configuration file")]
    public async Task A_configuration_file_that_is_none_is_misuse(string? content, string says)
    {
        using var folder = new TestFolder();
        var file = content is null ? Path.Combine(folder.Path, "missing.json") : folder.Write("broken.json", content);

        Assert.Contains(says, (await Tool.RunAsync("config", "--config", file)).Failed(2), StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, (string Value, string Source)>> SettingsAsync(Surroundings surroundings, params string[] args)
    {
        var result = (await Tool.RunAsync(surroundings, ["config", "--json", .. args])).Done();
        using var document = JsonDocument.Parse(result.Bytes);
        return document.RootElement.GetProperty("settings").EnumerateArray()
            .ToDictionary(s => s.GetProperty("key").GetString()!, s => (s.GetProperty("value").GetString()!, s.GetProperty("source").GetString()!));
    }
}
