using System.Text.Json;
using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Ports;
using AgentGateway.Host.Configuration;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AgentGateway.Host.Signalling;

/// <summary>
/// WHIP (RFC 9725): POST an offer to /whip/{agent}, PATCH the session to trickle candidates or restart ICE, DELETE it to hang
/// up. A sendrecv offer is answered sendrecv, so one session carries both voices.
/// </summary>
internal static class WhipEndpoints
{
    private const string SessionPath = "/whip/sessions/";
    private const string RetryAfterSeconds = "5";

    // Clients look here, and not only in a preflight's answer, whether they may trickle.
    private const string AllMethods = "POST, PATCH, DELETE, GET, HEAD, OPTIONS";

    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    internal static void MapWhip(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/whip/{agent}", StartAsync);
        routes.MapMethods("/whip/{agent}", [HttpMethods.Options], Describe);
        routes.MapMethods("/whip/{agent}", ReadMethods, () => Results.NoContent());
        routes.MapPatch(SessionPath + "{id}", TrickleAsync);
        routes.MapMethods(SessionPath + "{id}", [HttpMethods.Options], DescribeSession);
        routes.MapDelete(SessionPath + "{id}", End);
        routes.MapMethods(SessionPath + "{id}", ReadMethods, (string id, CallManager calls) => calls.TryGet(id, out _) ? Results.NoContent() : UnknownSession());
    }

    private static async Task<IResult> StartAsync(
        string agent, HttpContext context, AgentCatalog catalog, CallManager calls, IOptions<MediaOptions> media)
    {
        if (!catalog.TryGet(agent, out AgentDefinition? definition))
            return Problems.Create(StatusCodes.Status404NotFound, "agent_unknown", "There is no agent of that name; GET /v1/agents lists them.");
        (string? offer, IResult? problem) = await SdpBody.ReadAsync(context.Request, context.RequestAborted);
        if (problem is not null)
            return problem;

        CallStartResult result;
        try
        {
            result = await calls.StartAsync(definition, offer!, context.Connection.RemoteIpAddress, context.RequestAborted);
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
        context.Response.Headers.ETag = EntityTag(result.IceUfrag!);
        AddIceServers(context.Response, media.Value);
        return Results.Text(result.Answer, SdpBody.OfferType, statusCode: StatusCodes.Status201Created);
    }

    private static IResult End(string id, CallManager calls)
    {
        if (!calls.TryGet(id, out Call? call))
            return UnknownSession();
        call!.End(ConversationEndReason.CallerHungUp);
        return Results.Ok();
    }

    /// <summary>
    /// Candidates with If-Match of the ICE session's ETag: 204. New credentials with If-Match: * restart ICE: 200, our new credentials and a
    /// new ETag. Anything that belongs to another ICE session: 412. Some clients never send If-Match; they may trickle when the
    /// fragment itself names the ICE session by its credentials, and else get 428.
    /// </summary>
    private static async Task<IResult> TrickleAsync(string id, HttpContext context, CallManager calls)
    {
        if (!calls.TryGet(id, out Call? call))
            return UnknownSession();
        IList<string> condition = [.. context.Request.Headers.IfMatch.OfType<string>()];
        IList<EntityTagHeaderValue> tags = [];
        if (condition.Count > 0 && !EntityTagHeaderValue.TryParseStrictList(condition, out tags!))
            return Problems.Create(StatusCodes.Status400BadRequest, "if_match_malformed", "If-Match must be * or the quoted ETag of the session.");
        (string? fragment, IResult? problem) = await SdpBody.ReadFragmentAsync(context.Request, context.RequestAborted);
        if (problem is not null)
        {
            context.Response.Headers["Accept-Patch"] = SdpBody.FragmentType;
            return problem;
        }

        if (condition.Count == 0 && !NamesIceSession(fragment!))
            return Problems.Create(StatusCodes.Status428PreconditionRequired, "if_match_required", "Send If-Match with the ETag of the ICE session, or * to restart ICE.");

        bool any = tags.Contains(EntityTagHeaderValue.Any);
        string[]? ufrags = any || tags.Count == 0 ? null : [.. tags.Where(t => !t.IsWeak).Select(t => t.Tag.Substring(1, t.Tag.Length - 2))];
        FragmentResult outcome = await call!.AcceptFragmentAsync(fragment!, ufrags, mayRestart: any);
        if (outcome.Overloaded)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Problems.Create(StatusCodes.Status503ServiceUnavailable, "overloaded", "The gateway is too busy at present.");
        }

        if (outcome.Result is not { } result)
            return UnknownSession();
        if (!result.IsSuccess)
            return RefuseFragment(result);
        if (result.Answer is null)
            return Results.NoContent();
        context.Response.Headers.ETag = EntityTag(outcome.IceUfrag!);
        return Results.Text(result.Answer, SdpBody.FragmentType);
    }

    // What does not parse is refused with its line by the call.
    private static bool NamesIceSession(string fragment) =>
        !SdpSession.TryParseFragment(fragment, SdpLimits.Default, out SdpSession? parsed, out _)
        || parsed!.Attributes.First("ice-ufrag") is not null
        || parsed.Media.Any(m => m.IceUfrag is not null);

    private static IResult Describe(HttpContext context, IOptions<MediaOptions> media)
    {
        context.Response.Headers["Accept-Post"] = SdpBody.OfferType;
        context.Response.Headers.Allow = "POST, GET, HEAD, OPTIONS";
        context.Response.Headers.AccessControlAllowMethods = AllMethods;
        AddIceServers(context.Response, media.Value);
        return Results.NoContent();
    }

    private static IResult DescribeSession(HttpContext context)
    {
        context.Response.Headers["Accept-Patch"] = SdpBody.FragmentType;
        context.Response.Headers.Allow = "PATCH, DELETE, GET, HEAD, OPTIONS";
        context.Response.Headers.AccessControlAllowMethods = AllMethods;
        return Results.NoContent();
    }

    // Every ICE session has credentials of its own, so our ufrag is a strong validator of it.
    private static string EntityTag(string iceUfrag) => $"\"{iceUfrag}\"";

    private static void AddIceServers(HttpResponse response, MediaOptions media)
    {
        foreach (string link in media.IceServers.SelectMany(s => s.ToLinks()))
            response.Headers.Append(HeaderNames.Link, link);
    }

    private static IResult RefuseFragment(SdpResult refusal) => Refuse(refusal, refusal.Error switch
    {
        SdpResultError.StaleGeneration => StatusCodes.Status412PreconditionFailed,
        SdpResultError.TooLarge => StatusCodes.Status413PayloadTooLarge,
        SdpResultError.Incompatible => StatusCodes.Status422UnprocessableEntity,
        SdpResultError.WrongState or SdpResultError.Glare => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status400BadRequest,
    });

    private static IResult Refuse(SdpResult refusal) => Refuse(refusal, refusal.Error switch
    {
        SdpResultError.Empty or SdpResultError.NotSdp => StatusCodes.Status400BadRequest,
        SdpResultError.TooLarge => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status422UnprocessableEntity,
    });

    private static IResult Refuse(SdpResult refusal, int status)
    {
        string code = "sdp_" + JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Error.ToString());
        return Problems.Create(status, code, refusal.Line > 0 ? $"Line {refusal.Line}: {refusal.Message}" : refusal.Message);
    }

    private static IResult UnknownSession() =>
        Problems.Create(StatusCodes.Status404NotFound, "session_unknown", "There is no such session, or it has ended.");
}
