using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>Answers that S3's protocol allows and no server here gives, word for word; no server is asked.</summary>
public sealed class S3OddAnswerTests : IDisposable
{
    private static readonly StoragePath Bucket = StoragePath.Parse("s3://bucket/");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpWire _wire = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_that_is_refused_is_an_error_of_each_of_its_paths()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.Forbidden, "<Error><Code>AccessDenied</Code><RequestId>r-1</RequestId></Error>");
        var results = await fileSystem.DeleteAsync([Bucket / "a", Bucket / "b"], Token);
        Assert.All(results, result => Assert.Equal((FileSystemErrorCode.PermissionDenied, "r-1"), (result.Error!.Code, result.Error.RequestId)));
    }

    [Fact]
    public async Task A_key_of_a_batch_that_was_not_there_is_deleted_and_one_that_nobody_asked_for_is_no_matter()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.OK, """
            <DeleteResult><Error><Key>a</Key><Code>NoSuchKey</Code></Error><Error><Key>stranger</Key><Code>AccessDenied</Code></Error>
            <Error><Key>b</Key><Code>InvalidObjectState</Code></Error></DeleteResult>
            """);
        var results = await fileSystem.DeleteAsync([Bucket / "a", Bucket / "b"], Token);
        Assert.Equal([null, FileSystemErrorCode.NotSupported], results.Select(result => result.Error?.Code));
    }

    [Fact]
    public async Task A_key_that_has_to_go_by_itself_and_is_refused_is_its_own_error()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.Forbidden, "<Error><Code>AccessDenied</Code></Error>");
        var results = await fileSystem.DeleteAsync([StoragePath.FromKey(Bucket, "a\u0001")], Token);
        Assert.Equal(FileSystemErrorCode.PermissionDenied, results.Single().Error?.Code);
        Assert.Equal(["DELETE"], _wire.Requests);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, null)]
    [InlineData(HttpStatusCode.OK, null)]
    [InlineData(HttpStatusCode.NotFound, FileSystemErrorCode.NotFound)]
    public async Task Who_may_not_look_at_the_bucket_may_find_all_the_same_and_a_missing_bucket_is_no_missing_file(HttpStatusCode bucket, FileSystemErrorCode? expected)
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.NotFound);
        Answer(bucket);
        if (expected is null)
            Assert.Null(await fileSystem.FindAsync(Bucket / "a", cancellationToken: Token));
        else
            Assert.Equal(expected, (await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(Bucket / "a", cancellationToken: Token))).Code);
        Assert.Equal(["HEAD", "HEAD"], _wire.Requests);
    }

    [Fact]
    public async Task A_look_up_that_is_forbidden_says_what_may_be_wrong()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.Forbidden);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(Bucket / "a", cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.PermissionDenied, error.Code);
        Assert.Contains("s3:ListBucket", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_read_from_the_beginning()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.OK, "0123456789", etag: "\"e\"");
        Assert.Equal("0123456789"u8.ToArray(), await ReadAsync(fileSystem, Bucket / "a"));
    }

    [Theory]
    [InlineData("this is no XML")]
    [InlineData("<ListBucketResult><Contents>")]
    public async Task An_answer_that_is_no_XML_is_asked_for_again_and_then_unavailable(string body)
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.OK, body);
        Answer(HttpStatusCode.OK, "<ListBucketResult><Contents><Key>d/a</Key><Size>3</Size></Contents></ListBucketResult>");
        var found = await fileSystem.ListAsync(Bucket / "d", cancellationToken: Token).ToListAsync(Token);
        Assert.Equal([(Bucket / "d" / "a", 3)], found.Select(entry => (entry.Path, entry.Length)));
        for (var attempt = 0; attempt < 6; attempt++)
            Answer(HttpStatusCode.OK, body);
        var error = await Assert.ThrowsAsync<FileSystemException>(async () => await fileSystem.ListAsync(Bucket / "d", cancellationToken: Token).ToListAsync(Token));
        Assert.Equal((FileSystemErrorCode.Unavailable, true), (error.Code, error.IsTransient));
    }

    /// <summary>.NET's HTTP client let out what its parser of the first line ran into; continuous integration met it once.</summary>
    [Fact]
    public async Task An_answer_that_the_http_client_cannot_read_is_asked_for_again()
    {
        await using var fileSystem = Open();
        _wire.Next(_ => true, (_, _, _) => throw new ArgumentOutOfRangeException());
        Answer(HttpStatusCode.OK, "0123456789", etag: "\"e\"");
        Assert.Equal("0123456789"u8.ToArray(), await ReadAsync(fileSystem, Bucket / "a"));
        Assert.Equal(["GET", "GET"], _wire.Requests);
    }

    /// <summary>The SDK would read it byte by byte for as long as it takes, whatever is cancelled.</summary>
    [Theory]
    [InlineData(HttpStatusCode.OK, true)]
    [InlineData(HttpStatusCode.OK, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, false)]
    public async Task An_answer_that_begins_and_stands_still_ends_with_its_attempt_and_is_asked_for_again(HttpStatusCode status, bool saysLength)
    {
        await using var fileSystem = Open(attemptTimeout: TimeSpan.FromSeconds(3));
        StandStill(status, "<DeleteResult>", saysLength);
        Answer(HttpStatusCode.OK, "<DeleteResult></DeleteResult>");
        var deleting = fileSystem.DeleteAsync([Bucket / "a"], Token);
        Assert.Null((await deleting.WaitAsync(Patience, Token)).Single().Error);
        Assert.Equal(["POST delete", "POST delete"], _wire.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_begins_and_stands_still_ends_when_the_caller_cancels(bool saysLength)
    {
        await using var fileSystem = Open();
        using var cancelled = new CancellationTokenSource();
        StandStill(HttpStatusCode.OK, "<DeleteResult>", saysLength, cancelled.Cancel);
        var deleting = fileSystem.DeleteAsync([Bucket / "a"], cancelled.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deleting.WaitAsync(Patience / 2, Token));
    }

    /// <summary>The SDK would dispose of the body on the thread that cancels, while another one reads it.</summary>
    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.Conflict)]
    public async Task A_body_is_not_disposed_of_while_it_is_read_when_its_request_is_cancelled(HttpStatusCode status)
    {
        await using var fileSystem = Open();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var body = new SlowlyEndingStream();
        _wire.Next(_ => true, (_, request, _) => Task.FromResult(new HttpResponseMessage(status) { RequestMessage = request, Content = new StreamContent(body) }));
        var deleting = fileSystem.DeleteAsync([Bucket / "a"], cancelled.Token);
        await body.IsRead.WaitAsync(Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deleting);
        Assert.Equal((true, false), (body.IsDisposed, body.WasDisposedWhileRead));
    }

    [Fact]
    public async Task An_answer_that_does_not_end_ends_with_an_error()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.OK, $"<ListBucketResult><!-- {new string('-', 40 * 1024 * 1024)}");
        var error = await Assert.ThrowsAsync<FileSystemException>(async () => await fileSystem.ListAsync(Bucket / "d", cancellationToken: Token).ToListAsync(Token));
        Assert.Contains("longer than 33554432 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_goes_through_all_pages_takes_what_is_old_and_tells_what_it_could_not()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.OK, """
            <ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>d/b</NextKeyMarker><NextUploadIdMarker>2</NextUploadIdMarker>
            <Upload><Key>d/a</Key><UploadId>1</UploadId><Initiated>2020-01-01T00:00:00Z</Initiated></Upload>
            <Upload><Key>d/b</Key><UploadId>2</UploadId><Initiated>2999-01-01T00:00:00Z</Initiated></Upload></ListMultipartUploadsResult>
            """);
        Answer(HttpStatusCode.NoContent);
        Answer(HttpStatusCode.OK, """
            <ListMultipartUploadsResult><Upload><Key>d/c</Key><UploadId>3</UploadId><Initiated>2020-01-01T00:00:00Z</Initiated></Upload></ListMultipartUploadsResult>
            """);
        Answer(HttpStatusCode.Forbidden, "<Error><Code>AccessDenied</Code></Error>");
        var result = await fileSystem.SweepAbandonedAsync(Bucket / "d", cancellationToken: Token);
        Assert.Equal((1, FileSystemErrorCode.PermissionDenied, Bucket / "d" / "c"), (result.Removed, result.Failures.Single().Code, result.Failures.Single().Path));
        Assert.Equal(["GET prefix uploads", "DELETE uploadId", "GET key-marker prefix upload-id-marker uploads", "DELETE uploadId"], _wire.Requests);
    }

    /// <summary>The ETag of parts whose own are no hashes cannot be worked out, and some servers answer a completion without it.</summary>
    [Theory]
    [InlineData(HttpStatusCode.OK, "looked-up")]
    [InlineData(HttpStatusCode.NotFound, null)]
    [InlineData(HttpStatusCode.Forbidden, null)]
    public async Task A_completion_that_tells_no_version_is_looked_up_and_is_committed_whatever_that_says(HttpStatusCode lookUp, string? expected)
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
        Answer(HttpStatusCode.OK, etag: "\"no-hash\"");
        Answer(HttpStatusCode.OK, etag: "\"no-hash\"");
        Answer(HttpStatusCode.OK, "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
        Answer(lookUp, etag: lookUp == HttpStatusCode.OK ? "\"looked-up\"" : null);
        var entry = await WriteAsync(fileSystem, Bucket / "a", Bytes((8 << 20) + 1), WriteMode.Create);
        Assert.Equal(((8L << 20) + 1, expected), (entry.Length, entry.ETag));
    }

    [Fact]
    public async Task An_upload_that_is_gone_when_it_is_given_up_is_given_up()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
        Answer(HttpStatusCode.Forbidden, "<Error><Code>AccessDenied</Code></Error>");
        Answer(HttpStatusCode.Forbidden, "<Error><Code>AccessDenied</Code></Error>");
        Answer(HttpStatusCode.NotFound, "<Error><Code>NoSuchUpload</Code></Error>");
        Answer(HttpStatusCode.NotFound, "<Error><Code>NoSuchUpload</Code></Error>");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, Bucket / "a", Bytes((8 << 20) + 1), WriteMode.Create));
        Assert.Equal(FileSystemErrorCode.PermissionDenied, error.Code);
        Assert.Equal("DELETE uploadId", _wire.Requests.Last());
    }

    [Theory]
    [InlineData(S3Checksums.Auto, null)]
    [InlineData(S3Checksums.Required, FileSystemErrorCode.Changed)]
    public async Task A_file_that_was_replaced_before_its_checksum_was_asked_for_was_read_whole_unless_checksums_are_required(S3Checksums checksums, FileSystemErrorCode? expected)
    {
        await using var fileSystem = Open(checksums);
        Answer(HttpStatusCode.OK, "0123456789", etag: "\"0123456789abcdef0123456789abcdef-2\"");
        Answer(HttpStatusCode.PreconditionFailed);
        if (expected is null)
            Assert.Equal(10, (await ReadAsync(fileSystem, Bucket / "a")).Length);
        else
            Assert.Equal(expected, (await Assert.ThrowsAsync<FileChangedException>(() => ReadAsync(fileSystem, Bucket / "a"))).Code);
        Assert.Equal(["GET", "HEAD"], _wire.Requests);
    }

    [Fact]
    public async Task A_copy_whose_source_vanished_is_of_an_absent_file_and_one_of_another_version_is_refused()
    {
        await using var fileSystem = Open();
        var source = new FileEntry { Path = Bucket / "a", Length = 10, ETag = "old" };
        Answer(HttpStatusCode.NotFound, "<Error><Code>NoSuchKey</Code></Error>");
        var absent = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(Bucket / "a", Bucket / "b", new() { Source = source }, Token));
        Assert.Equal((FileSystemErrorCode.NotFound, Bucket / "a"), (absent.Code, absent.Path));
        Answer(HttpStatusCode.PreconditionFailed, "<Error><Code>PreconditionFailed</Code></Error>");
        Answer(HttpStatusCode.NotFound);
        var changed = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(Bucket / "a", Bucket / "b", new() { Source = source }, Token));
        Assert.Equal((FileSystemErrorCode.PreconditionFailed, Bucket / "a"), (changed.Code, changed.Path));
    }

    [Fact]
    public async Task A_replace_of_a_file_that_is_gone_is_refused()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.NotFound, "<Error><Code>NoSuchKey</Code></Error>");
        Answer(HttpStatusCode.NotFound);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, Bucket / "a", Bytes(10), WriteMode.Replace("old")));
        Assert.Equal(FileSystemErrorCode.PreconditionFailed, error.Code);
    }

    [Fact]
    public async Task A_404_without_a_reason_to_a_commit_is_asked_again()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.NotFound);
        Answer(HttpStatusCode.OK, etag: "\"e\"");
        Assert.Equal("e", (await WriteAsync(fileSystem, Bucket / "a", Bytes(10), WriteMode.Create)).ETag);
        Answer(HttpStatusCode.NotFound, "<Error><Code>NoSuchBucket</Code></Error>");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, Bucket / "a", Bytes(10), WriteMode.Create));
        Assert.Contains("no bucket 'bucket'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_listed_as_the_server_encodes_them_with_a_plus_for_a_blank()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.OK, """
            <ListBucketResult><EncodingType>url</EncodingType><Contents><Key>d/a+b%2Bc</Key></Contents><CommonPrefixes><Prefix>d/e+f/</Prefix></CommonPrefixes></ListBucketResult>
            """);
        var found = await fileSystem.ListAsync(Bucket / "d", cancellationToken: Token).ToListAsync(Token);
        Assert.Equal([(EntryKind.File, "d/a b+c"), (EntryKind.Directory, "d/e f")], found.Select(entry => (entry.Kind, entry.Path.Key)));
    }

    /// <summary>Its upload cannot be completed again: what another request did to it is not undone.</summary>
    [Theory]
    [InlineData(HttpStatusCode.NotFound, "NoSuchUpload")]
    [InlineData(HttpStatusCode.Conflict, "ConditionalRequestConflict")]
    public async Task A_completion_whose_upload_is_gone_or_that_met_another_request_is_not_sent_again(HttpStatusCode status, string code)
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
        Answer(HttpStatusCode.OK, etag: "\"p\"");
        Answer(HttpStatusCode.OK, etag: "\"p\"");
        Answer(status, $"<Error><Code>{code}</Code></Error>");
        Answer(HttpStatusCode.NotFound);
        Answer(HttpStatusCode.NoContent);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, Bucket / "a", Bytes((8 << 20) + 1), WriteMode.Create));
        Assert.Equal(FileSystemErrorCode.Conflict, error.Code);
        Assert.Equal(["POST uploads", "PUT partNumber uploadId", "PUT partNumber uploadId", "POST uploadId", "HEAD", "DELETE uploadId"], _wire.Requests);
    }

    [Fact]
    public async Task A_long_copy_looks_at_its_source_no_more_where_each_part_is_on_condition_of_its_version()
    {
        await using var fileSystem = Open(maxCopyLength: 10, copyPartSize: 10);
        var source = new FileEntry { Path = Bucket / "a", Length = 11, ETag = "old" };
        Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
        Answer(HttpStatusCode.OK, "<CopyPartResult><ETag>\"1\"</ETag></CopyPartResult>");
        Answer(HttpStatusCode.OK, "<CopyPartResult><ETag>\"2\"</ETag></CopyPartResult>");
        Answer(HttpStatusCode.OK, "<CompleteMultipartUploadResult><ETag>\"new-2\"</ETag></CompleteMultipartUploadResult>");
        var copy = await fileSystem.CopyAsync(Bucket / "a", Bucket / "b", new() { Source = source }, Token);
        Assert.Equal((11, "new-2"), (copy.Length, copy.ETag));
        Assert.Equal(["POST uploads", "PUT partNumber uploadId", "PUT partNumber uploadId", "POST uploadId"], _wire.Requests);
    }

    [Fact]
    public async Task A_long_copy_that_fails_says_why_even_if_its_upload_cannot_be_given_up()
    {
        await using var fileSystem = Open(maxCopyLength: 10, copyPartSize: 11);
        var source = new FileEntry { Path = Bucket / "a", Length = 11, ETag = "old" };
        Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
        Answer(HttpStatusCode.PreconditionFailed, "<Error><Code>PreconditionFailed</Code></Error>");
        Answer(HttpStatusCode.Forbidden, "<Error><Code>AccessDenied</Code></Error>");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(Bucket / "a", Bucket / "b", new() { Source = source }, Token));
        Assert.Equal(FileSystemErrorCode.PreconditionFailed, error.Code);
        Assert.Equal(["POST uploads", "PUT partNumber uploadId", "DELETE uploadId"], _wire.Requests);
    }

    /// <summary>Such a server may have copied a version that came after the look.</summary>
    [Fact]
    public async Task A_copy_that_is_not_of_the_version_that_was_looked_at_is_looked_at_where_conditions_are_ignored()
    {
        await using var fileSystem = Open(completion: ServerSupport.No);
        Answer(HttpStatusCode.OK, "0123456789", etag: "\"old\"");
        Answer(HttpStatusCode.OK, "<CopyObjectResult><ETag>\"new\"</ETag></CopyObjectResult>");
        Answer(HttpStatusCode.OK, "0123456", etag: "\"new\"");
        var copy = await fileSystem.CopyAsync(Bucket / "a", Bucket / "b", new() { Mode = WriteMode.Overwrite }, Token);
        Assert.Equal((7, "new"), (copy.Length, copy.ETag));
        Assert.Equal(["HEAD", "PUT", "HEAD"], _wire.Requests);
    }

    [Fact]
    public async Task What_a_server_says_is_told_without_the_announcement_of_lines_that_are_left_out()
    {
        await using var fileSystem = Open();
        Answer(HttpStatusCode.Forbidden, "<Error><Code>AccessDenied</Code><Message>It is denied. The reasons are:\n1. none</Message></Error>");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => ReadAsync(fileSystem, Bucket / "a"));
        Assert.EndsWith(": It is denied.", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _wire.Dispose();

    /// <summary>As on AWS: every condition is trusted.</summary>
    private S3FileSystem Open(
        S3Checksums checksums = S3Checksums.Auto, TimeSpan? attemptTimeout = null, ServerSupport completion = ServerSupport.Yes, long maxCopyLength = 5L << 30, long copyPartSize = 512L << 20) =>
        new(Bucket, new S3FileSystemOptions
        {
            ServiceUrl = new Uri("http://localhost:1"),
            AccessKey = "id",
            SecretKey = "secret",
            Checksums = checksums,
            ConditionalCompletion = completion,
            ConditionalCopy = ServerSupport.Yes,
            MaxCopyLength = maxCopyLength,
            CopyPartSize = copyPartSize,
            Retry = new() { FirstDelay = TimeSpan.FromMilliseconds(1), AttemptTimeout = attemptTimeout ?? Patience },
            Configure = config => config.HttpClientFactory = new S3Store.WireFactory(_wire),
        });

    private void Answer(HttpStatusCode status, string body = "", string? etag = null) => _wire.Next(_ => true, (_, request, _) =>
    {
        var answer = new HttpResponseMessage(status) { RequestMessage = request, Content = new StringContent(body, null, "application/xml") };
        if (etag is not null)
            answer.Headers.ETag = EntityTagHeaderValue.Parse(etag);
        return Task.FromResult(answer);
    });

    /// <summary>Without a length as an answer in chunks, which is what servers mostly give.</summary>
    private void StandStill(HttpStatusCode status, string beginning, bool saysLength, Action? whenItStands = null) => _wire.Next(_ => true, (_, request, _) => Task.FromResult(
        new HttpResponseMessage(status) { RequestMessage = request, Content = new StreamContent(new StandingStream(Encoding.UTF8.GetBytes(beginning), saysLength, whenItStands ?? (() => { }))) }));

    /// <summary>Some bytes, and then nothing, not even an end.</summary>
    private sealed class StandingStream(byte[] beginning, bool saysLength, Action whenItStands) : MemoryStream(beginning)
    {
        public override bool CanSeek => saysLength;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position == Length)
                Thread.Sleep(2 * Patience);
            return base.Read(buffer, offset, count);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length)
            {
                whenItStands();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            return await base.ReadAsync(buffer, cancellationToken);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
