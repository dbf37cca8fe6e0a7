using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Front.Interop;

/// <summary>Owns one SpeexEchoState.</summary>
internal sealed class SpeexEchoHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibSpeexFront.EchoDestroy(handle);
        return true;
    }
}
