using AgentGateway.Conversation.Log.Codec;

namespace AgentGateway.Conversation.Log;

/// <summary>Reads the log of a call. A file may be cut off, damaged or hostile: it is read as far as it is good. Not thread-safe.</summary>
public sealed class CallLogReader
{
    private readonly LogDecoder _decoder;

    private CallLogReader(LogDecoder decoder, CallLogHeader header, long length)
    {
        _decoder = decoder;
        Header = header;
        Length = length;
    }

    /// <summary>What the call was made of.</summary>
    public CallLogHeader Header { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>How the log ends; <see cref="CallLogEnd.NotReached"/> until <see cref="TryRead"/> returned false.</summary>
    public CallLogEnd End => _decoder.End;

    /// <summary>What is wrong with a file that is damaged or cut off, and at which byte; null while nothing is.</summary>
    public string? Problem => _decoder.Problem;

    /// <summary>Fields and values that this program does not know: it is older than the log's writer, or other. At most 64.</summary>
    public IReadOnlyCollection<string> Unknown => _decoder.Unknown;

    /// <summary>Reads a file's beginning.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="log">The log, when it is one.</param>
    /// <param name="problem">Else why not.</param>
    public static bool TryOpen(ReadOnlyMemory<byte> file, out CallLogReader? log, out string? problem)
    {
        var decoder = new LogDecoder(file);
        CallLogHeader? header = decoder.ReadHeader();
        log = header is null ? null : new CallLogReader(decoder, header, file.Length);
        problem = header is null ? decoder.Problem : null;
        return header is not null;
    }

    /// <summary>Reads a file of at most 256 MB.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no log of a call; the message says why.</exception>
    public static CallLogReader Open(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > LogFormat.MaxFile })
            throw new InvalidDataException("It is too large for a call log.");
        return TryOpen(File.ReadAllBytes(path), out CallLogReader? log, out string? problem) ? log! : throw new InvalidDataException(problem);
    }

    /// <summary>The next entry; false at the end.</summary>
    public bool TryRead(out CallLogEntry entry)
    {
        entry = _decoder.Read()!;
        return entry is not null;
    }
}
