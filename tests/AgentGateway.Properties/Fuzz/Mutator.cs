using System.Buffers.Binary;
using AgentGateway.Testing;

namespace AgentGateway.Properties.Fuzz;

/// <summary>Makes inputs out of known ones; the same seed makes the same inputs.</summary>
internal sealed class Mutator(FuzzTarget target, SeededRandom random)
{
    private static readonly uint[] Interesting = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 1023, 1024, 32767, 32768, 65535, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF];

    /// <summary>A variation of one member of the corpus, at most <see cref="FuzzTarget.MaxLength"/> long.</summary>
    public byte[] Mutate(IReadOnlyList<byte[]> corpus)
    {
        List<byte> input = [.. corpus[random.Next(corpus.Count)]];
        for (int i = 1 << random.Next(5); i > 0; i--)
        {
            if (target.IsText && random.Next(2) == 0)
                MutateLines(input, corpus);
            else
                MutateBytes(input, corpus);
        }

        return [.. input.Take(target.MaxLength)];
    }

    private void MutateBytes(List<byte> input, IReadOnlyList<byte[]> corpus)
    {
        int at = random.Next(input.Count + 1);
        int left = input.Count - at;
        switch (random.Next(10))
        {
            case 0 when left > 0:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when left > 0:
                input[at] = (byte)random.Next(256);
                break;
            case 2 when left > 0:
                input[at] = (byte)(input[at] + random.Next(33) - 16);
                break;
            case 3:
                input.RemoveRange(at, Math.Min(left, 1 + random.Next(32)));
                break;
            case 4:
                input.RemoveRange(at, left);
                break;
            case 5:
                input.InsertRange(at, input.GetRange(at, Math.Min(left, 1 + random.Next(64))));
                break;
            case 6:
                byte[] other = corpus[random.Next(corpus.Count)];
                int from = random.Next(other.Length + 1);
                Overwrite(input, at, other.AsSpan(from, Math.Min(other.Length - from, 1 + random.Next(64))));
                break;
            case 7:
                Span<byte> number = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(number, Interesting[random.Next(Interesting.Length)]);
                Overwrite(input, at, number[random.Next(4)..]);
                break;
            case 8 when target.Dictionary.Count > 0:
                byte[] word = target.Dictionary[random.Next(target.Dictionary.Count)];
                if (random.Next(2) == 0)
                    input.InsertRange(at, word);
                else
                    Overwrite(input, at, word);
                break;
            default:
                byte[] noise = new byte[1 + random.Next(16)];
                random.Fill(noise);
                input.InsertRange(at, noise);
                break;
        }
    }

    private void MutateLines(List<byte> input, IReadOnlyList<byte[]> corpus)
    {
        List<byte[]> lines = Lines([.. input]);
        List<byte[]> others = Lines(corpus[random.Next(corpus.Count)]);
        if (lines.Count == 0 || others.Count == 0)
            return;
        int at = random.Next(lines.Count);
        int with = random.Next(lines.Count);
        switch (random.Next(5))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at, lines[with]);
                break;
            case 2:
                (lines[at], lines[with]) = (lines[with], lines[at]);
                break;
            case 3:
                lines[at] = others[random.Next(others.Count)];
                break;
            default:
                lines.Insert(at, others[random.Next(others.Count)]);
                break;
        }

        input.Clear();
        foreach (byte[] line in lines)
            input.AddRange(line);
    }

    private static void Overwrite(List<byte> input, int at, ReadOnlySpan<byte> with)
    {
        foreach (byte value in with)
        {
            if (at == input.Count)
                return;
            input[at++] = value;
        }
    }

    private static List<byte[]> Lines(byte[] text)
    {
        List<byte[]> lines = [];
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\n' && i + 1 < text.Length)
                continue;
            lines.Add(text[start..(i + 1)]);
            start = i + 1;
        }

        return lines;
    }
}
