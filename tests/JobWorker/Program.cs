using Cairn.JobWorker;

// A process that owns a job, for tests that stop it in the middle of a checkpoint: does what it is told on standard input, one command a line,
// answers each with one line, and ends with its input. The arguments are its configuration, as Key=Value.
await using var commands = new JobCommands(args);
while (await Console.In.ReadLineAsync() is { } line)
    Console.WriteLine(await commands.AnswerAsync(line));
