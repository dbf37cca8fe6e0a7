"""aiortc's SCTP transport over plain UDP on the loopback, for tests. Arguments: our test's port, and 'start' or 'wait'.

Every message is sent back on its channel. Strings that start with '!' are commands:
  !open   open a channel "py" (unordered, 3 retransmissions) and send "hello" on it
  !close  close the channel that the command came on
  !big N  send N bytes
"""
import asyncio
import sys

from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport


class Ice:
    def __init__(self, role):
        self.role = role


class Dtls:
    state = "connected"

    def __init__(self, role):
        self.transport = Ice(role)
        self.receiver = None
        self.udp = None

    def _register_data_receiver(self, receiver):
        self.receiver = receiver

    def _unregister_data_receiver(self, receiver):
        self.receiver = None

    async def _send_data(self, data):
        self.udp.sendto(data)


class Udp(asyncio.DatagramProtocol):
    def __init__(self, dtls):
        self.dtls = dtls
        self.queue = asyncio.Queue()

    def datagram_received(self, data, address):
        self.queue.put_nowait(data)


async def main():
    port = int(sys.argv[1])
    starts = sys.argv[2] == "start"
    dtls = Dtls("controlling" if starts else "controlled")
    loop = asyncio.get_running_loop()
    udp, protocol = await loop.create_datagram_endpoint(lambda: Udp(dtls), remote_addr=("127.0.0.1", port))
    dtls.udp = udp
    sctp = RTCSctpTransport(dtls)
    keep = []

    def serve(channel):
        keep.append(channel)

        @channel.on("message")
        def on_message(message):
            if isinstance(message, str) and message.startswith("!"):
                if message == "!open":
                    made = RTCDataChannel(sctp, RTCDataChannelParameters(label="py", ordered=False, maxRetransmits=3))
                    serve(made)
                    made.on("open", lambda: made.send("hello"))
                elif message == "!close":
                    channel.close()
                elif message.startswith("!big "):
                    channel.send(bytes(i & 255 for i in range(int(message[5:]))))
            else:
                channel.send(message)

    sctp.on("datachannel", serve)
    udp.sendto(b"ready")
    await sctp.start(RTCSctpCapabilities(maxMessageSize=65536), 5000)
    while True:
        data = await protocol.queue.get()
        if data == b"quit":
            return
        if dtls.receiver is not None:
            await dtls.receiver._handle_data(data)


asyncio.run(main())
