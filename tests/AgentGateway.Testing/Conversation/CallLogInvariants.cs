using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.Testing.Conversation;

/// <summary>
/// What holds in the log of every call, whatever happened in it: numbers are unique, a caller's words precede their answer, history holds
/// nothing that was not played or shown, nobody's words are lost, no reply speaks that is over, what must be heard is not cut, a hold ends soon
/// after the sound it is for, and who is owed an answer hears something within the silence budget.
/// </summary>
public sealed class CallLogInvariants
{
    // Longer than the longest wait for a final over the agent.
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(500);

    private readonly TurnTakerOptions _options;
    private readonly List<string> _violations = [];
    private readonly HashSet<int> _played = [];
    private readonly HashSet<int> _shown = [];
    private readonly HashSet<int> _committed = [0];
    private readonly Dictionary<int, string> _reported = [];
    private CallLogEntry? _entry;
    private long _number;
    private int _generation;
    private int _alive;
    private int _speculated;
    private int _turn;
    private int _lastCommit;
    private int _segment;
    private int _open;
    private int _utterance;
    private long _position;
    private bool _held;
    private bool _speaking;
    private bool _voiceFailed;
    private bool _ended;

    // When an answer that is owed was last heard from; null while none is.
    private Instant? _silentSince;
    private Instant _soundEnded;
    private bool _mustBeHeard;
    private CallLogEntry? _cause;

    private CallLogInvariants(TurnTakerOptions options) => _options = options;

    /// <summary>Checks a log from its beginning to its end.</summary>
    /// <returns>What does not hold, with the entry at which it shows; at most 20.</returns>
    public static IReadOnlyList<string> Check(CallLogReader log)
    {
        var invariants = new CallLogInvariants(log.Header.Options);
        while (invariants._violations.Count < 20 && log.TryRead(out CallLogEntry entry))
            invariants.Take(entry);
        if (log.End == CallLogEnd.Complete)
            invariants.Finish();
        return invariants._violations;
    }

    private void Take(CallLogEntry entry)
    {
        _number++;
        _entry = entry;
        if (entry is CallLogEntry.Fact or CallLogEntry.Timeout)
        {
            _cause = entry;
            Require(
                _held || _options.MaxSilence <= TimeSpan.Zero || _silentSince is not { } since || entry.At - since <= _options.MaxSilence + Tolerance,
                "who is owed an answer heard nothing for longer than the silence budget");
        }

        switch (entry)
        {
            case CallLogEntry.Fact { Value: { Kind: TurnFactKind.PlayoutStarted } fact }:
                _played.Add(fact.Generation);
                BreakSilence(fact.Generation);
                break;
            case CallLogEntry.Fact { Value: { Kind: TurnFactKind.PlayoutProgress } fact }:
                BreakSilence(fact.Generation);
                break;
            case CallLogEntry.Fact { Value: { Kind: TurnFactKind.Uninterruptible } fact } when fact.Generation == _alive:
                _mustBeHeard = true;
                break;
            case CallLogEntry.Fact { Value: { Kind: TurnFactKind.ReplyFinished } fact } when fact.Generation == _alive:
                _alive = 0;
                _silentSince = null;
                break;
            case CallLogEntry.Command command:
                Require(!_ended, "something is decided after the end");
                Take(command.Value);
                break;
            case CallLogEntry.Note note:
                Take(note.Value);
                break;
        }
    }

    private void Take(in TurnCommand command)
    {
        switch (command.Kind)
        {
            case TurnCommandKind.StartReply or TurnCommandKind.Say:
                Require(command.Generation > _generation, "a reply's number is not new");
                Require(_alive == 0 && _speculated == 0, "two replies at once");
                Require(!_speaking, "a reply starts while another is heard");
                Require(command.Kind == TurnCommandKind.Say || (command.Turn > 0 && _committed.Contains(command.Turn)), "an answer precedes the turn it answers");
                _generation = _alive = command.Generation;
                if (command is { Kind: TurnCommandKind.StartReply, Spoken: false })
                    _shown.Add(command.Generation);
                Begin(isOwed: command is { Kind: TurnCommandKind.StartReply, Spoken: true });
                _mustBeHeard |= command is { Kind: TurnCommandKind.Say, Phrase: TurnPhrase.Greeting } && !_options.GreetingInterruptible;
                break;
            case TurnCommandKind.StartSpeculation:
                Require(command.Generation > _generation, "a reply's number is not new");
                Require(_speculated == 0 && _alive == 0, "two replies at once");
                Require(command.Turn == _turn && !_committed.Contains(command.Turn), "a reply is begun ahead for a turn that is not open");
                _generation = _speculated = command.Generation;
                break;
            case TurnCommandKind.CommitSpeculation:
                Require(command.Generation == _speculated && _alive == 0, "a reply is used that was not begun ahead");
                Require(_committed.Contains(command.Turn), "an answer precedes the turn it answers");
                Require(!_speaking, "a reply starts while another is heard");
                _alive = _speculated;
                _speculated = 0;
                Begin(isOwed: true);
                break;
            case TurnCommandKind.DropSpeculation:
                Require(command.Generation == _speculated, "a reply is thrown away that was not begun ahead");
                _speculated = 0;
                break;
            case TurnCommandKind.CancelReply:
                Require(command.Generation == _alive, "a reply is cancelled that is over");
                Require(!_mustBeHeard || _cause is CallLogEntry.Timeout or CallLogEntry.Fact { Value.Kind: TurnFactKind.End }, "speech that must be heard is cut by the caller");
                _alive = 0;
                _silentSince = null;
                break;
            case TurnCommandKind.SayFiller:
                BreakSilence(command.Generation);
                break;
            case TurnCommandKind.HoldPlayout:
                Require(!_held, "playout is held twice");
                Require(!_mustBeHeard, "speech that must be heard is held");
                _held = true;
                // What may only become speech has no utterance.
                _soundEnded = _entry!.At;
                break;
            case TurnCommandKind.ReleasePlayout:
                Require(_held, "playout is released that was not held");
                Require(_open != 0 || _entry!.At - _soundEnded <= LongestHold, "playout is held long after the sound it was held for");
                _held = false;
                BreakSilence(_alive);
                break;
            case TurnCommandKind.ReportAgentStarted:
                Require(!_speaking && command.Generation == _alive, "a reply is heard that is over");
                _speaking = true;
                break;
            case TurnCommandKind.ReportAgentStopped:
                Require(_speaking, "a reply stops that was not heard");
                _speaking = false;
                break;
            case TurnCommandKind.OpenUtterance:
                Require(_open == 0 && command.Utterance > _utterance, "an utterance opens inside another");
                Require(command.Again || command.Position >= _position, "audio is recognised twice");
                _open = _utterance = command.Utterance;
                _position = Math.Max(_position, command.Position);
                break;
            case TurnCommandKind.EndUtterance:
                Require(command.Utterance == _open, "an utterance ends that is not open");
                _open = 0;
                _soundEnded = _entry!.At;
                // While the caller speaks they are not left in silence.
                BreakSilence(_alive);
                break;
            case TurnCommandKind.ReportUserStarted:
                Require(command.Turn > _turn, "a turn's number is not new");
                _turn = command.Turn;
                break;
            case TurnCommandKind.ReportTranscript when !string.IsNullOrEmpty(command.Text):
                Require(!_committed.Contains(command.Turn), "a turn grows after it was committed");
                _reported[command.Turn] = command.Text;
                break;
            case TurnCommandKind.ReportNoWords:
                Require(command.Echo || !_reported.ContainsKey(command.Turn), "a turn with words is called empty");
                _reported.Remove(command.Turn);
                break;
            case TurnCommandKind.CommitTurn:
                Require(command.Turn > _lastCommit && _committed.Add(command.Turn), "a turn is committed twice");
                Require(!string.IsNullOrEmpty(command.Text), "a turn without words is committed");
                _lastCommit = command.Turn;
                if (_reported.Remove(command.Turn, out string? told))
                    Require(Holds(command.Text ?? "", told), $"words of the turn are lost: {told}");
                break;
            case TurnCommandKind.EndConversation:
                _ended = true;
                break;
        }
    }

    private void Take(in DialogueNote note)
    {
        switch (note.Kind)
        {
            case DialogueNoteKind.ReplyBegun:
                Require(note.Generation == _alive, "history begins a reply that is over");
                Require(_committed.Contains(note.Turn) || note.Turn == _turn, "history holds an answer before its turn");
                break;
            case DialogueNoteKind.Segment:
                Require(note.Segment > _segment, "a chunk's number is not new");
                _segment = note.Segment;
                break;
            case DialogueNoteKind.Heard when note.Length > 0:
                Require(
                    _played.Contains(note.Generation) || _shown.Contains(note.Generation) || _voiceFailed,
                    "history holds words of which no sample was played");
                break;
            case DialogueNoteKind.Fault when note.Text == "tts_unavailable":
                _voiceFailed = true;
                break;
        }
    }

    private void Begin(bool isOwed)
    {
        _silentSince = isOwed ? _entry!.At : null;
        _mustBeHeard = !_options.BargeIn;
    }

    private void BreakSilence(int generation)
    {
        if (_silentSince is not null && generation == _alive)
            _silentSince = _entry!.At;
    }

    private void Finish()
    {
        Require(_ended, "the call has no end");
        Require(!_speaking, "the agent still speaks after the end");
        foreach ((int turn, string text) in _reported)
            Require(condition: false, $"words of turn {turn} were never committed: {text}");
    }

    // A final may be written otherwise than its partial; each of its words was heard all the same.
    private static bool Holds(string text, string told)
    {
        string[] words = text.Split(' ');
        return told.Split(' ').All(words.Contains);
    }

    private void Require(bool condition, string violation)
    {
        if (!condition)
            _violations.Add($"entry {_number} at {_entry?.At}: {violation}: {_entry}");
    }
}
