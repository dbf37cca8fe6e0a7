using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.Flite;

/// <summary>
/// Reads when each word of an utterance begins and ends: Token relation -> its words -> syllables -> segments, whose "end"
/// feature is the predicted end in seconds. A token ("£5") may be several spoken words; it counts as one word of the text.
/// </summary>
internal static unsafe class FliteWordTimings
{
    public static IReadOnlyList<WordTiming> Read(FliteNative.Utterance* utterance, FliteText text, TimeSpan offset)
    {
        fixed (byte* token = "Token\0"u8, name = "name\0"u8)
        fixed (byte* first = "R:SylStructure.daughter1.daughter1.R:Segment\0"u8)
        fixed (byte* before = "p.end\0"u8, last = "R:SylStructure.daughtern.daughtern.R:Segment.end\0"u8)
        {
            if (FliteNative.HasRelation(utterance, token) == 0)
                return [];
            List<WordTiming> words = [];
            int cursor = 0;
            for (nint item = FliteNative.GetHead(FliteNative.GetRelation(utterance, token)); item != 0; item = FliteNative.GetNext(item))
            {
                string written = Marshal.PtrToStringUTF8(FliteNative.GetString(item, name)) ?? string.Empty;
                int at = written.Length == 0 ? -1 : text.Ascii.IndexOf(written, cursor, StringComparison.Ordinal);
                if (at < 0)
                    continue;
                cursor = at + written.Length;
                nint firstWord = FliteNative.GetDaughter(item);
                nint lastWord = FliteNative.GetLastDaughter(item);
                if (firstWord == 0 || lastWord == 0)
                    continue;
                nint segment = FliteNative.GetItem(firstWord, first);
                if (segment == 0)
                    continue; // Punctuation alone has no sound.
                float start = FliteNative.GetFeatureFloat(segment, before);
                float end = FliteNative.GetFeatureFloat(lastWord, last);
                if (!(end > start) || start < 0)
                    continue;
                int from = text.SourceOf(at);
                int to = text.SourceOf(cursor - 1) + 1;
                words.Add(new WordTiming(from, to - from, offset + TimeSpan.FromSeconds(start), offset + TimeSpan.FromSeconds(end)));
            }

            return words;
        }
    }
}
