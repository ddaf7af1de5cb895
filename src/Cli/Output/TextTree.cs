namespace Cairn.Cli.Output;

/// <summary>Lines with branches before them. A checkpoint has thousands, each far longer than a terminal is wide: none is measured or broken.</summary>
internal sealed class TextTree(string text)
{
    private readonly List<TextTree> _branches = [];

    private string Text { get; } = text;

    public TextTree Add(string branch)
    {
        var tree = new TextTree(branch);
        _branches.Add(tree);
        return tree;
    }

    public void Write(TextWriter writer)
    {
        writer.WriteLine(Text);
        WriteBranches(writer, "");
    }

    private void WriteBranches(TextWriter writer, string before)
    {
        foreach (var branch in _branches)
        {
            var isLast = branch == _branches[^1];
            writer.Write(before);
            writer.Write(isLast ? "└── " : "├── ");
            writer.WriteLine(branch.Text);
            branch.WriteBranches(writer, before + (isLast ? "    " : "│   "));
        }
    }
}
