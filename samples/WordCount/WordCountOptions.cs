namespace Cairn.Samples.WordCount;

/// <summary>What the section <c>WordCount</c> of the configuration, or the command line, says.</summary>
internal sealed class WordCountOptions
{
    /// <summary>A file, a folder or a URI; null counts the reference documentation of the .NET SDK.</summary>
    public string? Input { get; set; }

    /// <summary>How many parallel tasks count.</summary>
    public int Tasks { get; set; } = 4;

    /// <summary>How long the whole text takes; zero is flat out.</summary>
    public TimeSpan Pace { get; set; }

    /// <summary>Where a savepoint is made at the end, or when it is stopped; null makes none.</summary>
    public string? Savepoint { get; set; }

    /// <summary>Kills itself, as <c>kill -9</c> would, when it has counted this many records.</summary>
    public long? KillAfter { get; set; }

    /// <summary>Prints machine-readable lines and nothing else.</summary>
    public bool Json { get; set; }
}
