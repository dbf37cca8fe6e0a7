using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Simulation;

/// <summary>
/// Random schedules of later offers from either side: sections come, go and change direction, data channels too, ICE restarts, offers are taken
/// back, refused and collide. After each step audio must flow by content in exactly the directions agreed on.
/// </summary>
public sealed class RenegotiationTests
{
    private const int MaxSections = 5;
    private static readonly SdpDirection[] Directions = Enum.GetValues<SdpDirection>();

    [Theory]
    [InlineData(20)]
    [InlineData(20, true)]
    public void Whatever_the_sides_agree_on_is_what_is_heard(int seeds, bool lossy = false)
    {
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            using var schedule = new Schedule(seed, lossy ? NetemOptions.Lossy5 : NetemOptions.Lan);
            try
            {
                schedule.Run(25);
            }
            catch (Exception e)
            {
                Assert.Fail($"{schedule}\n{e}");
            }
        }
    }

    private sealed class Schedule : IDisposable
    {
        private readonly SeededRandom _random;
        private readonly TwoPeers _pair;
        private readonly bool _loses;
        private readonly List<string> _steps = [];
        private int _messages;

        public Schedule(ulong seed, NetemOptions network)
        {
            _random = new SeededRandom(seed * 7919);
            _loses = network != NetemOptions.Lan;
            _pair = TwoPeers.Connected(new TwoPeersOptions
            {
                Seed = seed,
                Network = network,
                ConfigureCaller = o => o with { MaxAudioSections = MaxSections },
                ConfigureAnswerer = o => o with { MaxAudioSections = MaxSections, YieldInGlare = true },
            });
            _pair.StartAudioEverywhere();
        }

        public void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                Step();
                Check();
            }
        }

        public void Dispose() => _pair.Dispose();

        public override string ToString() => $"{_pair} after {string.Join("; ", _steps)}";

        private PeerSide AnySide => _random.Next(2) == 0 ? _pair.Caller : _pair.Answerer;

        private void Step()
        {
            PeerSide side = AnySide;
            for (int wishes = _random.Next(3); wishes >= 0; wishes--)
                Wish(AnySide);
            switch (_random.Next(8))
            {
                case 0:
                    Note($"{side.Name} takes back");
                    string before = Shape(side.Peer);
                    side.Peer.CreateOffer(_pair.Now, restartIce: _random.Next(2) == 0);
                    _pair.RunFor(TimeSpan.FromMilliseconds(_random.Next(500)));
                    Assert.True(side.Peer.RollbackOffer(_pair.Now), ToString());
                    Assert.Equal(before, Shape(side.Peer));
                    break;
                case 1:
                    Note($"{side.Name} offers nonsense");
                    Refused(side);
                    break;
                case 2:
                    Note("both offer");
                    Collide();
                    break;
                default:
                    bool restart = _random.Next(5) == 0;
                    Note($"{side.Name} offers{(restart ? " a restart" : "")}");
                    Negotiate(side, restart);
                    break;
            }
        }

        private void Wish(PeerSide side)
        {
            RtcPeer peer = side.Peer;
            RtcAudioSection[] sections = [.. peer.AudioSections.Where(s => !s.IsStopped)];
            switch (_random.Next(6))
            {
                case 0 or 1 when sections.Length < MaxSections:
                    SdpDirection direction = Directions[_random.Next(4)];
                    Note($"{side.Name} adds {direction}");
                    peer.AddAudio(direction);
                    break;
                case 2 when sections.Length > 0:
                    RtcAudioSection gone = sections[_random.Next(sections.Length)];
                    Note($"{side.Name} stops {gone}");
                    peer.RemoveAudio(gone);
                    break;
                case 3 or 4 when sections.Length > 0:
                    RtcAudioSection changed = sections[_random.Next(sections.Length)];
                    changed.WantedDirection = Directions[_random.Next(4)];
                    Note($"{side.Name} wants {changed} to be {changed.WantedDirection}");
                    break;
                case 5:
                    // Something must be left to be offered.
                    peer.WantsDataChannels = !peer.WantsDataChannels;
                    Note($"{side.Name} {(peer.WantsDataChannels ? "wants" : "does not want")} data");
                    break;
            }

            if (!peer.WantsDataChannels && !peer.AudioSections.Any(s => !s.IsStopped))
                peer.WantsDataChannels = true;
        }

        private void Negotiate(PeerSide from, bool restart)
        {
            PeerSide to = _pair.Other(from);
            string offer = from.Peer.CreateOffer(_pair.Now, restartIce: restart);
            Delay();
            SdpResult answer = to.Peer.AcceptOffer(_pair.Now, offer);
            if (!answer.IsSuccess)
            {
                // The one side stopped all that the other still had.
                Assert.Equal(SdpResultError.NoAudio, answer.Error);
                Assert.True(from.Peer.RollbackOffer(_pair.Now));
                return;
            }

            Delay();
            SdpResult applied = from.Peer.AcceptAnswer(_pair.Now, answer.Answer!);
            Assert.True(applied.IsSuccess, $"{applied.Message} {this}\n{offer}\n{answer.Answer}");
        }

        private void Collide()
        {
            string first = _pair.Caller.Peer.CreateOffer(_pair.Now, restartIce: _random.Next(4) == 0);
            string second = _pair.Answerer.Peer.CreateOffer(_pair.Now, restartIce: _random.Next(4) == 0);
            Delay();
            Assert.Equal(SdpResultError.Glare, _pair.Caller.Peer.AcceptOffer(_pair.Now, second).Error);
            SdpResult answer = _pair.Answerer.Peer.AcceptOffer(_pair.Now, first);
            Delay();
            if (!answer.IsSuccess)
            {
                // Our own offer stands, and the impolite side gives in here.
                Assert.Equal(SdpResultError.NoAudio, answer.Error);
                Assert.True(_pair.Caller.Peer.RollbackOffer(_pair.Now) && _pair.Answerer.Peer.RollbackOffer(_pair.Now));
                return;
            }

            Assert.True(_pair.Caller.Peer.AcceptAnswer(_pair.Now, answer.Answer!).IsSuccess, ToString());
            Negotiate(_pair.Answerer, restart: false);
        }

        // A later offer that may not be: the session stays exactly as it is.
        private void Refused(PeerSide from)
        {
            PeerSide to = _pair.Other(from);
            string before = Shape(to.Peer);
            string offer = from.Peer.CreateOffer(_pair.Now);
            int data = offer.IndexOf("m=", offer.IndexOf("m=", StringComparison.Ordinal) + 1, StringComparison.Ordinal);
            string spoilt = _random.Next(4) switch
            {
                0 => offer[..data],
                1 => Change(offer, "a=fingerprint:", "a=fingerprint:sha-256 " + string.Join(':', Enumerable.Repeat("AB", 32))),
                2 => Change(offer, "a=ice-pwd:", null),
                _ => offer[..data] + "m=\r\n",
            };
            Assert.False(to.Peer.AcceptOffer(_pair.Now, spoilt).IsSuccess, ToString());
            Assert.Equal(before, Shape(to.Peer));
            Assert.True(from.Peer.RollbackOffer(_pair.Now));
        }

        private void Check()
        {
            // Whatever was under way has arrived, and sources that stopped have been silent for long enough to be followed by others.
            _pair.RunFor(TimeSpan.FromSeconds(1.5));
            foreach (PeerSide side in new[] { _pair.Caller, _pair.Answerer })
                side.AudioIn.Clear();
            _pair.RunFor(TimeSpan.FromSeconds(1));
            Assert.True(_pair.BothConnected, ToString());
            foreach (PeerSide side in new[] { _pair.Caller, _pair.Answerer })
            {
                RtcPeer peer = side.Peer;
                RtcPeer other = _pair.Other(side).Peer;

                // One that is stopped but carries the transport stays as an inactive one, which its own side does not count any more.
                RtcAudioSection[] used = [.. peer.AudioSections.Where(IsUsed)];
                Assert.Equal(
                    other.AudioSections.Where(IsUsed).Select(s => (s.Index, s.Audio!.Mid, s.Audio.Direction.Reverse())),
                    used.Select(s => (s.Index, s.Audio!.Mid, s.Audio.Direction)));
                Assert.InRange(used.Length, 0, MaxSections);
                Assert.InRange(peer.AudioSections.Count, used.Length, 2 * MaxSections);
                foreach (RtcAudioSection section in used)
                {
                    RtcAudioSection theirs = other.AudioSections.Single(s => s.Index == section.Index);
                    bool flows = section.MayReceive && theirs.MaySend;

                    // In a bad network some are lost, and what was late or is sent again comes from before.
                    (long least, long most) = !flows ? (0, 0) : _loses ? (40, 60) : (49, 51);
                    long heard = side.AudioIn.GetValueOrDefault(section);
                    Assert.True(
                        heard >= least && heard <= most,
                        $"{side.Name} {section}: {heard} packets");
                    if (flows)
                        Assert.Equal((theirs.LocalSsrc, theirs.TrackId), (section.RemoteSsrc, section.Audio!.RemoteTrackId));
                }

                Assert.Empty(side.AudioIn.Keys.Except(used));
                Assert.Equal(0, side.AudioCorrupt);
                Assert.Equal(other.HasDataChannels, peer.HasDataChannels);
                Assert.InRange(peer.GetStatistics(_pair.Now).AudioSections.Length, 0, MaxSections);
            }

            if (_pair.Caller.Peer.HasDataChannels && _random.Next(3) == 0)
                Say(AnySide);
        }

        private void Say(PeerSide side)
        {
            string text = $"message {_messages++}";
            ushort channel = side.Peer.OpenChannel(_pair.Now, new DataChannelOptions { Label = text });
            Assert.Equal(DataSendResult.Ok, side.SendText(_pair.Now, channel, text));
            Assert.True(_pair.RunUntil(() => _pair.Other(side).Messages.Contains(text), TimeSpan.FromSeconds(20)), $"{text} {this}");
            side.Peer.CloseChannel(_pair.Now, channel);
        }

        private static bool IsUsed(RtcAudioSection section) => section.Audio is { } audio && audio.Direction != SdpDirection.Inactive;

        private void Delay() => _pair.RunFor(TimeSpan.FromMilliseconds(_random.Next(200)));

        private void Note(string step) => _steps.Add(step);

        private static string Shape(RtcPeer peer) =>
            $"{peer.IceUfrag} {peer.HasDataChannels} {peer.LocalSsrc} {string.Join(", ", peer.AudioSections.Select(s => $"{s} {s.Audio?.GetHashCode()}"))}";

        private static string Change(string sdp, string start, string? line) =>
            string.Join("\r\n", sdp.Split("\r\n").Select(l => l.StartsWith(start, StringComparison.Ordinal) ? line : l).Where(l => l is not null));
    }
}
