using System.Security.Cryptography;
using AgentGateway.Rtc.Dtls;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Net;

/// <summary>
/// The DTLS certificate of new calls, replaced well before it expires. Calls keep the one they began with, also through re-offers, since their
/// far end knows its fingerprint. Thread-safe.
/// </summary>
internal sealed partial class CertificateRotation : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    // Longer than a call lasts, so that no call outlives the validity of its certificate.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(7);

    // For callers whose clock is behind.
    private static readonly TimeSpan Backdate = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private volatile DtlsCertificate _current;
    private DtlsCertificate? _previous;

    /// <exception cref="DllNotFoundException">OpenSSL 3 is not installed; the message says what to install.</exception>
    internal CertificateRotation(TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _current = Create(time.GetUtcNow());
    }

    /// <summary>The certificate for a call that begins now.</summary>
    internal DtlsCertificate Current
    {
        get
        {
            DateTimeOffset now = _time.GetUtcNow();
            return now < _current.NotAfter - RenewBefore ? _current : Renew(now);
        }
    }

    public void Dispose()
    {
        _current.Dispose();
        _previous?.Dispose();
    }

    private static DtlsCertificate Create(DateTimeOffset now) => DtlsCertificate.Create("AgentGateway", now - Backdate, now + Lifetime);

    private DtlsCertificate Renew(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (now < _current.NotAfter - RenewBefore)
                return _current;
            try
            {
                DtlsCertificate next = Create(now);

                // An offer of ours may still wait for its answer with the one before; nobody begins with the one before that.
                _previous?.Dispose();
                _previous = _current;
                _current = next;
                LogRenewed(_logger, next.Fingerprint, next.NotAfter);
            }
            catch (Exception e) when (e is CryptographicException or InvalidOperationException)
            {
                // Peers look at the fingerprint and not at the dates: the old one still connects. Tried again with the next call.
                LogRenewalFailed(_logger, e);
            }

            return _current;
        }
    }

    [LoggerMessage(4020, LogLevel.Information, "New calls have a new certificate: {Fingerprint}, valid until {NotAfter:u}")]
    private static partial void LogRenewed(ILogger logger, DtlsFingerprint fingerprint, DateTimeOffset notAfter);

    [LoggerMessage(4021, LogLevel.Error, "No new certificate could be made; calls go on with the old one")]
    private static partial void LogRenewalFailed(ILogger logger, Exception e);
}
