namespace AgentGateway.Net;

/// <summary>A STUN server that tells our public address.</summary>
/// <param name="Host">A name or an IP address.</param>
/// <param name="Port">Its UDP port, usually 3478.</param>
public sealed record StunServer(string Host, int Port);
