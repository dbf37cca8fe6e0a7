using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Conversation.Tests.Log;

public sealed class CallLogWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentgateway-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_added_is_in_the_file_once_it_is_complete()
    {
        var stream = new KeptStream();
        await using (var writer = new CallLogWriter(stream, "call-1", new CallLogOptions { Folder = "" }, TimeProvider.System, NullLogger.Instance))
        {
            writer.Begin(new CallLogHeader { Agent = "a" });
            for (int i = 0; i < 5000; i++)
                writer.Add(Voice(i));
        }

        CallLogReader log = CallLogCodecTests.Open(stream.Kept);
        Assert.Equal(Enumerable.Range(0, 5000).Select(Voice), CallLogCodecTests.ReadAll(log));
        Assert.Equal(CallLogEnd.Complete, log.End);
        Assert.Equal(("call-1", "a"), (log.Header.CallId, log.Header.Agent));
        Assert.NotEmpty(log.Header.Gateway);
    }

    [Fact]
    public async Task A_disk_that_stalls_costs_the_log_a_gap_and_the_call_nothing()
    {
        var stream = new KeptStream { Gate = new TaskCompletionSource() };
        var writer = new CallLogWriter(stream, "c", new CallLogOptions { Folder = "" }, TimeProvider.System, NullLogger.Instance);
        writer.Begin(new CallLogHeader());
        await stream.Reached.Task;
        // The header's write hangs: nothing is taken from the queue, and adding returns all the same.
        const int Added = 20_000;
        for (int i = 0; i < Added; i++)
            writer.Add(Voice(i));
        long dropped = writer.Dropped;
        Assert.InRange(dropped, 1, Added - 1);
        stream.Gate.SetResult();
        Assert.True(SpinWait.SpinUntil(() => writer.Written > 100_000, TimeSpan.FromMinutes(1)));
        writer.Add(Voice(Added));
        await writer.DisposeAsync();

        CallLogReader log = CallLogCodecTests.Open(stream.Kept);
        List<CallLogEntry> read = CallLogCodecTests.ReadAll(log);
        Assert.Equal(CallLogEnd.Complete, log.End);
        CallLogEntry.Gap gap = Assert.Single(read.OfType<CallLogEntry.Gap>());
        Assert.Equal((dropped, Voice(Added)), (gap.Count, read[^1]));
        Assert.Equal(Added + 1 - dropped, read.Count - 1);
    }

    [Fact]
    public async Task A_log_stops_at_its_size_limit_and_says_so()
    {
        var stream = new KeptStream();
        var options = new CallLogOptions { Folder = "", MaxFileBytes = 1 << 16 };
        await using (var writer = new CallLogWriter(stream, "c", options, TimeProvider.System, NullLogger.Instance))
        {
            writer.Begin(new CallLogHeader());
            for (int i = 0; i < 8000; i++)
                writer.Add(Voice(i));
        }

        CallLogReader log = CallLogCodecTests.Open(stream.Kept);
        int count = CallLogCodecTests.ReadAll(log).Count;
        Assert.Equal(CallLogEnd.SizeLimit, log.End);
        Assert.InRange(count, 1000, 7999);
        Assert.InRange(stream.Kept.Length, 60_000, (1 << 16) + 200);
    }

    [Fact]
    public async Task A_disk_that_fails_is_survived()
    {
        var stream = new KeptStream { Failing = true };
        await using var writer = new CallLogWriter(stream, "c", new CallLogOptions { Folder = "" }, TimeProvider.System, NullLogger.Instance);
        writer.Begin(new CallLogHeader());
        for (int i = 0; i < 100; i++)
            writer.Add(Voice(i));
        await writer.DisposeAsync();
        Assert.Equal(100, writer.Dropped);
    }

    [Fact]
    public async Task Logs_are_for_their_owner_and_the_oldest_make_room()
    {
        var time = new ManualTimeProvider();
        string inner = Path.Combine(_folder, "logs");
        var options = new CallLogOptions { Folder = inner, MaxFolderBytes = 2000 };
        await using var folder = new CallLogFolder(options, time, NullLogger<CallLogFolder>.Instance);
        for (int i = 0; i < 8; i++)
        {
            ICallLog log = folder.Create("id/../" + i, "agent")!;
            log.Begin(new CallLogHeader());
            log.Complete();
            time.Advance(TimeSpan.FromSeconds(1));
            string path = Directory.GetFiles(inner).Max(StringComparer.Ordinal)!;
            Assert.True(SpinWait.SpinUntil(() => new FileInfo(path).Length > 0 && CallLogReader.Open(path).TryRead(out _) is false, TimeSpan.FromMinutes(1)));
        }

        await folder.DisposeAsync();
        string[] kept = [.. Directory.GetFiles(inner).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.InRange(kept.Length, 2, 4);
        Assert.Equal($"19700101-000007-agent-id----7{CallLogFolder.Extension}", kept[^1]);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(inner, kept[0])));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(inner));
        }
    }

    [Fact]
    public async Task A_call_that_never_began_leaves_no_file()
    {
        await using var folder = new CallLogFolder(new CallLogOptions { Folder = _folder }, TimeProvider.System, NullLogger<CallLogFolder>.Instance);
        folder.Create("x", "agent")!.Complete();
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(_folder).Length == 0, TimeSpan.FromMinutes(1)));
    }

    private static CallLogEntry Voice(int i) =>
        new CallLogEntry.Fact(Instant.FromMilliseconds(i * 32), TurnFact.Voice(0.25f, i * 512L, TimeSpan.FromMilliseconds(32), Instant.FromMilliseconds(i * 32)));

    private sealed class KeptStream : MemoryStream
    {
        private int _writes;

        public bool Failing { get; init; }

        public TaskCompletionSource? Gate { get; init; }

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public byte[] Kept { get; private set; } = [];

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reached.TrySetResult();
            if (Failing)
                throw new IOException("full");
            if (_writes++ == 0 && Gate is { } gate)
                await gate.Task;
            Write(buffer.Span);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && Kept.Length == 0)
                Kept = ToArray();
            base.Dispose(disposing);
        }
    }
}
