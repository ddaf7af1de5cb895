using System.Diagnostics;

namespace Cairn.Emulators.Tests;

public sealed class KilledOwnerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_killed_owner_leaves_no_server_and_no_file()
    {
        using var owner = OwnerProcess.Start("s3,azure");
        var isReady = await owner.WaitUntilReadyAsync();
        Assert.SkipUnless(isReady || EmulatorPolicy.Required, owner.Output);
        Assert.True(isReady, owner.Output);
        var containers = await OwnedContainers.CountAsync(owner.Id);
        Assert.SkipWhen(owner.ServerIds.Count + containers == 0, "the environment names the servers");
        Assert.All(owner.ServerIds, static id => Assert.True(ProcessTable.Has(id)));

        await owner.KillAsync();

        await AssertNothingIsLeftAsync(owner);
    }

    [Fact]
    public async Task The_end_of_one_owner_does_not_disturb_another_that_was_started_at_the_same_time()
    {
        using var one = OwnerProcess.Start("s3,azure");
        using var other = OwnerProcess.Start("s3,azure");
        var areReady = await Task.WhenAll(one.WaitUntilReadyAsync(), other.WaitUntilReadyAsync());
        var output = $"{one.Output}\n{other.Output}";
        Assert.SkipUnless(areReady.All(static isReady => isReady) || EmulatorPolicy.Required, output);
        Assert.True(areReady.All(static isReady => isReady), output);
        Assert.SkipWhen(one.Addresses.Intersect(other.Addresses).Any(), "the environment names the servers");

        await one.KillAsync();
        await AssertNothingIsLeftAsync(one);

        using var client = new HttpClient();
        Assert.Equal(2, other.Addresses.Count);
        foreach (var address in other.Addresses) using (await client.GetAsync(address, TestContext.Current.CancellationToken)) { }
    }

    // The set-up takes about a second and several programs: the kill meets a different one each time.
    [Theory]
    [InlineData(250)]
    [InlineData(450)]
    [InlineData(650)]
    public async Task An_owner_that_is_killed_while_it_starts_leaves_nothing_either(int milliseconds)
    {
        using var owner = OwnerProcess.Start("s3,azure");
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TestContext.Current.CancellationToken);
        await owner.KillAsync();
        await AssertNothingIsLeftAsync(owner);
    }

    // Every process of an owner has a path in its temporary folder among its arguments, Azurite and the tools excepted; those are
    // children of the supervising shell, which is gone last.
    private static async Task AssertNothingIsLeftAsync(OwnerProcess owner)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience && await IsAnythingLeftAsync(owner)) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(owner.ServerIds, ProcessTable.Has);
        Assert.Equal(0, await OwnedContainers.CountAsync(owner.Id));
        Assert.Empty(ProcessTable.WithArgument(owner.TemporaryFolder));
        Assert.Empty(Directory.GetFileSystemEntries(owner.TemporaryFolder));
    }

    private static async Task<bool> IsAnythingLeftAsync(OwnerProcess owner) =>
        owner.ServerIds.Any(ProcessTable.Has)
        || ProcessTable.WithArgument(owner.TemporaryFolder).Any()
        || Directory.EnumerateFileSystemEntries(owner.TemporaryFolder).Any()
        || await OwnedContainers.CountAsync(owner.Id) > 0;
}
