using System.Runtime.InteropServices;

namespace AgentGateway.Net.Interop;

/// <summary>
/// The few system calls that the framework's Socket does not reach: batches of datagrams with the local address of each
/// (recvmmsg, sendmmsg with IP_PKTINFO), a wait on several descriptors with microsecond deadlines, and a wake-up counter.
/// Struct layouts are those of 64-bit Linux (glibc and musl agree on x64 and arm64 for the members used).
/// </summary>
internal static unsafe partial class LibC
{
    internal const short PollIn = 1;
    internal const int MsgDontWait = 0x40;
    internal const int EIntr = 4;
    internal const int SolIP = 0;
    internal const int IPPktInfo = 8;
    internal const int SolIPv6 = 41;
    internal const int IPv6RecvPktInfo = 49;
    internal const int IPv6PktInfo = 50;
    internal const ushort AfInet = 2;
    internal const ushort AfInet6 = 10;
    internal const int EfdCloexec = 0x80000;
    internal const int EfdNonBlock = 0x800;

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMessages(int socket, MMsgHdr* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMessages(int socket, MMsgHdr* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    internal static partial int Poll(PollFd* descriptors, nuint count, TimeSpec* timeout, void* signalMask);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, void* buffer, nuint count);

    /// <summary>With which and who 0: the niceness of the calling thread.</summary>
    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    internal static partial int SetPriority(int which, uint who, int niceness);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVec
    {
        internal byte* Base;
        internal nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MsgHdr
    {
        internal void* Name;
        internal uint NameLength;
        internal IoVec* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MMsgHdr
    {
        internal MsgHdr Header;
        internal uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct CMsgHdr
    {
        internal nuint Length;
        internal int Level;
        internal int Type;
    }
}
