using System.Diagnostics.CodeAnalysis;
using AgentGateway.Rtc.Dtls.Interop;

namespace AgentGateway.Rtc.Dtls;

/// <summary>Whether the system's OpenSSL can be used; for checks at start-up.</summary>
public static class DtlsLibrary
{
    /// <summary>Loads OpenSSL. False with a message that says what to install when it is missing or too old.</summary>
    public static bool TryLoad([NotNullWhen(true)] out string? version, [NotNullWhen(false)] out string? error)
    {
        try
        {
            version = OpenSsl.VersionText();
            error = null;
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            version = null;
            error = e.Message;
            return false;
        }
    }
}
