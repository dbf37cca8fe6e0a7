using System.Text;
using Microsoft.Net.Http.Headers;

namespace AgentGateway.Host.Signalling;

/// <summary>Reads an SDP request body with every bound applied before it is parsed.</summary>
internal static class SdpBody
{
    /// <summary>Longest offer accepted; real ones stay below 12 KB.</summary>
    internal const int MaxBytes = 64 * 1024;

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
        byte[] buffer = new byte[MaxBytes + 1];
        int length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > MaxBytes)
            return (null, TooLarge());
        if (length == 0)
            return (null, Problems.Create(StatusCodes.Status400BadRequest, "sdp_empty", "The body is empty; it must be an SDP offer."));
        try
        {
            return (new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(buffer, 0, length), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Problems.Create(StatusCodes.Status400BadRequest, "sdp_invalid", "The body is not UTF-8 text."));
        }
    }

    private static IResult TooLarge() =>
        Problems.Create(StatusCodes.Status413PayloadTooLarge, "sdp_too_large", $"An SDP offer may have at most {MaxBytes} bytes.");
}
