using System.Net.Sockets;
using System.Security.Authentication;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Tests.FileSystems.Drivers;

/// <summary>What HTTP's status codes and broken connections mean for every store.</summary>
public sealed class NetworkErrorsTests
{
    private static readonly StoragePath Path = StoragePath.Parse("s3://bucket/file");

    [Theory]
    [InlineData(400, FileSystemErrorCode.Unknown, false)]
    [InlineData(401, FileSystemErrorCode.Unauthenticated, false)]
    [InlineData(403, FileSystemErrorCode.PermissionDenied, false)]
    [InlineData(404, FileSystemErrorCode.NotFound, false)]
    [InlineData(405, FileSystemErrorCode.NotSupported, false)]
    [InlineData(408, FileSystemErrorCode.Unavailable, true)]
    [InlineData(409, FileSystemErrorCode.Conflict, true)]
    [InlineData(412, FileSystemErrorCode.PreconditionFailed, false)]
    [InlineData(429, FileSystemErrorCode.Throttled, true)]
    [InlineData(500, FileSystemErrorCode.Unavailable, true)]
    [InlineData(501, FileSystemErrorCode.NotSupported, false)]
    [InlineData(503, FileSystemErrorCode.Unavailable, true)]
    public void A_status_without_a_reason_has_a_meaning_and_only_some_may_pass(int status, FileSystemErrorCode meaning, bool isTransient)
    {
        Assert.Equal(meaning, HttpErrors.CodeOf(status));
        Assert.Equal(isTransient, new FileSystemException(HttpErrors.CodeOf(status), "failed", Path).IsTransient);
    }

    [Fact]
    public void A_connection_that_broke_is_found_at_any_depth()
    {
        Exception[] broken = [new HttpRequestException("reset"), new SocketException(), new TimeoutException(), new TaskCanceledException(), new EndOfStreamException()];
        Assert.All(broken, exception => Assert.True(TransportErrors.IsTransport(exception)));
        Assert.All(broken, exception => Assert.True(TransportErrors.IsTransport(new InvalidOperationException("the SDK failed", new AggregateException(exception)))));
    }

    /// <summary>As .NET's HTTP client let one out of the first line of an answer.</summary>
    [Fact]
    public void A_parser_that_lost_its_connection_s_buffer_is_a_broken_connection()
    {
        var (buffer, response) = (Array.Empty<byte>(), (HttpResponseMessage?)null);
        Action[] losses = [() => buffer.AsSpan(1), () => buffer[0]++, () => response!.ToString()];
        Assert.All(losses, loss => Assert.True(TransportErrors.IsTransport(Record.Exception(loss))));
    }

    [Fact]
    public void What_a_store_has_said_is_no_broken_connection()
    {
        Assert.False(TransportErrors.IsTransport(null));
        Assert.False(TransportErrors.IsTransport(new InvalidOperationException("mistaken", new ArgumentException("wrong"))));
        // It is an IOException as well.
        Assert.False(TransportErrors.IsTransport(FileSystemException.NotFound(Path, new SocketException())));
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.NameResolutionError, true)]
    [InlineData(HttpRequestError.SecureConnectionError, true)]
    [InlineData(HttpRequestError.ProxyTunnelError, true)]
    [InlineData(HttpRequestError.ResponseEnded, false)]
    [InlineData(HttpRequestError.Unknown, false)]
    public void Only_without_a_connection_was_a_request_certainly_never_sent(HttpRequestError error, bool wasNeverSent)
    {
        var exception = new HttpRequestException(error);
        Assert.Equal(wasNeverSent, TransportErrors.WasNeverSent(exception));
        Assert.Equal(wasNeverSent, TransportErrors.WasNeverSent(new InvalidOperationException("the SDK failed", exception)));
        Assert.False(TransportErrors.WasNeverSent(new AuthenticationException("inside of nothing")));
        Assert.False(TransportErrors.WasNeverSent(null));
    }

    [Fact]
    public void A_broken_connection_is_unavailable_and_says_how_it_broke()
    {
        var late = TransportErrors.Unavailable(Path, "S3", new TimeoutException("any text"));
        var reset = TransportErrors.Unavailable(Path, "S3", new IOException("reset by peer"));

        Assert.Equal((FileSystemErrorCode.Unavailable, true, Path), (late.Code, late.IsTransient, late.Path));
        Assert.Equal("The request for 's3://bucket/file' to S3 timed out.", late.Message);
        Assert.Equal("The request for 's3://bucket/file' to S3 failed: reset by peer.", reset.Message);
    }

    [Theory]
    [InlineData("bytes 5-9/20", 5, 20)]
    [InlineData("bytes 0-0/1", 0, 1)]
    public void The_range_of_an_answer_says_where_it_begins_and_how_long_the_file_is(string text, long first, long total) =>
        Assert.Equal((first, total), ContentRange.Parse(Path, text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bytes 5-9/*")]
    [InlineData("bytes */20")]
    [InlineData("5-9/20")]
    public void An_answer_that_does_not_say_so_is_not_believed(string? text)
    {
        var error = Assert.Throws<FileSystemException>(() => ContentRange.Parse(Path, text));
        Assert.Equal(FileSystemErrorCode.Corrupt, error.Code);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }
}
