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

    // An offer is a few KB: whoever takes longer holds a buffer and a connection for nothing.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private const string MediaType = "application/sdp";

    /// <summary>The body's text, or the problem to answer with.</summary>
    internal static async Task<(string? Sdp, IResult? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return (null, Problems.Create(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", $"The body must be an SDP offer with Content-Type: {MediaType}."));
        }

        if (request.ContentLength > MaxBytes)
            return (null, TooLarge());
        PipeReader reader = request.BodyReader;
        using var slow = new CancellationTokenSource(ReadTimeout, request.HttpContext.RequestServices.GetRequiredService<TimeProvider>());
        using CancellationTokenRegistration registration = slow.Token.Register(reader.CancelPendingRead);
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(cancellationToken);
                (string? Sdp, IResult? Problem)? outcome =
                    read.IsCanceled ? (null, TooSlow())
                    : read.Buffer.Length > MaxBytes ? (null, TooLarge())
                    : read.IsCompleted ? Decode(read.Buffer)
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
            return (null, e.StatusCode == StatusCodes.Status408RequestTimeout ? TooSlow() : Problems.Create(e.StatusCode, "bad_request", e.Message));
        }
    }

    private static (string? Sdp, IResult? Problem) Decode(in ReadOnlySequence<byte> body)
    {
        if (body.IsEmpty)
            return (null, Problems.Create(StatusCodes.Status400BadRequest, "sdp_empty", "The body is empty; it must be an SDP offer."));
        try
        {
            return (Utf8.GetString(body), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Problems.Create(StatusCodes.Status400BadRequest, "sdp_invalid", "The body is not UTF-8 text."));
        }
    }

    private static IResult TooSlow() =>
        Problems.Create(StatusCodes.Status408RequestTimeout, "sdp_too_slow", $"The offer did not arrive within {ReadTimeout.TotalSeconds:F0} s.");

    private static IResult TooLarge() =>
        Problems.Create(StatusCodes.Status413PayloadTooLarge, "sdp_too_large", $"An SDP offer may have at most {MaxBytes} bytes.");
}
