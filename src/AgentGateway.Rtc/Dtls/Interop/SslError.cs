using System.Runtime.InteropServices;

namespace AgentGateway.Rtc.Dtls.Interop;

/// <summary>The oldest entry of OpenSSL's per-thread error queue.</summary>
/// <param name="Library">Which part raised it; 20 is libssl.</param>
/// <param name="Reason">OpenSSL's reason code; from 1000 on in libssl, an alert the peer sent.</param>
/// <param name="Text">OpenSSL's words for it.</param>
internal readonly record struct SslError(int Library, int Reason, string Text)
{
    public const int LibrarySsl = 20;
    public const int ReasonNoPeerCertificate = 199;
    private const int AlertOffset = 1000;

    public bool IsPeerAlert => Library == LibrarySsl && Reason > AlertOffset;

    public bool IsNoPeerCertificate => Library == LibrarySsl && Reason == ReasonNoPeerCertificate;

    /// <summary>Takes the oldest error and empties the queue, so that nobody else on this thread finds it.</summary>
    public static SslError Drain()
    {
        nuint code = OpenSsl.ERR_get_error();
        if (code == 0)
            return new SslError(0, 0, "no detail");
        string text = Marshal.PtrToStringUTF8(OpenSsl.ERR_reason_error_string(code)) ?? $"error {code:X}";
        OpenSsl.ERR_clear_error();
        return new SslError((int)((code >> 23) & 0xFF), (int)(code & 0x7F_FFFF), text);
    }
}
