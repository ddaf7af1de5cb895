using Cairn.Fuzz;
using SharpFuzz;

switch (args)
{
    case ["seeds", var folder]:
        MetadataSeeds.Write(folder);
        return 0;
    case ["replay", .. var files]:
        foreach (string file in files)
        {
            MetadataTarget.Run(File.ReadAllBytes(file));
            Console.WriteLine($"holds for {file}");
        }
        return 0;
    case ["fuzz"]:
        // The target runs in a process of its own, so that not even an overflow of the stack ends the fuzzer.
        Fuzzer.OutOfProcess.Run(MetadataTarget.Run);
        return 0;
    default:
        Console.Error.WriteLine("""
            Cairn.Fuzz seeds <folder>     writes small files of every version, made at random from a fixed seed
            Cairn.Fuzz replay <file>...   runs the target once for each file; the first that breaks a rule ends it
            Cairn.Fuzz fuzz               the target under afl-fuzz; eng/fuzz-metadata.sh starts it
            """);
        return 2;
}
