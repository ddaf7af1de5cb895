using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Cairn.Cli.Output;

/// <summary>Where a command writes: plain lines, rich output for a person, JSON for a program, bytes for the next process. Not thread safe.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Wide enough that nothing is ever broken into lines: the terminal does that, and what is copied from it is whole.</summary>
    private const int NoWidth = 10_000;

    private readonly CliHost _host;
    private readonly Lazy<IAnsiConsole> _console;

    public Terminal(CliHost host)
    {
        _host = host;
        Out = new StreamWriter(host.Output, new UTF8Encoding(false), BufferSize, leaveOpen: true) { NewLine = "\n" };
        Error = new StreamWriter(host.Error, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n", AutoFlush = true };
        _console = new Lazy<IAnsiConsole>(() => Create(Out, host.UsesColors, NoWidth));
    }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    /// <summary>Tables; without colours where nobody sees them.</summary>
    public IAnsiConsole Console => _console.Value;

    public bool IsInteractive => _host.OutputIsTerminal;

    /// <summary>What a file says, without what a terminal would take for a command.</summary>
    public static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;

    /// <summary>The text as it is written bold, where there are colours.</summary>
    public string Bold(string text) => Styled("1", text);

    public string Green(string text) => Styled("32", text);

    public void WriteLine(string line) => Out.WriteLine(line);

    /// <summary>One JSON document, indented, with a line end; written as it is made.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type)
    {
        Out.Flush();
        JsonSerializer.Serialize(_host.Output, value, type);
        Out.WriteLine();
    }

    /// <summary>As <see cref="WriteJson"/>; what the value lists asynchronously is made while it is written, and not held.</summary>
    public async Task WriteJsonAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await Out.FlushAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(_host.Output, value, type, cancellationToken);
        await Out.WriteLineAsync();
    }

    /// <summary>The bytes of standard output, for what is neither text nor JSON.</summary>
    public async Task<Stream> OpenOutputAsync(CancellationToken cancellationToken)
    {
        await Out.FlushAsync(cancellationToken);
        return _host.Output;
    }

    /// <summary>A console for progress, which is shown to a person and to nobody else: on the error stream, so that output can be piped meanwhile. Null otherwise.</summary>
    public IAnsiConsole? Progress() =>
        _host.ErrorIsTerminal && _host.Variable("TERM") is not "dumb" ? Create(Error, _host.Variable("NO_COLOR") is null, _host.Width, true) : null;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Out.DisposeAsync();
            await Error.DisposeAsync();
        }
        catch (IOException)
        {
            // Whoever read has gone, like head(1) does; there is nobody to tell.
        }
    }

    private string Styled(string code, string text) => _host.UsesColors ? $"\e[{code}m{text}\e[0m" : text;

    private static IAnsiConsole Create(TextWriter writer, bool colors, int width, bool interactive = false)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colors || interactive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = interactive ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
