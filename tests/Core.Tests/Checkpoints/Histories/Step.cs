using CsCheck;

namespace Cairn.Tests.Checkpoints.Histories;

/// <summary>What happens next in a history.</summary>
internal enum StepKind
{
    Open,
    OpenFrom,
    Begin,
    BeginSavepoint,
    Write,
    WriteTable,
    WriteElsewhere,
    Deliver,
    Complete,
    Abort,
    Expire,
    Crash,
    Fail,
    Hold,
    Resume,
    Finish,
}

/// <summary>One step of a history: of which process, and two numbers that choose what there is to choose.</summary>
internal readonly record struct Step(StepKind Kind, int Process, int A, int B)
{
    /// <summary>How often each kind of step comes.</summary>
    private static readonly (int Weight, StepKind Kind)[] Weights =
    [
        (4, StepKind.Open), (1, StepKind.OpenFrom), (14, StepKind.Begin), (1, StepKind.BeginSavepoint), (10, StepKind.Write), (10, StepKind.WriteTable),
        (6, StepKind.WriteElsewhere), (5, StepKind.Deliver), (16, StepKind.Complete), (3, StepKind.Abort), (1, StepKind.Expire), (2, StepKind.Crash),
        (5, StepKind.Fail), (3, StepKind.Hold), (4, StepKind.Resume), (1, StepKind.Finish),
    ];

    private static readonly StepKind[] Faults = [StepKind.Crash, StepKind.Fail, StepKind.Hold, StepKind.Resume];

    /// <summary>Histories of 5 to 60 steps of three processes, most of them of the first; one in four without any fault, and one in eight of one owner alone.</summary>
    public static Gen<Step[]> Histories { get; } = Gen.Int[0, 7].SelectMany(n => Of(withFaults: n > 1, alone: n == 0));

    private static Gen<Step[]> Of(bool withFaults, bool alone) =>
        Gen.Select(
            Any([.. Weights.Where(w => (withFaults || !Faults.Contains(w.Kind)) && !(alone && w.Kind is StepKind.Open or StepKind.OpenFrom)).SelectMany(w => Enumerable.Repeat(w.Kind, w.Weight))]),
            alone ? Gen.Const(0) : Any(0, 0, 0, 0, 0, 0, 1, 1, 2),
            Gen.Int[0, 7],
            Gen.Int[0, 7],
            (kind, process, a, b) => new Step(kind, process, a, b))
        .Array[5, 60];

    public override string ToString() => $"{Kind}({Process},{A},{B})";

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
