namespace Cairn.Emulators.Tests;

internal static class ProcessTable
{
    /// <summary>Whether a process runs. One that has ended and was not waited for yet does not.</summary>
    public static bool Has(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The processes with a text among their arguments.</summary>
    public static IEnumerable<int> WithArgument(string text) =>
        from folder in Directory.EnumerateDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(folder), out var number) ? number : 0
        where id > 0 && ArgumentsOf(id).Contains(text, StringComparison.Ordinal) && Has(id)
        select id;

    private static string ArgumentsOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
