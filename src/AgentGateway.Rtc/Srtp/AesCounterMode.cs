using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AgentGateway.Rtc.Srtp;

/// <summary>
/// AES in counter mode over a reused ECB transform: all counter blocks of a packet go through the cipher in one call,
/// which costs one native transition and no allocation.
/// </summary>
internal sealed class AesCounterMode : IDisposable
{
    public const int BlockSize = 16;

    private readonly Aes _aes;
    private readonly ICryptoTransform _encryptor;

    public AesCounterMode(ReadOnlySpan<byte> key)
    {
        _aes = Aes.Create();
        _aes.Mode = CipherMode.ECB;
        _aes.Padding = PaddingMode.None;
        _aes.SetKey(key);
        _encryptor = _aes.CreateEncryptor();
    }

    /// <summary>
    /// XORs the key stream into <paramref name="source"/> and writes the result to <paramref name="destination"/>, which
    /// has the same length and may be the same memory. The last 32 bits of the 16-byte <paramref name="iv"/> count up.
    /// </summary>
    public void Transform(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ulong high = BinaryPrimitives.ReadUInt64LittleEndian(iv);
        uint middle = BinaryPrimitives.ReadUInt32LittleEndian(iv[8..]);
        uint counter = BinaryPrimitives.ReadUInt32BigEndian(iv[12..]);
        AesScratch scratch = AesScratch.OfThread;
        while (source.Length > 0)
        {
            int length = Math.Min(source.Length, AesScratch.Size);
            int blocks = (length + BlockSize - 1) / BlockSize;
            Span<byte> counters = scratch.Counters;
            for (int i = 0; i < blocks; i++, counter++)
            {
                Span<byte> block = counters.Slice(i * BlockSize, BlockSize);
                BinaryPrimitives.WriteUInt64LittleEndian(block, high);
                BinaryPrimitives.WriteUInt32LittleEndian(block[8..], middle);
                BinaryPrimitives.WriteUInt32BigEndian(block[12..], counter);
            }

            _encryptor.TransformBlock(scratch.Counters, 0, blocks * BlockSize, scratch.KeyStream, 0);
            Xor(source[..length], scratch.KeyStream.AsSpan(0, length), destination);
            source = source[length..];
            destination = destination[length..];
        }
    }

    public void Dispose()
    {
        _encryptor.Dispose();
        _aes.Dispose();
    }

    private static void Xor(ReadOnlySpan<byte> source, ReadOnlySpan<byte> keyStream, Span<byte> destination)
    {
        ReadOnlySpan<Vector<byte>> wideSource = MemoryMarshal.Cast<byte, Vector<byte>>(source);
        ReadOnlySpan<Vector<byte>> wideKey = MemoryMarshal.Cast<byte, Vector<byte>>(keyStream);
        Span<Vector<byte>> wideDestination = MemoryMarshal.Cast<byte, Vector<byte>>(destination);
        for (int i = 0; i < wideSource.Length; i++)
            wideDestination[i] = wideSource[i] ^ wideKey[i];
        for (int i = wideSource.Length * Vector<byte>.Count; i < source.Length; i++)
            destination[i] = (byte)(source[i] ^ keyStream[i]);
    }
}
