using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Opus.Interop;

/// <summary>Owns one OpusEncoder.</summary>
internal sealed class OpusEncoderHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibOpus.EncoderDestroy(handle);
        return true;
    }
}
