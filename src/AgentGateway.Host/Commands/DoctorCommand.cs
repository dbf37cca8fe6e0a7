using System.Globalization;
using System.Text.Json;
using AgentGateway.Host.Configuration;
using AgentGateway.Host.Doctor;
using AgentGateway.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AgentGateway.Host.Commands;

/// <summary>
/// <c>doctor [--offer FILE] [--json]</c>: says what would stop the gateway or its callers, with the configuration that it would run with. Other arguments
/// are configuration, as for the gateway itself.
/// </summary>
internal static class DoctorCommand
{
    /// <summary>The first argument that selects it.</summary>
    internal const string Name = "doctor";

    private const int MaxOfferBytes = 64 * 1024;
    private static readonly TimeSpan GatherLimit = TimeSpan.FromSeconds(10);

    /// <summary>Runs the command.</summary>
    /// <param name="args">After the command's name.</param>
    /// <param name="output">The report.</param>
    /// <param name="errors">What is wrong with the arguments or the configuration.</param>
    /// <param name="gatherLimit">How long STUN and TURN servers may take; null for 10 s.</param>
    /// <returns>0 when nothing failed, 1 when something did, 2 when the arguments are wrong.</returns>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, TimeSpan? gatherLimit = null)
    {
        if (!TryRead(args, errors, out string[] settings, out string? offerFile, out bool json))
            return 2;
        string? offer = null;
        if (offerFile is not null && !TryReadOffer(offerFile, errors, out offer))
            return 2;

        WebApplicationBuilder builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory });
        builder.AddAgentGateway();
        builder.Logging.ClearProviders();
        await using WebApplication app = builder.Build();
        try
        {
            DoctorReport report = await ExamineAsync(app.Services, offer, gatherLimit ?? GatherLimit);
            if (json)
                output.WriteLine(JsonSerializer.Serialize(report, DoctorJson.Default.DoctorReport));
            else
                Print(report, output);
            return report.Status == DoctorStatus.Failed ? 1 : 0;
        }
        catch (OptionsValidationException e)
        {
            foreach (string failure in e.Failures)
                errors.WriteLine($"error: {failure}");
            return 1;
        }
        catch (Exception e) when (e is MediaTransportException or IOException or InvalidDataException or DllNotFoundException)
        {
            errors.WriteLine($"error: {e.Message}");
            return 1;
        }
    }

    private static bool TryRead(string[] args, TextWriter errors, out string[] settings, out string? offerFile, out bool json)
    {
        var rest = new List<string>();
        offerFile = null;
        json = false;
        settings = [];
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json")
            {
                json = true;
            }
            else if (args[i] == "--offer" && i + 1 < args.Length)
            {
                offerFile = args[++i];
            }
            else if (args[i] is "--offer" or "--help" or "-h")
            {
                errors.WriteLine("usage: doctor [--offer FILE] [--json] [settings, such as --Media:Ports:0=9000]");
                return false;
            }
            else
            {
                rest.Add(args[i]);
            }
        }

        settings = [.. rest];
        return true;
    }

    private static bool TryReadOffer(string file, TextWriter errors, out string? offer)
    {
        offer = null;
        try
        {
            if (new FileInfo(file).Length > MaxOfferBytes)
            {
                errors.WriteLine($"error: {file} is longer than any offer ({MaxOfferBytes} bytes).");
                return false;
            }

            offer = File.ReadAllText(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"error: {e.Message}");
            return false;
        }
    }

    private static async Task<DoctorReport> ExamineAsync(IServiceProvider services, string? offer, TimeSpan gatherLimit)
    {
        MediaTransportOptions options = services.GetRequiredService<IOptions<MediaOptions>>().Value.ToTransportOptions();
        var doctor = services.GetRequiredService<GatewayDoctor>();
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        MediaTransport transport;
        DoctorStep? ports = null;
        try
        {
            transport = MediaTransport.Start(options, time, NullLoggerFactory.Instance);
        }
        catch (MediaTransportException e)
        {
            // Everything else can still be told, with ports that the system chooses.
            ports = new DoctorStep("media_ports", DoctorStatus.Warning, $"{e.Message} If that is the gateway itself, ask it: GET /v1/doctor. The ports below are others.");
            transport = MediaTransport.Start(options with { Ports = [.. options.Ports.Select(_ => 0)], TcpPorts = [.. options.TcpPorts.Select(_ => 0)] }, time, NullLoggerFactory.Instance);
        }

        await using (transport)
        {
            // Servers that do not answer in this time are told as such.
            await Task.WhenAny(transport.Gathered, Task.Delay(gatherLimit, time));
            return doctor.Examine(transport, offer, ports);
        }
    }

    private static void Print(DoctorReport report, TextWriter output)
    {
        output.WriteLine("Gateway");
        Print(report.Gateway, output);
        output.WriteLine();
        output.WriteLine("Callers are told");
        foreach (DoctorCandidate candidate in report.Candidates)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {candidate.Type,-17} {candidate.Transport} {candidate.Address} port {candidate.Port}, reachable from {candidate.Reach}"));
        if (report.Offer is null)
            return;
        output.WriteLine();
        output.WriteLine("Offer");
        Print(report.Offer, output);
    }

    private static void Print(IEnumerable<DoctorStep> steps, TextWriter output)
    {
        foreach (DoctorStep step in steps)
        {
            string status = step.Status.ToString().ToLowerInvariant();
            string line = step.Line is { } number ? string.Create(CultureInfo.InvariantCulture, $"line {number}: ") : "";
            output.WriteLine($"  {status,-8} {step.Name,-16} {line}{step.Detail}");
        }
    }
}
