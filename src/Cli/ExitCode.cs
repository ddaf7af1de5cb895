namespace Cairn.Cli;

/// <summary>How the tool ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The operation failed, or the check found something.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was done.</summary>
    public const int Usage = 2;
}
