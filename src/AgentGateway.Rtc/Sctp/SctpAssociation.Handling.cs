using System.Buffers.Binary;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

// What packets and timers do to the association.
public sealed partial class SctpAssociation
{
    private const byte ReflectedTagFlag = 1;
    private const int CauseHeader = 4;

    // An application that takes no events must not let a peer fill memory with facts.
    private int MaxWaitingFacts => (4 * Options.MaxChannels) + 64;

    private void HandlePacket(ReadOnlySpan<byte> packet)
    {
        if (!SctpHeader.TryParse(packet, out SctpHeader header) || packet.Length < SctpHeader.Size + SctpChunk.HeaderSize)
        {
            _context.Drop(SctpDropReason.TooShort);
            return;
        }

        bool mayBeUnchecked = header.Checksum == 0 && Options.AcceptZeroChecksum;
        if (!mayBeUnchecked && Crc32C.ComputePacket(packet) != header.Checksum)
        {
            _context.Drop(SctpDropReason.BadChecksum);
            return;
        }

        if (header.SourcePort != Options.RemotePort || header.DestinationPort != Options.LocalPort)
        {
            _context.Drop(SctpDropReason.WrongPorts);
            return;
        }

        ReadOnlySpan<byte> chunks = packet[SctpHeader.Size..];
        if (!SctpChunkReader.IsWellFormed(chunks))
        {
            _context.Drop(SctpDropReason.BadChunkLength);
            return;
        }

        if (_context.Events.FactCount > MaxWaitingFacts)
        {
            _context.Drop(SctpDropReason.EventQueueFull);
            return;
        }

        SctpChunkReader reader = new(chunks);
        bool isFirst = true;
        while (reader.TryRead(out SctpChunk chunk))
        {
            // The tag is judged at the first chunk; only INIT and the two that may reflect the peer's tag differ (section 8.5.1).
            if (isFirst && !IsTagRight(header, chunk, isAlone: ((chunk.Raw.Length + 3) & ~3) >= chunks.Length))
                return;
            if (!HandleChunk(header, chunk, isFirst) || State == SctpState.Closed)
                return;
            isFirst = false;
        }

        if (_receiver is null || _sender is null)
            return;
        _receiver.EndPacket();
        AdvanceShutdown();
    }

    private bool IsTagRight(SctpHeader header, in SctpChunk first, bool isAlone)
    {
        uint tag = header.VerificationTag;
        switch (first.Type)
        {
            case SctpChunkType.Init when isAlone && (tag == 0 || tag == _handshake.LocalTag):
                return true;
            case SctpChunkType.Init:
                break;
            case SctpChunkType.CookieEcho:
                // Judged with the cookie, which may be for a restart and then has a tag of its own.
                return true;
            case SctpChunkType.Abort or SctpChunkType.ShutdownComplete when (first.Flags & ReflectedTagFlag) != 0:
                if (tag == _handshake.Peer.Tag && tag != 0)
                    return true;
                break;
            default:
                if (tag == _handshake.LocalTag)
                    return true;
                break;
        }

        _context.Drop(SctpDropReason.WrongTag);
        return false;
    }

    /// <summary>Returns false when the rest of the packet is not to be looked at.</summary>
    private bool HandleChunk(in SctpHeader header, in SctpChunk chunk, bool isFirst)
    {
        switch (chunk.Type)
        {
            case SctpChunkType.Init when isFirst:
                HandleInit(chunk);
                return false;
            case SctpChunkType.InitAck when isFirst && State == SctpState.CookieWait:
                if (_handshake.HandleInitAck(chunk))
                    State = SctpState.CookieEchoed;
                return false;
            case SctpChunkType.CookieEcho when isFirst && State != SctpState.Closed:
                return HandleCookieEcho(header, chunk);
            case SctpChunkType.CookieAck when State == SctpState.CookieEchoed:
                Establish();
                return true;
            case SctpChunkType.Abort:
                HandleAbort();
                return false;
            case SctpChunkType.Error:
                return HandleError(chunk);
            case SctpChunkType.CookieAck or SctpChunkType.Padding:
                return true;
            default:
                if (_sender is null || _receiver is null || _resetter is null)
                {
                    HandleWithoutAssociation(chunk);
                    return false;
                }

                return HandleEstablishedChunk(chunk, _sender, _receiver, _resetter);
        }
    }

    private bool HandleEstablishedChunk(in SctpChunk chunk, Sender sender, Receiver receiver, StreamResetter resetter)
    {
        switch (chunk.Type)
        {
            case SctpChunkType.Data:
                return HandleData(chunk, receiver, resetter);
            case SctpChunkType.Sack:
                if (!SackChunk.TryParse(chunk.Value, out SackChunk sack))
                    _context.Drop(SctpDropReason.MalformedChunk);
                else if (sender.HandleSack(sack) is { } refusal)
                    _context.Drop(refusal);
                return true;
            case SctpChunkType.ForwardTsn:
                if (ForwardTsnChunk.TryParse(chunk.Value, out ForwardTsnChunk forward))
                {
                    receiver.HandleForwardTsn(forward);
                    DrainMessages(receiver);
                    resetter.HandleProgress(receiver, _channels);
                }
                else
                {
                    _context.Drop(SctpDropReason.MalformedChunk);
                }

                return true;
            case SctpChunkType.Reconfig:
                resetter.Handle(chunk, receiver, _channels);
                return true;
            case SctpChunkType.Heartbeat:
                _replies.Add(SctpChunkType.HeartbeatAck, 0, chunk.Value);
                return true;
            case SctpChunkType.HeartbeatAck:
                _heartbeat.HandleAck(chunk);
                return true;
            case SctpChunkType.Shutdown:
                HandleShutdown(chunk, sender);
                return true;
            case SctpChunkType.ShutdownAck when State is SctpState.ShutdownSent or SctpState.ShutdownAckSent:
                _replies.Clear();
                End(SctpEventKind.Closed, SctpCloseReason.None);
                _replies.AddAlone(SctpChunkType.ShutdownComplete, 0, default, _handshake.Peer.Tag);
                return false;
            case SctpChunkType.ShutdownComplete when State == SctpState.ShutdownAckSent:
                End(SctpEventKind.Closed, SctpCloseReason.None);
                return false;
            case SctpChunkType.Init or SctpChunkType.InitAck or SctpChunkType.CookieEcho
                or SctpChunkType.ShutdownAck or SctpChunkType.ShutdownComplete:
                _context.Drop(SctpDropReason.UnexpectedChunk);
                return true;
            default:
                return HandleUnknown(chunk);
        }
    }

    private bool HandleData(in SctpChunk chunk, Receiver receiver, StreamResetter resetter)
    {
        // In SHUTDOWN-RECEIVED and SHUTDOWN-ACK-SENT the peer promised not to send any more (section 9.2).
        if (State is SctpState.ShutdownReceived or SctpState.ShutdownAckSent)
        {
            _context.Drop(SctpDropReason.UnexpectedChunk);
            return true;
        }

        if (!DataChunk.TryParse(chunk, out DataChunk data))
        {
            _context.Drop(SctpDropReason.MalformedChunk);
            return true;
        }

        if (data.Payload.IsEmpty)
        {
            Span<byte> tsn = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(tsn, data.Tsn);
            AbortWith(SctpErrorCause.NoUserData, SctpCloseReason.ProtocolViolation, tsn);
            return false;
        }

        bool isStreamValid = data.StreamId < _handshake.InboundStreams;
        if (!isStreamValid)
        {
            _context.Drop(SctpDropReason.InvalidStream);
            Span<byte> stream = stackalloc byte[sizeof(uint)];
            stream.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(stream, data.StreamId);
            ReportError(SctpErrorCause.InvalidStreamIdentifier, stream);
        }

        receiver.HandleData(data, isStreamValid);
        if (receiver.IsMessageTooLarge)
        {
            AbortWith(SctpErrorCause.OutOfResource, SctpCloseReason.MessageTooLarge);
            return false;
        }

        DrainMessages(receiver);
        resetter.HandleProgress(receiver, _channels);
        // After a shutdown of ours each packet with data is answered at once (section 9.2).
        if (State == SctpState.ShutdownSent)
        {
            receiver.RequestAck();
            _shutdownDue = true;
        }

        return true;
    }

    private void DrainMessages(Receiver receiver)
    {
        while (receiver.TryTake(out InboundMessage message))
            _channels.Handle(message);
    }

    private void HandleInit(in SctpChunk chunk)
    {
        if (State == SctpState.Closed)
            _context.Drop(SctpDropReason.UnexpectedChunk);
        else if (State == SctpState.ShutdownAckSent)
            _shutdownDue = true;
        else
            _handshake.HandleInit(chunk, State);
    }

    private bool HandleCookieEcho(in SctpHeader header, in SctpChunk chunk)
    {
        switch (_handshake.HandleCookieEcho(chunk.Value, header.VerificationTag, State))
        {
            case CookieVerdict.Established:
                _replies.Add(SctpChunkType.CookieAck, 0, default);
                Establish();
                return true;
            case CookieVerdict.Repeated:
                _replies.Add(SctpChunkType.CookieAck, 0, default);
                return true;
            case CookieVerdict.Restarted:
                _replies.Clear();
                _channels.CloseAll();
                ClearTransfer();
                _replies.Add(SctpChunkType.CookieAck, 0, default);
                Establish();
                return true;
            case CookieVerdict.WhileShuttingDown:
                _shutdownDue = true;
                ReportError(SctpErrorCause.CookieReceivedWhileShuttingDown, default);
                return false;
            default:
                return false;
        }
    }

    private void Establish()
    {
        _handshake.Complete();
        PeerParameters peer = _handshake.Peer;
        State = SctpState.Established;
        _shutdownDue = false;
        _context.ErrorCount = 0;
        _sender = new Sender(_context, _queue, _handshake.LocalTsn);
        _sender.Start(peer.ReceiverWindow, peer.SupportsForwardTsn);
        _receiver = new Receiver(_context, peer.InitialTsn);
        _resetter = new StreamResetter(_context, _replies, _handshake.LocalTsn, peer.InitialTsn);
        _context.Events.Add(new SctpEvent { Kind = SctpEventKind.Connected });
        _channels.HandleEstablished(_handshake.OutboundStreams, peer.SupportsReconfig);
        _heartbeat.Schedule();
    }

    private void HandleAbort()
    {
        // Before the peer is known nobody can know our tag but the one who answers our INIT.
        if (State is SctpState.New)
            _context.Drop(SctpDropReason.UnexpectedChunk);
        else if (State != SctpState.Closed)
            End(SctpEventKind.Aborted, SctpCloseReason.RemoteAbort);
    }

    private bool HandleError(in SctpChunk chunk)
    {
        SctpParameterReader causes = new(chunk.Value);
        bool isStale = causes.TryRead(out ushort cause, out _, out _) && cause == (ushort)SctpErrorCause.StaleCookie;
        if (!isStale || State != SctpState.CookieEchoed)
            return true;
        State = SctpState.CookieWait;
        if (!_handshake.HandleStaleCookie())
            AbortWith(SctpErrorCause.StaleCookie, SctpCloseReason.HandshakeTimeout);
        return false;
    }

    private void HandleWithoutAssociation(in SctpChunk chunk)
    {
        _context.Drop(SctpDropReason.UnexpectedChunk);
        if (State != SctpState.Closed || chunk.Type == SctpChunkType.ShutdownComplete || _handshake.Peer.Tag == 0)
            return;
        // Our SHUTDOWN COMPLETE or ABORT was lost: the peer hears it again (section 8.4).
        if (chunk.Type == SctpChunkType.ShutdownAck)
            _replies.AddAlone(SctpChunkType.ShutdownComplete, 0, default, _handshake.Peer.Tag);
        else
            _replies.AddAlone(SctpChunkType.Abort, 0, default, _handshake.Peer.Tag);
    }

    private void HandleShutdown(in SctpChunk chunk, Sender sender)
    {
        if (chunk.Value.Length < sizeof(uint))
        {
            _context.Drop(SctpDropReason.MalformedChunk);
            return;
        }

        if (sender.HandleCumulativeAck(BinaryPrimitives.ReadUInt32BigEndian(chunk.Value)) is { } refusal)
            _context.Drop(refusal);
        switch (State)
        {
            case SctpState.Established or SctpState.ShutdownPending:
                State = SctpState.ShutdownReceived;
                _context.Timers.SetIfUnset(SctpTimer.ShutdownGuard, _context.Now + (Options.RtoMax * 5));
                break;
            case SctpState.ShutdownSent:
                // Both shut down at once.
                State = SctpState.ShutdownAckSent;
                _shutdownDue = true;
                break;
            default:
                break;
        }
    }

    /// <summary>Moves on when everything queued is acknowledged.</summary>
    private void AdvanceShutdown()
    {
        if (_sender is not { IsDrained: true })
            return;
        if (State == SctpState.ShutdownPending)
        {
            State = SctpState.ShutdownSent;
            _shutdownDue = true;
        }
        else if (State == SctpState.ShutdownReceived)
        {
            State = SctpState.ShutdownAckSent;
            _shutdownDue = true;
        }
    }

    /// <summary>Chunks of unknown types are treated by their two highest bits (section 3.2).</summary>
    private bool HandleUnknown(in SctpChunk chunk)
    {
        _context.Drop(SctpDropReason.UnknownChunk);
        if (((byte)chunk.Type & 0x40) != 0)
        {
            // The report quotes the chunk as far as it fits beside the headers.
            ReadOnlySpan<byte> quote = chunk.Raw;
            int room = _context.PacketSize - SctpHeader.Size - SctpChunk.HeaderSize - CauseHeader;
            ReportError(SctpErrorCause.UnrecognizedChunkType, quote[..Math.Min(quote.Length, Math.Min(room, 128))]);
        }

        return ((byte)chunk.Type & 0x80) != 0;
    }

    private void ReportError(SctpErrorCause cause, ReadOnlySpan<byte> information)
    {
        Span<byte> buffer = stackalloc byte[CauseHeader + 128];
        SctpParameterWriter causes = new(buffer);
        information.CopyTo(causes.Add(cause, information.Length));
        _replies.Add(SctpChunkType.Error, 0, causes.Written);
    }

    private void HandleTimer(SctpTimer timer)
    {
        switch (timer)
        {
            case SctpTimer.Init or SctpTimer.Cookie:
                if (!_handshake.HandleTimeout(timer))
                    AbortWith(SctpErrorCause.ProtocolViolation, SctpCloseReason.HandshakeTimeout);
                break;
            case SctpTimer.Retransmission:
                if (CountError())
                    _sender?.HandleTimeout();
                break;
            case SctpTimer.DelayedAck:
                _receiver?.RequestAck();
                break;
            case SctpTimer.Heartbeat:
                if (State == SctpState.Established)
                    _heartbeat.HandleIdle(isDataOnItsWay: _context.Timers[SctpTimer.Retransmission] is not null);
                break;
            case SctpTimer.HeartbeatAck:
                if (CountError())
                    _heartbeat.HandleMissed();
                break;
            case SctpTimer.StreamReset:
                if (CountError())
                {
                    _context.Rto.BackOff();
                    _resetter?.HandleTimeout();
                }

                break;
            case SctpTimer.Shutdown:
                if (CountError())
                {
                    _context.Rto.BackOff();
                    _shutdownDue = true;
                }

                break;
            case SctpTimer.ShutdownGuard:
                AbortWith(SctpErrorCause.ProtocolViolation, SctpCloseReason.ShutdownTimeout);
                break;
            default:
                throw new InvalidOperationException($"Unknown timer {timer}.");
        }
    }

    /// <summary>Counts a timeout; false when that was one too many and the association ended.</summary>
    private bool CountError()
    {
        if (++_context.ErrorCount <= Options.MaxRetransmissions)
            return true;
        AbortWith(SctpErrorCause.ProtocolViolation, SctpCloseReason.TooManyRetransmissions);
        return false;
    }

    private void AbortWith(SctpErrorCause cause, SctpCloseReason reason, ReadOnlySpan<byte> information = default)
    {
        uint tag = _handshake.Peer.Tag;
        End(SctpEventKind.Aborted, reason);
        if (tag == 0)
            return;
        Span<byte> buffer = stackalloc byte[CauseHeader + 16];
        SctpParameterWriter causes = new(buffer);
        information.CopyTo(causes.Add(cause, information.Length));
        _replies.AddAlone(SctpChunkType.Abort, 0, causes.Written, tag);
    }

    private void End(SctpEventKind kind, SctpCloseReason reason)
    {
        State = SctpState.Closed;
        _replies.Clear();
        _channels.CloseAll();
        ClearTransfer();
        _context.Timers.ClearAll();
        _context.Events.Add(new SctpEvent { Kind = kind, Reason = reason });
    }

    private void ClearTransfer()
    {
        _heartbeat.Stop();
        _context.Timers.Clear(SctpTimer.StreamReset);
        _context.Timers.Clear(SctpTimer.Shutdown);
        _context.Timers.Clear(SctpTimer.ShutdownGuard);
        _sender?.Clear();
        _receiver?.Clear();
        _sender = null;
        _receiver = null;
        _resetter = null;
    }
}
