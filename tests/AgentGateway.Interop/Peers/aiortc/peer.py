"""The matrix's peer over aiortc. The protocol is described in ../README.md."""

import array
import asyncio
import functools
import hashlib
import json
import sys
import traceback
import wave

import aioice.ice
import aiortc.rtcicetransport
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from aioice.ice import Connection, TransportPolicy
from microphone import RATE, Microphone

HOST_ADDRESSES = aioice.ice.get_host_addresses


def tell(**event):
    print(json.dumps(event), flush=True)


class Peer:
    def __init__(self):
        self._pc = None
        self._channel = None
        self._microphone = None
        self._recording = None
        self._recorded_from = None

    async def open(self, channel, stun, turn=None):
        servers = []
        if turn:
            servers = [RTCIceServer(urls=turn["urls"], username=turn["username"], credential=turn["credential"])]

        # aiortc has no setting for it. The ICE library below it has one, but that only hides the other candidates.
        policy = TransportPolicy.RELAY if turn else TransportPolicy.ALL
        aiortc.rtcicetransport.Connection = functools.partial(Connection, transport_policy=policy)
        aioice.ice.get_host_addresses = (lambda use_ipv4, use_ipv6: []) if turn else HOST_ADDRESSES
        pc = self._pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._recording = None
        self._microphone = Microphone()
        pc.addTrack(self._microphone)
        pc.on("track", lambda track: asyncio.ensure_future(self._listen(track)))
        pc.on("datachannel", self._use)
        pc.on("connectionstatechange", lambda: tell(event="state", state=pc.connectionState) if pc is self._pc else None)
        if channel:
            self._use(pc.createDataChannel("matrix"))
        tell(event="opened")

    async def offer(self, restart, trickle):
        await self._pc.setLocalDescription(await self._pc.createOffer())
        tell(event="sdp", type="offer", sdp=self._pc.localDescription.sdp)

    async def answer(self, sdp, trickle):
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        tell(event="sdp", type="answer", sdp=self._pc.localDescription.sdp)

    async def accept(self, sdp):
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        tell(event="accepted")

    async def candidate(self, candidate, mid, index):
        if not candidate:
            return  # This version cannot be told that there are no more.
        parsed = candidate_from_sdp(candidate.split(":", 1)[1])
        parsed.sdpMid, parsed.sdpMLineIndex = mid, index
        await self._pc.addIceCandidate(parsed)

    async def play(self, file):
        self._microphone.play(file)

    async def record(self):
        self._recording = array.array("h")
        self._recorded_from = None
        tell(event="recording")

    async def save(self, file):
        with wave.open(file, "wb") as target:
            target.setnchannels(1)
            target.setsampwidth(2)
            target.setframerate(RATE)
            target.writeframes(self._recording.tobytes())
        tell(event="recorded", file=file)

    async def send(self, size):
        self._channel.send(bytes((i * 31 + (i >> 8) * 17 + size) & 255 for i in range(size)))

    async def hangup(self):
        pc, self._pc = self._pc, None
        if pc:
            await pc.close()
        tell(event="hungup")

    async def _listen(self, track):
        tell(event="track")
        try:
            while True:
                frame = await track.recv()
                if self._recording is not None:
                    self._write(frame)
        except MediaStreamError:
            pass

    def _write(self, frame):
        # A lost frame leaves no hole in the sequence of frames, only in their times.
        if self._recorded_from is None:
            self._recorded_from = frame.pts
        missing = ((frame.pts - self._recorded_from) & 0xFFFFFFFF) - len(self._recording)
        self._recording.extend(array.array("h", bytes(2 * max(missing, 0))))
        channels = len(frame.layout.channels)
        samples = array.array("h", bytes(frame.planes[0])[: frame.samples * 2 * channels])
        self._recording.extend(samples[::channels])

    def _use(self, channel):
        pc, self._channel = self._pc, channel

        def state(name):
            if pc is self._pc:
                tell(event="channel", state=name, label=channel.label)

        channel.on("open", lambda: state("open"))
        channel.on("close", lambda: state("closed"))
        channel.on("message", lambda data: tell(event="message", size=len(data), sha256=hashlib.sha256(data).hexdigest()))
        if channel.readyState == "open":
            state("open")


async def main():
    peer = Peer()
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tell(event="ready")
    while line := await reader.readline():
        command = json.loads(line)
        name = command.pop("do")
        try:
            await getattr(peer, name)(**command)
        except Exception:
            tell(event="error", command=name, message=traceback.format_exc())


asyncio.run(main())
