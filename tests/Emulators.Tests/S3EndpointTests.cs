using System.Net;
using Amazon.S3;

namespace Cairn.Emulators.Tests;

public sealed class S3EndpointTests
{
    [Fact]
    public async Task An_object_that_was_put_can_be_read()
    {
        var endpoint = await Emulator.OrSkipAsync(S3Endpoint.GetSharedAsync(TestContext.Current.CancellationToken));
        using var bucket = await S3Bucket.CreateAsync(endpoint);
        await bucket.PutAsync("key", "content");
        Assert.Equal("content", await bucket.GetAsync("key"));
    }

    [Fact]
    public async Task A_strict_server_lacks_nothing_and_does_not_complete_an_upload_to_a_name_that_is_taken()
    {
        var endpoint = await Emulator.OrSkipAsync(S3Endpoint.GetSharedAsync(S3ServerKind.Strict, TestContext.Current.CancellationToken));
        Assert.True(endpoint.Traits.AreComplete);
        using var bucket = await S3Bucket.CreateAsync(endpoint);
        Assert.Equal(HttpStatusCode.OK, await bucket.CreateInPartsAsync("key", "first"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await bucket.CreateInPartsAsync("key", "second"));
        Assert.Equal("first", await bucket.GetAsync("key"));
    }

    [Theory]
    [InlineData(S3ServerKind.Any)]
    [InlineData(S3ServerKind.Strict)]
    public async Task A_request_with_another_secret_is_refused(S3ServerKind kind)
    {
        var endpoint = await Emulator.OrSkipAsync(S3Endpoint.GetSharedAsync(kind, TestContext.Current.CancellationToken));
        var refusal = await Assert.ThrowsAsync<AmazonS3Exception>(() => S3Bucket.CreateAsync(endpoint, secretKey: new string('x', 40)));
        Assert.Equal(HttpStatusCode.Forbidden, refusal.StatusCode);
    }

    [Fact]
    public async Task Acknowledged_objects_outlive_a_kill()
    {
        await using var endpoint = await Emulator.S3Async();
        Assert.SkipUnless(endpoint.KeepsDataWhenKilled, $"{endpoint.Description} may lose data when it is killed");
        using var bucket = await S3Bucket.CreateAsync(endpoint);
        for (var n = 0; n < 20; n++) await bucket.PutAsync($"key-{n}", $"content {n}");

        await endpoint.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => bucket.GetAsync("key-0"));
        await endpoint.RestartAsync(TestContext.Current.CancellationToken);

        for (var n = 0; n < 20; n++) Assert.Equal($"content {n}", await bucket.GetAsync($"key-{n}"));
    }

    [Fact]
    public async Task A_restarted_server_takes_new_buckets_at_once()
    {
        await using var endpoint = await Emulator.S3Async();
        Assert.SkipUnless(endpoint.CanBeControlled, $"{endpoint.Description} cannot be restarted");
        await endpoint.RestartAsync(TestContext.Current.CancellationToken);
        using var bucket = await S3Bucket.CreateAsync(endpoint, timeout: TimeSpan.FromSeconds(10));
        await bucket.PutAsync("key", "content");
    }

    [Fact]
    public async Task A_paused_server_answers_when_it_is_resumed()
    {
        await using var endpoint = await Emulator.S3Async();
        Assert.SkipUnless(endpoint.CanBeControlled, $"{endpoint.Description} cannot be paused");
        using var bucket = await S3Bucket.CreateAsync(endpoint);
        await endpoint.PauseAsync();
        var put = bucket.PutAsync("key", "content");
        var first = await Task.WhenAny(put, Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        Assert.NotSame(put, first);
        await endpoint.ResumeAsync();
        await put;
        Assert.Equal("content", await bucket.GetAsync("key"));
    }

    [Fact]
    public async Task Two_servers_at_once_do_not_disturb_each_other()
    {
        var endpoints = await Task.WhenAll(Emulator.S3Async(), Emulator.S3Async());
        await using var one = endpoints[0];
        await using var other = endpoints[1];
        Assert.SkipUnless(one.CanBeControlled, $"{one.Description} is the only one");
        using var bucketOfOne = await S3Bucket.CreateAsync(one);
        using var bucketOfOther = await S3Bucket.CreateAsync(other);

        Assert.Equal([bucketOfOne.Name], await bucketOfOne.ListBucketsAsync());
        await one.DisposeAsync();
        Assert.Equal([bucketOfOther.Name], await bucketOfOther.ListBucketsAsync());
    }

    [Fact]
    public async Task A_disposed_endpoint_leaves_no_process()
    {
        var endpoint = await Emulator.S3Async();
        var processes = endpoint.ProcessIds;
        await endpoint.DisposeAsync();
        Assert.DoesNotContain(processes, ProcessTable.Has);
    }

    [Fact]
    public async Task The_shared_server_is_one_and_no_test_can_end_it()
    {
        var shared = await Emulator.OrSkipAsync(S3Endpoint.GetSharedAsync(TestContext.Current.CancellationToken));
        await shared.DisposeAsync();
        await Assert.ThrowsAsync<NotSupportedException>(shared.KillAsync);

        Assert.Same(shared, await S3Endpoint.GetSharedAsync(TestContext.Current.CancellationToken));
        using var bucket = await S3Bucket.CreateAsync(shared);
        await bucket.PutAsync("key", "content");
    }
}
