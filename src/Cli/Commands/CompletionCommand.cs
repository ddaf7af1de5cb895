using System.CommandLine;
using Cairn.Cli.CommandLine;

namespace Cairn.Cli.Commands;

internal sealed class CompletionCommand : CliCommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish." };

    public CompletionCommand()
        : base("completion", "Print a script that completes commands and options in a shell.")
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Add(_shell);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("source <(cairn completion bash)", "in ~/.bashrc"),
        ("cairn completion fish > ~/.config/fish/completions/cairn.fish", "once"),
    ];

    public override Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        session.Terminal.Out.Write(arguments.GetRequiredValue(_shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            var other => throw new UsageException($"There is no script for '{other}', only for bash, zsh and fish."),
        });
        return Task.FromResult(ExitCode.Done);
    }

    private const string Bash = """
        _cairn() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(cairn "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _cairn cairn

        """;

    private const string Zsh = """
        _cairn() {
            local -a words_found
            words_found=("${(@f)$(cairn "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a words_found || _files
        }
        compdef _cairn cairn

        """;

    private const string Fish = """
        complete -c cairn -a '(cairn "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'

        """;
}
