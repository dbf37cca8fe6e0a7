using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Opus.Interop;

/// <summary>Owns one OpusDecoder.</summary>
internal sealed class OpusDecoderHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibOpus.DecoderDestroy(handle);
        return true;
    }
}
