using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using AgentGateway.Conversation.Events;
using AgentGateway.Net;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls;

/// <summary>What a call was, once it has ended. Immutable; holds nothing that was said.</summary>
public sealed record CallStatistics
{
    /// <summary>From the offer to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Why the call ended.</summary>
    public required ConversationEndReason Reason { get; init; }

    /// <summary>How its connection ended.</summary>
    public required RtcCloseReason Closed { get; init; }

    /// <summary>What is known beyond that, such as OpenSSL's words for a failed handshake; or null.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether audio could ever flow.</summary>
    public bool Connected { get; init; }

    /// <summary>Authentic audio packets received.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Audio packets of the caller that did not arrive.</summary>
    public long PacketsLost { get; init; }

    /// <summary>Audio packets sent.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Of these, what the caller reports lost.</summary>
    public long RemotePacketsLost { get; init; }

    /// <summary>The caller's jitter at the end (RFC 3550).</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The round trip at the end, or null when no report told.</summary>
    public TimeSpan? RoundTripTime { get; init; }

    /// <summary>Lost packets of the caller that came again because we asked.</summary>
    public long PacketsRetransmitted { get; init; }

    /// <summary>Lost packets of the caller whose copies came in later ones.</summary>
    public long PacketsRecovered { get; init; }

    /// <summary>Packets that we sent again because the caller asked.</summary>
    public long RetransmissionsSent { get; init; }

    /// <summary>How much of the caller's audio had to be made up.</summary>
    public TimeSpan Concealed { get; init; }

    /// <summary>20 ms frames never sent because the process stalled.</summary>
    public long FramesSkipped { get; init; }

    /// <summary>
    /// What was dropped, by reason: "rtc.X" (<see cref="RtcDropReason"/>), "ice.X", "dtls.X", "sctp.X", "jitter.X", "audio.X",
    /// "conversation.X" and "call.X" (<see cref="CallDropReason"/>). Reasons that never occurred are absent.
    /// </summary>
    public ImmutableSortedDictionary<string, long> Drops { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>The drops of one reason.</summary>
    public long DropCount(string reason) => Drops.GetValueOrDefault(reason);

    /// <summary>One line for a log.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        CultureInfo c = CultureInfo.InvariantCulture;
        text.Append(c, $"received {PacketsReceived}, lost {PacketsLost}, recovered {PacketsRecovered}, concealed {Concealed.TotalMilliseconds:F0} ms, jitter {Jitter.TotalMilliseconds:F1} ms; ");
        text.Append(c, $"sent {PacketsSent}, lost there {RemotePacketsLost}, skipped {FramesSkipped}");
        if (RoundTripTime is { } roundTrip)
            text.Append(c, $"; round trip {roundTrip.TotalMilliseconds:F0} ms");
        text.Append("; dropped ");
        if (Drops.IsEmpty)
            text.Append("nothing");
        else
            text.AppendJoin(", ", Drops.Select(d => string.Create(c, $"{d.Key} {d.Value}")));
        return text.ToString();
    }
}
