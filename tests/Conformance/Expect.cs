using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Cairn.FileSystems;

namespace Cairn.Conformance;

/// <summary>Expectations that say in words what was found instead.</summary>
internal static class Expect
{
    public static void True([DoesNotReturnIf(false)] bool condition, string expectation)
    {
        if (!condition)
            throw new ConformanceException($"Expected: {expectation}.");
    }

    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new ConformanceException($"Expected {what} to be {expected?.ToString() ?? "null"}; it is {actual?.ToString() ?? "null"}.");
    }

    /// <summary>The same things, whatever their order, each as often.</summary>
    public static void SameSet<T>(IEnumerable<T> expected, IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        var found = actual.Select(item => $"{item}").Order(StringComparer.Ordinal).ToList();
        var wanted = expected.Select(item => $"{item}").Order(StringComparer.Ordinal).ToList();
        if (!found.SequenceEqual(wanted))
            throw new ConformanceException($"Expected {what} to be [{string.Join(", ", wanted)}]; it is [{string.Join(", ", found)}].");
    }

    /// <summary>The operation fails with <paramref name="code"/>, and the error names <paramref name="path"/>.</summary>
    public static async Task<FileSystemException> FailsAsync(
        FileSystemErrorCode code, StoragePath path, Func<Task> operation, [CallerArgumentExpression(nameof(operation))] string what = "")
    {
        var error = await ThrowsAsync<FileSystemException>(operation, what);
        if (error.Code != code)
            throw new ConformanceException($"Expected {code} of {what}; it is {error.Code}: {error.Message}", error);
        if (!error.Message.Contains(path.ToString(), StringComparison.Ordinal))
            throw new ConformanceException($"Expected the message of {code} to name '{path}': {error.Message}", error);
        Equal(path, error.Path, $"{code}.Path of {what}");
        return error;
    }

    /// <summary>The operation throws <typeparamref name="T"/> or what derives from it.</summary>
    public static async Task<T> ThrowsAsync<T>(Func<Task> operation, [CallerArgumentExpression(nameof(operation))] string what = "")
        where T : Exception
    {
        try
        {
            await operation();
        }
        catch (T expected)
        {
            return expected;
        }
        catch (Exception e)
        {
            throw new ConformanceException($"Expected {typeof(T).Name} of {what}; it is {e.GetType().Name}: {e.Message}", e);
        }
        throw new ConformanceException($"Expected {typeof(T).Name} of {what}; it went well.");
    }

    /// <summary>Ends the case as not applicable unless <paramref name="applies"/>.</summary>
    public static void Applies([DoesNotReturnIf(false)] bool applies, string reason)
    {
        if (!applies)
            throw new NotApplicableException(reason);
    }
}
