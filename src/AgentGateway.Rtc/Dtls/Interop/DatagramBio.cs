using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AgentGateway.Rtc.Dtls.Interop;

/// <summary>
/// The datagram transport OpenSSL sees: each write is one datagram, each read takes the one datagram being handled. It also
/// holds what the callbacks of its connection need. Kept alive by a GC handle that the BIO owns, and knows nothing of the
/// endpoint, so that an endpoint nobody disposed can still be collected.
/// </summary>
/// <remarks>
/// OpenSSL reads the wall clock to decide when a flight is due again. Here the engine's own schedule decides: OpenSSL's timer
/// is kept so short that it has always expired when the schedule fires, and the retransmissions it then also makes on its own
/// accord while a datagram is handled are dropped on the way out (<see cref="Suppressing"/>). DESIGN.md has the whole story.
/// </remarks>
internal sealed unsafe class DatagramBio
{
    // OpenSSL treats a timer with less than 15 ms to go as expired (d1_lib.c), so this is 2 ms for one call to read what it has.
    private const uint TimerMicroseconds = 17_000;

    private const int BioTypeSourceSink = 0x0400;
    private const int FlagRead = 0x01;
    private const int FlagsRetry = 0x0F;
    private const int FlagShouldRetry = 0x08;
    private const int CtrlFlush = 11;
    private const int CtrlDgramQueryMtu = 40;
    private const byte ContentTypeAlert = 21;

    private static readonly nint Method = CreateMethod();
    private static int liveCount;

    private readonly IReadOnlyList<DtlsFingerprint> _fingerprints;
    private readonly DatagramQueue _outgoing;
    private readonly int _maxDatagramSize;
    private byte* _input;
    private int _inputLength;
    private int _suppressedState = -1;

    public DatagramBio(IReadOnlyList<DtlsFingerprint> fingerprints, DatagramQueue outgoing, int maxDatagramSize)
    {
        _fingerprints = fingerprints;
        _outgoing = outgoing;
        _maxDatagramSize = maxDatagramSize;
    }

    /// <summary>BIOs that exist; for leak tests.</summary>
    public static int LiveCount => Volatile.Read(ref liveCount);

    /// <summary>Set while the engine's schedule asks for a retransmission: what OpenSSL writes then goes out.</summary>
    public bool Retransmitting { get; set; }

    /// <summary>OpenSSL began to wait for the answer to a new flight. The engine clears it.</summary>
    public bool NewFlight { get; set; }

    /// <summary>Whether a certificate was shown and matched.</summary>
    public bool CertificateMatched { get; private set; }

    /// <summary>Whether a certificate was shown and did not match.</summary>
    public bool CertificateRefused { get; private set; }

    private bool Suppressing => _suppressedState >= 0;

    /// <summary>Makes the native BIO, which holds on to this object until OpenSSL frees it.</summary>
    public nint CreateNative()
    {
        nint bio = OpenSsl.BIO_new(Method);
        if (bio == 0)
            throw new InvalidOperationException("OpenSSL refused BIO_new.");
        OpenSsl.BIO_set_data(bio, GCHandle.ToIntPtr(GCHandle.Alloc(this)));
        OpenSsl.BIO_set_init(bio, 1);
        Interlocked.Increment(ref liveCount);
        return bio;
    }

    /// <summary>Sets the datagram that the next read takes. The memory must stay pinned until <see cref="ClearInput"/>.</summary>
    public void SetInput(byte* datagram, int length)
    {
        _input = datagram;
        _inputLength = length;
        _suppressedState = -1;
    }

    /// <summary>Forgets the input, read or not, at the end of a call.</summary>
    public void ClearInput()
    {
        _input = null;
        _inputLength = 0;
        _suppressedState = -1;
    }

    /// <summary>Asked by OpenSSL for the length of the timer: 0 when a new flight starts it, else when it has expired.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static uint OnTimer(nint ssl, uint previous)
    {
        DatagramBio self = From(OpenSsl.SSL_get_rbio(ssl));
        if (previous == 0)
        {
            self.NewFlight = true;
            self._suppressedState = -1;
        }
        else if (!self.Retransmitting)
        {
            // OpenSSL is about to repeat its last flight because its own clock says so.
            self._suppressedState = OpenSsl.SSL_get_state(ssl);
            self._suppressedSsl = ssl;
        }

        return TimerMicroseconds;
    }

    /// <summary>Replaces chain validation: the peer is who its SDP says when the certificate has an announced fingerprint.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int OnVerify(nint store, nint argument)
    {
        nint ssl = OpenSsl.X509_STORE_CTX_get_ex_data(store, OpenSsl.SSL_get_ex_data_X509_STORE_CTX_idx());
        DatagramBio self = From(OpenSsl.SSL_get_rbio(ssl));
        self.CertificateMatched = self.Matches(OpenSsl.X509_STORE_CTX_get0_cert(store));
        self.CertificateRefused = !self.CertificateMatched;
        OpenSsl.X509_STORE_CTX_set_error(store, self.CertificateMatched ? OpenSsl.VerifyOk : OpenSsl.VerifyErrorCertificateRejected);
        return self.CertificateMatched ? 1 : 0;
    }

    private nint _suppressedSsl;

    private bool Matches(nint certificate)
    {
        int length = certificate == 0 ? 0 : OpenSsl.i2d_X509(certificate, null);
        if (length <= 0)
            return false;
        byte[] der = new byte[length];
        fixed (byte* start = der)
        {
            byte* at = start;
            if (OpenSsl.i2d_X509(certificate, &at) != length)
                return false;
        }

        foreach (DtlsFingerprint fingerprint in _fingerprints)
        {
            if (fingerprint.Matches(der))
                return true;
        }

        return false;
    }

    private void Write(ReadOnlySpan<byte> datagram)
    {
        if (Suppressing)
        {
            // A repeated flight is written before anything moves the handshake on; an alert is never part of one.
            if (datagram[0] != ContentTypeAlert && OpenSsl.SSL_get_state(_suppressedSsl) == _suppressedState)
                return;
            _suppressedState = -1;
        }

        // OpenSSL flushes after each message of a repeated flight; records may as well share datagrams.
        if (Retransmitting && _outgoing.TryAppendToLast(datagram, _maxDatagramSize))
            return;
        _outgoing.TryEnqueue(datagram);
    }

    private int Read(Span<byte> buffer)
    {
        _suppressedState = -1;
        if (_input == null)
            return 0;
        int length = Math.Min(_inputLength, buffer.Length);
        new ReadOnlySpan<byte>(_input, length).CopyTo(buffer);
        _input = null;
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(nint bio, byte* data, int length)
    {
        OpenSsl.BIO_clear_flags(bio, FlagsRetry);
        if (data != null && length > 0)
            From(bio).Write(new ReadOnlySpan<byte>(data, length));
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnRead(nint bio, byte* buffer, int length)
    {
        OpenSsl.BIO_clear_flags(bio, FlagsRetry);
        int read = buffer == null || length <= 0 ? 0 : From(bio).Read(new Span<byte>(buffer, length));
        if (read > 0)
            return read;
        OpenSsl.BIO_set_flags(bio, FlagRead | FlagShouldRetry);
        return -1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static CLong OnControl(nint bio, int command, CLong number, void* pointer) => command switch
    {
        CtrlFlush => new CLong(1),
        CtrlDgramQueryMtu => new CLong(From(bio)._maxDatagramSize),
        _ => new CLong(0),
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnDestroy(nint bio)
    {
        nint data = OpenSsl.BIO_get_data(bio);
        if (data != 0)
        {
            GCHandle.FromIntPtr(data).Free();
            OpenSsl.BIO_set_data(bio, 0);
            Interlocked.Decrement(ref liveCount);
        }

        return 1;
    }

    private static DatagramBio From(nint bio) => Unsafe.As<DatagramBio>(GCHandle.FromIntPtr(OpenSsl.BIO_get_data(bio)).Target!);

    private static nint CreateMethod()
    {
        nint method = OpenSsl.BIO_meth_new(OpenSsl.BIO_get_new_index() | BioTypeSourceSink, "datagram");
        bool made = method != 0
            && OpenSsl.BIO_meth_set_write(method, &OnWrite) == 1
            && OpenSsl.BIO_meth_set_read(method, &OnRead) == 1
            && OpenSsl.BIO_meth_set_ctrl(method, &OnControl) == 1
            && OpenSsl.BIO_meth_set_destroy(method, &OnDestroy) == 1;
        return made ? method : throw new InvalidOperationException("OpenSSL refused a BIO method.");
    }
}
