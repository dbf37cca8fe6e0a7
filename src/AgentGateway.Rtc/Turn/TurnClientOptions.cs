namespace AgentGateway.Rtc.Turn;

/// <summary>Settings of a <see cref="TurnClient"/>; they never change during its life.</summary>
public sealed record TurnClientOptions
{
    /// <summary>The user name, as the server knows it (RFC 8489 section 9.2); at most 508 bytes of UTF-8.</summary>
    public required string UserName { get; init; }

    /// <summary>The password.</summary>
    public required string Password { get; init; }

    /// <summary>Whether the server is reached over TCP or TLS: nothing is repeated then and ChannelData is padded.</summary>
    public bool IsStream { get; init; }

    /// <summary>What the relayed address shall be.</summary>
    public TurnAddressFamily Family { get; init; }

    /// <summary>How long the allocation shall live without a refresh; the server decides (RFC 8656 section 5: 10 minutes).</summary>
    public TimeSpan RequestedLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Far ends relayed at one time; more are refused until one was silent for five minutes. 1..4096.</summary>
    public int MaxPeers { get; init; } = 1024;

    /// <summary>Whether channels are bound for far ends that get more than checks: 4 bytes a packet instead of 36 or more.</summary>
    public bool UseChannels { get; init; } = true;

    /// <summary>The first retransmission timeout (RFC 8489 section 6.2.1: 500 ms); it doubles with each of 6 retransmissions.</summary>
    public TimeSpan InitialRetransmissionTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the way to the server is kept open while nothing else goes there; zero for never.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Throws when a value is out of its range.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(UserName);
        ArgumentNullException.ThrowIfNull(Password);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(System.Text.Encoding.UTF8.GetByteCount(UserName), 508);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPeers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPeers, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(RequestedLifetime, TimeSpan.FromSeconds(10));
        ArgumentOutOfRangeException.ThrowIfLessThan(InitialRetransmissionTimeout, TimeSpan.FromMilliseconds(10));
    }
}
