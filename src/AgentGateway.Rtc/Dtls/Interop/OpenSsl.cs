using System.Reflection;
using System.Runtime.InteropServices;

namespace AgentGateway.Rtc.Dtls.Interop;

/// <summary>The functions of libssl and libcrypto 3.x that DTLS needs, and how the two libraries are found.</summary>
internal static unsafe partial class OpenSsl
{
    public const int SslErrorNone = 0;
    public const int SslErrorWantRead = 2;
    public const int SslErrorZeroReturn = 6;

    public const int Dtls12Version = 0xFEFD;
    public const int EvpPkeyEc = 408;

    public const int CtrlMode = 33;
    public const int CtrlSetSessionCacheMode = 44;
    public const int CtrlSetMaxCertList = 51;
    public const int CtrlSetMaxSendFragment = 52;
    public const int CtrlDtlsGetTimeout = 73;
    public const int CtrlDtlsHandleTimeout = 74;
    public const int CtrlSetGroupsList = 92;
    public const int CtrlSetSignatureAlgorithmsList = 98;
    public const int CtrlDtlsSetLinkMtu = 120;
    public const int CtrlSetMinProtoVersion = 123;
    public const int CtrlSetMaxProtoVersion = 124;

    public const nint ModeReleaseBuffers = 0x10;

    public const ulong OptionNoQueryMtu = 1UL << 12;
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int VerifyPeer = 0x01;
    public const int VerifyFailIfNoPeerCertificate = 0x02;
    public const int VerifyOk = 0;
    public const int VerifyErrorCertificateRejected = 28;

    private const string Ssl = "libssl";
    private const string Crypto = "libcrypto";

    static OpenSsl() => NativeLibrary.SetDllImportResolver(typeof(OpenSsl).Assembly, Resolve);

    /// <summary>"OpenSSL 3.x.y date".</summary>
    /// <exception cref="DllNotFoundException">Missing, or not version 3 or later.</exception>
    public static string VersionText()
    {
        string text = Marshal.PtrToStringUTF8(OpenSSL_version(0)) ?? "";
        if (OpenSSL_version_num() < 0x3000_0000)
            throw new DllNotFoundException($"OpenSSL 3 or later is needed, but {text} was found. {HowToInstall}");
        // Also proves that libssl is there.
        TLS_method();
        return text;
    }

    private const string HowToInstall =
        "Install OpenSSL 3: 'apt-get install libssl3' (Debian 12, Ubuntu 22.04), 'apt-get install libssl3t64' (Debian 13, Ubuntu 24.04), "
        + "'dnf install openssl-libs' (Fedora, RHEL 9) or 'apk add libssl3' (Alpine).";

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name is not (Ssl or Crypto))
            return 0;
        foreach (string candidate in OperatingSystem.IsMacOS() ? new[] { name + ".3.dylib" } : [name + ".so.3", name + ".so.4"])
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out nint handle))
                return handle;
        }

        throw new DllNotFoundException($"{name}.so.3 could not be loaded, and DTLS needs it. {HowToInstall}");
    }

    [LibraryImport(Crypto)]
    public static partial nuint OpenSSL_version_num();

    [LibraryImport(Crypto)]
    public static partial nint OpenSSL_version(int type);

    [LibraryImport(Crypto)]
    public static partial void ERR_clear_error();

    [LibraryImport(Crypto)]
    public static partial nuint ERR_get_error();

    [LibraryImport(Crypto)]
    public static partial nint ERR_reason_error_string(nuint error);

    [LibraryImport(Crypto)]
    public static partial int BIO_get_new_index();

    [LibraryImport(Crypto, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BIO_meth_new(int type, string name);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_write(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_read(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged[Cdecl]<nint, int, CLong, void*, CLong> callback);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_destroy(nint method, delegate* unmanaged[Cdecl]<nint, int> callback);

    [LibraryImport(Crypto)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(Crypto)]
    public static partial void BIO_set_data(nint bio, nint data);

    [LibraryImport(Crypto)]
    public static partial nint BIO_get_data(nint bio);

    [LibraryImport(Crypto)]
    public static partial void BIO_set_init(nint bio, int init);

    [LibraryImport(Crypto)]
    public static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Crypto)]
    public static partial void BIO_clear_flags(nint bio, int flags);

    [LibraryImport(Crypto)]
    public static partial nint X509_STORE_CTX_get0_cert(nint store);

    [LibraryImport(Crypto)]
    public static partial nint X509_STORE_CTX_get_ex_data(nint store, int index);

    [LibraryImport(Crypto)]
    public static partial void X509_STORE_CTX_set_error(nint store, int error);

    [LibraryImport(Crypto)]
    public static partial int i2d_X509(nint certificate, byte** output);

    [LibraryImport(Ssl)]
    public static partial nint TLS_method();

    [LibraryImport(Ssl)]
    public static partial nint DTLS_method();

    [LibraryImport(Ssl)]
    public static partial SafeSslContextHandle SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    public static partial CLong SSL_CTX_ctrl(SafeSslContextHandle context, int command, CLong number, void* pointer);

    [LibraryImport(Ssl)]
    public static partial ulong SSL_CTX_set_options(SafeSslContextHandle context, ulong options);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_security_level(SafeSslContextHandle context, int level);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(SafeSslContextHandle context, string list);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_use_certificate_ASN1(SafeSslContextHandle context, int length, byte* der);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_use_PrivateKey_ASN1(int type, SafeSslContextHandle context, byte* der, CLong length);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_check_private_key(SafeSslContextHandle context);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_verify(SafeSslContextHandle context, int mode, nint callback);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_cert_verify_callback(
        SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, nint, int> callback, nint argument);

    [LibraryImport(Ssl)]
    public static partial SafeSslHandle SSL_new(SafeSslContextHandle context);

    [LibraryImport(Ssl)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)]
    public static partial void SSL_set_bio(SafeSslHandle ssl, nint read, nint write);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_rbio(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_get_state(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_get_ex_data_X509_STORE_CTX_idx();

    [LibraryImport(Ssl)]
    public static partial void SSL_set_connect_state(SafeSslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial void SSL_set_accept_state(SafeSslHandle ssl);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_set_tlsext_use_srtp(SafeSslHandle ssl, string profiles);

    [LibraryImport(Ssl)]
    public static partial SrtpProtectionProfile* SSL_get_selected_srtp_profile(SafeSslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial CLong SSL_ctrl(SafeSslHandle ssl, int command, CLong number, void* pointer);

    [LibraryImport(Ssl)]
    public static partial void DTLS_set_timer_cb(SafeSslHandle ssl, delegate* unmanaged[Cdecl]<nint, uint, uint> callback);

    [LibraryImport(Ssl)]
    public static partial int SSL_do_handshake(SafeSslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_read(SafeSslHandle ssl, byte* buffer, int length);

    [LibraryImport(Ssl)]
    public static partial int SSL_write(SafeSslHandle ssl, byte* buffer, int length);

    [LibraryImport(Ssl)]
    public static partial int SSL_shutdown(SafeSslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_get_error(SafeSslHandle ssl, int result);

    [LibraryImport(Ssl)]
    public static partial int SSL_export_keying_material(
        SafeSslHandle ssl, byte* output, nuint length, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);

    /// <summary>C's SRTP_PROTECTION_PROFILE.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SrtpProtectionProfile
    {
        public nint Name;
        public CULong Id;
    }

    /// <summary>C's struct timeval on the 64-bit platforms .NET runs on.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeValue
    {
        public long Seconds;
        public long Microseconds;
    }
}
