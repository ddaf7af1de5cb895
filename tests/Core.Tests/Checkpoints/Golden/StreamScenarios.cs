using System.Globalization;
using System.Text;
using Cairn.Checkpoints;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Golden;

/// <summary>Does with our streams what was done with Flink's, step by step, and says in the recorder's words what happened.</summary>
internal static class StreamScenarios
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary><c>threshold=100 buffer=4096 total=99 one-array</c>.</summary>
    public static async Task<string> ThresholdAsync(BehaviourRow row, Sandbox sandbox)
    {
        await using var output = await StateStreamAsync(row, sandbox);
        var total = row.Number("total");
        var style = row.Scenario[(row.Scenario.LastIndexOf(' ') + 1)..];
        foreach (var piece in new byte[total].Chunk(style switch { "byte-by-byte" => 1, "chunks-1000" => 1000, _ => Math.Max(1, total) }))
            await output.Stream.WriteAsync(piece, Token);
        if (style == "array+flush")
            await output.Stream.FlushAsync(Token);
        var visible = sandbox.Files(sandbox.Native) == "[]" ? "" : "file-before-close ";
        var handle = await output.FinishAsync(Token);
        return handle is null ? visible + "null" : $"{visible}{handle.GetType().Name} size={handle.StateSize}";
    }

    /// <summary><c>threshold=1024 buffer=4096 [w10, flush, closeAndGetHandle]</c>.</summary>
    public static async Task<string> StatesAsync(BehaviourRow row, Sandbox sandbox)
    {
        await using var output = await StateStreamAsync(row, sandbox);
        return await StepsAsync(row, output.Stream, step => StateStepAsync(step, output, sandbox));
    }

    public static async Task<string> MemoryAsync(BehaviourRow row, Sandbox sandbox)
    {
        await using var output = await new MemoryCheckpointStreamFactory(16).CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token);
        return await StepsAsync(row, output.Stream, step => StateStepAsync(step, output, sandbox));
    }

    public static async Task<string> MetadataAsync(BehaviourRow row, Sandbox sandbox)
    {
        var location = new FileSystemCheckpointStorageLocation(
            sandbox.FileSystems.Get(sandbox.Root), sandbox.Root, sandbox.Root / "shared", CheckpointStorageLocationReference.Default, 1024);
        await using var output = await location.CreateMetadataOutputStreamAsync(Token);
        return await StepsAsync(row, output.Stream, async step => step switch
        {
            "finalize" => Completed(await output.FinishAsync(Token)),
            "close" => await DisposedAsync(output, "ok closed=true"),
            "getPos" => $"{output.Position}",
            "ls" => sandbox.Files(sandbox.Native),
            _ => throw new NotSupportedException(step),
        });
    }

    private static string Completed(ICompletedCheckpointStorageLocation location) =>
        $"location(pointer={location.ExternalPointer},metadata={Sandbox.Handle(location.MetadataHandle)})";

    /// <summary>The recorder's stream had no scope; with the shared one handles are absolute, as 1.7's all are.</summary>
    private static Task<CheckpointStateOutputStream> StateStreamAsync(BehaviourRow row, Sandbox sandbox) =>
        new FileSystemCheckpointStreamFactory(sandbox.FileSystems.Get(sandbox.Root), sandbox.Root / "exclusive", sandbox.Root, row.Number("threshold"))
            .CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Shared, Token);

    private static async Task<string> StateStepAsync(string step, CheckpointStateOutputStream output, Sandbox sandbox)
    {
        switch (step)
        {
            case "closeAndGetHandle":
                return Sandbox.Handle(await output.FinishAsync(Token));
            case "closeAndGetBytes":
                return await output.FinishAsync(Token) is ByteStreamStateHandle inline ? $"{inline.Data.Length} bytes" : "0 bytes";
            case "close":
                return await DisposedAsync(output, "ok");
            case "getPos":
                return $"{output.Position}";
            case "isClosed":
                return output.Stream.CanWrite ? "false" : "true";
            case "ls":
                return sandbox.Files(sandbox.Native);
            case "rmdir":
                Directory.Delete(sandbox.Native);
                return "true";
            default:
                throw new NotSupportedException(step);
        }
    }

    private static async Task<string> DisposedAsync(IAsyncDisposable output, string answer)
    {
        await output.DisposeAsync();
        return answer;
    }

    private static async Task<string> StepsAsync(BehaviourRow row, Stream stream, Func<string, Task<string>> doStep)
    {
        var text = new StringBuilder();
        foreach (var step in row.Steps)
        {
            string answer;
            try
            {
                answer = await WriteOrFlushAsync(step, stream) ? "ok" : await doStep(step);
            }
            catch (Exception e) when (e is not NotSupportedException)
            {
                answer = Sandbox.Thrown(e);
            }
            text.Append(CultureInfo.InvariantCulture, $"{step} -> {answer} ; ");
        }
        return text.ToString();
    }

    /// <summary><c>w10</c> is ten bytes one by one, <c>wa10</c> ten bytes at once.</summary>
    private static async Task<bool> WriteOrFlushAsync(string step, Stream stream)
    {
        if (step is "flush" or "sync")
        {
            await stream.FlushAsync(Token);
            return true;
        }
        if (step[0] != 'w')
            return false;
        var atOnce = step.StartsWith("wa", StringComparison.Ordinal);
        var count = int.Parse(step.AsSpan(atOnce ? 2 : 1), CultureInfo.InvariantCulture);
        if (atOnce)
            await stream.WriteAsync(new byte[count], Token);
        else
            for (var i = 0; i < count; i++)
                stream.WriteByte((byte)i);
        return true;
    }
}
