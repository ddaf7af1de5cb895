using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Cairn.Cli.Commands;
using Cairn.Cli.Output;

namespace Cairn.Cli.Tests;

/// <summary>The JSON of every command has a schema in <c>docs/cli/schemas</c>, made from the code and compared with it. <c>CAIRN_UPDATE_GOLDEN=1</c> writes them anew.</summary>
public sealed class SchemaTests
{
    private static readonly bool Update = Environment.GetEnvironmentVariable("CAIRN_UPDATE_GOLDEN") is "1";

    private static readonly Dictionary<string, JsonTypeInfo> Types = new()
    {
        ["checkpoints"] = CliJson.Default.CheckpointsReport,
        ["inspect"] = CliJson.Default.InspectReport,
        ["files"] = CliJson.Default.FilesReport,
        ["verify"] = CliJson.Default.VerifyReport,
        ["diff"] = CliJson.Default.DiffReport,
        ["convert"] = CliJson.Default.ConvertReport,
        ["relocate"] = CliJson.Default.RelocateReport,
        ["orphans"] = CliJson.Default.OrphansReport,
        ["ls"] = CliJson.Default.ListReport,
        ["put"] = CliJson.Default.PutReport,
        ["cp"] = CliJson.Default.CopyReport,
        ["mv"] = CliJson.Default.CopyReport,
        ["rm"] = CliJson.Default.RemoveReport,
        ["du"] = CliJson.Default.DiskUsageReport,
        ["config"] = CliJson.Default.ConfigReport,
    };

    public static TheoryData<string> Commands { get; } = [.. Types.Keys];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_schema_is_what_the_command_prints(string command)
    {
        var schema = Types[command].GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }).AsObject();
        var document = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = $"cairn {command} --json" };
        foreach (var (name, value) in schema)
            document[name] = value?.DeepClone();
        var text = document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
        var path = Path.Combine(Repository.Root, "docs", "cli", "schemas", $"{command}.json");

        if (Update)
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);

        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), text);
    }

    /// <summary>The golden outputs are read back as what their schema says: nothing is missing, nothing is unknown.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_golden_output_fits_its_schema(string command)
    {
        var folder = Path.Combine(Repository.Root, "tests", "Cli.Tests", "Golden");
        var outputs = Directory.GetFiles(folder, $"{command}.json").Concat(Directory.GetFiles(folder, $"{command}-*.json")).ToList();
        Assert.NotEmpty(outputs);
        foreach (var output in outputs)
        {
            var text = await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken);
            var json = text[text.IndexOf('{', StringComparison.Ordinal)..(text.LastIndexOf('}') + 1)].Replace("<time>", "2026-01-01T00:00:00Z", StringComparison.Ordinal);
            Assert.NotNull(JsonSerializer.Deserialize(json, Types[command]));
        }
    }

    [Fact]
    public void Every_command_with_the_option_has_a_schema() => Assert.Equal(
        CommandList.Create().Where(c => c.Options.Any(o => o.Name == "--json")).Select(c => c.Name).Order(StringComparer.Ordinal),
        Types.Keys.Order(StringComparer.Ordinal));
}
