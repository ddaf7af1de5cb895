namespace Cairn.Emulators.Supervision;

/// <summary>A process that a <see cref="Supervisor"/> started and that has not been waited for.</summary>
internal sealed record SupervisedProcess(string Name, int Id);
