using Cairn.FileSystems;
using Cairn.FileSystems.Local;
using Cairn.Worker;

// A process for tests that race, kill or stop processes: does what it is told on standard input, one command a line, answers each with one line,
// and ends with its input, so that it never outlives its test. The commands are those of WorkerCommands.
await using var fileSystems = new FileSystemRegistry([new LocalFileSystemProvider()]);
var commands = new WorkerCommands(fileSystems);
while (await Console.In.ReadLineAsync() is { } line)
    Console.WriteLine(await commands.AnswerAsync(line));
