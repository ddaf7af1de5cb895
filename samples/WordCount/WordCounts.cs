using System.Security.Cryptography;
using System.Text;

namespace Cairn.Samples.WordCount;

/// <summary>The result: every word with its count, the most frequent first.</summary>
/// <param name="Words">All words; equally frequent ones in ordinal order.</param>
/// <param name="Records">The lines that were counted.</param>
internal sealed record WordCounts(IReadOnlyList<KeyValuePair<string, long>> Words, long Records)
{
    public static WordCounts Of(IReadOnlyList<WordCounter> counters)
    {
        var words = counters.SelectMany(c => c.Counts)
            .GroupBy(w => w.Key, w => w.Value, StringComparer.Ordinal)
            .Select(w => KeyValuePair.Create(w.Key, w.Sum()))
            .OrderByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.Ordinal);
        return new WordCounts([.. words], counters.Sum(c => c.Records));
    }

    /// <summary>The same for two results exactly when they are the same, word for word.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (word, count) in Words)
            hash.AppendData(Encoding.UTF8.GetBytes($"{word} {count}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
