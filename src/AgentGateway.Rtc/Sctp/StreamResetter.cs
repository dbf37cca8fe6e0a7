using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// Stream re-configuration (RFC 6525) as far as data channels need it: resetting our outgoing streams, one request at a time,
/// and answering the peer's requests.
/// </summary>
internal sealed class StreamResetter(SctpContext context, ControlQueue replies, uint localTsn, uint peerTsn)
{
    // With more streams than this a request would not fit the smallest packet.
    private const int MaxStreamsPerRequest = 64;
    private const int ResponseSize = 8;

    private readonly List<ushort> _requested = [];
    private readonly List<ushort> _deferred = [];
    private uint _nextSequence = localTsn;
    private uint _firstSequence;
    private uint _sequence;
    private uint _lastTsn;
    private bool _renew;
    private bool _sendDue;

    private uint _peerSequence = peerTsn;
    private uint _deferredTsn;
    private bool _isDeferred;
    private bool _anyHandled;
    private ReconfigResult _lastResult;

    /// <summary>Whether a request of ours is unanswered.</summary>
    public bool IsBusy => _requested.Count > 0;

    /// <summary>Asks for a reset of streams on which everything was acknowledged. Not while <see cref="IsBusy"/>.</summary>
    public int Request(ReadOnlySpan<ushort> streams, uint lastTsn)
    {
        int count = Math.Min(streams.Length, MaxStreamsPerRequest);
        _requested.AddRange(streams[..count]);
        _lastTsn = lastTsn;
        _sequence = _firstSequence = _nextSequence++;
        _renew = false;
        _sendDue = true;
        return count;
    }

    /// <summary>The request was not answered, or the peer asked for more time: sends it again.</summary>
    public void HandleTimeout()
    {
        if (!IsBusy)
            return;
        // Stacks differ in whether a request that was answered "in progress" may come again under its number.
        if (_renew)
            _sequence = _nextSequence++;
        _renew = false;
        _sendDue = true;
    }

    /// <summary>Adds our request when it is due and fits.</summary>
    public void AddTo(ref SctpPacketWriter writer)
    {
        int valueLength = OutgoingResetRequest.FixedSize + (_requested.Count * sizeof(ushort));
        Span<byte> buffer = stackalloc byte[OutgoingResetRequest.FixedSize + (MaxStreamsPerRequest * sizeof(ushort)) + 8];
        if (!_sendDue || writer.Remaining < SctpChunk.HeaderSize + 4 + valueLength + 3)
            return;
        _sendDue = false;
        SctpParameterWriter parameters = new(buffer);
        OutgoingResetRequest.Write(
            parameters.Add(SctpParameterType.OutgoingResetRequest, valueLength),
            _sequence,
            _peerSequence - 1,
            _lastTsn,
            CollectionsMarshal.AsSpan(_requested));
        parameters.Written.CopyTo(writer.AddChunk(SctpChunkType.Reconfig, 0, parameters.Length));
        context.Timers.Set(SctpTimer.StreamReset, context.Now + context.Rto.Current);
    }

    /// <summary>Handles a RE-CONFIG chunk; tells <paramref name="channels"/> what was reset.</summary>
    public void Handle(in SctpChunk chunk, Receiver receiver, DataChannels channels)
    {
        SctpParameterReader reader = new(chunk.Value);
        // A chunk holds at most two parameters (RFC 6525 section 3.1).
        for (int i = 0; i < 2 && reader.TryRead(out ushort type, out ReadOnlySpan<byte> value, out _); i++)
        {
            switch ((SctpParameterType)type)
            {
                case SctpParameterType.OutgoingResetRequest when OutgoingResetRequest.TryParse(value, out OutgoingResetRequest request):
                    HandleRequest(request, receiver, channels);
                    break;
                case SctpParameterType.ReconfigResponse when value.Length >= ResponseSize:
                    HandleResponse(
                        BinaryPrimitives.ReadUInt32BigEndian(value),
                        (ReconfigResult)BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
                        channels);
                    break;
                case SctpParameterType.IncomingResetRequest when value.Length >= sizeof(uint):
                case SctpParameterType.TsnResetRequest when value.Length >= sizeof(uint):
                case SctpParameterType.AddOutgoingStreams when value.Length >= sizeof(uint):
                case SctpParameterType.AddIncomingStreams when value.Length >= sizeof(uint):
                    Deny(BinaryPrimitives.ReadUInt32BigEndian(value));
                    break;
                default:
                    context.Drop(SctpDropReason.MalformedChunk);
                    return;
            }
        }
    }

    /// <summary>More data arrived: a request that had to wait for it is performed, and answered without being asked again.</summary>
    public void HandleProgress(Receiver receiver, DataChannels channels)
    {
        if (!_isDeferred || (int)(receiver.CumulativeTsn - _deferredTsn) < 0)
            return;
        PerformDeferred(receiver, channels);
        Respond(_peerSequence - 1, _lastResult);
    }

    private void HandleRequest(in OutgoingResetRequest request, Receiver receiver, DataChannels channels)
    {
        if (request.RequestSequence == _peerSequence)
        {
            _peerSequence++;
            _anyHandled = true;
            _isDeferred = true;
            _deferredTsn = request.LastTsn;
            _lastResult = ReconfigResult.InProgress;
            _deferred.Clear();
            for (int i = 0; i < request.StreamCount; i++)
                _deferred.Add(request.Stream(i));
        }
        else if (!_anyHandled || request.RequestSequence != _peerSequence - 1)
        {
            Respond(request.RequestSequence, ReconfigResult.BadSequenceNumber);
            return;
        }

        if (_isDeferred && (int)(receiver.CumulativeTsn - _deferredTsn) >= 0)
            PerformDeferred(receiver, channels);
        Respond(request.RequestSequence, _lastResult);
    }

    private void PerformDeferred(Receiver receiver, DataChannels channels)
    {
        _isDeferred = false;
        _lastResult = ReconfigResult.Performed;
        if (_deferred.Count == 0)
        {
            receiver.ResetAllStreams();
            channels.HandleAllRemoteReset();
            return;
        }

        foreach (ushort stream in _deferred)
        {
            receiver.ResetStream(stream);
            channels.HandleRemoteReset(stream);
        }

        _deferred.Clear();
    }

    private void HandleResponse(uint sequence, ReconfigResult result, DataChannels channels)
    {
        if (!IsBusy || (int)(sequence - _firstSequence) < 0 || (int)(_sequence - sequence) < 0)
            return;
        context.ErrorCount = 0;
        if (result is ReconfigResult.InProgress or ReconfigResult.AlreadyInProgress)
        {
            _renew = sequence == _sequence;
            context.Timers.Set(SctpTimer.StreamReset, context.Now + context.Rto.Current);
            return;
        }

        // A refusal ends the matter too: asking again would not help, and the channel is gone for the application.
        context.Timers.Clear(SctpTimer.StreamReset);
        _sendDue = false;
        foreach (ushort stream in _requested)
            channels.HandleLocalResetDone(stream);
        _requested.Clear();
    }

    private void Deny(uint sequence)
    {
        if (sequence == _peerSequence)
        {
            _peerSequence++;
            _anyHandled = true;
            _isDeferred = false;
            _lastResult = ReconfigResult.Denied;
        }

        Respond(sequence, sequence == _peerSequence - 1 && _anyHandled ? _lastResult : ReconfigResult.BadSequenceNumber);
    }

    private void Respond(uint sequence, ReconfigResult result)
    {
        Span<byte> buffer = stackalloc byte[4 + ResponseSize];
        SctpParameterWriter parameters = new(buffer);
        Span<byte> value = parameters.Add(SctpParameterType.ReconfigResponse, ResponseSize);
        BinaryPrimitives.WriteUInt32BigEndian(value, sequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], (uint)result);
        replies.Add(SctpChunkType.Reconfig, 0, parameters.Written);
    }
}
