using System.Text;
using AgentGateway.Interop.Support;
using AgentGateway.Testing;

namespace AgentGateway.Interop.Matrix;

/// <summary>
/// The rows of the matrix and the exceptions in them. A cell without an exception is a test that must pass; the table in
/// MATRIX.md is made of the same data.
/// </summary>
internal static class MatrixTable
{
    private static readonly (MatrixColumn Column, string Heading)[] Headings =
    [
        (MatrixColumn.TheyOffer, "they offer"),
        (MatrixColumn.WeOffer, "we offer"),
        (MatrixColumn.Audio, "audio both ways"),
        (MatrixColumn.Data, "data both ways, 1 B to 256 KiB"),
        (MatrixColumn.Trickle, "trickle"),
        (MatrixColumn.IceRestart, "ICE restart"),
        (MatrixColumn.Relay, "TURN relay only"),
        (MatrixColumn.BadNetwork, "5 % loss, 30 ms jitter"),
        (MatrixColumn.TheyHangUp, "they hang up"),
        (MatrixColumn.WeHangUp, "we hang up"),
    ];

    internal static IReadOnlyList<MatrixStack> Stacks { get; } =
    [
        new("chromium", "Chromium (Debian)")
        {
            Command = () => Program("node", BrowserPeer, "chromium"),
            IsBrowser = true,
        },
        new("firefox", "Firefox ESR (Debian)")
        {
            Command = () => Program("node", BrowserPeer, "firefox"),
            IsBrowser = true,
        },
        new("aiortc", "aiortc 1.4 (Debian)")
        {
            Command = () => Program("/usr/bin/python3", Peer("aiortc", "peer.py")),
            Takes = 64 * 1024,
            Announces = 64 * 1024,
            Partly = new Dictionary<MatrixColumn, string>
            {
                [MatrixColumn.Data] = "to it 64 KiB at most, as it announces",
                [MatrixColumn.Trickle] = "takes ours; its own are all in its description",
            },
            Cannot = new Dictionary<MatrixColumn, string> { [MatrixColumn.IceRestart] = "has none" },
        },
        new("pion", "pion 3.1 (Debian)")
        {
            Command = async () => [await GoProgram.BuildAsync(Peer("pion-peer"))],
            HasNoCodec = true,
            AnswersReports = false,
            Takes = ushort.MaxValue,
            Sends = ushort.MaxValue,
            Announces = 64 * 1024,
            Partly = new Dictionary<MatrixColumn, string> { [MatrixColumn.Data] = "64 KiB less one byte at most, its limit both ways" },
        },
        new("wrtc", "@roamhq/wrtc 0.10 (libwebrtc in Node.js)")
        {
            Command = () => Program("node", Source("node", "wrtc.mjs")),
        },
        new("werift", "werift 0.25 (Node.js)")
        {
            Command = () => Program("node", Source("node", "werift.mjs")),
            HasNoCodec = true,
            Takes = 64 * 1024,
            Announces = 64 * 1024,
            Partly = new Dictionary<MatrixColumn, string>
            {
                [MatrixColumn.Data] = "to it 64 KiB at most, as it announces",
                [MatrixColumn.BadNetwork] = "once connected; a flight of DTLS that comes twice may break its handshake",
                [MatrixColumn.TheyHangUp] = "data channels close at once; it says no goodbye for the connection",
            },
        },
        new("gstreamer", "GStreamer 1.22 webrtcbin (Debian)")
        {
            Command = () => Program("/usr/bin/python3", Peer("gstreamer", "peer.py")),
            Takes = 64 * 1024,
            Announces = 64 * 1024,
            Sends = 64 * 1024,
            Partly = new Dictionary<MatrixColumn, string> { [MatrixColumn.Data] = "64 KiB at most both ways, as it announces nothing" },
            Cannot = new Dictionary<MatrixColumn, string>
            {
                [MatrixColumn.IceRestart] = "keeps its credentials",
                [MatrixColumn.TheyHangUp] = "says no goodbye; consent expires",
                [MatrixColumn.WeHangUp] = "does not tell its program, whoever called",
            },
        },
    ];

    /// <summary>All, or those that the environment variable AGENTGATEWAY_MATRIX names.</summary>
    internal static IReadOnlyList<MatrixStack> Tested { get; } =
        Environment.GetEnvironmentVariable("AGENTGATEWAY_MATRIX")?.Split(',') is { } only ? [.. Stacks.Where(s => only.Contains(s.Id))] : Stacks;

    private static string BrowserPeer => Path.Combine(TestPaths.RepositoryRoot, "tests", "browser", "matrix-peer.mjs");

    internal static IEnumerable<MatrixColumn> Columns => Headings.Select(h => h.Column);

    internal static string Render()
    {
        var text = new StringBuilder();
        text.Append("| | ").AppendJoin(" | ", Headings.Select(h => h.Heading)).Append(" |\n|---").Insert(text.Length, "|---", Headings.Length).Append("|\n");
        foreach (MatrixStack stack in Stacks)
            text.Append("| ").Append(stack.Name).Append(" | ").AppendJoin(" | ", Columns.Select(c => Cell(stack, c))).Append(" |\n");
        return text.ToString();
    }

    /// <summary>MATRIX.md.</summary>
    internal static string Document() => $"""
        # What works with which stack

        Every cell is a test of this suite (`Matrix/MatrixTests.cs`): calls between our `MediaTransport` and the stack's own program in
        `Peers`, in a network namespace; "they" is the other stack. A "no" is tried too and must fail. This file is written from the
        data of the tests and checked by one.

        - **they offer**, **we offer**: the call connects. The columns up to the bad network are proven both ways round.
        - **audio**: a tune each way, found in the other side's recording by correlation: 0.75 at least, 0.5 on the bad network.
        - **data**: messages of 1 B, 1 KiB, 16 KiB, 64 KiB and 256 KiB each way, compared by hash; "KiB at most" where the stack says so.
        - **trickle**: descriptions without candidates. When they offer we know only the candidates they tell one by one, when we offer
          they know only ours.
        - **ICE restart**: by whoever offered; both sides' credentials change, the new path comes into use, audio and messages follow.
        - **TURN relay only**: they may use a TURN server (coturn) only; media come from the relay's address; audio and messages.
        - **5 % loss, 30 ms jitter**: in both directions, from the first packet, in a user-space network that loses one of each 20
          datagrams and delays each by 0 to 60 ms; 4 to 6 % must have been lost; audio and messages;
          the round trip, jitter and loss that our statistics tell are that network's (pion 3 tells no round trip).
        - **they hang up** (in the call they offered): we know it within 4 s. **we hang up** (in ours): they know it within 4 s.

        {Render()}
        """;

    private static string Cell(MatrixStack stack, MatrixColumn column) =>
        stack.Cannot.TryGetValue(column, out string? reason) ? $"no: {reason}"
        : stack.Partly.TryGetValue(column, out string? limit) ? $"yes ({limit})"
        : "yes";

    private static Task<IReadOnlyList<string>> Program(params string[] command) => Task.FromResult<IReadOnlyList<string>>(command);

    private static string Peer(params string[] path) => Path.Combine([AppContext.BaseDirectory, "Peers", .. path]);

    // Beside its node_modules, which are not copied.
    private static string Source(params string[] path) =>
        Path.Combine([TestPaths.RepositoryRoot, "tests", "AgentGateway.Interop", "Peers", .. path]);
}
