using System.Runtime.InteropServices;

namespace AgentGateway.Providers.Sherpa;

/// <summary>The native recogniser. Streams hold a reference, so it outlives a dispose while calls are open.</summary>
internal sealed class SherpaRecognizerHandle : SafeHandle
{
    public SherpaRecognizerHandle(nint recognizer)
        : base(0, ownsHandle: true) => SetHandle(recognizer);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        SherpaNative.DestroyOnlineRecognizer(handle);
        return true;
    }
}
