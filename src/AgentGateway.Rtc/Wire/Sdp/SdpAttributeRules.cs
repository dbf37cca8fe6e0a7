using System.Globalization;

namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>The attributes a connection depends on: better refused with a line number than misread later.</summary>
internal static class SdpAttributeRules
{
    /// <summary>Null when acceptable, else the reason.</summary>
    public static string? Check(ReadOnlySpan<char> name, string? value) => name switch
    {
        "ice-ufrag" => SdpText.IsIceString(value, 4) ? null : "'ice-ufrag' must have 4 to 256 ice-chars.",
        "ice-pwd" => SdpText.IsIceString(value, 22) ? null : "'ice-pwd' must have 22 to 256 ice-chars.",
        "fingerprint" => SdpFingerprint.TryParse(value, out _) ? null : "'fingerprint' must be a hash name and hexadecimal pairs.",
        "setup" => value is "active" or "passive" or "actpass" or "holdconn"
            ? null : "'setup' must be active, passive, actpass or holdconn.",
        "mid" => SdpText.IsToken(value) && value!.Length <= 256 ? null : "'mid' must be a token.",
        "group" => value is not null && SdpGroup.TryParse(value, out _) ? null : "'group' must have semantics.",
        "rtpmap" => SdpRtpMap.TryParse(value, out _) ? null : "'rtpmap' must be: payload type, encoding/rate[/channels].",
        "extmap" => SdpExtMap.TryParse(value, out _) ? null : "'extmap' must be: id 1..255 or 4096..4351 and a URI.",
        "sctp-port" => SdpText.TryInt(value, 0, 65535, out _) ? null : "'sctp-port' must be 0..65535.",
        "max-message-size" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? null : "'max-message-size' must be a number of bytes.",
        "ssrc" => SdpSsrc.TryParse(value, out _) ? null : "'ssrc' must begin with a 32-bit number.",
        _ => null,
    };
}
