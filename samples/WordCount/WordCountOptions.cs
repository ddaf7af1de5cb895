using Microsoft.Extensions.Options;

namespace Cairn.Samples.WordCount;

/// <summary>What the section <c>WordCount</c> of the configuration, or the command line, says.</summary>
internal sealed class WordCountOptions
{
    /// <summary>A file, a folder or a URI; null counts the reference documentation of the .NET SDK.</summary>
    public string? Input { get; set; }

    /// <summary>How many parallel tasks count.</summary>
    public int Tasks { get; set; } = 4;

    /// <summary>How many seconds the whole text takes; zero is flat out.</summary>
    public double Pace { get; set; }

    /// <summary>Where a savepoint is made at the end, or when it is stopped; null makes none.</summary>
    public string? Savepoint { get; set; }

    /// <summary>Kills itself, as <c>kill -9</c> would, when it has counted this many records.</summary>
    public long? KillAfter { get; set; }

    /// <summary>Prints machine-readable lines and nothing else.</summary>
    public bool Json { get; set; }
}

/// <summary>Tells what is wrong with the settings when the host starts, all of it at once.</summary>
internal sealed class WordCountOptionsValidation : IValidateOptions<WordCountOptions>
{
    public ValidateOptionsResult Validate(string? name, WordCountOptions options)
    {
        var problems = new ValidateOptionsResultBuilder();
        if (options.Tasks is < 1 or > 256)
            problems.AddError($"WordCount:Tasks is {options.Tasks}; it must be a whole number from 1 to 256.");
        if (options.Pace is not (>= 0 and <= 86400))
            problems.AddError($"WordCount:Pace is {options.Pace}; it must be a number of seconds from 0 to 86400.");
        if (options.KillAfter < 1)
            problems.AddError($"WordCount:KillAfter is {options.KillAfter}; it must be a whole number from 1.");
        return problems.Build();
    }
}
