using Cairn.Cli.Checkpoints;

namespace Cairn.Cli.Output;

/// <summary>A checkpoint as a tree by operator, the largest first, with a bar for each size.</summary>
internal sealed class InspectView(Terminal terminal, InspectReport report, bool everyOperator, bool everyHandle)
{
    private const int MostOperators = 20;
    private const int BarWidth = 24;

    public void Show()
    {
        ShowHead();
        var operators = report.Operators.OrderByDescending(o => o.TotalBytes).ToList();
        var shown = everyOperator || everyHandle ? operators : operators.Take(MostOperators).ToList();
        if (shown.Count == 0)
            return;
        terminal.Out.WriteLine();
        var tree = new TextTree(terminal.Bold("operators"));
        var largest = Math.Max(1, operators[0].TotalBytes);
        foreach (var state in shown)
            Add(tree, state, largest);
        tree.Write(terminal.Out);
        if (shown.Count < operators.Count)
            terminal.Out.WriteLine($"… and {Sizes.Count(operators.Count - shown.Count, "smaller operator")}; --operators shows all.");
    }

    private void ShowHead()
    {
        var kind = report.Properties?.Type ?? "checkpoint";
        terminal.WriteLine($"{terminal.Bold($"{kind} {report.CheckpointId}")}  {report.Pointer}");
        var subtasks = report.Operators.Sum(o => (long)o.Subtasks.Count);
        terminal.Out.WriteLine($"  format    version {report.MetadataVersion}{(report.Dialect is { } dialect ? $" ({dialect})" : "")}, {Sizes.Bytes(report.MetadataBytes)} of _metadata");
        terminal.Out.WriteLine($"  state     {Sizes.Bytes(report.TotalBytes)}: {Sizes.Bytes(report.TotalBytes - report.InlineBytes)} in {Sizes.Count(report.Files, "file")}, {Sizes.Bytes(report.InlineBytes)} inline");
        terminal.Out.WriteLine($"  job       {Sizes.Count(report.Operators.Count, "operator")}, {Sizes.Count(subtasks, "subtask")} with state");
        if (report.Properties is { } properties)
            terminal.Out.WriteLine($"  kept      {Kept(properties)}");
        foreach (var master in report.MasterStates)
            terminal.Out.WriteLine($"  master    {Terminal.Printable(master.Name)} (version {master.Version}), {Sizes.Bytes(master.Bytes)}");
        if (report.HandleTypes.Count > 0)
            terminal.Out.WriteLine($"  handles   {string.Join(", ", report.HandleTypes.OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Value} {t.Key}"))}");
    }

    private static string Kept(PropertiesReport properties)
    {
        if (properties.IsSavepoint)
            return $"until somebody deletes it ({properties.Format?.ToLowerInvariant()} format{(properties.Unclaimed ? ", unclaimed" : "")})";
        (bool Discarded, string When)[] ends =
        [
            (properties.DiscardSubsumed, "a newer one takes its place"), (properties.DiscardFinished, "the job finishes"), (properties.DiscardCancelled, "the job is cancelled"),
            (properties.DiscardFailed, "the job fails"), (properties.DiscardSuspended, "the job is suspended"),
        ];
        var discarded = ends.Where(e => e.Discarded).Select(e => e.When).ToList();
        return discarded.Count == 0 ? "always" : $"until {string.Join(", ", discarded)}";
    }

    private void Add(TextTree tree, OperatorReport state, long largest)
    {
        var parallelism = state.MaxParallelism > 0 ? $"{state.Parallelism} of at most {state.MaxParallelism}" : $"{state.Parallelism}";
        var ids = everyOperator || everyHandle ? $" id {state.Id}" : "";
        var uid = state.Uid is { } text && state.Name is not null ? $" (uid {Terminal.Printable(text)})" : "";
        var node = tree.Add(
            $"{terminal.Green(Bar(state.TotalBytes, largest))} {Sizes.Bytes(state.TotalBytes),10}  {terminal.Bold(Terminal.Printable(state.Title()))}{uid} × {parallelism}{(state.Finished ? ", finished" : "")}{ids}");
        if (state.CoordinatorState is { } coordinator)
            node.Add($"{Sizes.Bytes(coordinator.Bytes),10}  coordinator");
        if (everyHandle)
        {
            foreach (var subtask in state.Subtasks)
                Add(node, subtask);
            return;
        }
        foreach (var kind in state.Subtasks.SelectMany(s => s.Handles()).GroupBy(h => h.Kind).OrderByDescending(g => g.Sum(h => h.Handle.Bytes ?? 0)))
            node.Add($"{Sizes.Bytes(kind.Sum(h => h.Handle.Bytes ?? 0)),10}  {kind.Key}, {Sizes.Count(kind.Count(), "handle")}: {Types(kind.Select(h => h.Handle))}");
    }

    private static void Add(TextTree parent, SubtaskReport subtask)
    {
        var node = parent.Add($"subtask {subtask.Index}{(subtask.Finished ? ", finished" : "")}");
        foreach (var (kind, handle) in subtask.Handles())
            Add(node, handle, kind);
    }

    private static void Add(TextTree parent, HandleReport handle, string? kind)
    {
        string?[] parts =
        [
            kind, handle.Type, handle.KeyGroups is { } groups ? $"key groups {groups}" : null, handle.Name,
            handle.States is { Count: > 0 } states ? string.Join(", ", states.Select(s => $"{s.Name} ({s.Mode}, {s.Entries})")) : null,
            handle.Path, handle.Offset is { } offset ? $"at byte {offset}" : null,
        ];
        var node = parent.Add($"{Sizes.Bytes(handle.Bytes),10}  {Terminal.Printable(string.Join(" · ", parts.Where(p => p is not null)))}");
        foreach (var part in handle.Parts ?? [])
            Add(node, part, null);
    }

    private static string Types(IEnumerable<HandleReport> handles) => string.Join(", ", handles.Select(h => h.Type).Distinct(StringComparer.Ordinal));

    private static string Bar(long bytes, long largest)
    {
        var full = (int)Math.Round(BarWidth * (double)bytes / largest);
        return new string('█', Math.Max(bytes > 0 ? 1 : 0, full)).PadRight(BarWidth, '·');
    }
}
