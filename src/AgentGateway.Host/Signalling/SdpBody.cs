using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace AgentGateway.Host.Signalling;

/// <summary>Reads an SDP request body with every bound applied before it is parsed.</summary>
internal static class SdpBody
{
    /// <summary>Longest offer accepted; real ones stay below 12 KB.</summary>
    internal const int MaxBytes = 64 * 1024;

    /// <summary>Longest fragment accepted: some hundred candidates.</summary>
    internal const int MaxFragmentBytes = 16 * 1024;

    // An offer is a few KB: whoever takes longer holds a buffer and a connection for nothing.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    internal const string OfferType = "application/sdp";

    internal const string FragmentType = "application/trickle-ice-sdpfrag";

    /// <summary>The offer's text, or the problem to answer with.</summary>
    internal static Task<(string? Sdp, IResult? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken) =>
        ReadAsync(request, OfferType, "an SDP offer", MaxBytes, cancellationToken);

    /// <summary>The text of a trickled fragment, or the problem to answer with.</summary>
    internal static Task<(string? Sdp, IResult? Problem)> ReadFragmentAsync(HttpRequest request, CancellationToken cancellationToken) =>
        ReadAsync(request, FragmentType, "an SDP fragment", MaxFragmentBytes, cancellationToken);

    private static async Task<(string? Sdp, IResult? Problem)> ReadAsync(
        HttpRequest request, string mediaType, string what, int maxBytes, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
        {
            return (null, Problems.Create(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", $"The body must be {what} with Content-Type: {mediaType}."));
        }

        if (request.ContentLength > maxBytes)
            return (null, TooLarge(what, maxBytes));
        PipeReader reader = request.BodyReader;
        using var slow = new CancellationTokenSource(ReadTimeout, request.HttpContext.RequestServices.GetRequiredService<TimeProvider>());
        using CancellationTokenRegistration registration = slow.Token.Register(reader.CancelPendingRead);
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(cancellationToken);
                (string? Sdp, IResult? Problem)? outcome =
                    read.IsCanceled ? (null, TooSlow(what))
                    : read.Buffer.Length > maxBytes ? (null, TooLarge(what, maxBytes))
                    : read.IsCompleted ? Decode(read.Buffer, what)
                    : null;

                // Whatever the outcome, every read is followed by this: the server reads on where we stop.
                reader.AdvanceTo(outcome is null ? read.Buffer.Start : read.Buffer.End, read.Buffer.End);
                if (outcome is { } known)
                    return known;
            }
        }
        catch (BadHttpRequestException e)
        {
            // The server's own limits: too slow, malformed chunks, a body cut short.
            return (null, e.StatusCode == StatusCodes.Status408RequestTimeout ? TooSlow(what) : Problems.Create(e.StatusCode, "bad_request", e.Message));
        }
    }

    private static (string? Sdp, IResult? Problem) Decode(in ReadOnlySequence<byte> body, string what)
    {
        if (body.IsEmpty)
            return (null, Problems.Create(StatusCodes.Status400BadRequest, "sdp_empty", $"The body is empty; it must be {what}."));
        try
        {
            return (Utf8.GetString(body), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Problems.Create(StatusCodes.Status400BadRequest, "sdp_invalid", "The body is not UTF-8 text."));
        }
    }

    private static IResult TooSlow(string what) =>
        Problems.Create(StatusCodes.Status408RequestTimeout, "sdp_too_slow", $"The body, {what}, did not arrive within {ReadTimeout.TotalSeconds:F0} s.");

    private static IResult TooLarge(string what, int maxBytes) =>
        Problems.Create(StatusCodes.Status413PayloadTooLarge, "sdp_too_large", $"The body must be {what} of at most {maxBytes} bytes.");
}
