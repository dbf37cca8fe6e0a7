"""Calls an agent with aiortc and prints what happened as one JSON object.

Plays a WAV file (48 kHz mono PCM16) as the microphone, records what the agent says to another, collects the messages of
a data channel, and may send texts. Hangs up when the time is over, or when the gateway ends the call.
"""

import argparse
import array
import asyncio
import json
import time
import urllib.error
import urllib.request
import wave

import aioice.ice
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from microphone import RATE, Microphone


class Recorder:
    def __init__(self):
        self.pcm = array.array("h")
        self.arrivals = []

    async def run(self, track):
        try:
            while True:
                frame = await track.recv()
                self.arrivals.append(time.monotonic())
                samples = array.array("h", bytes(frame.planes[0])[: frame.samples * 2 * len(frame.layout.channels)])
                self.pcm.extend(samples[:: len(frame.layout.channels)])
        except MediaStreamError:
            pass

    def save(self, path):
        with wave.open(path, "wb") as target:
            target.setnchannels(1)
            target.setsampwidth(2)
            target.setframerate(RATE)
            target.writeframes(self.pcm.tobytes())


def post(url, body, content_type="application/sdp"):
    request = urllib.request.Request(url, data=body.encode(), headers={"Content-Type": content_type}, method="POST")
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.status, dict(response.headers), response.read().decode()


def delete(url):
    with urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=10) as response:
        return response.status


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--agent", required=True)
    parser.add_argument("--microphone", required=True)
    parser.add_argument("--recording", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--label", default="events")
    parser.add_argument("--say", action="append", default=[], help="AT_SECONDS:TEXT sent with send-text")
    parser.add_argument("--payload", type=int, default=0, help="also send one message of this many bytes")
    parser.add_argument("--raw", action="append", default=[], help="a message sent as it is")
    parser.add_argument("--hangup", choices=["delete", "close", "channel"], default="delete")
    args = parser.parse_args()

    # aiortc leaves loopback out of its candidates; these tests stay on this machine.
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]

    result = {"messages": [], "states": [], "status": None}
    started = time.monotonic()
    stamp = lambda: round(time.monotonic() - started, 3)
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    recorder = Recorder()
    tasks = []
    over = asyncio.Event()
    opened = asyncio.Event()

    microphone = Microphone()
    microphone.play(args.microphone)
    pc.addTrack(microphone)
    channel = pc.createDataChannel(args.label)

    @pc.on("track")
    def on_track(track):
        tasks.append(asyncio.ensure_future(recorder.run(track)))

    @pc.on("connectionstatechange")
    def on_state():
        result["states"].append([stamp(), pc.connectionState])
        if pc.connectionState in ("failed", "closed"):
            over.set()

    @channel.on("open")
    def on_open():
        opened.set()
        channel.send(json.dumps({"label": "rtvi-ai", "type": "client-ready", "id": "0badcafe", "data": {"version": "2.1.0", "about": {"library": "aiortc"}}}))
        for raw in args.raw:
            channel.send(raw)
        if args.payload:
            channel.send("x" * args.payload)

    @channel.on("message")
    def on_message(message):
        result["messages"].append([stamp(), message if isinstance(message, str) else repr(message)])
        if isinstance(message, str) and '"peerLeft"' in message:
            over.set()

    await pc.setLocalDescription(await pc.createOffer())
    try:
        status, headers, answer = await asyncio.to_thread(post, f"{args.url}/whip/{args.agent}", pc.localDescription.sdp)
    except urllib.error.HTTPError as error:
        result["status"] = error.code
        result["problem"] = error.read().decode()
        print(json.dumps(result))
        await pc.close()
        return
    result["status"] = status
    result["answer"] = answer
    session = args.url + headers["Location"]
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def say(at, text):
        await opened.wait()
        await asyncio.sleep(max(0, at - stamp()))
        channel.send(json.dumps({"label": "rtvi-ai", "type": "send-text", "id": "5a5a5a5a", "data": {"content": text}}))

    for item in args.say:
        at, _, text = item.partition(":")
        tasks.append(asyncio.ensure_future(say(float(at), text)))

    try:
        await asyncio.wait_for(over.wait(), args.seconds)
        result["ended_by"] = "gateway"
    except asyncio.TimeoutError:
        result["ended_by"] = "caller"
    result["ended_at"] = stamp()

    if result["ended_by"] == "caller":
        if args.hangup == "delete":
            result["deleted"] = await asyncio.to_thread(delete, session)
        elif args.hangup == "channel":
            channel.close()
            await asyncio.sleep(0.3)
    await pc.close()
    for task in tasks:
        task.cancel()
    recorder.save(args.recording)
    result["frames"] = len(recorder.arrivals)
    result["gaps"] = sorted(round((b - a) * 1000, 1) for a, b in zip(recorder.arrivals, recorder.arrivals[1:]))[-20:]
    print(json.dumps(result))


asyncio.run(main())
