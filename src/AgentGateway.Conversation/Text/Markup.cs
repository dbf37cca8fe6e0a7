using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentGateway.Conversation.Text;

/// <summary>Takes out of a model's text what is no text: Markdown, emoji, tags, entities and control characters.</summary>
internal static partial class Markup
{
    /// <summary>The chunk as it is shown; empty when nothing of it can be spoken.</summary>
    public static string Strip(string text)
    {
        string unlinked = ReplaceLinks(text.Contains('&', StringComparison.Ordinal) ? WebUtility.HtmlDecode(text) : text);
        if (unlinked.Contains('<', StringComparison.Ordinal))
            unlinked = Autolink().Replace(unlinked, "$1");
        if (unlinked.AsSpan().ContainsAny('\u001B', '[', '='))
            unlinked = Passages().Replace(unlinked, "$1$2");
        var result = new StringBuilder(unlinked.Length);
        bool lineStart = true;
        bool removed = false;
        for (int i = 0; i < unlinked.Length;)
        {
            if (lineStart && TrySkipBlockMark(unlinked, i, out int afterMark))
            {
                SeparateItems(result);
                i = afterMark;
                lineStart = false;
                continue;
            }

            if (lineStart && (TrySkipRule(unlinked, i, out int afterRule) || TrySkipFence(unlinked, i, out afterRule)))
            {
                i = afterRule;
                continue;
            }

            if (lineStart && IsListNumber(unlinked, i))
                SeparateItems(result);
            Rune.DecodeFromUtf16(unlinked.AsSpan(i), out Rune rune, out int used);
            int next = i + used;
            if (rune.Value == '\n')
                lineStart = true;
            else if (!Rune.IsWhiteSpace(rune))
                lineStart = false;
            if (rune.Value == '<' && TrySkipTag(unlinked, i, out int afterTag))
                (next, removed) = (afterTag, true);
            else if (rune.Value == '|')
                SeparateItems(result);
            else if (IsMarkup(unlinked, i, rune) || IsPicture(rune))
                removed = true;
            else
                Append(result, rune, ref removed);
            i = next;
        }

        string clean = result.ToString().TrimEnd(',', ' ').TrimStart();
        if (result.Length > 0 && text.AsSpan().TrimEnd().EndsWith(",", StringComparison.Ordinal))
            clean += ",";
        return HasSpeech(clean) ? clean : "";
    }

    // Items of a list and cells of a table follow each other in one breath otherwise.
    private static void SeparateItems(StringBuilder result)
    {
        int end = result.Length;
        while (end > 0 && result[end - 1] == ' ')
            end--;
        if (end == 0 || !(char.IsLetterOrDigit(result[end - 1]) || result[end - 1] is ')' or '"' or '%'))
            return;
        result.Length = end;
        result.Append(", ");
    }

    private static void Append(StringBuilder result, Rune rune, ref bool removed)
    {
        if (Rune.IsWhiteSpace(rune))
        {
            if (result.Length > 0 && result[^1] != ' ')
                result.Append(' ');
        }
        else if (rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format))
        {
            // Taking an emoji or a mark out must not leave a space before the full stop.
            if (removed && rune.Value is '.' or ',' or '!' or '?' && result.Length > 1 && result[^1] == ' ' && char.IsLetterOrDigit(result[^2]))
                result.Length--;
            removed = false;
            result.Append(rune);
        }
    }

    // "[text](url)" and "![alt](url)" become their text.
    private static string ReplaceLinks(string text)
    {
        if (!text.Contains("](", StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        int from = 0;
        while (from < text.Length)
        {
            int middle = text.IndexOf("](", from, StringComparison.Ordinal);
            int open = middle < 0 ? -1 : text.LastIndexOf('[', middle, middle - from + 1);
            int close = middle < 0 ? -1 : text.IndexOf(')', middle);
            if (open < 0 || close < 0)
            {
                int keep = middle < 0 ? text.Length : middle + 2;
                result.Append(text, from, keep - from);
                from = keep;
                continue;
            }

            int end = open > from && text[open - 1] == '!' ? open - 1 : open;
            result.Append(text, from, end - from).Append(text, open + 1, middle - open - 1);
            from = close + 1;
        }

        return result.ToString();
    }

    // Headings, quotes and bullets. A list number stays: it is spoken.
    private static bool TrySkipBlockMark(string text, int at, out int after)
    {
        int i = at;
        while (i < text.Length && text[i] is ' ' or '\t')
            i++;
        int mark = i;
        while (i < text.Length && text[i] is '#' or '>')
            i++;
        if (i == mark && i < text.Length && text[i] is '-' or '*' or '+' or '•')
            i++;
        after = i;
        if (i == mark || (i < text.Length && !char.IsWhiteSpace(text[i])))
            return false;
        // "- [x] done"
        if (text.AsSpan(i) is [' ', '[', ' ' or 'x' or 'X', ']', ' ', ..])
            after = i + 4;
        return true;
    }

    // "```python" and "~~~" stand around code.
    private static bool TrySkipFence(string text, int at, out int after)
    {
        after = at;
        ReadOnlySpan<char> line = text.AsSpan(at);
        int end = line.IndexOf('\n');
        line = end < 0 ? line : line[..end];
        if (!(line.StartsWith("```", StringComparison.Ordinal) || line.StartsWith("~~~", StringComparison.Ordinal)) || line[3..].ContainsAny('`', '~'))
            return false;
        after = at + line.Length;
        return true;
    }

    // "---" and "|---|:--|" draw lines.
    private static bool TrySkipRule(string text, int at, out int after)
    {
        after = at;
        int marks = 0;
        while (after < text.Length && text[after] is '-' or '|' or ':' or '=' or ' ' or '_' or '*')
            marks += text[after++] == ' ' ? 0 : 1;
        return marks >= 3 && (after == text.Length || text[after] == '\n');
    }

    private static bool IsListNumber(string text, int at)
    {
        int i = at;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
            i++;
        return i > at && i + 1 < text.Length && text[i] is '.' or ')' && text[i + 1] == ' ';
    }

    private static bool TrySkipTag(string text, int at, out int after)
    {
        Match tag = Tag().Match(text, at);
        after = at + tag.Length;
        return tag.Success;
    }

    private static bool IsMarkup(string text, int at, Rune rune)
    {
        switch (rune.Value)
        {
            case '`':
                return true;
            case '*' or '~':
                // "2 * 3" is arithmetic, "press *." and "dial *67" a telephone: a mark of emphasis touches a word.
                if (rune.Value == '*' && Key().IsMatch(text, at))
                    return false;
                return !(IsSpaceAt(text, at - 1) && IsSpaceAt(text, at + 1)) || (rune.Value == '*' && IsAt(text, at + 1, '*'));
            case '_':
                return !(IsWordAt(text, at - 1) && IsWordAt(text, at + 1));
            default:
                return false;
        }
    }

    private static bool IsPicture(Rune rune) => rune.Value switch
    {
        0x200D or 0x20E3 => true,
        >= 0xFE00 and <= 0xFE0F => true,
        >= 0x2600 and <= 0x27BF => true,
        >= 0x2190 and <= 0x21FF => true,
        >= 0x2B00 and <= 0x2BFF => true,
        >= 0x1F000 and <= 0x1FAFF => true,
        >= 0xE0000 and <= 0xE007F => true,
        0x2022 or 0x25CF or 0x25AA or 0x25A0 => true,
        _ => false,
    };

    /// <summary>Whether a voice would say anything.</summary>
    public static bool HasSpeech(string text)
    {
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c) || c is '$' or '€' or '%' or '+')
                return true;
        }

        return false;
    }

    private static bool IsSpaceAt(string text, int at) => at < 0 || at >= text.Length || char.IsWhiteSpace(text[at]);

    private static bool IsWordAt(string text, int at) => at >= 0 && at < text.Length && char.IsLetterOrDigit(text[at]);

    private static bool IsAt(string text, int at, char c) => at >= 0 && at < text.Length && text[at] == c;

    // "<https://example.com>", "<ada@example.com>"
    [GeneratedRegex(@"<((?:https?://|mailto:)[^\s<>]+|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>", RegexOptions.IgnoreCase)]
    private static partial Regex Autolink();

    // "<b>", "</b>", "<br/>", "<break time='1s'/>"; not "a<b and c>d".
    [GeneratedRegex(@"\G<(?:/?[a-z][\w:.-]*\s*/?|[a-z][\w:.-]*\s[^<>]*(?:=[^<>]*|/)|!--[^<>]*--|\?[^<>]*\?)>", RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    // Codes of terminals, footnotes, "[text][1]", "==marked==".
    [GeneratedRegex(@"\u001B\[[0-9;]*[A-Za-z]|\[\^[^\]\s]{1,12}\]|\[([^\[\]]+)\]\[[^\[\]]{0,40}\]|(?<![\w=])==([^=\s](?:[^=\n]*[^=\s])?)==(?![\w=])")]
    private static partial Regex Passages();

    [GeneratedRegex(@"\G\*\uFE0F?\u20E3|\G(?<=\s)\*(?:[.,;:!?)](?:\s|$)|\d+#?(?![\w*])(?!.*\*))")]
    private static partial Regex Key();
}
