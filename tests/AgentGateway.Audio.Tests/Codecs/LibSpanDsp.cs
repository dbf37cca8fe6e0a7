using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Tests.Codecs;

/// <summary>
/// G.722 of spandsp (Debian's libspandsp2, LGPL), written by others from the recommendation and checked by them with the ITU's digital test
/// sequences: what ours is compared with, bit by bit.
/// </summary>
internal static partial class LibSpanDsp
{
    private const string Library = "libspandsp.so.2";
    private const int BitRate = 64_000;

    public static byte[] Encode(short[] pcm16k)
    {
        nint state = EncodeInit(0, BitRate, 0);
        Assert.NotEqual(0, state);
        byte[] bytes = new byte[pcm16k.Length / 2];
        int length = Encode(state, ref bytes[0], in pcm16k[0], bytes.Length * 2);
        _ = EncodeFree(state);
        Assert.Equal(bytes.Length, length);
        return bytes;
    }

    public static short[] Decode(byte[] bytes)
    {
        nint state = DecodeInit(0, BitRate, 0);
        Assert.NotEqual(0, state);
        short[] pcm = new short[bytes.Length * 2];
        int samples = Decode(state, ref pcm[0], in bytes[0], bytes.Length);
        _ = DecodeFree(state);
        Assert.Equal(pcm.Length, samples);
        return pcm;
    }

    [LibraryImport(Library, EntryPoint = "g722_encode_init")]
    private static partial nint EncodeInit(nint state, int rate, int options);

    [LibraryImport(Library, EntryPoint = "g722_encode")]
    private static partial int Encode(nint state, ref byte bytes, in short pcm, int samples);

    [LibraryImport(Library, EntryPoint = "g722_encode_free")]
    private static partial int EncodeFree(nint state);

    [LibraryImport(Library, EntryPoint = "g722_decode_init")]
    private static partial nint DecodeInit(nint state, int rate, int options);

    [LibraryImport(Library, EntryPoint = "g722_decode")]
    private static partial int Decode(nint state, ref short pcm, in byte bytes, int length);

    [LibraryImport(Library, EntryPoint = "g722_decode_free")]
    private static partial int DecodeFree(nint state);
}
