using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Resampling.Interop;

/// <summary>Owns one SpeexResamplerState.</summary>
internal sealed class SpeexResamplerHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibSpeexDsp.Destroy(handle);
        return true;
    }
}
