using System.Collections.Concurrent;
using System.Net;
using AgentGateway.Audio;
using AgentGateway.Interop.Support;
using AgentGateway.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Interop.Matrix;

/// <summary>
/// What the matrix needs once: a network namespace in which the other stacks run as on another machine, our transport, a TURN
/// server, files of the tunes. Calls with a stack are made when its first cell is asked for.
/// </summary>
public sealed class MatrixLab : IAsyncLifetime
{
    private const int TurnPort = 3479;
    private const int FirstRelayPort = 46000;

    private readonly ConcurrentDictionary<string, Lazy<Task<MatrixOutcome>>> _outcomes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(bool, Melody), string> _tunes = new();
    private readonly WorkFolder _folder = new();
    private NetworkNamespace? _network;
    private MediaTransport? _transport;
    private MatrixRelay? _turn;

    internal IReadOnlyList<string> Prefix => _network!.Prefix;

    /// <summary>Our address towards the other stacks.</summary>
    internal IPAddress Address => _network!.HostAddress;

    internal MediaTransport Transport => _transport!;

    internal MatrixRelay Turn => _turn!;

    internal IPEndPoint MediaEndPoint => new(Address, _transport!.LocalEndPoints[0].Port);

    public async ValueTask InitializeAsync()
    {
        _network = await NetworkNamespace.CreateAsync(reachable: true);
        _transport = MediaTransport.Start(
            new MediaTransportOptions { Ports = [0], AdvertisedAddresses = [Address], IceLite = false }, TimeProvider.System, NullLoggerFactory.Instance);
        _turn = await MatrixRelay.StartAsync(Address, TurnPort, FirstRelayPort);
    }

    public async ValueTask DisposeAsync()
    {
        if (_transport is not null)
            await _transport.DisposeAsync();
        if (_turn is not null)
            await _turn.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>
    /// What became of the calls with a stack. Those with the next one begin at the same time, since most of a call is waiting for a
    /// tune's end; only a browser has the machine to itself.
    /// </summary>
    internal Task<MatrixOutcome> OutcomeAsync(MatrixStack stack)
    {
        Task<MatrixOutcome> outcome = Begin(stack);
        if (!stack.IsBrowser && MatrixTable.Tested.SkipWhile(s => s != stack).ElementAtOrDefault(1) is { IsBrowser: false } next)
            _ = Begin(next);
        return outcome;
    }

    private Task<MatrixOutcome> Begin(MatrixStack stack) =>
        _outcomes.GetOrAdd(stack.Id, _ => new Lazy<Task<MatrixOutcome>>(() => Task.Run(() => MatrixCalls.RunAsync(stack, this)))).Value;

    /// <summary>A tune in the form that a stack plays.</summary>
    internal string TuneFile(MatrixStack stack, Melody tune) => _tunes.GetOrAdd((stack.HasNoCodec, tune), _ =>
    {
        string path = _folder[Guid.NewGuid().ToString("N")];
        if (stack.HasNoCodec)
            return OpusPacketFile.Write(path, tune.Render());
        using WavWriter writer = WavWriter.CreateFile(path, new WavFormat(Melody.Rate, 1));
        writer.Write(tune.Render());
        return path;
    });

    /// <summary>What a stack has recorded.</summary>
    internal static (short[] Pcm, int Rate) ReadRecording(MatrixStack stack, string path)
    {
        short[] pcm = WavReader.ReadAllMono(stack.HasNoCodec ? OpusPacketFile.Decode(path) : path, out int rate);
        return (pcm, rate);
    }
}
