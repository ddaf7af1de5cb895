using System.Text.RegularExpressions;
using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;
using Cairn.FileSystems.Local;

namespace Cairn.Tests.Checkpoints.Golden;

/// <summary>A directory of this machine in which a row is done again, and the recorder's way to say what happened there.</summary>
internal sealed partial class Sandbox : IAsyncDisposable
{
    public const string Placeholder = "<TMP>/<DIR>";

    public Sandbox() => FileSystems = new FileSystemRegistry([new LocalFileSystemProvider(new() { Durable = false })]);

    public string Native { get; } = Directory.CreateTempSubdirectory("cairn-golden-").FullName;

    public StoragePath Root => StoragePath.FromLocal(Native);

    public FileSystemRegistry FileSystems { get; }

    /// <summary>A recorded path, as it is called here.</summary>
    public string Here(string text) => text.Replace(Placeholder, Native, StringComparison.Ordinal);

    /// <summary>What was found here, in the recorder's words.</summary>
    public string Recorded(string text) => TwelveHex().Replace(Uuid().Replace(text.Replace(Native, Placeholder, StringComparison.Ordinal), "<UUID>"), "-<12HEX>");

    /// <summary>The files of a directory with their lengths.</summary>
    public string Files(string directory) => Directory.Exists(directory)
        ? $"[{string.Join(", ", Visible(directory).Select(name => $"{Path.GetFileName(name)}:{new FileInfo(name).Length}"))}]"
        : "[]";

    /// <summary>Everything below a directory, directories with a slash at their end.</summary>
    public string Tree(string directory) =>
        $"[{string.Join(", ", Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(name => Path.GetRelativePath(directory, name) + (Directory.Exists(name) ? "/" : "")))}]";

    public static string Handle(StreamStateHandle? handle) => handle switch
    {
        null => "null",
        ByteStreamStateHandle inline => $"ByteStream(name={inline.HandleName},len={inline.Data.Length})",
        FileStateHandle file => $"FileStateHandle({file.FilePath},size={file.StateSize},actual={new FileInfo(StoragePath.Parse(file.FilePath).Path).Length})",
        _ => $"{handle}",
    };

    public static string Location(ICompletedCheckpointStorageLocation location) => $"pointer={location.ExternalPointer} metadata={Handle(location.MetadataHandle)}";

    /// <summary>An exception under the name of the Java class that it stands for; the message that .NET adds a parameter's name to, without it.</summary>
    public static string Thrown(Exception exception)
    {
        var name = exception switch
        {
            FileSystemException { Code: FileSystemErrorCode.NotFound } => "java.io.FileNotFoundException",
            IOException => "java.io.IOException",
            ArgumentNullException => "java.lang.NullPointerException",
            ArgumentException or FormatException => "java.lang.IllegalArgumentException",
            _ => exception.GetType().Name,
        };
        var message = exception is ArgumentException ? exception.Message.Split(" (Parameter ")[0] : exception.Message;
        return $"THROWS {name}: {message}{(exception.InnerException is null ? "" : " / cause")}";
    }

    public async ValueTask DisposeAsync()
    {
        await FileSystems.DisposeAsync();
        Directory.Delete(Native, recursive: true);
    }

    private static IEnumerable<string> Visible(string directory) =>
        Directory.EnumerateFiles(directory).Where(name => !name.EndsWith(".cairn-tmp", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Uuid();

    [GeneratedRegex("(?<=savepoint-[0-9a-f]{6})-[0-9a-f]{12}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TwelveHex();
}
