namespace Cairn.Checkpoints;
/// <summary>x</summary>
public static class SubtaskStateAssignment { }
