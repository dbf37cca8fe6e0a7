using AgentGateway.Conversation.Events;

namespace AgentGateway.Conversation.Session;

/// <summary>What was begun ahead and thrown away in the present turn. The loop only.</summary>
internal sealed class SpeculationCount
{
    private int _turn;
    private int _wasted;
    private int _characters;

    public void Waste(SpeculationWasted wasted)
    {
        if (wasted.Turn != _turn)
            (_turn, _wasted, _characters) = (wasted.Turn, 0, 0);
        _wasted++;
        _characters += wasted.Characters;
    }

    /// <summary>The report of a turn, with what it cost.</summary>
    public TurnLatency Add(TurnLatency latency, bool wasSpeculated) => latency with
    {
        WasSpeculated = wasSpeculated,
        WastedReplies = latency.Turn == _turn ? _wasted : 0,
        WastedCharacters = latency.Turn == _turn ? _characters : 0,
    };
}
