using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.Checkpoints.Orphans;
using Cairn.Cli.Commands;
using Cairn.Cli.Files;

namespace Cairn.Cli.Output;

/// <summary>How each report becomes JSON, made at build time. The schemas in <c>docs/cli/schemas</c> come from here.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(InspectReport))]
[JsonSerializable(typeof(CheckpointsReport))]
[JsonSerializable(typeof(FilesReport))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(DiffReport))]
[JsonSerializable(typeof(ConvertReport))]
[JsonSerializable(typeof(ConfigReport))]
[JsonSerializable(typeof(ListReport))]
[JsonSerializable(typeof(RelocateReport))]
[JsonSerializable(typeof(OrphansReport))]
[JsonSerializable(typeof(PutReport))]
[JsonSerializable(typeof(CopyReport))]
[JsonSerializable(typeof(RemoveReport))]
[JsonSerializable(typeof(DiskUsageReport))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Paths stay readable; the output is no part of a web page.</summary>
    public static CliJson Readable => field ??= new(new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
