using AgentGateway.Primitives;
using AgentGateway.Rtc.Streams;

namespace AgentGateway.Rtc.Tests.Streams;

/// <summary>RTCP for the streams of a connection that has one section.</summary>
internal static class GroupOfOne
{
    public static AudioStreamGroup Of(AudioStreams streams)
    {
        var group = new AudioStreamGroup();
        group.Set([streams]);
        return group;
    }

    /// <summary>Returns the SSRC that said BYE.</summary>
    public static uint? Handle(AudioStreams streams, Instant now, ReadOnlySpan<byte> datagram)
    {
        AudioStreamGroup group = Of(streams);
        group.HandleRtcp(now, datagram);
        return group.TryTakeBye(out (AudioStreams Streams, uint Ssrc) bye) ? bye.Ssrc : null;
    }
}
