using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Tests.FileSystems.Drivers;

/// <summary>What happens to one attempt to publish.</summary>
public enum Attempt
{
    Answered,
    LostBefore,
    LostAfter,
    LandsLater,
    NotDone,
    Conflict,
    Gone,
    Rejected,
    CancelledAndAnswered,
    CancelledBefore,
    CancelledAfter,
    CancelledAndLandsLater,
}

/// <summary>What another writer does before an attempt, and before the look-up.</summary>
public enum Rival
{
    None,
    Publishes,
}

/// <summary>A store with one name, whose answers follow a script and which remembers whether our file was ever there.</summary>
internal sealed class ScriptedPublication : Publication
{
    public const string FirstETag = "v0";

    private static readonly StoragePath Name = StoragePath.Parse("s3://bucket/file");

    private readonly Attempt[] _attempts;
    private readonly Rival[] _rivals;
    private readonly bool _lookUpFails;
    private readonly CancellationTokenSource _cancelled;
    private (string Id, string ETag)? _there;
    private int _next;
    private int _rivalNext;
    private int _versions;
    private bool _pending;

    public ScriptedPublication(WriteMode mode, bool occupied, bool repeats, Attempt[] attempts, Rival[] rivals, bool lookUpFails, CancellationTokenSource cancelled)
        : base(Name, mode, "ours")
    {
        RepeatsAfterConflict = repeats;
        _attempts = attempts;
        _rivals = rivals;
        _lookUpFails = lookUpFails;
        _cancelled = cancelled;
        _there = occupied ? ("before", FirstETag) : null;
    }

    public override bool RepeatsAfterConflict { get; }

    /// <summary>Whether our file was under the name at any time.</summary>
    public bool Landed { get; private set; }

    public bool IsThere => _there?.Id == WriteId;

    public int Sent => _next;

    /// <summary>Lets land what was still on its way when the commit ended.</summary>
    public void SettleDown()
    {
        while (_pending || _rivalNext < _rivals.Length)
            Happen();
    }

    public override Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        Happen();
        var attempt = _next < _attempts.Length ? _attempts[_next] : Attempt.Answered;
        _next++;
        if (attempt.ToString().StartsWith("Cancelled", StringComparison.Ordinal))
            _cancelled.Cancel();
        return attempt switch
        {
            Attempt.Answered or Attempt.CancelledAndAnswered => Apply() ? Task.FromResult(Entry()) : throw Fault(PublishFaultKind.Refused),
            Attempt.LostAfter => throw After(Fault(PublishFaultKind.Lost)),
            Attempt.CancelledAfter => throw After(new OperationCanceledException(cancellationToken)),
            Attempt.LandsLater => throw Later(Fault(PublishFaultKind.Lost)),
            Attempt.CancelledAndLandsLater => throw Later(new OperationCanceledException(cancellationToken)),
            Attempt.CancelledBefore => throw new OperationCanceledException(cancellationToken),
            Attempt.LostBefore => throw Fault(PublishFaultKind.Lost),
            _ => throw Fault(Enum.Parse<PublishFaultKind>(attempt.ToString())),
        };
    }

    public override Task<PublishedFile?> LookUpAsync(CancellationToken cancellationToken)
    {
        Happen();
        if (_lookUpFails)
            throw new FileSystemException(FileSystemErrorCode.PermissionDenied, "may not look", Path);
        return Task.FromResult(_there is { } file ? new PublishedFile(Entry(), file.Id) : null);
    }

    public override PublishFault Judge(Exception exception) => ((ScriptedFault)exception).Fault;

    private FileEntry Entry() => new() { Path = Path, ETag = _there!.Value.ETag };

    /// <summary>What was on its way lands, then the other writer acts.</summary>
    private void Happen()
    {
        if (_pending)
            Apply();
        _pending = false;
        if (_rivalNext < _rivals.Length && _rivals[_rivalNext++] == Rival.Publishes && (Mode != WriteMode.Create || _there is null))
            _there = ("theirs", $"v{++_versions}");
    }

    /// <summary>The store's own atomic decision.</summary>
    private bool Apply()
    {
        if (Mode == WriteMode.Create ? _there is not null : Mode.ExpectedETag is { } expected && _there?.ETag != expected)
            return false;
        _there = (WriteId, $"v{++_versions}");
        Landed = true;
        return true;
    }

    private Exception After(Exception exception)
    {
        Apply();
        return exception;
    }

    private Exception Later(Exception exception)
    {
        _pending = true;
        return exception;
    }

    private ScriptedFault Fault(PublishFaultKind kind)
    {
        var error = kind switch
        {
            PublishFaultKind.Refused when Mode == WriteMode.Create => FileSystemException.AlreadyExists(Path),
            PublishFaultKind.Refused => FileSystemException.PreconditionFailed(Path, FirstETag),
            PublishFaultKind.Rejected => new FileSystemException(FileSystemErrorCode.PermissionDenied, "no", Path),
            PublishFaultKind.Conflict or PublishFaultKind.Gone => new FileSystemException(FileSystemErrorCode.Conflict, "met", Path),
            _ => new FileSystemException(FileSystemErrorCode.Unavailable, "away", Path),
        };
        return new ScriptedFault(new PublishFault(kind, error));
    }

    private sealed class ScriptedFault(PublishFault fault) : Exception
    {
        public PublishFault Fault { get; } = fault;
    }
}
