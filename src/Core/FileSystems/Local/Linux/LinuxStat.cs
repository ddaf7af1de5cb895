using System.Runtime.InteropServices;

namespace Cairn.FileSystems.Local.Linux;

/// <summary><c>struct statx</c>, which unlike <c>struct stat</c> has the same layout on every machine; only what is needed here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct LinuxStat
{
    /// <summary>Type, links, size, inode, modification and change time.</summary>
    public const uint Basic = 0x7ff;

    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;
    private const int RegularType = 0x8000;
    private const int LinkType = 0xA000;

    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public long Size;

    [FieldOffset(96)]
    public LinuxTime Changed;

    [FieldOffset(112)]
    public LinuxTime Modified;

    [FieldOffset(136)]
    public ulong Device;

    public readonly bool IsDirectory => (Mode & TypeMask) == DirectoryType;

    public readonly bool IsRegular => (Mode & TypeMask) == RegularType;

    public readonly bool IsLink => (Mode & TypeMask) == LinkType;

    /// <summary>Whether both describe one file; certain while one of them is held open, for else its number may be given anew.</summary>
    public readonly bool IsSameFile(in LinuxStat other) => Inode == other.Inode && Device == other.Device;
}

/// <summary><c>struct statx_timestamp</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinuxTime
{
    public long Seconds;
    public uint Nanoseconds;
    private readonly int _reserved;

    public readonly DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanoseconds / 100);

    public override readonly string ToString() => $"{Seconds:x}.{Nanoseconds:x}";
}
