using AgentGateway.Conversation.Agents;

namespace AgentGateway.Conversation.Tests.Agents;

public sealed class AgentLoaderTests
{
    private const string EndCallTool =
        """{ "name": "end_call", "description": "Ends.", "parameters": { "type": "object", "properties": {} }, "binding": { "builtin": "end_call" } }""";

    [Fact]
    public void A_whole_file_becomes_a_definition()
    {
        AgentDefinition agent = AgentFiles.Agent(
            """
            ---
            display_name: Front desk
            description: Answers.
            language: en-GB
            time_zone: UTC
            apology: Sorry.
            phrases: { filler: Hang on., time_up: That is all. }
            llm:
              provider: openai
              model: gpt-x
              base_url: https://llm.example/v1
              temperature: 0.5
              max_output_tokens: 99
              first_token_timeout_ms: 1500
            stt: { provider: sherpa, hints: [table, "42"] }
            tts: { provider: flite, voice: slt, rate: 1.1 }
            turn: { min_ms: 250, max_ms: 900, activation: 0.6, release: 0.4, start_speech_ms: 100, end_silence_ms: 150, barge_in: false, min_barge_in_ms: 400, greeting_interruptible: false }
            ---
            # System
            You are {{> style}}
            It is {{now}}.
            # Greeting
            Hello,
            how can I help?
            """,
            ("_shared/style.md", "short.\n"),
            ("test/tools/end_call.json", EndCallTool));

        Assert.Equal("test", agent.Name);
        Assert.Equal("Front desk", agent.DisplayName);
        Assert.Equal("en-GB", agent.Language);
        Assert.Equal(TimeZoneInfo.Utc, agent.TimeZone);
        Assert.Equal("Hello, how can I help?", agent.Greeting);
        Assert.Equal("You are short.\nIt is {{now}}.", agent.SystemPrompt);
        Assert.Equal("You are short.\nIt is Wednesday, 18 November 2026, 15:00.", agent.RenderSystemPrompt(new DateTimeOffset(2026, 11, 18, 16, 0, 0, TimeSpan.FromHours(1))));
        Assert.Equal(
            new LlmOptions
            {
                Provider = "openai", Model = "gpt-x", BaseUrl = new Uri("https://llm.example/v1"), Temperature = 0.5, MaxOutputTokens = 99,
                FirstTokenTimeout = TimeSpan.FromMilliseconds(1500),
            },
            agent.Llm);
        Assert.Equal(new PhraseOptions { Filler = "Hang on.", TimeUp = "That is all." }, agent.Phrases);
        Assert.Equal(["table", "42"], agent.Stt.Hints);
        Assert.Equal(new SynthesizerOptions { Provider = "flite", Voice = "slt", Rate = 1.1 }, agent.Tts);
        Assert.Equal(TimeSpan.FromMilliseconds(250), agent.Turn.MinDelay);
        Assert.False(agent.Turn.BargeIn);
        Assert.False(agent.Turn.GreetingInterruptible);
        Assert.Equal("end_call", Assert.Single(agent.Tools).Binding.Builtin);
        Assert.Matches("^[0-9a-f]{12}$", agent.Version);
    }

    [Fact]
    public void Defaults_are_those_of_the_records()
    {
        AgentDefinition agent = AgentFiles.Agent(AgentFiles.Minimal);
        Assert.Equal(new TurnOptions(), agent.Turn);
        Assert.Equal(new LlmOptions(), agent.Llm);
        Assert.Null(agent.Greeting);
        Assert.Null(agent.Script);
        Assert.Equal(AgentMode.Conversation, agent.Mode);
    }

    [Theory]
    [InlineData("greting: hello", 3, 1, "unknown key 'greting'")]
    [InlineData("desciption: x", 3, 1, "unknown key 'desciption'; did you mean 'description'?")]
    [InlineData("llm:\n  provder: auto", 4, 3, "unknown key 'provder'; did you mean 'provider'?")]
    [InlineData("llm:\n  provider: scrpt", 4, 13, "expected one of auto, script, openai, ollama, host, found 'scrpt'; did you mean 'script'?")]
    [InlineData("llm: { temperature: 3 }", 3, 21, "expected a number from 0 to 2, found the number 3")]
    [InlineData("llm: { temperature: warm }", 3, 21, "expected a number from 0 to 2, found 'warm'")]
    [InlineData("llm: { max_output_tokens: 1.5 }", 3, 27, "expected a whole number from 1 to 4096, found the number 1.5")]
    [InlineData("llm: { base_url: \"ftp://x\" }", 3, 18, "expected an http:// or https:// URL without a user name, found 'ftp://x'")]
    [InlineData("llm: { base_url: \"http://user:pw@x\" }", 3, 18, "expected an http:// or https:// URL without a user name")]
    [InlineData("llm: auto", 3, 6, "expected keys with values: provider, model, base_url, temperature, max_output_tokens, first_token_timeout_ms, fallbacks, hedge_percent, hedge_after_ms, found 'auto'")]
    [InlineData("llm: { fallbacks: small }", 3, 19, "expected a list, found 'small'")]
    [InlineData("llm: { fallbacks: [{ provider: script }] }", 3, 32, "expected one of openai, ollama, found 'script'")]
    [InlineData("llm: { fallbacks: [{ modell: x }] }", 3, 22, "unknown key 'modell'; did you mean 'model'?")]
    [InlineData("llm: { provider: host, fallbacks: [{}, {}, {}, {}, {}] }", 3, 35, "expected a list of 0 to 4 items, found 5")]
    [InlineData("llm: { fallbacks: [{ model: x }], hedge_percent: 101 }", 3, 50, "expected a whole number from 0 to 100, found the number 101")]
    [InlineData("llm: { hedge_percent: 10 }", 3, 23, "llm.hedge_percent asks a second model, but llm.fallbacks names none")]
    [InlineData("llm: { hedge_after_ms: 10 }", 3, 24, "expected a whole number of milliseconds from 50 to 60000, found the number 10")]
    [InlineData("tts: { fallbacks: [espeek] }", 3, 20, "expected one of flite, espeak, found 'espeek'; did you mean 'espeak'?")]
    [InlineData("stt: { fallbacks: [auto] }", 3, 20, "expected one of sherpa, whisper, pocketsphinx, found 'auto'")]
    [InlineData("turn: { barge_in: yes }", 3, 19, "expected true or false, found 'yes'")]
    [InlineData("turn: { min_ms: 20 }", 3, 17, "expected a whole number of milliseconds from 50 to 5000, found the number 20")]
    [InlineData("turn: { min_ms: 900, max_ms: 500 }", 3, 17, "turn.min_ms is above turn.max_ms")]
    [InlineData("turn: { release: 0.8 }", 3, 18, "turn.release is above turn.activation")]
    [InlineData("mode: ecko", 3, 7, "expected one of conversation, echo, echo-relay, found 'ecko'; did you mean 'echo'?")]
    [InlineData("language: english language", 3, 11, "expected a language such as en or de-DE, found 'english language'")]
    [InlineData("time_zone: Mars/Base", 3, 12, "the time zone 'Mars/Base' is not known here")]
    [InlineData("description: 42", 3, 14, "expected text (put it in quotes), found the number 42")]
    [InlineData("description:", 3, 13, "expected text, found nothing")]
    [InlineData("stt: { hints: table }", 3, 15, "expected a list, found 'table'")]
    [InlineData("stt: { hints: [[a]] }", 3, 16, "expected text, found a list")]
    [InlineData("phrases: { filer: Hm. }", 3, 12, "unknown key 'filer'; did you mean 'filler'?")]
    [InlineData("phrases:\n  time_up: 5", 4, 12, "expected text (put it in quotes), found the number 5")]
    [InlineData("phrases: { still_there: [a, b] }", 3, 25, "expected text, found a list")]
    [InlineData("phrases: Hello", 3, 10, "expected keys with values: not_understood, filler, filler_again")]
    [InlineData("display_name: Again", 3, 1, "the key 'display_name' stands here twice")]
    [InlineData("llm: &a { provider: auto }\nstt: *a", 3, 6, "YAML anchors (&name) are not allowed here")]
    [InlineData("llm: *a", 3, 6, "YAML aliases (*name) are not allowed here")]
    [InlineData("description: !!python/object x", 3, 14, "YAML tags (!name) are not allowed here")]
    [InlineData("llm: { provider: auto", 4, 1, "not valid YAML")]
    [InlineData("description: [a", 4, 1, "not valid YAML")]
    public void Front_matter_mistakes_say_where_and_what(string lines, int line, int column, string message)
    {
        AgentLoadResult result = AgentFiles.Load($"---\ndisplay_name: Test\n{lines}\n---\n# System\nYou are a test.\n");
        AgentProblem problem = Assert.Single(result.Problems);
        Assert.StartsWith($"test/agent.md:{line}:{column}: {message}", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains("test", result.Refused);
        Assert.Empty(result.Agents);
    }

    [Theory]
    [InlineData("", 1, 1, "expected front matter")]
    [InlineData("# System\nHi\n", 1, 1, "expected front matter")]
    [InlineData("---\ndisplay_name: x\n", 1, 1, "the front matter is not closed")]
    [InlineData("---\n---\n# System\nHi\n", 2, 1, "the front matter is empty")]
    [InlineData("---\ndescription: x\n---\n# System\nHi\n", 2, 1, "the key 'display_name' is missing")]
    [InlineData("---\ndisplay_name: x\n---\nHello\n# System\nHi\n", 4, 1, "text before the first section")]
    [InlineData("---\ndisplay_name: x\n---\n# Sytem\nHi\n# Script\n```yaml\nintents: { a: { examples: [x], answer: y } }\nfallback: z\n```\n", 4, 1, "unknown section '# Sytem'; expected # System, # Greeting or # Script; did you mean 'System'?")]
    [InlineData("---\ndisplay_name: x\n---\n# System\nHi\n# System\nHo\n", 6, 1, "the section '# System' stands here twice")]
    [InlineData("---\ndisplay_name: x\n---\n# Greeting\nHi\n", 4, 1, "the agent has nothing to say")]
    [InlineData("---\ndisplay_name: x\n---\n# System\n\n", 4, 1, "the section '# System' is empty")]
    [InlineData("---\ndisplay_name: x\n---\n# System\nHi {{ name }}\n", 5, 4, "unknown placeholder '{{name}}'; expected {{now}} or {{> partial}}")]
    [InlineData("---\ndisplay_name: x\n---\n# System\nA\n\nB {{> styl}}\n", 7, 3, "there is no partial _shared/styl.md; did you mean 'style'?")]
    [InlineData("---\ndisplay_name: x\n---\n# System\n{{> ../secret}}\n", 5, 1, "'../secret' is no name of a partial")]
    [InlineData("---\ndisplay_name: x\n---\n# System\nHi\n# Greeting\n{{now}}\n", 6, 1, "a greeting has no placeholders")]
    [InlineData("---\ndisplay_name: x\nmode: echo\n---\n# System\nHi\n", 5, 1, "an echo agent says nothing")]
    [InlineData("---\ndisplay_name: x\nllm: { provider: script }\n---\n# System\nHi\n", 1, 1, "llm.provider is script, but there is no section '# Script'")]
    [InlineData("---\ndisplay_name: x\n---\n# System\nA\0B\n", 5, 2, "the control character U+0000 is not allowed")]
    public void Mistakes_of_the_file_say_where_and_what(string text, int line, int column, string message)
    {
        AgentLoadResult result = AgentFiles.Load(text, ("_shared/style.md", "x"));
        AgentProblem problem = Assert.Single(result.Problems);
        Assert.StartsWith($"test/agent.md:{line}:{column}: {message}", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("intents: {}\nfallback: x", 6, 10, "expected at least one intent")]
    [InlineData("fallback: x", 6, 1, "the key 'intents' is missing")]
    [InlineData("intents:\n  a:\n    examples: [hi]\n    answr: x\nfallback: x", 9, 5, "unknown key 'answr'; did you mean 'answer'?|8,5: the key 'answer' is missing")]
    [InlineData("intents:\n  A b: { examples: [hi], answer: x }\nfallback: x", 7, 3, "expected a name of lower-case letters")]
    [InlineData("intents:\n  a:\n    examples: []\n    answer: x\nfallback: x", 8, 15, "expected a list of 1 to 60 items, found 0")]
    [InlineData("intents:\n  a:\n    examples: [hi]\n    answer: You are {nmae}.\nfallback: x", 9, 13, "unknown placeholder '{nmae}'; this intent has no slots")]
    [InlineData("intents:\n  a:\n    examples: [hi]\n    answer: x\n    end_call: true\nfallback: x", 10, 15, "end_call needs a tool")]
    [InlineData("intents:\n  a:\n    examples: [hi]\n    answer: x\n    call: bok\nfallback: x", 10, 11, "the agent has no tool 'bok'; did you mean 'book'?")]
    [InlineData("intents:\n  a:\n    examples: [hi]\n    answer: x\n    call: book\n    slots:\n      siz: { type: number, ask: how many }\nfallback: x", 12, 12, "the tool 'book' has no argument 'siz'; did you mean 'size'?")]
    [InlineData("intents:\n  a:\n    examples: [hi]\n    answer: x\n    slots:\n      n: { type: date, ask: when, min: 3 }\nfallback: x", 11, 40, "'min' belongs to slots of type number, not date")]
    [InlineData("intents:\n  a:\n    examples: [hi]\n    answer: x\n    slots:\n      n: { type: tme, ask: when }\nfallback: x", 11, 18, "expected one of number, date, time, name, choice, text, found 'tme'")]
    [InlineData("intents:\n  a:\n    examples: [hi]\n    answer: x\n    call: book\n    errors:\n      full: { say: sorry, ask_again: [sizes] }\nfallback: x", 12, 38, "the intent has no slot 'sizes'")]
    public void Mistakes_of_the_script_say_where_and_what(string yaml, int line, int column, string messages)
    {
        AgentLoadResult result = AgentFiles.Load(
            $"---\ndisplay_name: x\n---\n# Script\n```yaml\n{yaml}\n```\n",
            ("test/tools/book.json", """{ "name": "book", "description": "b", "parameters": { "type": "object", "properties": { "size": {} } }, "binding": { "http": "http://localhost/" } }"""));
        string[] parts = messages.Split('|');
        Assert.Equal(parts.Length, result.Problems.Count);
        Assert.Contains(result.Problems, p => p.ToString().StartsWith($"test/agent.md:{line}:{column}: {parts[0]}", StringComparison.Ordinal));
        foreach (string part in parts.Skip(1))
            Assert.Contains(result.Problems, p => p.ToString() == $"test/agent.md:{part.Replace(',', ':')}");
    }

    [Theory]
    [InlineData("{ \"name\": \"t\",\n  \"description\": \"d\"\n", 3, 1, "not valid JSON")]
    [InlineData("{ \"name\": \"t\" }", 1, 1, "the key 'description' is missing")]
    [InlineData("{ \"name\": \"a b\", \"description\": \"d\", \"parameters\": { \"type\": \"object\" }, \"binding\": { \"builtin\": \"end_call\" } }", 1, 11, "expected letters, digits, '_' and '-', found 'a b'")]
    [InlineData("{ \"name\": \"t\", \"description\": \"d\",\n \"parameters\": { \"type\": \"array\" }, \"binding\": { \"builtin\": \"end_call\" } }", 2, 26, "expected a schema of an object")]
    [InlineData("{ \"name\": \"t\", \"description\": \"d\", \"parameters\": { \"type\": \"object\" },\n \"binding\": { \"builtin\": \"endcall\" } }", 2, 26, "there is no built-in function 'endcall'; expected one of end_call, current_time, reservations.book, reservations.check; did you mean 'end_call'?")]
    [InlineData("{ \"name\": \"t\", \"description\": \"d\", \"parameters\": { \"type\": \"object\" },\n \"binding\": {} }", 2, 13, "expected exactly one of 'builtin' and 'http'")]
    [InlineData("{ \"name\": \"t\", \"description\": \"d\", \"parameters\": { \"type\": \"object\" },\n \"binding\": { \"builtin\": \"reservations.book\", \"settings\": { \"open\": { \"munday\": \"12:00-22:00\" } } } }", 2, 71, "unknown key 'munday'; did you mean 'monday'?")]
    [InlineData("{ \"name\": \"t\", \"description\": \"d\", \"parameters\": { \"type\": \"object\" },\n \"binding\": { \"builtin\": \"reservations.book\", \"settings\": { \"open\": { \"monday\": \"22:00-12:00\" } } } }", 2, 81, "expected opening hours such as \"12:00-22:00\"")]
    [InlineData("{ \"name\": \"t\", \"description\": \"d\", \"parameters\": { \"type\": \"object\", \"properties\": { \"size\": {} }, \"required\": [\"sise\"] }, \"binding\": { \"builtin\": \"end_call\" } }", 1, 113, "'sise' is required but is not among the properties; did you mean 'size'?")]
    public void Mistakes_of_a_tool_say_where_and_what(string json, int line, int column, string message)
    {
        AgentLoadResult result = AgentFiles.Load(AgentFiles.Minimal, ("test/tools/t.json", json));
        Assert.Contains(result.Problems, p => p.ToString().StartsWith($"test/tools/t.json:{line}:{column}: {message}", StringComparison.Ordinal));
        Assert.Empty(result.Agents);
    }

    [Fact]
    public void All_problems_of_all_files_are_reported()
    {
        AgentLoadResult result = AgentFiles.Load(
            "---\ndisplay_name: 1\nmod: echo\nllm: { provder: x, temperature: 9 }\n---\n# Sytem\nx\n",
            ("test/tools/t.json", "{}"),
            ("other/agent.md", "nothing"),
            ("good/agent.md", AgentFiles.Minimal));
        Assert.Equal(["other", "test"], result.Refused.Order());
        Assert.Equal("good", Assert.Single(result.Agents).Key);
        Assert.Equal(
            ["2:15", "3:1", "4:8", "4:33", "6:1", "6:1"],
            result.Problems.Where(p => p.File == "test/agent.md").Select(p => FormattableString.Invariant($"{p.Line}:{p.Column}")));
        Assert.Contains(result.Problems, p => p.File == "test/tools/t.json");
        Assert.Contains(result.Problems, p => p.File == "other/agent.md");
    }

    [Fact]
    public void Files_without_bounds_are_refused()
    {
        var huge = new AgentSourceFile("test/agent.md", AgentLoader.MaxFileBytes + 1, default);
        Assert.Contains("expected at most", Assert.Single(AgentLoader.Load([huge]).Problems).Message, StringComparison.Ordinal);

        string deep = "---\ndisplay_name: x\ndescription: " + new string('[', 200) + new string(']', 200) + "\n---\n# System\nx\n";
        Assert.Contains("nested deeper", Assert.Single(AgentFiles.Load(deep).Problems).Message, StringComparison.Ordinal);

        string wide = "---\ndisplay_name: x\nstt: { hints: [" + string.Join(',', Enumerable.Repeat("a", 30_000)) + "] }\n---\n# System\nx\n";
        Assert.Contains("more than 20000 values", Assert.Single(AgentFiles.Load(wide).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_utf8_is_refused()
    {
        var file = new AgentSourceFile("test/agent.md", 3, new byte[] { 0x2D, 0xFF, 0xFE });
        Assert.Equal("test/agent.md:1:1: the file is not valid UTF-8 text", Assert.Single(AgentLoader.Load([file]).Problems).ToString());
    }

    [Fact]
    public void Windows_line_ends_and_byte_order_mark_change_nothing()
    {
        AgentDefinition agent = AgentFiles.Agent("\uFEFF" + AgentFiles.Minimal.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal("You are a test.", agent.SystemPrompt);
    }

    [Fact]
    public void Headings_in_code_belong_to_the_prompt()
    {
        AgentDefinition agent = AgentFiles.Agent("---\ndisplay_name: x\n---\n# System\nSay:\n```\n# Greeting\n```\n## Sub\nEnd\n");
        Assert.Null(agent.Greeting);
        Assert.Contains("# Greeting", agent.SystemPrompt, StringComparison.Ordinal);
        Assert.Contains("## Sub", agent.SystemPrompt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partial_with_a_placeholder_is_reported_in_its_own_file()
    {
        AgentLoadResult result = AgentFiles.Load(
            "---\ndisplay_name: x\n---\n# System\n{{> style}}\n", ("_shared/style.md", "Be short.\nHello {{caller}}.\n"));
        Assert.StartsWith("_shared/style.md:2:7: unknown placeholder '{{caller}}'", Assert.Single(result.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_follows_every_ingredient_and_nothing_else()
    {
        string text = "---\ndisplay_name: x\n---\n# System\n{{> style}}\n";
        string first = AgentFiles.Agent(text, ("_shared/style.md", "a"), ("test/tools/e.json", EndCallTool)).Version;
        Assert.Equal(first, AgentFiles.Agent(text, ("_shared/style.md", "a"), ("test/tools/e.json", EndCallTool), ("_shared/other.md", "z"), ("test/evals/a.yaml", "x")).Version);
        Assert.NotEqual(first, AgentFiles.Agent(text, ("_shared/style.md", "b"), ("test/tools/e.json", EndCallTool)).Version);
        Assert.NotEqual(first, AgentFiles.Agent(text, ("_shared/style.md", "a"), ("test/tools/e.json", EndCallTool + "\n")).Version);
        Assert.NotEqual(first, AgentFiles.Agent(text + "\n", ("_shared/style.md", "a"), ("test/tools/e.json", EndCallTool)).Version);
    }

    [Fact]
    public void Folder_names_are_ids()
    {
        AgentLoadResult result = AgentLoader.Load([AgentFiles.File("My Agent/agent.md", AgentFiles.Minimal), AgentFiles.File("empty/notes.md", "x")]);
        Assert.Equal(2, result.Problems.Count);
        Assert.Contains(result.Problems, p => p.Message.StartsWith("the folder's name 'My Agent' is the agent's id", StringComparison.Ordinal));
        Assert.Contains(result.Problems, p => p.ToString() == "empty/agent.md:1:1: the folder has no agent.md");
    }

    [Fact]
    public void The_agents_of_the_repository_are_without_problems()
    {
        AgentLoadResult result = AgentFiles.Repository();
        Assert.Empty(result.Problems);
        Assert.Equal(["echo", "echo-relay", "receptionist"], result.Agents.Keys.Order());
        Assert.Equal(AgentMode.Echo, result.Agents["echo"].Mode);
        Assert.Equal(AgentMode.EchoRelay, result.Agents["echo-relay"].Mode);
        Assert.NotNull(result.Agents["receptionist"].Script);
        Assert.Contains("Speak in short sentences.", result.Agents["receptionist"].SystemPrompt, StringComparison.Ordinal);
    }
}
