using Cairn.Emulators.Native;
using Cairn.Emulators.Sources;

namespace Cairn.Emulators.Containers;

/// <summary>The images of the servers: as the environment names them, else as eng/images.env pins them.</summary>
internal static class ContainerImage
{
    public static Task<string> OfS3Async() => FindAsync("CAIRN_TEST_S3_IMAGE");

    public static Task<string> OfAzuriteAsync() => FindAsync("CAIRN_TEST_AZURITE_IMAGE");

    private static async Task<string> FindAsync(string variable)
    {
        if (Variables.Find(variable) is { } named) return named;
        var pins = await EmbeddedFile.ReadAsync("images.env");
        return pins.Split('\n').Single(line => line.StartsWith($"{variable}=", StringComparison.Ordinal))[(variable.Length + 1)..].Trim();
    }
}
