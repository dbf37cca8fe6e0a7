using System.Net;
using System.Net.Sockets;
using AgentGateway.Net.Mdns;
using AgentGateway.Rtc.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Net.Tests.Mdns;

public sealed class MdnsResolverTests
{
    private const string Name = "1f4712db-ea17-4bcf-a596-105139dfd8bf.local";

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public async Task An_answer_is_the_address(string address)
    {
        await using var responder = new MdnsResponder((_, id) => [MdnsResponder.Record(id, Name, address)]);
        await using MdnsResolver resolver = Create(responder);
        TransportAddress? found = await resolver.ResolveAsync(Name);
        Assert.Equal(address, found!.Value.Address.ToString());
        Assert.Equal(0, found.Value.Port);
    }

    [Fact]
    public async Task A_known_name_is_asked_for_once_however_it_is_spelled()
    {
        await using var responder = new MdnsResponder((_, id) => [MdnsResponder.Record(id, Name, "192.0.2.7")]);
        await using MdnsResolver resolver = Create(responder, Once);
        TransportAddress?[] found = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => resolver.ResolveAsync(Name)));
        Assert.All(found, f => Assert.NotNull(f));
        Assert.NotNull(await resolver.ResolveAsync(Name.ToUpperInvariant()));
        Assert.Equal(1, responder.Questions);
    }

    [Fact]
    public async Task A_lost_question_is_repeated()
    {
        await using var responder = new MdnsResponder((number, id) => number == 1 ? [] : [MdnsResponder.Record(id, Name, "192.0.2.7")]);
        await using MdnsResolver resolver = Create(responder);
        Assert.NotNull(await resolver.ResolveAsync(Name));
        Assert.True(responder.Questions >= 2);
    }

    [Fact]
    public async Task A_question_is_repeated_until_it_is_answered()
    {
        await using var responder = new MdnsResponder((number, id) => number < 4 ? [] : [MdnsResponder.Record(id, Name, "192.0.2.7")]);
        await using MdnsResolver resolver = Create(responder, o => o with { RepeatAfter = TimeSpan.FromMilliseconds(10) });
        Assert.NotNull(await resolver.ResolveAsync(Name));
        Assert.True(responder.Questions >= 4);
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_given_up_and_remembered_as_such()
    {
        await using var responder = new MdnsResponder((_, _) => []);
        await using MdnsResolver resolver = Create(responder, o => o with { RepeatAfter = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromMilliseconds(2), UnknownAge = TimeSpan.FromHours(1) });
        Assert.Null(await resolver.ResolveAsync(Name));
        Assert.Null(await resolver.ResolveAsync(Name));
        Assert.InRange(responder.Questions, 0, 2);
    }

    [Fact]
    public async Task Wrong_answers_are_passed_over_and_the_right_one_counts()
    {
        await using var responder = new MdnsResponder((_, id) =>
        [
            [],
            [1, 2, 3],
            MdnsResponder.Record(id, "other.local", "192.0.2.66"),
            MdnsResponder.Record((ushort)(id + 1), Name, "192.0.2.67"),
            MdnsResponder.Record(id, Name, "192.0.2.68", seconds: 0),
            MdnsResponder.Record(id, Name, "192.0.2.7"),
            MdnsResponder.Record(id, Name, "192.0.2.69"),
        ]);
        await using MdnsResolver resolver = Create(responder);
        Assert.Equal("192.0.2.7", (await resolver.ResolveAsync(Name))!.Value.Address.ToString());
    }

    [Fact]
    public async Task An_answer_from_another_port_is_not_believed()
    {
        await using var responder = new MdnsResponder(
            (_, id) => [MdnsResponder.Record(id, Name, "192.0.2.7")], lie: id => MdnsResponder.Record(id, Name, "192.0.2.66"));
        await using MdnsResolver resolver = Create(responder);
        Assert.Equal("192.0.2.7", (await resolver.ResolveAsync(Name))!.Value.Address.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_group_is_asked_and_may_answer_us_or_everybody(bool everybody) => AskGroupAsync(everybody, static o => o);

    [Fact]
    public Task An_interface_that_has_just_gone_does_not_end_the_question() => AskGroupAsync(
        everybody: true,
        static o => o with { Interfaces = family => [new MdnsInterface(int.MaxValue, IPAddress.Parse("203.0.113.77")), .. MdnsInterface.Read(family)] });

    [Fact]
    public Task An_interface_that_comes_later_is_asked_on_and_heard()
    {
        int asked = 0;
        return AskGroupAsync(
            everybody: true,
            o => o with
            {
                RepeatAfter = TimeSpan.FromMilliseconds(10),
                Interfaces = family => Interlocked.Increment(ref asked) < 3 ? [] : MdnsInterface.Read(family),
            });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_group_of_IPv6_is_asked_and_may_answer_us_or_everybody(bool everybody)
    {
        IReadOnlyList<MdnsInterface> interfaces = MdnsInterface.Read(AddressFamily.InterNetworkV6);
        Assert.SkipWhen(interfaces.Count == 0, "This host has no interface with IPv6 for multicast.");
        int index = interfaces[0].Index;
        using var responder = new UdpClient(AddressFamily.InterNetworkV6);
        responder.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        responder.Client.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        var group = new IPEndPoint(IPAddress.Parse("ff02::4d"), ((IPEndPoint)responder.Client.LocalEndPoint!).Port);
        responder.JoinMulticastGroup(index, group.Address);
        await using var resolver = new MdnsResolver(
            new MdnsOptions { Groups = [group], Timeout = ConnectedPair.Limit }, TimeProvider.System, new SystemRandomSource(), NullLogger.Instance);

        Task<TransportAddress?> asked = resolver.ResolveAsync(Name);
        UdpReceiveResult question = await responder.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ConnectedPair.Limit, TestContext.Current.CancellationToken);
        ushort id = everybody ? (ushort)0 : (ushort)((question.Buffer[0] << 8) | question.Buffer[1]);
        IPEndPoint to = everybody ? new IPEndPoint(new IPAddress(group.Address.GetAddressBytes(), index), group.Port) : question.RemoteEndPoint;
        await responder.SendAsync(MdnsResponder.Record(id, Name, "2001:db8::7"), to, TestContext.Current.CancellationToken);

        Assert.Equal("2001:db8::7", (await asked)!.Value.Address.ToString());
    }

    [Fact]
    public async Task An_answer_over_IPv6_is_as_good()
    {
        await using var silent = new MdnsResponder((_, _) => []);
        await using var responder = new MdnsResponder((_, id) => [MdnsResponder.Record(id, Name, "2001:db8::7")], address: IPAddress.IPv6Loopback);
        MdnsOptions options = Once(new MdnsOptions { Groups = [silent.EndPoint, responder.EndPoint] });
        await using var resolver = new MdnsResolver(options, TimeProvider.System, new SystemRandomSource(), NullLogger.Instance);
        Assert.Equal("2001:db8::7", (await resolver.ResolveAsync(Name))!.Value.Address.ToString());
        Assert.Equal(1, responder.Questions);
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("printer.office.local")]
    [InlineData("")]
    public async Task Other_names_are_not_asked_for(string name)
    {
        await using var responder = new MdnsResponder((_, id) => [MdnsResponder.Record(id, name, "192.0.2.7")]);
        await using MdnsResolver resolver = Create(responder);
        Assert.Null(await resolver.ResolveAsync(name));
        Assert.Equal(0, responder.Questions);
    }

    [Fact]
    public async Task Many_names_at_once_are_bounded()
    {
        await using var responder = new MdnsResponder((_, _) => []);
        MdnsResolver resolver = Create(responder, o => Once(o) with { MaxPending = 4, MaxCached = 8 });
        Task<TransportAddress?>[] asked = [.. Enumerable.Range(0, 100).Select(i => resolver.ResolveAsync($"name-{i}.local"))];
        Assert.Equal(96, resolver.Refused);
        Assert.Equal(4, asked.Count(a => !a.IsCompleted));
        await resolver.DisposeAsync();
        Assert.All(await Task.WhenAll(asked), Assert.Null);
    }

    [Fact]
    public async Task The_end_does_not_wait_for_answers()
    {
        await using var responder = new MdnsResponder((_, _) => []);
        MdnsResolver resolver = Create(responder, Once);
        Task<TransportAddress?> asked = resolver.ResolveAsync(Name);
        await resolver.DisposeAsync();
        Assert.Null(await asked);
        Assert.Null(await resolver.ResolveAsync("another.local"));
    }

    private static async Task AskGroupAsync(bool everybody, Func<MdnsOptions, MdnsOptions> change)
    {
        IReadOnlyList<MdnsInterface> interfaces = MdnsInterface.Read(AddressFamily.InterNetwork);
        Assert.SkipWhen(interfaces.Count == 0, "This host has no interface for multicast.");
        IPAddress local = interfaces[0].Address;
        using var responder = new UdpClient(AddressFamily.InterNetwork);
        responder.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        responder.Client.Bind(new IPEndPoint(IPAddress.Any, 0));
        var group = new IPEndPoint(IPAddress.Parse("239.255.77.77"), ((IPEndPoint)responder.Client.LocalEndPoint!).Port);
        responder.JoinMulticastGroup(group.Address, local);
        responder.Client.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, local.GetAddressBytes());
        var options = new MdnsOptions { Groups = [group], Timeout = ConnectedPair.Limit };
        await using var resolver = new MdnsResolver(change(options), TimeProvider.System, new SystemRandomSource(), NullLogger.Instance);

        Task<TransportAddress?> asked = resolver.ResolveAsync(Name);
        UdpReceiveResult question = await responder.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ConnectedPair.Limit, TestContext.Current.CancellationToken);
        ushort id = everybody ? (ushort)0 : (ushort)((question.Buffer[0] << 8) | question.Buffer[1]);
        await responder.SendAsync(MdnsResponder.Record(id, Name, "192.0.2.7"), everybody ? group : question.RemoteEndPoint, TestContext.Current.CancellationToken);

        Assert.Equal("192.0.2.7", (await asked)!.Value.Address.ToString());
    }

    // However long an answer takes on a busy machine, nothing is asked twice and nothing is given up.
    private static MdnsOptions Once(MdnsOptions options) => options with { RepeatAfter = TimeSpan.FromHours(1), Timeout = TimeSpan.FromHours(2) };

    private static MdnsResolver Create(MdnsResponder responder, Func<MdnsOptions, MdnsOptions>? change = null)
    {
        var options = new MdnsOptions { Groups = [responder.EndPoint], Timeout = ConnectedPair.Limit };
        return new MdnsResolver(change?.Invoke(options) ?? options, TimeProvider.System, new SystemRandomSource(), NullLogger.Instance);
    }
}
