"""aiortc with several audio transceivers: each sends a tone of its own, and each remote track is listened to.

Commands on standard input, one JSON object per line; every one is answered by {event: <its name>, ...result}."""

import array
import asyncio
import fractions
import json
import math
import sys
import time
import traceback

from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

RATE = 48000
FRAME = 960
HEARD = RATE // 2


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self, frequency):
        super().__init__()

        # A second of it, after which it begins again: a whole number of waves, made once, since a busy machine has no time for it.
        step = 2 * math.pi * frequency / RATE
        self._second = array.array("h", (int(9000 * math.sin(step * i)) for i in range(RATE))).tobytes()
        self._frame = 0
        self._start = time.monotonic()

    async def recv(self):
        delay = self._start + self._frame * FRAME / RATE - time.monotonic()
        if delay > 0:
            await asyncio.sleep(delay)
        first = self._frame * FRAME
        at = first % RATE * 2
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.planes[0].update(self._second[at : at + FRAME * 2])
        frame.sample_rate = RATE
        frame.time_base = fractions.Fraction(1, RATE)
        frame.pts = first
        self._frame += 1
        return frame


class Ear:
    """The last half second of a track."""

    def __init__(self, track):
        self._samples = array.array("h")
        asyncio.ensure_future(self._listen(track))

    async def _listen(self, track):
        try:
            while True:
                frame = await track.recv()
                channels = len(frame.layout.channels)
                samples = array.array("h", bytes(frame.planes[0])[: frame.samples * 2 * channels])
                self._samples = (self._samples + samples[::channels])[-HEARD:]
        except MediaStreamError:
            pass

    def frequency(self):
        """In Hz, by the crossings of zero: a tone has twice as many as its frequency, a mixture some other number. 0 for silence."""
        samples = self._samples
        if len(samples) < HEARD or max(samples) < 1000:
            return 0
        crossings = [i for i in range(1, len(samples)) if samples[i - 1] < 0 <= samples[i]]
        return (len(crossings) - 1) * RATE / (crossings[-1] - crossings[0])


class Peer:
    def __init__(self):
        self._pc = RTCPeerConnection()
        self._ears = {}
        self._pc.on("track", lambda track: self._ears.update({track: Ear(track)}))

    async def add(self, frequency, direction):
        self._pc.addTransceiver(Tone(frequency), direction)

    async def offer(self):
        await self._pc.setLocalDescription(await self._pc.createOffer())
        return {"sdp": self._pc.localDescription.sdp}

    async def answer(self, sdp):
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        return {"sdp": self._pc.localDescription.sdp}

    async def accept(self, sdp):
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def hear(self):
        return {
            "tracks": [
                {"mid": t.mid, "direction": t.currentDirection or "", "frequency": self._ears[t.receiver.track].frequency()}
                for t in self._pc.getTransceivers()
                if t.receiver.track in self._ears
            ]
        }


async def main():
    peer = Peer()
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(json.dumps({"event": "ready"}), flush=True)
    while line := await reader.readline():
        command = json.loads(line)
        name = command.pop("do")
        try:
            result = await getattr(peer, name)(**command)
            print(json.dumps({"event": name, **(result or {})}), flush=True)
        except Exception:
            print(json.dumps({"event": "error", "command": name, "message": traceback.format_exc()}), flush=True)


asyncio.run(main())
