using Cairn.Checkpoints;

namespace Cairn.Samples.WordCount;

/// <summary>Tells a person or a program what the job does.</summary>
internal interface IReport
{
    /// <summary>Runs <paramref name="job"/>, which answers whether it came to its end, and shows how it goes.</summary>
    Task<bool> ShowAsync(Func<Task<bool>> job);

    void Started(RestoredCheckpoint? restored, IReadOnlyList<WordCounter> counters, int requests);

    void Completed(CompletedCheckpoint checkpoint, long records, int requests);

    void Finished(WordCounts result);
}
