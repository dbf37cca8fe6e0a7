using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Ice;

/// <summary>
/// An ICE agent (RFC 8445, 8838, 7675) for one data stream with one component: full in both roles, or lite. It finds a path
/// to the far end, keeps proving that the far end wants the traffic, and answers the far end's checks. A state machine: it
/// is told the time and the datagrams, and asked what to send. Not thread-safe: one owner. After each call of a Handle
/// method, AddRemoteCandidate, SetRemoteCredentials or Restart, drain <see cref="TryPollTransmit"/> and
/// <see cref="TryPollEvent"/>, then read <see cref="NextTimeout"/>.
/// </summary>
public sealed partial class IceAgent
{
    /// <summary>The largest message it writes, in bytes; the buffer of <see cref="TryPollTransmit"/> must have at least this.</summary>
    public const int MaxMessageSize = 640;

    private readonly IceOptions _options;
    private readonly IRandomSource _random;
    private readonly TimerTable<IceTimer> _timers = new();
    private readonly IceTransmitQueue _transmits = new();
    private readonly Queue<IceEvent> _events = new();
    private CheckList _checks;
    private List<RemoteCandidate> _remotes = [];
    private readonly List<LocalBase> _bases = [];
    private IceGeneration _generation;
    private IceGeneration? _previousGeneration;
    private CandidatePair? _selected;
    private CandidatePair? _replaced;
    private ulong _tieBreaker;
    private Instant? _lastCheckAt;
    private Instant? _firstSuccessAt;
    private bool _nominated;

    /// <summary>Creates an agent that waits for checks, remote credentials or candidates.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="role">The offerer controls. A lite agent is always controlled.</param>
    /// <param name="random">For credentials, transaction ids, tie-breakers and jitter.</param>
    public IceAgent(IceOptions options, IceRole role, IRandomSource random)
    {
        _options = options;
        _random = random;
        _checks = new CheckList(options.MaxPairs);
        _generation = new IceGeneration(IceCredentials.Create(random));
        _tieBreaker = random.NextUInt64();
        Role = options.Lite ? IceRole.Controlled : role;
        foreach (IceCandidate candidate in options.LocalCandidates)
            TryAddLocal(candidate);
    }

    /// <summary>The ufrag to put into the local description; the demultiplexer finds the session by it.</summary>
    public string LocalUfrag => _generation.Local.Ufrag;

    /// <summary>
    /// The ufrag from before a restart, while checks that name it are still answered: until 10 s after a nomination in the new generation
    /// and the last check of the old one.
    /// Null at other times.
    /// </summary>
    public string? PreviousUfrag => _previousGeneration?.Local.Ufrag;

    /// <summary>Whether a restart has begun and no pair of the new generation works yet.</summary>
    public bool IsRestarting => _previousGeneration is not null && !HasPresentSelection;

    /// <summary>The password to put into the local description.</summary>
    public string LocalPassword => _generation.Local.Password;

    /// <summary>The candidates to put into the local description; those added later are here too.</summary>
    public IReadOnlyList<IceCandidate> LocalCandidates => _localCandidates;

    /// <summary>Who nominates; a role conflict may change it.</summary>
    public IceRole Role { get; private set; }

    /// <summary>The state of the connection.</summary>
    public IceState State { get; private set; }

    /// <summary>
    /// Where to send, as soon as any pair works, nominated or not; it may change. Null before that and after consent is lost.
    /// </summary>
    public DatagramPath? SelectedPath => _selected?.Path;

    /// <summary>Whether the selected path was nominated.</summary>
    public bool IsNominated => _nominated;

    /// <summary>The round trip of the last answered check on the selected path, or null.</summary>
    public TimeSpan? RoundTripTime { get; private set; }

    /// <summary>Our address as the far end last saw it, when that is none of our candidates (RFC 8445 section 7.2.5.3.1).</summary>
    public TransportAddress? ReflexiveAddress { get; private set; }

    /// <summary>Counters.</summary>
    public IceStatistics Statistics { get; } = new();

    /// <summary>When <see cref="HandleTimeout"/> wants to be called; null when nothing is due.</summary>
    public Instant? NextTimeout => _timers.Next;

    private bool IsActive => State is not (IceState.Failed or IceState.Closed);

    /// <summary>
    /// Tells the far end's credentials. Checks that came before are already answered; now ours begin. Calling it again with
    /// other values replaces them for the present generation.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="ufrag">4..256 characters.</param>
    /// <param name="password">22..256 characters.</param>
    /// <param name="remoteIsLite">The far end said "ice-lite": a full agent then controls (RFC 8445 section 6.1.1).</param>
    /// <exception cref="ArgumentException">A value is empty or too long.</exception>
    public void SetRemoteCredentials(Instant now, string ufrag, string password, bool remoteIsLite)
    {
        ArgumentException.ThrowIfNullOrEmpty(ufrag);
        ArgumentException.ThrowIfNullOrEmpty(password);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ufrag.Length, 256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(password.Length, 256);
        if (!IsActive)
            return;
        _generation.Remote = new IceCredentials(ufrag, password);
        _beforeRestart = null;
        if (remoteIsLite && !_options.Lite && Role == IceRole.Controlled)
            SwitchRole(IceRole.Controlling);
        StartChecking(now);
        Pump(now);
    }

    /// <summary>
    /// Tells a candidate of the far end, before or after its credentials. What cannot be used is ignored and counted: host
    /// names, TCP, other components, addresses that are not unicast, and more than the limit. A lite agent needs none.
    /// </summary>
    public void AddRemoteCandidate(Instant now, IceCandidate candidate)
    {
        if (!IsActive)
        {
            Statistics.CountDrop(IceDropReason.NotActive);
            return;
        }

        if (!IsUsable(candidate) || IsOfOtherGeneration(candidate))
        {
            Statistics.CountDrop(IceDropReason.UnusableCandidate);
            return;
        }

        if (_options.Lite)
            return;
        AddOrUpdateRemote(candidate);
        Pump(now);
    }

    /// <summary>A datagram that looks like STUN. Whatever it contains, it throws nothing; what has no effect is counted.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="path">Where it arrived and who sent it.</param>
    /// <param name="stun">Its bytes; not kept.</param>
    public void Handle(Instant now, in DatagramPath path, ReadOnlySpan<byte> stun)
    {
        if (!IsActive)
        {
            Statistics.CountDrop(IceDropReason.NotActive);
            return;
        }

        if (!IsAllowed(path))
        {
            Statistics.CountDrop(IceDropReason.NotRelayed);
            return;
        }

        if (!StunMessage.TryParse(stun, out StunMessage message))
        {
            Statistics.CountDrop(IceDropReason.Malformed);
            return;
        }

        if (message.Method != StunMethod.Binding)
        {
            Statistics.CountDrop(IceDropReason.UnknownMethod);
            return;
        }

        switch (message.Class)
        {
            case StunClass.Request:
                HandleRequest(now, path, message);
                break;
            case StunClass.Indication:
                Statistics.IndicationsReceived++;
                break;
            default:
                HandleResponse(now, path, message);
                break;
        }

        Pump(now);
    }

    /// <summary>Does what is due. Calling it early changes nothing.</summary>
    public void HandleTimeout(Instant now)
    {
        while (_timers.TryPopExpired(now, out IceTimer timer))
        {
            switch (timer)
            {
                case IceTimer.Pace:
                    break;
                case IceTimer.Retransmit:
                    RetransmitChecks(now);
                    break;
                case IceTimer.Nomination:
                    EvaluateNomination(now);
                    break;
                case IceTimer.Consent:
                    SendConsentCheck(now);
                    break;
                case IceTimer.ConsentExpiry:
                    if (_timers[IceTimer.Connect] is not null && !HasPresentSelection)
                        LoseReplacedPath();
                    else
                        Fail();
                    break;
                case IceTimer.Silence:
                    if (State == IceState.Connected)
                        SetState(IceState.Disconnected);
                    break;
                case IceTimer.Failover:
                    ProbeOtherPairs(now);
                    break;
                case IceTimer.KeepAlive:
                    SendKeepAlive(now);
                    break;
                case IceTimer.Connect:
                    // A restart that comes to nothing costs nothing while the old path has consent.
                    if (_selected is null)
                        Fail();
                    break;
                case IceTimer.Retire:
                    _previousGeneration = null;
                    _replaced = null;
                    break;
            }
        }

        Pump(now);
    }

    /// <summary>Writes the next message to send. Call until it returns false.</summary>
    /// <param name="buffer">At least <see cref="MaxMessageSize"/> bytes.</param>
    /// <param name="length">Bytes written.</param>
    /// <param name="path">From where to where.</param>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    public bool TryPollTransmit(Span<byte> buffer, out int length, out DatagramPath path)
    {
        if (buffer.Length < MaxMessageSize)
            throw new ArgumentException("The buffer is smaller than MaxMessageSize.", nameof(buffer));
        while (_transmits.TryTake(out IceTransmit item))
        {
            length = IceMessages.Write(buffer, item, Role, _tieBreaker);
            path = item.Path;
            if (length == 0)
                continue;
            if (item.Kind == IceTransmitKind.Check)
                Statistics.ChecksSent++;
            else if (item.Kind != IceTransmitKind.Indication)
                Statistics.ResponsesSent++;
            return true;
        }

        length = 0;
        path = default;
        return false;
    }

    /// <summary>The next fact, in order. Call until it returns false.</summary>
    public bool TryPollEvent(out IceEvent e) => _events.TryDequeue(out e);

    /// <summary>Stops everything: nothing is answered or sent any more.</summary>
    public void Close()
    {
        if (State == IceState.Closed)
            return;
        Stop();
        SetState(IceState.Closed);
    }

    private void StartChecking(Instant now)
    {
        if (State != IceState.New)
            return;
        SetState(IceState.Checking);
        _timers.Set(IceTimer.Connect, now + _options.ConnectTimeout);
    }

    private void Fail()
    {
        Stop();
        SetState(IceState.Failed);
    }

    private void Stop()
    {
        _timers.ClearAll();
        _transmits.Clear();
        _checks.Clear();
        _remotes.Clear();
        _selected = null;
        _replaced = null;
        _nominated = false;
        _previousGeneration = null;
    }

    /// <summary>Consent on the path from before a restart is over, but the restart is not: nothing is sent until it works.</summary>
    private void LoseReplacedPath()
    {
        _selected = null;
        _timers.Clear(IceTimer.Consent);
        _timers.Clear(IceTimer.Silence);
        _timers.Clear(IceTimer.Failover);
        _timers.Clear(IceTimer.KeepAlive);
        SetState(IceState.Disconnected);
    }

    private void SetState(IceState state)
    {
        if (State == state)
            return;
        State = state;
        _events.Enqueue(new IceEvent(IceEventKind.StateChanged, state, _selected?.Path ?? default));
    }

    private void Send(in IceTransmit item)
    {
        if (!_transmits.TryAdd(item))
            Statistics.CountDrop(IceDropReason.QueueFull);
    }

    /// <summary>A local address that checks leave from, with the best candidate that stands for it.</summary>
    private readonly record struct LocalBase(TransportAddress Address, uint Priority, string Foundation, PathTransport Transport);
}
