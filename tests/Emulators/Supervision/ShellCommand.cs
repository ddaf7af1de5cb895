namespace Cairn.Emulators.Supervision;

/// <summary>A program with its arguments and the variables it gets on top of the environment.</summary>
internal sealed record ShellCommand(string Program, params string[] Arguments)
{
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The same program with more arguments.</summary>
    public ShellCommand WithArguments(params string[] arguments) => this with { Arguments = [.. Arguments, .. arguments] };

    /// <summary>The same program with one more variable.</summary>
    public ShellCommand WithVariable(string name, string value) =>
        this with { Variables = new Dictionary<string, string>(Variables, StringComparer.Ordinal) { [name] = value } };

    /// <summary>A script that becomes the program, so that the program has the process id that the script was started with.</summary>
    public string ToScript()
    {
        var exports = Variables.Select(static variable => $"export {variable.Key}={Quote(variable.Value)}\n");
        return $"{string.Concat(exports)}exec {string.Join(' ', Arguments.Prepend(Program).Select(Quote))}\n";
    }

    private static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
