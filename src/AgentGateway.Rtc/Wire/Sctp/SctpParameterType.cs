namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>Parameters of INIT, INIT ACK, HEARTBEAT and RE-CONFIG.</summary>
internal enum SctpParameterType : ushort
{
    HeartbeatInfo = 1,
    IPv4Address = 5,
    IPv6Address = 6,
    StateCookie = 7,
    UnrecognizedParameter = 8,
    CookiePreservative = 9,
    HostNameAddress = 11,
    SupportedAddressTypes = 12,
    OutgoingResetRequest = 13,
    IncomingResetRequest = 14,
    TsnResetRequest = 15,
    ReconfigResponse = 16,
    AddOutgoingStreams = 17,
    AddIncomingStreams = 18,
    EcnCapable = 0x8000,
    ZeroChecksumAcceptable = 0x8001,
    Random = 0x8002,
    ChunkList = 0x8003,
    RequestedHmac = 0x8004,
    Padding = 0x8005,
    SupportedExtensions = 0x8008,
    ForwardTsnSupported = 0xC000,
    AdaptationLayer = 0xC006,
}
