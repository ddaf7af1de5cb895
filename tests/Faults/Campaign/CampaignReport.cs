using System.Text;

namespace Cairn.Faults.Campaign;

/// <summary>What a campaign did and saw. That it ended without <see cref="CampaignException"/> says that everything held.</summary>
public sealed class CampaignReport
{
    private readonly SortedDictionary<string, int> _ends = new(StringComparer.Ordinal);

    /// <summary>How it was run.</summary>
    public required CampaignOptions Options { get; init; }

    /// <summary>How often each operation ended in each way, as <c>write: committed</c>.</summary>
    public IReadOnlyDictionary<string, int> Ends => _ends;

    /// <summary>Requests that arrived at the proxy.</summary>
    public int Requests { get; internal set; }

    /// <summary>What was done to them.</summary>
    public IReadOnlyDictionary<FaultKind, int> Faults { get; internal set; } = new Dictionary<FaultKind, int>();

    internal void Count(string operation, string end) => _ends[$"{operation}: {end}"] = _ends.GetValueOrDefault($"{operation}: {end}") + 1;

    /// <summary>Two tables, in Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder()
            .AppendLine(null, $"{Options.Operations} operations, seed {Options.Seed}: {Requests} requests, {Faults.Values.Sum()} of them disturbed. No wrong byte, no false success, no false refusal, no lost commit.")
            .AppendLine().AppendLine("| Fault | Requests |").AppendLine("|---|--:|");
        foreach (var (kind, count) in Faults.OrderBy(fault => fault.Key))
            text.AppendLine(null, $"| {kind} | {count} |");
        text.AppendLine().AppendLine("| Operation: its end | Times |").AppendLine("|---|--:|");
        foreach (var (end, count) in _ends)
            text.AppendLine(null, $"| {end} | {count} |");
        return text.ToString();
    }
}

/// <summary>A promise did not hold under faults; the message says which, with the seed.</summary>
public sealed class CampaignException(string message, Exception? inner = null) : Exception(message, inner);
