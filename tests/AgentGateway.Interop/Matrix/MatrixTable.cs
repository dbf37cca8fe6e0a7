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
        },
        new("firefox", "Firefox ESR (Debian)")
        {
            Command = () => Program("node", BrowserPeer, "firefox"),
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
            Takes = ushort.MaxValue,
            Sends = ushort.MaxValue,
            Announces = 64 * 1024,
            Partly = new Dictionary<MatrixColumn, string> { [MatrixColumn.Data] = "64 KiB less one byte at most, its limit both ways" },
        },
        new("wrtc", "@roamhq/wrtc 0.10 (libwebrtc in Node.js)")
        {
            Command = () => Program("node", Source("node", "wrtc.mjs")),
        },
    ];

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

        Every "yes" is a test of this suite (`Matrix/MatrixTests.cs`): a call between our `MediaTransport` and the stack's own program in
        `Peers`, in a network namespace. Audio is a tune each way, found in the other side's recording by correlation; data are
        messages of 1 B to 256 KiB each way, compared by hash; "they" is the other stack. This file is written from the data of the tests
        and checked by one.

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
