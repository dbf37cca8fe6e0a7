using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.History;
using AgentGateway.Conversation.Text;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Session;

/// <content>Doing what the turn-taker commands.</content>
internal sealed partial class ConversationLoop
{
    private async ValueTask ExecuteAsync()
    {
        while (_turns.TryPollCommand(out TurnCommand command))
        {
            _recorder.Command(command);
            TurnMetrics.Commanded(_context.Agent.Name, command);
            await ExecuteAsync(command);
        }
    }

    private async ValueTask ExecuteAsync(TurnCommand command)
    {
        switch (command.Kind)
        {
            case TurnCommandKind.OpenUtterance:
                _judge?.Listen();
                OpenUtterance(command.Utterance, command.Position);
                break;
            case TurnCommandKind.EndUtterance:
                if (!_recognition.End(command.Utterance))
                    await _inbox.PostAsync(new SessionInput.Fact(TurnFact.Transcript(command.Utterance, "", isFinal: true)));
                _utterance = 0;
                break;
            case TurnCommandKind.JudgeEndOfTurn:
                _judge?.Begin(command.Utterance, command.Position, command.EndPosition);
                break;
            case TurnCommandKind.CommitTurn:
                string said = command.Typed ? command.Text! : Readable(command.Text!, isFinal: true);
                _history.AddUser(said);
                await EmitAsync(new UserTurnCommitted(command.Turn, said, command.Typed) { At = At, Raw = said == command.Text ? null : command.Text });
                break;
            case TurnCommandKind.AppendContext:
                _history.AddUser(command.Text!);
                break;
            case TurnCommandKind.StartReply:
                await StartReplyAsync(command);
                break;
            case TurnCommandKind.StartSpeculation:
                StartSpeculation(command);
                break;
            case TurnCommandKind.CommitSpeculation:
                await CommitSpeculationAsync(command);
                break;
            case TurnCommandKind.DropSpeculation:
                await DropSpeculationAsync();
                break;
            case TurnCommandKind.Say:
                await SayAsync(command);
                break;
            case TurnCommandKind.SayFiller when _run is { } run && run.Generation == command.Generation:
                _generator.Fill(run, PhraseOf(command.Phrase));
                break;
            case TurnCommandKind.CancelReply:
                await CancelReplyAsync(command.Generation);
                break;
            case TurnCommandKind.HoldPlayout:
                _ports.Playout.Hold();
                break;
            case TurnCommandKind.ReleasePlayout:
                _ports.Playout.Release();
                break;
            case TurnCommandKind.ReportStalled:
                SessionLog.Stalled(_context.Logger, command.Phase);
                await EmitAsync(new ConversationFault("stalled", $"Nothing happened while {command.Phase}; the conversation goes on.", Fatal: false) { At = At });
                break;
            case TurnCommandKind.EndConversation:
                _ended = command.Reason;
                break;
            default:
                await ReportAsync(command);
                break;
        }
    }

    private ValueTask ReportAsync(in TurnCommand command)
    {
        ConversationEvent? e = command.Kind switch
        {
            TurnCommandKind.ReportState => new AgentStateChanged(command.State) { At = At },
            TurnCommandKind.ReportUserStarted => new UserSpeechStarted { At = At },
            TurnCommandKind.ReportUserStopped => new UserSpeechStopped { At = At },
            TurnCommandKind.ReportTranscript => Transcript(command),
            TurnCommandKind.ReportNoWords => new UserTurnEmpty(command.Turn) { At = At },
            TurnCommandKind.ReportAgentStarted => new AgentSpeechStarted(command.Turn) { At = At },
            TurnCommandKind.ReportAgentStopped => new AgentSpeechStopped(command.Turn) { At = At },
            _ => null,
        };
        return e is null ? ValueTask.CompletedTask : EmitAsync(e);
    }

    private UserTranscript Transcript(in TurnCommand command)
    {
        string text = Readable(command.Text!, command.IsFinal);
        return new UserTranscript(command.Turn, text, command.IsFinal) { At = At, Raw = text == command.Text ? null : command.Text };
    }

    // Only what people and the model read: the turn-taker judges what the recogniser wrote.
    private string Readable(string text, bool isFinal) =>
        _context.Agent.Stt.Readable ? ReadableTranscript.Of(text, _context.Agent.Language, isFinal) : text;

    private void OpenUtterance(int utterance, long position)
    {
        if (!_recognition.Begin(utterance))
            return;
        _utterance = utterance;
        long end = _voice.Position;
        while (position < end)
        {
            int count = _voice.ReadAt(ref position, _preRoll.AsSpan(0, (int)Math.Min(_preRoll.Length, end - position)));
            if (count == 0)
                return;
            _recognition.Write(utterance, _preRoll.AsSpan(0, count));
            position += count;
        }
    }

    private async ValueTask StartReplyAsync(TurnCommand command)
    {
        IList<ChatMessage> messages = _history.ToMessages();
        ReplyRun run = Begin(command, command.Spoken, isAnswer: true);
        await EmitAsync(new ReplyStarted(run.Turn) { At = At });
        _lastReply = _generator.AnswerAsync(run, messages, _lastReply);
    }

    private async ValueTask SayAsync(TurnCommand command)
    {
        string text = PhraseOf(command.Phrase);
        ReplyRun run = Begin(command, spoken: true, isAnswer: false);
        await EmitAsync(new ReplyStarted(run.Turn) { At = At });
        _lastReply = _generator.SayAsync(run, text, _lastReply);
    }

    private void StartSpeculation(in TurnCommand command)
    {
        ReplyRun run = _speculative = NewRun(command, command.Spoken, isAnswer: true);
        TurnMetrics.SpeculationStarted(_context.Agent.Name);
        _lastReply = _generator.AnswerAsync(run, _history.ToMessages(command.Typed ? command.Text : Readable(command.Text!, isFinal: true)), _lastReply);
    }

    private async ValueTask CommitSpeculationAsync(TurnCommand command)
    {
        ReplyRun run = _speculative!;
        _speculative = null;
        run.WasSpeculated = true;
        TurnMetrics.SpeculationUsed(_context.Agent.Name);
        _history.BeginReply(command.Generation, command.Turn);
        run.SpeechEnd = ReceivedEnd(command);
        run.Decided = command.Decided;
        run.Started = _ports.Now;
        _run = run;
        await EmitAsync(new ReplyStarted(run.Turn) { At = At });
        run.Commit();
        foreach (SessionInput.OfReply early in run.Early)
        {
            if (_run == run)
                await TakeAsync(run, early);
        }

        run.Early.Clear();
    }

    private async ValueTask DropSpeculationAsync()
    {
        if (_speculative is not { } run)
            return;
        _speculative = null;
        run.Cancel();
        var wasted = new SpeculationWasted(run.Turn, run.Characters)
        {
            At = At,
            Reason = _turns.Phase switch
            {
                TurnPhase.Ended => SpeculationWaste.CallEnded,
                TurnPhase.Hearing or TurnPhase.Pausing => SpeculationWaste.TurnWentOn,
                _ => SpeculationWaste.OtherWords,
            },
            Took = _ports.Now - run.Started,
        };
        _speculations.Waste(wasted);
        TurnMetrics.SpeculationWasted(_context.Agent.Name, wasted);
        await EmitAsync(wasted);
        run.Dispose();
    }

    private string PhraseOf(TurnPhrase phrase)
    {
        ConversationPhrases phrases = _phrases;
        return phrase switch
        {
            TurnPhrase.Greeting => _context.Agent.Greeting!,
            TurnPhrase.Apology => _context.Agent.Apology,
            TurnPhrase.Filler => phrases.Filler,
            TurnPhrase.FillerAgain => phrases.FillerAgain,
            TurnPhrase.StillThere => phrases.StillThere,
            TurnPhrase.StillThereAgain => phrases.StillThereAgain,
            TurnPhrase.IdleGoodbye => phrases.IdleGoodbye,
            TurnPhrase.TimeWarning => phrases.TimeWarning,
            TurnPhrase.TimeUp => phrases.TimeUp,
            _ => phrases.NotUnderstood,
        };
    }

    private ReplyRun Begin(in TurnCommand command, bool spoken, bool isAnswer)
    {
        _history.BeginReply(command.Generation, command.Turn);
        _run = NewRun(command, spoken, isAnswer);
        _run.Commit();
        return _run;
    }

    private ReplyRun NewRun(in TurnCommand command, bool spoken, bool isAnswer)
    {
        return new ReplyRun(_cancellation.Token)
        {
            Generation = command.Generation,
            Turn = command.Turn,
            Tracker = new PlayoutTracker(_context.Agent.Language, _pace),
            Spoken = spoken,
            IsAnswer = isAnswer,
            SpeechEnd = ReceivedEnd(command),
            Decided = command.Decided,
            Started = _ports.Now,
        };
    }

    // Latency begins with what the network brought. What is typed is decided at once, and waited in no buffer.
    private Instant ReceivedEnd(in TurnCommand command) =>
        command.SpeechEnd == command.Decided ? command.SpeechEnd : Instant.Max(Instant.Zero, command.SpeechEnd - _voiceDelay);

    private async ValueTask CancelReplyAsync(int generation)
    {
        if (_run is not { } run || run.Generation != generation)
            return;
        long heardTo = HeardTo(_ports.Playout.Cut(generation));
        _run = null;
        run.Cancel();
        foreach (PlayoutTracker.Track track in run.Tracker.Tracks)
            _history.Hear(generation, track.Segment, PlayoutTracker.HeardLength(track, heardTo));
        HeardText heard = _history.CutReply(generation);
        run.Dispose();
        await CompleteTextAsync(run);
        if (run.PlayoutStarted && _turns.Phase != TurnPhase.Ended)
            await EmitAsync(new AgentInterrupted(run.Turn, heard.Text) { At = At });
    }
}
