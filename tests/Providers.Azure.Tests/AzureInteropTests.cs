using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Cairn.Emulators;
using Cairn.FileSystems;

namespace Cairn.Providers.Azure.Tests;

/// <summary>A name means the same blob to Cairn and to Microsoft's client for JavaScript.</summary>
public sealed class AzureInteropTests
{
    private static readonly string[] Names =
    [
        "plain", "with space", " leading", "tab-less  two", "a%41", "a%2Fb", "100%", "%", "a+b", "a&b=c", "a?b", "a#b", "a;b", "a:b", "a@b", "a,b", "a=b", "a'b", "a\"b", "a<b>", "a|b", "a^b", "a`b",
        "a{b}", "[a]", "(a)", "a*", "a!", "~a", "$a", "dot.", "..dots", "...", "a../b", "a/b.c/d", "-", "é", "e\u0301", "ß", "日本語", "𝄞", "👩‍👩‍👧", "\u200B", "\u200Fעברית", "\uFFFD", "\u00A0", "con", "NUL",
        "Case", "case", new string('x', 200) + "/" + new string('é', 200), string.Join('/', Enumerable.Repeat("s", 240)),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Odd_names_written_here_are_read_by_a_second_client_and_the_other_way_round()
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open();
        var directory = store.NewDirectory();
        await Parallel.ForEachAsync(Names, Token, async (name, ct) => await fileSystem.WriteAllBytesAsync(directory / "ours" / name, Encoding.UTF8.GetBytes(name), cancellationToken: ct));
        var seen = JsonSerializer.Deserialize<Dictionary<string, string>>(await RunAsync(store, "read", $"{directory.Key}/ours/"))!;
        Assert.Equal(Names.Order(StringComparer.Ordinal), seen.Keys.Order(StringComparer.Ordinal));
        Assert.All(seen, blob => Assert.Equal(blob.Key, blob.Value));

        await RunAsync(store, "write", $"{directory.Key}/theirs/", JsonSerializer.Serialize(Names));
        var listed = new List<string>();
        await foreach (var entry in fileSystem.ListAsync(directory / "theirs", new() { Recursive = true }, Token))
            listed.Add(entry.Path.Key[$"{directory.Key}/theirs/".Length..]);
        Assert.Equal(Names.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        foreach (var name in Names)
            Assert.Equal(name, Encoding.UTF8.GetString(await fileSystem.ReadAllBytesAsync(directory / "theirs" / name, cancellationToken: Token)));
        Assert.Equal(Names.Length, (await fileSystem.DeleteTreeAsync(directory / "theirs", Token)).Deleted);
    }

    private static async Task<string> RunAsync(AzureStore store, string command, string prefix, string input = "")
    {
        var eng = Path.Combine(Repository.Root, "eng");
        var folder = (await NodeAsync(store, "", Path.Combine(eng, "azurite", "install.mjs"), "../azure-client")).Trim();
        return await NodeAsync(store, input, Path.Combine(eng, "azure-client", "names.mjs"), folder, command, store.Container, prefix);
    }

    private static async Task<string> NodeAsync(AzureStore store, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["AZURE_STORAGE_CONNECTION_STRING"] = store.Endpoint.ConnectionString;
        start.StandardInputEncoding = start.StandardOutputEncoding = new UTF8Encoding(false);
        using var node = Process.Start(start)!;
        await node.StandardInput.WriteAsync(input);
        node.StandardInput.Close();
        var output = node.StandardOutput.ReadToEndAsync(Token);
        var errors = await node.StandardError.ReadToEndAsync(Token);
        await node.WaitForExitAsync(Token);
        if (node.ExitCode != 0 && arguments[0].EndsWith("install.mjs", StringComparison.Ordinal) && !EmulatorPolicy.Required)
            Assert.Skip(errors);
        Assert.True(node.ExitCode == 0, errors);
        return await output;
    }
}
