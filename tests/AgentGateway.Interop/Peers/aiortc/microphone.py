"""What aiortc sends: WAV files (48 kHz mono PCM16) in frames of 20 ms, and silence when nothing is left."""

import asyncio
import fractions
import time
import wave

from aiortc import MediaStreamTrack
from av import AudioFrame

RATE = 48000
FRAME = 960


class Microphone(MediaStreamTrack):
    kind = "audio"

    def __init__(self):
        super().__init__()
        self._pcm = b""
        self._played = None
        self._frame = 0
        self._start = None

    def play(self, path):
        """Speaks a file from now on; the future is done when the last of it was sent."""
        with wave.open(path) as source:
            assert source.getframerate() == RATE and source.getnchannels() == 1 and source.getsampwidth() == 2
            self._pcm = source.readframes(source.getnframes())
        self._played = asyncio.get_running_loop().create_future()
        return self._played

    async def recv(self):
        if self._start is None:
            self._start = time.monotonic()
        delay = self._start + self._frame * FRAME / RATE - time.monotonic()
        if delay > 0:
            await asyncio.sleep(delay)
        chunk, self._pcm = self._pcm[:FRAME * 2].ljust(FRAME * 2, b"\0"), self._pcm[FRAME * 2:]
        if not self._pcm and self._played and not self._played.done():
            self._played.set_result(None)
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.planes[0].update(chunk)
        frame.sample_rate = RATE
        frame.time_base = fractions.Fraction(1, RATE)
        frame.pts = self._frame * FRAME
        self._frame += 1
        return frame
