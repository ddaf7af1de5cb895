using System.Runtime.InteropServices;
using System.Text.Json;
using Cairn.Emulators.Native;
using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Azurite;

/// <summary>The Azurite that eng/azurite/package-lock.json pins, in a cache folder of the user; installed there when it is not.</summary>
internal sealed record AzuriteInstallation(string Folder)
{
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(4);
    private static readonly string[] Files = ["install.mjs", "package.json", "package-lock.json"];

    public string Main => Path.Combine(Folder, "node_modules", "azurite", "dist", "src", "blob", "main.js");

    /// <summary>The Node.js that it runs on: the pinned one, or this machine's where there is none for it.</summary>
    public string Node
    {
        get
        {
            var pinned = Path.Combine(Folder, "node_modules", $"node-linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}", "bin", "node");
            return File.Exists(pinned) ? pinned : "node";
        }
    }

    public static async Task<AzuriteInstallation> FindOrInstallAsync(Supervisor supervisor, CancellationToken cancellationToken)
    {
        var installer = Directory.CreateDirectory(Path.Combine(supervisor.Folder, "installer")).FullName;
        foreach (var file in Files) await EmbeddedFile.WriteAsync($"azurite/{file}", Path.Combine(installer, file));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(InstallPatience);
        try
        {
            var output = await supervisor.RunAsync("install", new ShellCommand("node", Path.Combine(installer, "install.mjs")), patience.Token);
            return new AzuriteInstallation(output.Split('\n')[^1]);
        }
        catch (Exception problem) when (problem is EmulatorStartException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Most likely there is no network: then the machine cannot have Azurite, and that is no fault of a test.
            throw new EmulatorUnavailableException($"Azurite could not be installed ({problem.Message})", "eng/install-emulators.sh, with a network");
        }
    }

    public async Task<string> ReadVersionAsync(CancellationToken cancellationToken)
    {
        await using var manifest = File.OpenRead(Path.Combine(Folder, "node_modules", "azurite", "package.json"));
        using var json = await JsonDocument.ParseAsync(manifest, cancellationToken: cancellationToken);
        return json.RootElement.GetProperty("version").GetString() ?? "of unknown version";
    }
}
