using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

[assembly: AssemblyFixture(typeof(Cairn.WordCount.Tests.Text))]

namespace Cairn.WordCount.Tests;

/// <summary>A few megabytes of text in many scripts, the same in every run, and what counting its words must come to.</summary>
public sealed class Text : IDisposable
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzäöüßñçéøłžабвгдежзиклмнопрстαβγδεζηθλμπσωאבגדהוคงจนम日本語文字漢";
    private const string Separators = "    ,.;:-()[]0123456789\t“”…";
    private static readonly int LinesPerFile = Effort.Of(quick: 4_000, full: 9_000);

    public Text()
    {
        Folder = Directory.CreateTempSubdirectory("cairn-wordcount-text-").FullName;
        var random = new Random(20_100);
        var vocabulary = Enumerable.Range(0, 4_000).Select(_ => Word(random)).ToArray();
        // Files of different lengths, more than tasks, one of them empty and one of a single unended line.
        foreach (var (name, lines) in new[] { ("a", LinesPerFile), ("b", LinesPerFile / 2), ("c", LinesPerFile), ("d", LinesPerFile / 3), ("e", LinesPerFile), ("empty", 0), ("one", 1) })
            File.WriteAllText(Path.Combine(Folder, name + ".txt"), string.Join(lines % 2 == 0 ? "\r\n" : "\n", Enumerable.Range(0, lines).Select(_ => Line(random, vocabulary))));
        (Records, Digest) = Count(Directory.GetFiles(Folder));
    }

    public string Folder { get; }

    /// <summary>The lines of all files.</summary>
    public long Records { get; }

    /// <summary>The digest of all words, counted here in the plainest way.</summary>
    public string Digest { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Word(Random random)
    {
        var word = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Letters[random.Next(Letters.Length)]));
        return random.Next(10) switch
        {
            0 => word.ToUpperInvariant(),
            1 => word + '\u0301',
            2 => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word),
            _ => word,
        };
    }

    // Squaring makes some words much more frequent than others.
    private static string Line(Random random, string[] vocabulary) => string.Concat(Enumerable.Range(0, random.Next(0, 14)).Select(_ =>
        vocabulary[(int)(Math.Pow(random.NextDouble(), 2) * vocabulary.Length)] + Separators[random.Next(Separators.Length)]));

    private static (long Records, string Digest) Count(string[] files)
    {
        var texts = files.Select(File.ReadAllText).ToList();
        var words = texts.SelectMany(text => Regex.Matches(text.ToLowerInvariant(), @"[\p{L}\p{M}]+", RegexOptions.None, TimeSpan.FromMinutes(1)))
            .GroupBy(match => match.Value, StringComparer.Ordinal)
            .Select(word => (Word: word.Key, Count: word.Count()))
            .OrderByDescending(word => word.Count).ThenBy(word => word.Word, StringComparer.Ordinal)
            .Select(word => $"{word.Word} {word.Count}\n");
        return (texts.Sum(Lines), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(words)))));
    }

    private static long Lines(string text) => text.Count(c => c == '\n') + (text.Length > 0 && text[^1] != '\n' ? 1 : 0);
}
