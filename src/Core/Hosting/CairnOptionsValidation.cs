using Cairn.FileSystems;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cairn.Hosting;

/// <summary>Reads the options from the configuration; what is wrong with it is one exception that names every key.</summary>
internal sealed class CairnOptionsReading(IConfiguration configuration, Action<CairnOptions>? configure) : IConfigureOptions<CairnOptions>
{
    public void Configure(CairnOptions options)
    {
        var problems = CairnSettings.Read(configuration, options);
        if (problems.Count > 0)
            throw new OptionsValidationException(Options.DefaultName, typeof(CairnOptions), problems);
        configure?.Invoke(options);
    }
}

/// <summary>Checks what configuration and code made of the options, and that every directory's scheme has a file system.</summary>
internal sealed class CairnOptionsValidation(FileSystemRegistry fileSystems) : IValidateOptions<CairnOptions>
{
    public ValidateOptionsResult Validate(string? name, CairnOptions options)
    {
        var problems = CairnSettings.Check(options).ToList();
        foreach (var (key, directory) in new[] { ("Directory", options.Directory), ("SavepointDirectory", options.SavepointDirectory) })
        {
            if (directory is not null && Explain(directory) is { } problem)
                problems.Add($"Cairn:Checkpoints:{key}: {problem}");
        }
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private string? Explain(StoragePath directory)
    {
        try
        {
            fileSystems.Get(directory);
            return null;
        }
        catch (FileSystemException e)
        {
            return e.Message;
        }
    }
}
