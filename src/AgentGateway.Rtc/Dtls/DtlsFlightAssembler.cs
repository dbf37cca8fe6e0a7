using System.Buffers.Binary;

namespace AgentGateway.Rtc.Dtls;

/// <summary>
/// Collects what the peer sends during the handshake and hands it to OpenSSL one whole flight at a time: reassembled,
/// without duplicates, in order. Two reasons. OpenSSL gives up after 12 looks at an expired timer, and each call that
/// does not complete a flight may be one; and it keeps 16 KB for every record that comes early. So partial, repeated or
/// hostile datagrams must not reach it. Epoch 0 is not authenticated, so rewriting its records changes nothing that the
/// transcript hash would not notice.
/// </summary>
internal sealed class DtlsFlightAssembler(DtlsRole role)
{
    /// <summary>Bound of everything held at once, and of one flight: what OpenSSL's read buffer takes.</summary>
    public const int MaxFlight = 16 * 1024;

    private const int MaxMessagesAhead = 8;
    private const int MaxMessageBytes = 10 * 1024;

    // Encrypted records cannot be told from noise yet. Application data may fill only a part, so that Finished finds room.
    private const int MaxProtectedBytes = MaxFlight - MaxMessageBytes;
    private const int MaxApplicationBytes = 4 * 1024;

    private const int RecordHeader = DtlsRecords.HeaderLength;

    // A change cipher spec and an alert on top of what is held.
    private const int OutputSlack = 64;
    private const int InitialOutput = 512;

    private const byte ChangeCipherSpec = 20, Alert = 21, Handshake = 22;
    private const byte HelloVerifyRequest = 3, Certificate = 11, ServerHelloDone = 14, CertificateVerify = 15, ClientKeyExchange = 16;
    private const int EmptyCertificateLength = 3;
    private const byte FatalLevel = 2;

    private readonly DtlsHandshakeMessage?[] _messages = new DtlsHandshakeMessage?[MaxMessagesAhead];
    private byte[] _output = [];
    private int _outputLength;
    private byte[] _protected = [];
    private int _protectedLength;
    private bool _hasProtectedHandshake;
    private int _nextMessage;
    private int _messageBytes;
    private ulong _recordSequence;
    private bool _helloPassed;
    private ushort _changeCipherSpecVersion;
    private bool _changeCipherSpecPassed;

    /// <summary>What one datagram brought.</summary>
    public enum Outcome
    {
        /// <summary>Nothing new.</summary>
        Duplicate,

        /// <summary>Something that does not fit the bounds, and nothing else.</summary>
        Excess,

        /// <summary>Kept until the rest of its flight is here.</summary>
        Held,

        /// <summary>OpenSSL can go on with the flight given.</summary>
        Ready,
    }

    /// <summary>Takes a datagram whose records were checked by <see cref="DtlsRecords.TryRead"/>.</summary>
    /// <param name="datagram">One or more records of epoch 0 or 1.</param>
    /// <param name="flight">Records for OpenSSL when the result is Ready; valid until the next call.</param>
    public Outcome Add(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> flight)
    {
        _outputLength = 0;
        var outcome = Outcome.Duplicate;
        while (datagram.Length > 0)
        {
            int length = RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(datagram[11..]);
            Outcome one = AddRecord(datagram[..length]);
            if (one > outcome)
                outcome = one;
            datagram = datagram[length..];
        }

        if (TryFindFlight(out int messages))
        {
            Emit(messages);
            outcome = Outcome.Ready;
        }

        flight = _output.AsSpan(0, _outputLength);
        return outcome;
    }

    private Outcome AddRecord(ReadOnlySpan<byte> record)
    {
        ReadOnlySpan<byte> fragment = record[RecordHeader..];
        ushort version = BinaryPrimitives.ReadUInt16BigEndian(record[1..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(record[3..]) != 0)
            return AddProtected(record);
        switch (record[0])
        {
            case ChangeCipherSpec when !_changeCipherSpecPassed && _changeCipherSpecVersion == 0:
                _changeCipherSpecVersion = version;
                return Outcome.Held;
            case Alert when fragment.Length == 2 && fragment[0] == FatalLevel && _outputLength == 0:
                WriteRecord(Alert, version, fragment);
                return Outcome.Ready;
            case Handshake:
                return AddFragments(fragment, version);
            default:
                return Outcome.Duplicate;
        }
    }

    private Outcome AddProtected(ReadOnlySpan<byte> record)
    {
        if (_changeCipherSpecPassed)
        {
            // OpenSSL has the keys and can judge for itself.
            if (_outputLength + record.Length > MaxFlight)
                return Outcome.Excess;
            record.CopyTo(Extend(record.Length));
            return Outcome.Ready;
        }

        int bound = record[0] == Handshake ? MaxProtectedBytes : MaxApplicationBytes;
        if (_protectedLength + record.Length > bound)
            return Outcome.Excess;
        if (_protectedLength + record.Length > _protected.Length)
            Array.Resize(ref _protected, Math.Max(1024, (_protectedLength + record.Length) * 2));
        record.CopyTo(_protected.AsSpan(_protectedLength));
        _protectedLength += record.Length;
        _hasProtectedHandshake |= record[0] == Handshake;
        return Outcome.Held;
    }

    private Outcome AddFragments(ReadOnlySpan<byte> fragments, ushort version)
    {
        var outcome = Outcome.Duplicate;
        while (fragments.Length >= DtlsHandshakeMessage.HeaderLength)
        {
            byte type = fragments[0];
            int length = ReadUInt24(fragments[1..]);
            int ahead = BinaryPrimitives.ReadUInt16BigEndian(fragments[4..]) - _nextMessage;
            int offset = ReadUInt24(fragments[6..]);
            int count = ReadUInt24(fragments[9..]);
            if (count > fragments.Length - DtlsHandshakeMessage.HeaderLength || offset + count > length)
                break;
            Outcome one = AddFragment(
                type, length, ahead, offset, fragments.Slice(DtlsHandshakeMessage.HeaderLength, count), version);
            if (one > outcome)
                outcome = one;
            fragments = fragments[(DtlsHandshakeMessage.HeaderLength + count)..];
        }

        return outcome;
    }

    private Outcome AddFragment(byte type, int length, int ahead, int offset, ReadOnlySpan<byte> fragment, ushort version)
    {
        if (ahead < 0)
            return Outcome.Duplicate;
        int cost = RecordHeader + DtlsHandshakeMessage.HeaderLength + length;
        if (ahead >= MaxMessagesAhead)
            return Outcome.Excess;
        ref DtlsHandshakeMessage? message = ref _messages[ahead];
        if (message is null)
        {
            if (_messageBytes + cost > MaxMessageBytes)
                return Outcome.Excess;
            message = new DtlsHandshakeMessage(type, length, version);
            _messageBytes += cost;
            message.Add(offset, fragment);
            return Outcome.Held;
        }

        if (message.Type != type || message.Length != length)
            return Outcome.Excess;
        return message.Add(offset, fragment) ? Outcome.Held : Outcome.Duplicate;
    }

    /// <summary>Whether the messages at hand are all that the peer sends before it waits for us.</summary>
    private bool TryFindFlight(out int messages)
    {
        messages = 0;
        bool hasKeyExchange = false;
        bool hasVerify = false;
        bool needsVerify = false;
        while (messages < MaxMessagesAhead && _messages[messages] is { IsComplete: true } message)
        {
            messages++;
            if (!_helloPassed && role == DtlsRole.Server)
                return true;
            if (role == DtlsRole.Client && message.Type is ServerHelloDone or HelloVerifyRequest)
                return true;
            hasKeyExchange |= message.Type == ClientKeyExchange;
            hasVerify |= message.Type == CertificateVerify;
            needsVerify |= message.Type == Certificate && message.Length > EmptyCertificateLength;
        }

        bool finished = _changeCipherSpecVersion != 0 && !_changeCipherSpecPassed && _hasProtectedHandshake && _helloPassed;
        return finished && (role == DtlsRole.Client || (hasKeyExchange && (hasVerify || !needsVerify)));
    }

    private void Emit(int messages)
    {
        bool endsWithFinished = _helloPassed && _changeCipherSpecVersion != 0 && _hasProtectedHandshake;
        bool isVerifyRequest = false;
        for (int i = 0; i < messages; i++)
        {
            DtlsHandshakeMessage message = _messages[i]!;
            isVerifyRequest = message.Type == HelloVerifyRequest;
            WriteMessage(message, (ushort)(_nextMessage + i));
            _messageBytes -= RecordHeader + DtlsHandshakeMessage.HeaderLength + message.Length;
        }

        _nextMessage += messages;
        _messages.AsSpan(messages).CopyTo(_messages);
        _messages.AsSpan(MaxMessagesAhead - messages).Clear();
        if (!endsWithFinished)
        {
            _helloPassed = !isVerifyRequest;
            return;
        }

        WriteRecord(ChangeCipherSpec, _changeCipherSpecVersion, [1]);
        _protected.AsSpan(0, _protectedLength).CopyTo(Extend(_protectedLength));
        _changeCipherSpecPassed = true;
        _protected = [];
        _protectedLength = 0;
    }

    private void WriteMessage(DtlsHandshakeMessage message, ushort sequence)
    {
        Span<byte> fragment = WriteRecordHeader(Handshake, message.Version, DtlsHandshakeMessage.HeaderLength + message.Length);
        fragment[0] = message.Type;
        WriteUInt24(fragment[1..], message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(fragment[4..], sequence);
        WriteUInt24(fragment[6..], 0);
        WriteUInt24(fragment[9..], message.Length);
        message.Body.CopyTo(fragment[DtlsHandshakeMessage.HeaderLength..]);
    }

    private void WriteRecord(byte type, ushort version, ReadOnlySpan<byte> fragment) =>
        fragment.CopyTo(WriteRecordHeader(type, version, fragment.Length));

    private Span<byte> WriteRecordHeader(byte type, ushort version, int length)
    {
        Span<byte> record = Extend(RecordHeader + length);
        record[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], version);
        // Epoch 0, then a 48-bit sequence number of our own, so that OpenSSL's replay window sees each once.
        BinaryPrimitives.WriteUInt64BigEndian(record[3..], _recordSequence++);
        BinaryPrimitives.WriteUInt16BigEndian(record[11..], (ushort)length);
        return record[RecordHeader..];
    }

    // Grows to the largest flight seen: a hello is some 200 bytes, a flight with a certificate less than 2 KB.
    private Span<byte> Extend(int length)
    {
        int end = _outputLength + length;
        if (end > _output.Length)
            Array.Resize(ref _output, Math.Max(InitialOutput, Math.Min(MaxFlight + OutputSlack, end * 2)));
        Span<byte> added = _output.AsSpan(_outputLength, length);
        _outputLength = end;
        return added;
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);

    private static void WriteUInt24(Span<byte> bytes, int value)
    {
        bytes[0] = (byte)(value >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)value);
    }
}
