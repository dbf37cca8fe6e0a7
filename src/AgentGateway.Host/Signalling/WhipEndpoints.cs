using System.Text.Json;
using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Ports;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Host.Signalling;

/// <summary>
/// WHIP (RFC 9725): POST an offer to /whip/{agent}, DELETE the session to hang up. A sendrecv offer is answered
/// sendrecv, so one session carries both voices.
/// </summary>
internal static class WhipEndpoints
{
    private const string SessionPath = "/whip/sessions/";
    private const string RetryAfterSeconds = "5";

    internal static void MapWhip(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/whip/{agent}", StartAsync);
        routes.MapMethods("/whip/{agent}", [HttpMethods.Options], Describe);
        routes.MapGet("/whip/{agent}", () => Results.NoContent());
        routes.MapDelete(SessionPath + "{id}", End);
        routes.MapGet(SessionPath + "{id}", (string id, CallManager calls) => calls.TryGet(id, out _) ? Results.NoContent() : UnknownSession());
    }

    private static async Task<IResult> StartAsync(string agent, HttpContext context, AgentCatalog catalog, CallManager calls)
    {
        if (!catalog.TryGet(agent, out AgentDefinition? definition))
            return Problems.Create(StatusCodes.Status404NotFound, "agent_unknown", "There is no agent of that name; GET /v1/agents lists them.");
        (string? offer, IResult? problem) = await SdpBody.ReadAsync(context.Request, context.RequestAborted);
        if (problem is not null)
            return problem;

        CallStartResult result;
        try
        {
            result = await calls.StartAsync(definition, offer!, context.RequestAborted);
        }
        catch (SpeechProviderException e)
        {
            return Problems.Create(StatusCodes.Status503ServiceUnavailable, "speech_engine_unavailable", e.Message);
        }
        catch (LlmException e)
        {
            return Problems.Create(StatusCodes.Status503ServiceUnavailable, e.Code, e.Message);
        }

        if (result.Overloaded)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Problems.Create(StatusCodes.Status503ServiceUnavailable, "overloaded", "The gateway takes no more calls at present.");
        }

        if (result.Refusal is { } refusal)
            return Refuse(refusal);

        context.Response.Headers.Location = SessionPath + result.Call!.CallId;
        return Results.Text(result.Answer, "application/sdp", statusCode: StatusCodes.Status201Created);
    }

    private static IResult End(string id, CallManager calls)
    {
        if (!calls.TryGet(id, out Call? call))
            return UnknownSession();
        call!.End(ConversationEndReason.CallerHungUp);
        return Results.Ok();
    }

    private static IResult Describe(HttpContext context)
    {
        context.Response.Headers["Accept-Post"] = "application/sdp";
        context.Response.Headers.Allow = "POST, GET, OPTIONS";
        return Results.NoContent();
    }

    private static IResult Refuse(SdpResult refusal)
    {
        int status = refusal.Error is SdpResultError.Empty or SdpResultError.NotSdp
            ? StatusCodes.Status400BadRequest
            : refusal.Error == SdpResultError.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status422UnprocessableEntity;
        string code = "sdp_" + JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Error.ToString());
        return Problems.Create(status, code, refusal.Line > 0 ? $"Line {refusal.Line}: {refusal.Message}" : refusal.Message);
    }

    private static IResult UnknownSession() =>
        Problems.Create(StatusCodes.Status404NotFound, "session_unknown", "There is no such session, or it has ended.");
}
