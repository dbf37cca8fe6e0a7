using System.Text;
using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Ice;

/// <summary>A ufrag and password with their bytes, so that no message encodes them again.</summary>
internal sealed class IceCredentials
{
    // 48 bits keep sessions on a shared port apart; RFC 8445 section 5.3 asks for at least 24, and 128 for the password.
    private const int UfragLength = 8;
    private const int PasswordLength = 24;

    public IceCredentials(string ufrag, string password)
    {
        Ufrag = ufrag;
        Password = password;
        UfragBytes = Encoding.UTF8.GetBytes(ufrag);
        PasswordBytes = Encoding.UTF8.GetBytes(password);
    }

    public string Ufrag { get; }

    public string Password { get; }

    public byte[] UfragBytes { get; }

    public byte[] PasswordBytes { get; }

    public static IceCredentials Create(IRandomSource random) => new(random.NextIceString(UfragLength), random.NextIceString(PasswordLength));
}

/// <summary>One ICE generation: a restart begins another (RFC 8445 section 9).</summary>
internal sealed class IceGeneration(IceCredentials local)
{
    public IceCredentials Local { get; } = local;

    public IceCredentials? Remote { get; set; }
}
