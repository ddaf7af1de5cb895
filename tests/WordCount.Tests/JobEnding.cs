using System.Text.Json;

namespace Cairn.WordCount.Tests;

/// <summary>How the sample ended, and all that it printed.</summary>
internal sealed record JobEnding(int ExitCode, IReadOnlyList<string> Output, string Errors)
{
    /// <summary>What it printed with <c>--json</c>.</summary>
    public IReadOnlyList<JobLine> Lines => [.. Output.Select(JobLine.Parse)];

    /// <summary>The line about its start; null when it ended before.</summary>
    public JobLine? Start => Lines is [var first, ..] ? first : null;

    /// <summary>The last line about a checkpoint, no savepoint; null when there is none.</summary>
    public JobLine? LastCheckpoint => Lines.LastOrDefault(line => line is { IsCheckpoint: true, IsSavepoint: false });

    /// <summary>The line with the result; null when it ended before.</summary>
    public JobLine? Result => Lines.LastOrDefault(line => line.Digest is not null);

    public IReadOnlyList<string> ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString() => $"exit code {ExitCode}\n{string.Join('\n', Output)}\n{Errors}";
}

/// <summary>One line of JSON.</summary>
internal sealed record JobLine(JsonElement Json)
{
    public static JobLine Parse(string line) => new(JsonElement.Parse(line));

    public bool IsCheckpoint => Json.TryGetProperty("checkpoint", out _);

    public bool IsSavepoint => IsCheckpoint && Json.GetProperty("savepoint").GetBoolean();

    public long Checkpoint => Json.GetProperty("checkpoint").GetInt64();

    public long Records => Json.GetProperty("records").GetInt64();

    public long Bytes => Json.GetProperty("bytes").GetInt64();

    public string Pointer => Json.GetProperty("pointer").GetString()!;

    public long? RestoredFrom => Json.GetProperty("restoredFrom") is { ValueKind: JsonValueKind.Number } id ? id.GetInt64() : null;

    public long Total => Json.GetProperty("recordsTotal").GetInt64();

    public long Skipped => Json.GetProperty("recordsSkipped").GetInt64();

    public long Processed => Json.GetProperty("recordsProcessed").GetInt64();

    public string? Digest => Json.TryGetProperty("digest", out var digest) ? digest.GetString() : null;
}
