using System.Runtime.InteropServices;
using AgentGateway.Rtc.Srtp;

namespace AgentGateway.Rtc.Dtls.Interop;

/// <summary>
/// One SSL object behind safe calls: at most one datagram goes in per call, the error queue is cleared before and drained
/// after each. Not thread-safe.
/// </summary>
internal sealed unsafe class SslConnection : IDisposable
{
    // Bound of the wait for OpenSSL's 2 ms, in calls of about 0.1 us: enough on any machine, an end if the wall clock was set back.
    private const int MaxTimeoutAttempts = 400_000;

    private readonly SafeSslHandle _ssl;
    private readonly DatagramBio _bio;

    public SslConnection(
        SafeSslContextHandle context,
        DtlsRole role,
        IReadOnlyList<DtlsFingerprint> fingerprints,
        DtlsOptions options,
        DatagramQueue outgoing)
    {
        OpenSsl.ERR_clear_error();
        _bio = new DatagramBio(fingerprints, outgoing, options.MaxDatagramSize);
        _ssl = OpenSsl.SSL_new(context);
        if (_ssl.IsInvalid)
            throw new InvalidOperationException($"OpenSSL refused SSL_new: {SslError.Drain().Text}");
        nint bio = _bio.CreateNative();
        OpenSsl.SSL_set_bio(_ssl, bio, bio);
        OpenSsl.DTLS_set_timer_cb(_ssl, &DatagramBio.OnTimer);
        OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlDtlsSetLinkMtu, new CLong(options.MaxDatagramSize - DtlsRecords.AeadOverhead), null);
        OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlSetMaxSendFragment, new CLong(options.MaxDatagramSize), null);
        // Returns 0 for success, unlike everything else.
        if (OpenSsl.SSL_set_tlsext_use_srtp(_ssl, string.Join(':', options.SrtpProfiles.Select(Name))) != 0)
        {
            string reason = SslError.Drain().Text;
            _ssl.Dispose();
            throw new InvalidOperationException($"OpenSSL refused the SRTP profiles: {reason}");
        }

        if (role == DtlsRole.Client)
            OpenSsl.SSL_set_connect_state(_ssl);
        else
            OpenSsl.SSL_set_accept_state(_ssl);
    }

    /// <summary>Why the last call failed.</summary>
    public SslError LastError { get; private set; }

    public bool CertificateMatched => _bio.CertificateMatched;

    public bool CertificateRefused => _bio.CertificateRefused;

    /// <summary>Whether a new flight was sent since this was last asked.</summary>
    public bool TakeNewFlight()
    {
        bool taken = _bio.NewFlight;
        _bio.NewFlight = false;
        return taken;
    }

    /// <summary>Whether OpenSSL waits for an answer and would repeat its flight.</summary>
    public bool IsTimerRunning
    {
        get
        {
            OpenSsl.TimeValue left;
            return OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlDtlsGetTimeout, new CLong(0), &left).Value == 1;
        }
    }

    /// <summary>Moves the handshake on with one datagram, or starts it with none.</summary>
    public SslStatus Handshake(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* input = datagram)
        {
            Begin(input, datagram.Length);
            return End(OpenSsl.SSL_do_handshake(_ssl));
        }
    }

    /// <summary>Gives the datagram of application data to OpenSSL and reads the first piece of data, if any.</summary>
    public SslStatus Read(ReadOnlySpan<byte> datagram, Span<byte> destination, out int length)
    {
        fixed (byte* input = datagram)
        {
            Begin(input, datagram.Length);
            return Read(destination, out length);
        }
    }

    /// <summary>Reads what is left of records that a previous call took in.</summary>
    public SslStatus ReadMore(Span<byte> destination, out int length)
    {
        Begin(null, 0);
        return Read(destination, out length);
    }

    /// <summary>Writes one record.</summary>
    public SslStatus Write(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            Begin(null, 0);
            return End(OpenSsl.SSL_write(_ssl, start, data.Length));
        }
    }

    /// <summary>Sends close_notify.</summary>
    public void Shutdown()
    {
        Begin(null, 0);
        int result = OpenSsl.SSL_shutdown(_ssl);
        _bio.ClearInput();
        if (result < 0)
            LastError = SslError.Drain();
    }

    /// <summary>Repeats the last flight now. False when OpenSSL's timer had not expired, or gave up (then the status says Failed).</summary>
    public bool Retransmit(out SslStatus status)
    {
        Begin(null, 0);
        _bio.Retransmitting = true;
        nint result = 0;
        for (int i = 0; i < MaxTimeoutAttempts && result == 0; i++)
            result = OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlDtlsHandleTimeout, new CLong(0), null).Value;
        _bio.Retransmitting = false;
        _bio.ClearInput();
        if (result < 0)
            LastError = SslError.Drain();
        status = result < 0 ? SslStatus.Failed : SslStatus.WantRead;
        return result > 0;
    }

    /// <summary>The profile both sides agreed on, or null.</summary>
    public SrtpProfile? SelectedSrtpProfile()
    {
        OpenSsl.SrtpProtectionProfile* profile = OpenSsl.SSL_get_selected_srtp_profile(_ssl);
        return profile == null ? null : (SrtpProfile)(int)profile->Id.Value;
    }

    /// <summary>The RFC 5705 exporter without context.</summary>
    public void Export(ReadOnlySpan<byte> label, Span<byte> destination)
    {
        OpenSsl.ERR_clear_error();
        fixed (byte* labelStart = label)
        fixed (byte* output = destination)
        {
            int result = OpenSsl.SSL_export_keying_material(
                _ssl, output, (nuint)destination.Length, labelStart, (nuint)label.Length, null, 0, 0);
            if (result != 1)
                throw new InvalidOperationException($"OpenSSL refused to export keys: {SslError.Drain().Text}");
        }
    }

    public void Dispose() => _ssl.Dispose();

    private static string Name(SrtpProfile profile) => profile switch
    {
        SrtpProfile.Aes128CmHmacSha1_80 => "SRTP_AES128_CM_SHA1_80",
        SrtpProfile.Aes128CmHmacSha1_32 => "SRTP_AES128_CM_SHA1_32",
        SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
        SrtpProfile.AeadAes256Gcm => "SRTP_AEAD_AES_256_GCM",
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    private void Begin(byte* datagram, int length)
    {
        ObjectDisposedException.ThrowIf(_ssl.IsClosed, this);
        OpenSsl.ERR_clear_error();
        _bio.SetInput(length == 0 ? null : datagram, length);
    }

    private SslStatus Read(Span<byte> destination, out int length)
    {
        fixed (byte* output = destination)
        {
            int result = OpenSsl.SSL_read(_ssl, output, destination.Length);
            length = Math.Max(0, result);
            return End(result);
        }
    }

    private SslStatus End(int result)
    {
        int error = result > 0 ? OpenSsl.SslErrorNone : OpenSsl.SSL_get_error(_ssl, result);
        _bio.ClearInput();
        switch (error)
        {
            case OpenSsl.SslErrorNone:
                return SslStatus.Done;
            case OpenSsl.SslErrorWantRead:
                OpenSsl.ERR_clear_error();
                return SslStatus.WantRead;
            case OpenSsl.SslErrorZeroReturn:
                return SslStatus.Closed;
            default:
                LastError = SslError.Drain();
                return SslStatus.Failed;
        }
    }
}
