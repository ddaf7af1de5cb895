using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.Commands;

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
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Paths stay readable; the output is no part of a web page.</summary>
    public static CliJson Readable => field ??= new(new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
