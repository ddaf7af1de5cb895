namespace Cairn.Emulators.Native;

/// <summary>Files that travel inside this library, so that it works wherever its assembly does.</summary>
internal static class EmbeddedFile
{
    public static async Task WriteAsync(string name, string path)
    {
        await using var source = Open(name);
        await using var target = File.Create(path);
        await source.CopyToAsync(target);
    }

    public static async Task<string> ReadAsync(string name)
    {
        using var reader = new StreamReader(Open(name));
        return await reader.ReadToEndAsync();
    }

    private static Stream Open(string name) => typeof(EmbeddedFile).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The library was built without {name}");
}
