using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Cli.Configuration;
using Cairn.FileSystems;
using Microsoft.Extensions.Options;

namespace Cairn.Cli.CommandLine;

/// <summary>Makes an exception one line with a hint, and an exit code.</summary>
internal static class Failure
{
    public static async Task<int> ReportAsync(Session session, Exception exception, CancellationToken cancellationToken)
    {
        var (message, code) = Describe(exception, cancellationToken);
        var text = session.IsVerbose ? $"cairn: {OneLine(message)}\n{exception}" : $"cairn: {OneLine(message)}";
        await FlushAsync(session);
        await session.Terminal.Error.WriteLineAsync(Secrets.Remove(text, SecretsOf(session)));
        return code;
    }

    /// <summary>Without line ends and tabs.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static (string Message, int Code) Describe(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        UsageException => (exception.Message, ExitCode.Usage),
        OptionsValidationException => (exception.Message, ExitCode.Usage),
        OperationCanceledException when cancellationToken.IsCancellationRequested => ("Stopped; what was not finished is not visible.", ExitCode.Failed),
        AggregateException { InnerExceptions: [var inner, ..] } => Describe(inner, cancellationToken),
        FileSystemException e => (WithHint(e), ExitCode.Failed),
        CheckpointMetadataException or CheckpointException or IOException or InvalidDataException => (exception.Message, ExitCode.Failed),
        OperationCanceledException => ($"A request took too long: {exception.Message}", ExitCode.Failed),
        _ => ($"An error that was not foreseen, {exception.GetType().Name}: {exception.Message} (--verbose shows where.)", ExitCode.Failed),
    };

    private static string WithHint(FileSystemException e)
    {
        var message = Sentences(e);
        return Hint(e) is { } hint ? $"{message} Hint: {hint}" : message;
    }

    /// <summary>An error that only says that something failed takes the reason from the one inside.</summary>
    private static string Sentences(FileSystemException e) =>
        e.InnerException is FileSystemException inner && !e.Message.Contains(inner.Message, StringComparison.Ordinal) ? $"{e.Message} {Sentences(inner)}" : e.Message;

    private static string? Hint(FileSystemException e)
    {
        var scheme = e.Path?.Scheme?.ToLowerInvariant();
        var isAzure = scheme is "wasb" or "wasbs" or "abfs" or "abfss" or "az";
        var isS3 = scheme is "s3" or "s3a" or "s3p" or "s3n";
        return e.Code switch
        {
            FileSystemErrorCode.Unauthenticated when isS3 =>
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or CAIRN__FileSystems__s3__AccessKey and …__SecretKey; 'cairn config' shows what is in force.",
            FileSystemErrorCode.Unauthenticated when isAzure =>
                "set AZURE_STORAGE_CONNECTION_STRING, or CAIRN__FileSystems__abfs__AccountKey or …__SasToken, or sign in with 'az login'; 'cairn config' shows what is in force.",
            FileSystemErrorCode.PermissionDenied when isS3 || isAzure => "the credentials are known and not allowed to do this; 'cairn config' shows which are in force.",
            FileSystemErrorCode.PermissionDenied => "the file's permissions do not allow it.",
            FileSystemErrorCode.Unavailable when isS3 => "is the endpoint right (AWS_ENDPOINT_URL_S3, CAIRN__FileSystems__s3__ServiceUrl) and reachable?",
            FileSystemErrorCode.Unavailable when isAzure => "is the endpoint right (CAIRN__FileSystems__abfs__Endpoint, the connection string) and reachable?",
            FileSystemErrorCode.AlreadyExists => "choose another name, or delete it first ('cairn rm').",
            FileSystemErrorCode.NotFound when e.Path is { } path && e.Message.Contains($"'{CheckpointDirectories.MetadataFileName}' in directory", StringComparison.Ordinal) =>
                $"'cairn checkpoints {path}' lists those below it.",
            FileSystemErrorCode.NotFound when e.Path?.Parent is { } parent => $"'cairn ls {parent}' shows what is there.",
            _ => null,
        };
    }

    private static List<string> SecretsOf(Session session)
    {
        try
        {
            return [.. session.Configuration.SecretTexts()];
        }
        catch (UsageException)
        {
            return [];
        }
    }

    private static async Task FlushAsync(Session session)
    {
        try
        {
            await session.Terminal.Out.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // Whoever read has gone.
        }
    }
}
