using AgentGateway.Host.Signalling;
using AgentGateway.Net;

namespace AgentGateway.Host.Doctor;

/// <summary>
/// GET /v1/doctor: what works here and what callers are told. POST an offer to it: the same, and at which step the offer fails. No call comes of
/// it. It tells no more than an answer does, beside counts.
/// </summary>
internal static class DoctorEndpoints
{
    private const string Path = "/v1/doctor";

    internal static void MapDoctor(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (GatewayDoctor doctor, MediaTransport transport) => Tell(doctor.Examine(transport, null)));
        routes.MapPost(Path, async (HttpContext context, GatewayDoctor doctor, MediaTransport transport) =>
        {
            (string? offer, IResult? problem) = await SdpBody.ReadAsync(context.Request, context.RequestAborted);
            return problem ?? Tell(doctor.Examine(transport, offer));
        });
    }

    private static IResult Tell(DoctorReport report) => Results.Json(report, DoctorJson.Default.DoctorReport);
}
