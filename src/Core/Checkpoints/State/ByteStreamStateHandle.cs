namespace Cairn.Checkpoints.State;

/// <summary>State that lies in the handle itself. Follows Flink's <c>ByteStreamStateHandle</c>.</summary>
/// <param name="HandleName">Identifies the blob: the path of the file it would have become, or a random UUID.</param>
/// <param name="Data">
/// The state. A handle that was read from memory refers to that memory; whoever reads a file must leave its bytes unchanged while the handle lives.
/// </param>
/// <remarks>Equal when name and bytes are equal.</remarks>
public sealed record ByteStreamStateHandle(string HandleName, ReadOnlyMemory<byte> Data) : StreamStateHandle
{
    /// <inheritdoc/>
    public override long StateSize => Data.Length;

    /// <inheritdoc/>
    public bool Equals(ByteStreamStateHandle? other) =>
        other is not null && HandleName == other.HandleName && ContentEquality.Same(Data, other.Data);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(HandleName, Data.Length);
}
