using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Ice;

/// <summary>The few messages ICE sends, written into the caller's buffer.</summary>
internal static class IceMessages
{
    public static int Write(Span<byte> buffer, in IceTransmit item, IceRole role, ulong tieBreaker) => item.Kind switch
    {
        IceTransmitKind.Check => WriteCheck(buffer, item, role, tieBreaker),
        IceTransmitKind.Indication => WriteIndication(buffer, item),
        _ => WriteResponse(buffer, item),
    };

    private static int WriteCheck(Span<byte> buffer, in IceTransmit item, IceRole role, ulong tieBreaker)
    {
        IceCredentials remote = item.Generation.Remote!;
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, item.Id);
        writer.AddUserName(remote.UfragBytes, item.Generation.Local.UfragBytes);
        // The priority our address would have if the far end learns it from this check (RFC 8445 section 7.1.1).
        uint typePreference = item.Path.Transport == PathTransport.Tcp ? IceCandidate.TcpReflexivePreference : 110u;
        writer.AddPriority((typePreference << 24) | (item.Pair!.LocalPriority & 0xFFFFFF));
        if (role == IceRole.Controlling)
            writer.AddIceControlling(tieBreaker);
        else
            writer.AddIceControlled(tieBreaker);
        if (item.UseCandidate)
            writer.AddUseCandidate();
        return Finish(ref writer, remote.PasswordBytes);
    }

    private static int WriteIndication(Span<byte> buffer, in IceTransmit item)
    {
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Binding, item.Id);
        writer.AddFingerprint();
        return writer.Overflowed ? 0 : writer.Length;
    }

    private static int WriteResponse(Span<byte> buffer, in IceTransmit item)
    {
        bool success = item.Kind == IceTransmitKind.Success;
        var writer = new StunWriter(buffer, success ? StunClass.SuccessResponse : StunClass.ErrorResponse, StunMethod.Binding, item.Id);
        switch (item.Kind)
        {
            case IceTransmitKind.Success:
                writer.AddXorMappedAddress(item.Path.Remote);
                break;
            case IceTransmitKind.RoleConflict:
                writer.AddErrorCode(487, "Role Conflict"u8);
                break;
            default:
                writer.AddErrorCode(420, "Unknown Attribute"u8);
                StunUnknownAttributes unknown = item.Unknown;
                writer.AddUnknownAttributes(unknown.AsSpan()[..Math.Min(item.UnknownCount, StunUnknownAttributes.Capacity)]);
                break;
        }

        return Finish(ref writer, item.Generation.Local.PasswordBytes);
    }

    private static int Finish(ref StunWriter writer, ReadOnlySpan<byte> key)
    {
        writer.AddIntegrity(key);
        writer.AddFingerprint();
        return writer.Overflowed ? 0 : writer.Length;
    }
}
