using Microsoft.Win32.SafeHandles;

namespace AgentGateway.Rtc.Dtls.Interop;

/// <summary>An SSL*, which owns its BIO.</summary>
internal sealed class SafeSslHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public SafeSslHandle()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle()
    {
        OpenSsl.SSL_free(handle);
        return true;
    }
}
