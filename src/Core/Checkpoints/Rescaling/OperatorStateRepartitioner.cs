using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// Gives the entries of operator state out to another number of subtasks. Follows Flink's <c>RoundRobinOperatorStateRepartitioner</c>: of a split list each
/// subtask gets the same number of entries, in their order, give or take one; a union list goes to everybody; of a broadcast state each gets one of the copies.
/// </summary>
public static class OperatorStateRepartitioner
{
    /// <summary>What each of the new subtasks gets.</summary>
    /// <param name="subtasks">What each of the old subtasks had, in the order of their index; null for one that had none.</param>
    /// <param name="parallelism">How many new subtasks there are, from 1.</param>
    /// <returns>For each new subtask its handles, one for each stream that it reads. With the parallelism it was, split lists stay as they were.</returns>
    public static ImmutableArray<ImmutableArray<OperatorStateHandle>> Repartition(IReadOnlyList<OperatorStateHandle?> subtasks, int parallelism)
    {
        ArgumentNullException.ThrowIfNull(subtasks);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        var shares = Enumerable.Range(0, parallelism).Select(_ => new Share()).ToArray();
        var nextShare = 0;
        foreach (var (name, mode, parts) in PartsByName(subtasks))
        {
            if (mode == OperatorStateMode.SplitDistribute && subtasks.Count == parallelism)
                Keep(name, parts, shares);
            else if (mode == OperatorStateMode.SplitDistribute)
                nextShare = Split(name, parts, shares, nextShare);
            else if (mode == OperatorStateMode.Union)
                Union(name, parts, shares);
            else
                Broadcast(name, parts, shares);
        }
        return [.. shares.Select(share => share.ToHandles())];
    }

    private static List<(string Name, OperatorStateMode Mode, List<Part> Parts)> PartsByName(IReadOnlyList<OperatorStateHandle?> subtasks) =>
    [
        .. subtasks
            .SelectMany((handle, index) => handle is null ? [] : handle.States.Select(state => (State: state, Part: new Part(index, handle.Delegate, state.Offsets))))
            .GroupBy(p => (p.State.Mode, p.State.Name))
            .OrderBy(group => group.Key.Mode)
            .Select(group => (group.Key.Name, group.Key.Mode, group.Select(p => p.Part).ToList())),
    ];

    private static void Keep(string name, List<Part> parts, Share[] shares)
    {
        foreach (var part in parts)
            shares[part.Subtask].Add(part.Stream, name, OperatorStateMode.SplitDistribute, part.Offsets);
    }

    /// <summary>Deals the entries out from <paramref name="first"/> on; answers who is next, so that the odd entries of many lists do not all fall on the same subtasks.</summary>
    private static int Split(string name, List<Part> parts, Share[] shares, int first)
    {
        var entries = parts.Sum(part => part.Offsets.Length);
        var (each, odd) = (entries / shares.Length, entries % shares.Length);
        var (part, offset) = (0, 0);
        for (var i = 0; i < shares.Length; i++)
        {
            var share = shares[(first + i) % shares.Length];
            for (var left = each + (i < odd ? 1 : 0); left > 0;)
            {
                if (offset == parts[part].Offsets.Length)
                {
                    (part, offset) = (part + 1, 0);
                    continue;
                }
                var taken = Math.Min(left, parts[part].Offsets.Length - offset);
                share.Add(parts[part].Stream, name, OperatorStateMode.SplitDistribute, parts[part].Offsets.Slice(offset, taken));
                (left, offset) = (left - taken, offset + taken);
            }
        }
        return (first + odd) % shares.Length;
    }

    private static void Union(string name, List<Part> parts, Share[] shares)
    {
        foreach (var share in shares)
        {
            foreach (var part in parts)
                share.Add(part.Stream, name, OperatorStateMode.Union, part.Offsets);
        }
    }

    private static void Broadcast(string name, List<Part> parts, Share[] shares)
    {
        for (var i = 0; i < shares.Length; i++)
        {
            var part = parts[i % parts.Count];
            shares[i].Add(part.Stream, name, OperatorStateMode.Broadcast, part.Offsets);
        }
    }

    private sealed record Part(int Subtask, StreamStateHandle Stream, ImmutableArray<long> Offsets);

    /// <summary>What one new subtask gets: for each stream the states that it reads from it.</summary>
    private sealed class Share
    {
        private readonly List<(StreamStateHandle Stream, List<OperatorStateMetaInfo> States)> _streams = [];

        public void Add(StreamStateHandle stream, string name, OperatorStateMode mode, ImmutableArray<long> offsets)
        {
            var found = _streams.FindIndex(s => ReferenceEquals(s.Stream, stream) || s.Stream == stream);
            if (found < 0)
            {
                found = _streams.Count;
                _streams.Add((stream, []));
            }
            _streams[found].States.Add(new OperatorStateMetaInfo(name, mode, offsets));
        }

        public ImmutableArray<OperatorStateHandle> ToHandles() => [.. _streams.Select(s => new OperatorStreamStateHandle([.. s.States], s.Stream))];
    }
}
