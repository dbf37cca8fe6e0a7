using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Front.Interop;

/// <summary>Owns one SpeexPreprocessState.</summary>
internal sealed class SpeexPreprocessHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibSpeexFront.PreprocessDestroy(handle);
        return true;
    }
}
