using YamlDotNet.RepresentationModel;

namespace Cairn.WordCount.Tests;

/// <summary>The Kubernetes manifest says what the program understands.</summary>
public sealed class ManifestTests(Text text)
{
    /// <summary>How long WordCount takes for its last checkpoint after SIGTERM.</summary>
    private const int FinalCheckpointSeconds = 10;

    private const int Misused = 2;

    private static readonly YamlNode Job = Load("job.yaml");

    [Fact]
    public void It_is_one_pod_of_one_container_that_runs_until_it_is_done()
    {
        Assert.Equal(("batch/v1", "Job"), (Text(Job, "apiVersion"), Text(Job, "kind")));
        Assert.Equal(("1", "1"), (Text(Job, "spec", "completions"), Text(Job, "spec", "parallelism")));
        Assert.Equal("Never", Text(Job, "spec", "template", "spec", "restartPolicy"));
        Assert.Single((YamlSequenceNode)At(Job, "spec", "template", "spec", "containers"));
    }

    [Fact]
    public void A_stopped_pod_has_time_for_its_last_checkpoint() =>
        Assert.True(int.Parse(Text(Job, "spec", "template", "spec", "terminationGracePeriodSeconds"), provider: null) > FinalCheckpointSeconds);

    [Fact]
    public async Task The_exit_code_that_is_final_is_that_of_wrong_settings()
    {
        var rule = At(Job, "spec", "podFailurePolicy", "rules")[0];
        Assert.Equal("FailJob", Text(rule, "action"));
        Assert.Equal([$"{Misused}"], ((YamlSequenceNode)At(rule, "onExitCodes", "values")).Select(value => $"{value}"));

        using var folder = new JobFolder();
        var ending = await JobProcess.RunAsync(new JobSetup(folder.Path).WithEnvironment("Cairn__Checkpoints__Retained", "none"));
        Assert.Equal(Misused, ending.ExitCode);
    }

    [Fact]
    public async Task Its_settings_run_the_job_with_nothing_but_another_store()
    {
        var container = At(Job, "spec", "template", "spec", "containers")[0];
        using var folder = new JobFolder();
        var setup = new JobSetup(folder.Path).With([.. ((YamlSequenceNode)At(container, "args")).Select(argument => $"{argument}"), "--pace", "0"]);
        foreach (var variable in (YamlSequenceNode)At(container, "env"))
        {
            var (name, value) = (Text(variable, "name"), variable is YamlMappingNode map && map.Children.ContainsKey("value") ? Text(variable, "value") : "secret");
            setup = setup.WithEnvironment(name, name switch
            {
                "WordCount__Input" => text.Folder,
                "Cairn__Checkpoints__Directory" => $"file://{folder.Path}/checkpoints",
                _ => value,
            });
        }

        var ending = await JobProcess.RunAsync(setup);

        Assert.Equal(text.Digest, ending.Result?.Digest);
    }

    private static YamlNode Load(string file)
    {
        using var reader = File.OpenText(Path.Combine(Repository.Root, "samples", "WordCount", file));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return Assert.Single(yaml.Documents).RootNode;
    }

    private static YamlNode At(YamlNode node, params string[] keys) => keys.Aggregate(node, (at, key) => at[key]);

    private static string Text(YamlNode node, params string[] keys) => At(node, keys).ToString();
}
