namespace AgentGateway.Testing.Network;

/// <summary>How one direction of a simulated network behaves. Presets are at the end.</summary>
public sealed record NetemOptions
{
    /// <summary>One-way delay.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Each packet's delay varies by up to this much in both directions, evenly.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Whether varying delays may change the order of packets.</summary>
    public bool JitterReorders { get; init; } = true;

    /// <summary>Independent loss, 0..1.</summary>
    public double Loss { get; init; }

    /// <summary>
    /// Whether <see cref="Loss"/> is a share and not a chance: of each group of 1/<see cref="Loss"/> packets exactly one is lost, at
    /// a random place of the group. For tests that must see the same loss however few packets are sent.
    /// </summary>
    public bool EvenLoss { get; init; }

    /// <summary>Loss in bursts; in addition to <see cref="Loss"/>.</summary>
    public GilbertElliott? Bursts { get; init; }

    /// <summary>The chance that a packet arrives twice, 0..1.</summary>
    public double Duplicate { get; init; }

    /// <summary>The chance that a packet is held back by <see cref="ReorderDelay"/>, 0..1.</summary>
    public double Reorder { get; init; }

    /// <summary>How long a held-back packet waits in addition.</summary>
    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The chance that one byte of a packet is changed, 0..1: what UDP's checksum does not catch, or an attacker on the path.</summary>
    public double Corrupt { get; init; }

    /// <summary>The bottleneck in bit/s, or null for none. Counts 28 bytes of IP and UDP header for each packet.</summary>
    public long? BitsPerSecond { get; init; }

    /// <summary>How long the bottleneck's queue may get before it drops packets.</summary>
    public TimeSpan MaxQueueDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Larger datagrams are dropped, in bytes without headers.</summary>
    public int MaxDatagramSize { get; init; } = 1452;

    public static NetemOptions Perfect { get; } = new();

    public static NetemOptions Lan { get; } = new() { Latency = TimeSpan.FromMilliseconds(1) };

    /// <summary>A home network on a normal day.</summary>
    public static NetemOptions Home { get; } = new() { Latency = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(4), Loss = 0.002 };

    /// <summary>5 % loss, 30 ms jitter, some packets overtaken.</summary>
    public static NetemOptions Lossy5 { get; } = new()
    {
        Latency = TimeSpan.FromMilliseconds(40),
        Jitter = TimeSpan.FromMilliseconds(30),
        Loss = 0.05,
        Reorder = 0.02,
        Duplicate = 0.01,
    };

    /// <summary>20 % loss, 30 ms jitter, some packets overtaken.</summary>
    public static NetemOptions Lossy20 { get; } = Lossy5 with { Loss = 0.2 };

    /// <summary>Bad Wi-Fi: bursts of loss, much jitter, a narrow uplink.</summary>
    public static NetemOptions BadWifi { get; } = new()
    {
        Latency = TimeSpan.FromMilliseconds(30),
        Jitter = TimeSpan.FromMilliseconds(25),
        Bursts = new GilbertElliott(0.01, 0.2, 0.005, 0.6),
        Reorder = 0.01,
        Duplicate = 0.005,
        BitsPerSecond = 1_000_000,
    };
}

/// <summary>Two-state loss (Gilbert-Elliott): good and bad times with a loss rate each.</summary>
/// <param name="GoodToBad">The chance per packet that bad times begin, 0..1.</param>
/// <param name="BadToGood">The chance per packet that they end, 0..1.</param>
/// <param name="LossWhenGood">0..1.</param>
/// <param name="LossWhenBad">0..1.</param>
public sealed record GilbertElliott(double GoodToBad, double BadToGood, double LossWhenGood, double LossWhenBad);
