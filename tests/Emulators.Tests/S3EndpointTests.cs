namespace Cairn.Emulators.Tests;

public sealed class S3EndpointTests
{
    [Fact]
    public async Task An_object_that_was_put_can_be_read()
    {
        await using var endpoint = await Emulator.S3Async();
        using var bucket = await S3Bucket.CreateAsync(endpoint);
        await bucket.PutAsync("key", "content");
        Assert.Equal("content", await bucket.GetAsync("key"));
    }

    [Fact]
    public async Task Acknowledged_objects_outlive_a_kill()
    {
        await using var endpoint = await Emulator.S3Async();
        Assert.SkipUnless(endpoint.KeepsDataWhenKilled, endpoint.Description);
        using var bucket = await S3Bucket.CreateAsync(endpoint);
        for (var n = 0; n < 20; n++) await bucket.PutAsync($"key-{n}", $"content {n}");

        await endpoint.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => bucket.GetAsync("key-0"));
        await endpoint.RestartAsync(TestContext.Current.CancellationToken);

        for (var n = 0; n < 20; n++) Assert.Equal($"content {n}", await bucket.GetAsync($"key-{n}"));
    }
}
