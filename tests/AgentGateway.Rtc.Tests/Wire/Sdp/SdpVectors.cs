namespace AgentGateway.Rtc.Tests.Wire.Sdp;

/// <summary>Descriptions of real stacks (files) and in the style of others (written by hand).</summary>
internal static class SdpVectors
{
    public const string Aiortc = """
        v=0
        o=- 3890000000 3890000000 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=group:BUNDLE 0 1
        a=msid-semantic:WMS *
        m=audio 45678 UDP/TLS/RTP/SAVPF 96 0 8
        c=IN IP4 192.0.2.44
        a=sendrecv
        a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=mid:0
        a=msid:5a2f8c0e-6d3b-4b1e-9df6-1f7f7c1d2a30 0c9b1e1a-7d54-4c6a-8b63-9f1d2e3c4b5a
        a=rtcp:9 IN IP4 0.0.0.0
        a=rtcp-mux
        a=ssrc:1234567890 cname:3f1c2d4e-aaaa-bbbb-cccc-0123456789ab
        a=rtpmap:96 opus/48000/2
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=candidate:6815297761 1 udp 2130706431 192.0.2.44 45678 typ host
        a=end-of-candidates
        a=ice-ufrag:Ab1c
        a=ice-pwd:abcdefghijklmnopqrstuv
        a=fingerprint:sha-256 6C:D8:9E:AD:97:F7:E2:40:B6:A8:85:23:3C:3D:BF:8D:11:57:D5:49:5C:61:27:B5:BD:A6:9D:93:EB:88:63:4C
        a=fingerprint:sha-512 6C:D8:9E:AD:97:F7:E2:40:B6:A8:85:23:3C:3D:BF:8D:11:57:D5:49:5C:61:27:B5:BD:A6:9D:93:EB:88:63:4C:6C:D8:9E:AD:97:F7:E2:40:B6:A8:85:23:3C:3D:BF:8D:11:57:D5:49:5C:61:27:B5:BD:A6:9D:93:EB:88:63:4C
        a=setup:actpass
        m=application 45679 UDP/DTLS/SCTP webrtc-datachannel
        c=IN IP4 192.0.2.44
        a=mid:1
        a=sctp-port:5000
        a=max-message-size:65536
        a=candidate:6815297761 1 udp 2130706431 192.0.2.44 45679 typ host
        a=end-of-candidates
        a=ice-ufrag:Zz9y
        a=ice-pwd:vutsrqponmlkjihgfedcba
        a=fingerprint:sha-256 6C:D8:9E:AD:97:F7:E2:40:B6:A8:85:23:3C:3D:BF:8D:11:57:D5:49:5C:61:27:B5:BD:A6:9D:93:EB:88:63:4C
        a=setup:actpass
        """;

    public const string Firefox = """
        v=0
        o=mozilla...THIS_IS_SDPARTA-99.0 8637445671234567890 0 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=sendrecv
        a=fingerprint:sha-256 6c:d8:9e:ad:97:f7:e2:40:b6:a8:85:23:3c:3d:bf:8d:11:57:d5:49:5c:61:27:b5:bd:a6:9d:93:eb:88:63:4c
        a=group:BUNDLE 0 1
        a=ice-options:trickle
        a=msid-semantic:WMS *
        m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
        c=IN IP4 0.0.0.0
        a=sendonly
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
        a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
        a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
        a=fmtp:101 0-15
        a=ice-pwd:1234567890abcdef1234567890abcdef
        a=ice-ufrag:0a1b2c3d
        a=mid:0
        a=msid:{6d0b4b7e-8f2a-4d1c-a1b2-c3d4e5f60718} {0c9b1e1a-7d54-4c6a-8b63-9f1d2e3c4b5a}
        a=rtcp-mux
        a=rtpmap:109 opus/48000/2
        a=rtpmap:9 G722/8000/1
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000/1
        a=setup:actpass
        a=ssrc:987654321 cname:{aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb}
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel
        c=IN IP4 0.0.0.0
        a=sendrecv
        a=ice-pwd:1234567890abcdef1234567890abcdef
        a=ice-ufrag:0a1b2c3d
        a=mid:1
        a=setup:actpass
        a=sctp-port:5000
        a=max-message-size:1073741823
        """;

    public const string Pion = """
        v=0
        o=- 4215775240449105457 1664800000 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=msid-semantic:WMS*
        a=fingerprint:sha-256 6C:D8:9E:AD:97:F7:E2:40:B6:A8:85:23:3C:3D:BF:8D:11:57:D5:49:5C:61:27:B5:BD:A6:9D:93:EB:88:63:4C
        a=extmap-allow-mixed
        a=ice-lite
        a=group:BUNDLE 0
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        c=IN IP4 0.0.0.0
        a=setup:active
        a=mid:0
        a=ice-ufrag:fooUfragfooUfrag
        a=ice-pwd:fooPasswordfooPasswordfooPassword
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:111 opus/48000/2
        a=fmtp:111 minptime=10; useinbandfec=1 ;stereo=0
        a=rtcp-fb:111 transport-cc
        a=rtcp-fb:* nack
        a=ssrc:2222222222 cname:pion
        a=ssrc:2222222222 msid:pion audio
        a=ssrc:2222222222 mslabel:pion
        a=ssrc:2222222222 label:audio
        a=msid:pion audio
        a=inactive
        a=ptime:20
        a=maxptime:60
        a=candidate:1966762134 1 udp 2130706431 192.0.2.44 40001 typ host
        a=candidate:1966762134 2 udp 2130706431 192.0.2.44 40001 typ host
        a=end-of-candidates
        """;

    public const string OldDataChannel = """
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        t=0 0
        m=application 9 DTLS/SCTP 5000
        c=IN IP4 0.0.0.0
        a=ice-ufrag:abcd
        a=ice-pwd:abcdefghijklmnopqrstuv
        a=sctpmap:5000 webrtc-datachannel 1024
        """;

    public const string SipPhone = """
        v=0
        o=alice 2890844526 2890844527 IN IP4 host.example.com
        s= 
        i=A phone
        c=IN IP4 192.0.2.1
        b=AS:64
        t=0 0
        m=audio 49170/2 RTP/AVP 0 8 101
        b=TIAS:64000
        a=rtpmap:101 telephone-event/8000
        a=recvonly
        """;

    public static string File(string name) =>
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "sdp", name));
}
