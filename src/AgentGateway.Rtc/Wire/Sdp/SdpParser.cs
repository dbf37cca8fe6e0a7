using System.Globalization;

namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>
/// One pass over the lines. Strict about structure and about the attributes a connection depends on; everything else is
/// kept as text. Reasons never quote the input.
/// </summary>
internal ref struct SdpParser
{
    private readonly SdpLimits _limits;
    private readonly SdpSession _session = new();
    private readonly bool _isFragment;
    private ReadOnlySpan<char> _rest;
    private SdpMedia? _media;
    private HashSet<string>? _mids;
    private int _line;
    private int _candidates;
    private bool _timed;
    private SdpError _error;

    private SdpParser(ReadOnlySpan<char> text, SdpLimits limits, bool isFragment)
    {
        _rest = text;
        _limits = limits;
        _isFragment = isFragment;
    }

    public static bool TryParse(ReadOnlySpan<char> text, SdpLimits limits, bool isFragment, out SdpSession? session, out SdpError error)
    {
        session = null;
        if (text.Length > limits.MaxLength)
        {
            error = new SdpError(SdpErrorCode.TooLarge, 0, "The session description is too long.");
            return false;
        }

        text = text.TrimEnd();
        if (text.IsEmpty)
        {
            error = new SdpError(SdpErrorCode.Empty, 0, "The session description is empty.");
            return false;
        }

        var parser = new SdpParser(text, limits, isFragment);
        bool ok = parser.Run();
        error = parser._error;
        session = ok ? parser._session : null;
        return ok;
    }

    private bool Run()
    {
        while (!_rest.IsEmpty)
        {
            if (++_line > _limits.MaxLines)
                return Fail(SdpErrorCode.TooLarge, "There are too many lines.");
            int end = _rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (line.EndsWith("\r"))
                line = line[..^1];
            if (line.Length < 2 || line[1] != '=' || !char.IsAsciiLetterLower(line[0]))
                return Fail(SdpErrorCode.BadStructure, "A line must be a lower-case letter, '=' and a value.");
            if (line.ContainsAny('\r', '\0'))
                return Fail(SdpErrorCode.BadStructure, "A line contains a control character.");

            // White space at a line's end means as little as at the end of the text; only the name of a session may be one space (RFC 8866 section 5.3).
            if (_line > 3 || _isFragment)
                line = line.TrimEnd();
            if (!Take(line[0], line[2..]))
                return false;
        }

        if (_line < 3 && !_isFragment)
            return Fail(SdpErrorCode.BadStructure, "The description ends before 'v=', 'o=' and 's='.");
        return true;
    }

    private bool Take(char type, ReadOnlySpan<char> value)
    {
        if (_line <= 3 && !_isFragment)
            return TakeHead(type, value);
        if (type == 'a')
            return TakeAttribute(value);
        if (type == 'm')
            return TakeMedia(value);
        return _media is null ? TakeSessionLine(type, value) : TakeMediaLine(_media, type, value);
    }

    private bool TakeHead(char type, ReadOnlySpan<char> value)
    {
        if (type != "vos"[_line - 1])
            return Fail(SdpErrorCode.BadStructure, "The description must begin with 'v=', 'o=' and 's='.");
        switch (type)
        {
            case 'v':
                return value.TrimEnd().SequenceEqual("0") || Fail(SdpErrorCode.BadField, "The version must be 0.");
            case 'o':
                return TakeOrigin(value);
            default:
                _session.Name = value.ToString();
                return true;
        }
    }

    private bool TakeOrigin(ReadOnlySpan<char> value)
    {
        Span<Range> parts = stackalloc Range[8];
        int count = value.Split(parts, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count != 6 || !value[parts[3]].SequenceEqual("IN")
            || !ulong.TryParse(value[parts[1]], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id)
            || !ulong.TryParse(value[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out ulong version))
            return Fail(SdpErrorCode.BadField, "'o=' must be: username, session id, version, IN, IP4 or IP6, address.");
        _session.Origin = new SdpOrigin(id, version, value[parts[0]].ToString(), value[parts[4]].ToString(), value[parts[5]].ToString());
        return true;
    }

    private bool TakeSessionLine(char type, ReadOnlySpan<char> value)
    {
        switch (type)
        {
            case 't':
                if (_timed)
                    return true; // Further times of a repeated broadcast mean nothing here.
                _timed = true;
                _session.Timing = value.ToString();
                return true;
            case 'c':
                if (!TryConnection(value, out SdpConnection connection))
                    return false;
                _session.Connection = connection;
                return true;
            case 'i' or 'u' or 'e' or 'p' or 'b' or 'r' or 'z' or 'k':
                if (_session.OtherLines.Count >= _limits.MaxAttributesPerSection)
                    return Fail(SdpErrorCode.TooLarge, "There are too many session lines.");
                _session.OtherLines.Add(new SdpLine(type, value.ToString()));
                return true;
            default:
                return Fail(SdpErrorCode.BadStructure, "This line type may not stand at session level.");
        }
    }

    private bool TakeMediaLine(SdpMedia media, char type, ReadOnlySpan<char> value)
    {
        switch (type)
        {
            case 'c':
                if (!TryConnection(value, out SdpConnection connection))
                    return false;
                media.Connection ??= connection;
                return true;
            case 'i' or 'b' or 'k':
                if (media.OtherLines.Count >= _limits.MaxAttributesPerSection)
                    return Fail(SdpErrorCode.TooLarge, "There are too many lines in a media section.");
                media.OtherLines.Add(new SdpLine(type, value.ToString()));
                return true;
            default:
                return Fail(SdpErrorCode.BadStructure, "This line type may not stand in a media section.");
        }
    }

    private bool TryConnection(ReadOnlySpan<char> value, out SdpConnection connection)
    {
        Span<Range> parts = stackalloc Range[4];
        int count = value.Split(parts, ' ', StringSplitOptions.RemoveEmptyEntries);
        bool ok = count == 3 && value[parts[0]].SequenceEqual("IN");
        connection = ok ? new SdpConnection(value[parts[1]].ToString(), value[parts[2]].ToString()) : default;
        return ok || Fail(SdpErrorCode.BadField, "'c=' must be: IN, IP4 or IP6, address.");
    }

    private bool TakeMedia(ReadOnlySpan<char> value)
    {
        if (_session.Media.Count >= _limits.MaxMediaSections)
            return Fail(SdpErrorCode.TooLarge, "There are too many media sections.");
        string[] parts = value.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 4 || !SdpText.IsToken(parts[0]))
            return Fail(SdpErrorCode.BadField, "'m=' must be: media, port, protocol and at least one format.");
        ReadOnlySpan<char> port = parts[1];
        int slash = port.IndexOf('/');
        if (slash >= 0 && !SdpText.TryInt(port[(slash + 1)..], 1, 65535, out _))
            return Fail(SdpErrorCode.BadField, "'m=' has a bad number of ports.");
        if (!SdpText.TryInt(slash < 0 ? port : port[..slash], 0, 65535, out int number))
            return Fail(SdpErrorCode.BadField, "'m=' has a bad port.");
        if (parts.Length - 3 > _limits.MaxAttributesPerSection)
            return Fail(SdpErrorCode.TooLarge, "'m=' has too many formats.");
        _media = new SdpMedia { Kind = parts[0], Port = (ushort)number, Protocol = parts[2], Line = _line };
        foreach (string format in parts.AsSpan(3))
            _media.Formats.Add(format);
        _session.Media.Add(_media);
        _candidates = 0;
        return true;
    }

    private bool TakeAttribute(ReadOnlySpan<char> line)
    {
        int colon = line.IndexOf(':');
        ReadOnlySpan<char> name = colon < 0 ? line : line[..colon];
        if (!SdpText.IsToken(name))
            return Fail(SdpErrorCode.BadStructure, "An attribute must have a name.");
        SdpAttributeList attributes = _media?.Attributes ?? _session.Attributes;
        if (attributes.Count >= _limits.MaxAttributesPerSection)
            return Fail(SdpErrorCode.TooLarge, "There are too many attributes in a section.");
        if (name.SequenceEqual("candidate") && ++_candidates > _limits.MaxCandidatesPerSection)
            return Fail(SdpErrorCode.TooLarge, "There are too many candidates in a section.");
        string? value = colon < 0 ? null : line[(colon + 1)..].ToString();
        string? reason = SdpAttributeRules.Check(name, value);
        if (reason is not null)
            return Fail(SdpErrorCode.BadAttribute, reason);
        if (name.SequenceEqual("mid") && _media is not null && !(_mids ??= []).Add(value!))
            return Fail(SdpErrorCode.BadAttribute, "'mid' is used twice.");
        attributes.Add(name.ToString(), value);
        return true;
    }

    private bool Fail(SdpErrorCode code, string reason)
    {
        _error = new SdpError(code, _line, reason);
        return false;
    }
}
