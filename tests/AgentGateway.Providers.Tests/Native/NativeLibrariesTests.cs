using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.Tests.Native;

public sealed class NativeLibrariesTests
{
    [Fact]
    public void A_missing_library_says_what_it_is_for_and_what_to_install()
    {
        NativeLibraryId library = new("nothing", "libagentgateway-nothing.so.9", "the nothing engine", "install the Debian package libnothing9");
        SpeechProviderException e = Assert.Throws<SpeechProviderException>(() => NativeLibraries.Require(library));
        Assert.Contains("libagentgateway-nothing.so.9", e.Message, StringComparison.Ordinal);
        Assert.Contains("the nothing engine", e.Message, StringComparison.Ordinal);
        Assert.Contains("install the Debian package libnothing9", e.Message, StringComparison.Ordinal);
        Assert.False(NativeLibraries.IsAvailable(library));
    }

    [Fact]
    public void A_file_that_is_no_library_is_named_with_the_reason()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "libagentgateway-broken.so");
        File.WriteAllText(file, "no library");
        try
        {
            NativeLibraryId library = new("broken", "libagentgateway-broken.so", "tests", "nothing");
            SpeechProviderException e = Assert.Throws<SpeechProviderException>(() => NativeLibraries.Require(library));
            Assert.Contains(file, e.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_configured_folder_comes_first_then_the_package_layouts()
    {
        string[] paths = [.. NativeLibraries.CandidatePaths(NativeLibraries.Sherpa, ["/a", "/b"])];
        Assert.Equal("/a/libsherpa-onnx-c-api.so", paths[0]);
        Assert.Contains(paths, p => p.StartsWith("/a/node_modules/sherpa-onnx-linux-", StringComparison.Ordinal));
        Assert.True(Array.FindIndex(paths, p => p.StartsWith("/b", StringComparison.Ordinal)) >= 3);
    }
}
