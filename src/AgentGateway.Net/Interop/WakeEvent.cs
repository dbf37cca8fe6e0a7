using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AgentGateway.Net.Interop;

/// <summary>An eventfd that another thread signals to end a shard's wait. Signalling is thread-safe; the rest is the owner's.</summary>
internal sealed unsafe class WakeEvent : SafeHandle
{
    internal WakeEvent()
        : base(-1, ownsHandle: true)
    {
        int descriptor = LibC.EventFd(0, LibC.EfdCloexec | LibC.EfdNonBlock);
        if (descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "eventfd failed");
        SetHandle(descriptor);
    }

    public override bool IsInvalid => handle < 0;

    internal int Descriptor => (int)handle;

    internal void Signal()
    {
        bool taken = false;
        try
        {
            DangerousAddRef(ref taken);
            ulong one = 1;
            LibC.Write((int)handle, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The shard has stopped: nobody waits any more.
        }
        finally
        {
            if (taken)
                DangerousRelease();
        }
    }

    internal void Consume()
    {
        ulong count;
        LibC.Read((int)handle, &count, sizeof(ulong));
    }

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
