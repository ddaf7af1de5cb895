namespace Cairn.Faults;

/// <summary>An error as a store words it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">What it says; not sent to a HEAD.</param>
public sealed record ErrorAnswer(int Status, string Body)
{
    /// <summary>Header lines beside the usual ones, like <c>x-ms-error-code: ServerBusy</c>.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>The passing errors of S3: two kinds of 503, a 500 and a 429.</summary>
    public static IReadOnlyList<ErrorAnswer> S3 { get; } =
        [OfS3(503, "SlowDown"), OfS3(503, "ServiceUnavailable"), OfS3(500, "InternalError"), OfS3(429, "TooManyRequests")];

    /// <summary>The passing errors of Azure Blob Storage: two kinds of 503, a 500 and a 429.</summary>
    public static IReadOnlyList<ErrorAnswer> Azure { get; } =
        [OfAzure(503, "ServerBusy"), OfAzure(500, "OperationTimedOut"), OfAzure(500, "InternalError"), OfAzure(429, "TooManyRequests")];

    private static ErrorAnswer OfS3(int status, string code) =>
        new(status, $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>A fault.</Message><RequestId>fault</RequestId></Error>");

    private static ErrorAnswer OfAzure(int status, string code) =>
        new(status, $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>A fault.</Message></Error>")
        {
            Headers = [$"x-ms-error-code: {code}", "x-ms-request-id: fault"],
        };
}
