using Cairn.Cli;
using Cairn.Cli.CommandLine;

return await new CairnCommandLine(CliHost.OfProcess()).InvokeAsync(args);
