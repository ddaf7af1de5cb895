namespace Cairn.Emulators.Native;

/// <summary>A program with its arguments and the variables it gets on top of the environment.</summary>
internal sealed record ShellCommand(string Program, params string[] Arguments)
{
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A script that becomes the program, so that the program has the process id that the script was started with.</summary>
    public string ToScript()
    {
        var exports = Variables.Select(static variable => $"export {variable.Key}={Quote(variable.Value)}\n");
        return $"{string.Concat(exports)}exec {string.Join(' ', Arguments.Prepend(Program).Select(Quote))}\n";
    }

    private static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
