using AgentGateway.Primitives;
using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Rtc.Tests.Sctp;

/// <summary>One side of a <see cref="SctpPair"/> and what was seen of it.</summary>
internal sealed class End(string name, SctpAssociation association)
{
    public string Name { get; } = name;

    public SctpAssociation Association { get; } = association;

    /// <summary>Whether events are taken; false leaves them in the association.</summary>
    public bool TakesEvents { get; set; } = true;

    public List<SentPacket> Sent { get; } = [];

    public List<SctpEvent> Events { get; } = [];

    public List<(ushort Channel, bool IsText, byte[] Data, Instant At)> Messages { get; } = [];

    public IEnumerable<ushort> Opened => Events.Where(e => e.Kind == SctpEventKind.ChannelOpened).Select(e => e.ChannelId);

    public IEnumerable<ushort> Closed => Events.Where(e => e.Kind == SctpEventKind.ChannelClosed).Select(e => e.ChannelId);

    public int Count(SctpEventKind kind) => Events.Count(e => e.Kind == kind);

    public void Take(in SctpEvent e, Instant at)
    {
        if (e.Kind == SctpEventKind.Message)
            Messages.Add((e.ChannelId, e.IsText, e.Payload.ToArray(), at));
        else
            Events.Add(e);
    }
}
