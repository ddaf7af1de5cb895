using Cairn.Conformance;
using Cairn.FileSystems;

namespace Cairn.Providers.Tests.Http;

/// <summary>Whole files, for tests that count or disturb the requests they take.</summary>
internal static class Transfer
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        Noise.Fill(bytes, length);
        return bytes;
    }

    public static async Task<FileEntry> WriteAsync(IFileSystem fileSystem, StoragePath path, byte[] content, WriteMode mode)
    {
        await using var writer = await fileSystem.OpenWriteAsync(path, new() { Mode = mode }, Token);
        await writer.Stream.WriteAsync(content, Token);
        return await writer.CommitAsync(Token);
    }

    public static async Task<byte[]> ReadAsync(IFileSystem fileSystem, StoragePath path)
    {
        await using var stream = await fileSystem.OpenReadAsync(path, cancellationToken: Token);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }
}
