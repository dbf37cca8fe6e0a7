"""Calls an agent with aiortc and prints what happened as one JSON object.

Once connected it takes steps, one after the other, and then hangs up, unless the gateway has ended the call before:
  {"play": FILE}   speaks a WAV file (48 kHz mono PCM16) to its end; the microphone is silent otherwise
  {"say": TEXT}    sends send-text
  {"wait": TYPE, "contains": TEXT}
                   waits for the next message of a type with this text somewhere in it (any when there is none), behind
                   the one that the last "wait" found; the data channel is open then
  {"pause": SECONDS}
What the agent says is recorded all the time, and the messages of the data channel are collected.
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
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.status, dict(response.headers), response.read().decode()


def delete(url):
    with urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=60) as response:
        return response.status


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--agent", required=True)
    parser.add_argument("--recording", required=True)
    parser.add_argument("--steps", type=json.loads, required=True)
    parser.add_argument("--limit", type=float, default=90, help="seconds after which a call whose steps are not done is given up")
    parser.add_argument("--label", default="events")
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
    connected = asyncio.Event()
    arrived = asyncio.Event()

    microphone = Microphone()
    pc.addTrack(microphone)
    channel = pc.createDataChannel(args.label)

    @pc.on("track")
    def on_track(track):
        tasks.append(asyncio.ensure_future(recorder.run(track)))

    @pc.on("connectionstatechange")
    def on_state():
        result["states"].append([stamp(), pc.connectionState])
        if pc.connectionState == "connected":
            connected.set()
        if pc.connectionState in ("failed", "closed"):
            over.set()

    @channel.on("open")
    def on_open():
        channel.send(json.dumps({"label": "rtvi-ai", "type": "client-ready", "id": "0badcafe", "data": {"version": "2.1.0", "about": {"library": "aiortc"}}}))
        for raw in args.raw:
            channel.send(raw)
        if args.payload:
            channel.send("x" * args.payload)

    @channel.on("message")
    def on_message(message):
        result["messages"].append([stamp(), message if isinstance(message, str) else repr(message)])
        arrived.set()
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
    result["session"] = headers["Location"]
    session = args.url + headers["Location"]
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def wait(kind, text):
        nonlocal seen
        while True:
            while seen < len(result["messages"]):
                message = result["messages"][seen][1]
                seen += 1
                if text in message and message.startswith("{") and json.loads(message).get("type") == kind:
                    return
            arrived.clear()
            await arrived.wait()

    async def take_steps():
        await connected.wait()
        for step in args.steps:
            result["step"] = step
            if "play" in step:
                await microphone.play(step["play"])
            elif "say" in step:
                channel.send(json.dumps({"label": "rtvi-ai", "type": "send-text", "id": "5a5a5a5a", "data": {"content": step["say"]}}))
            elif "wait" in step:
                await wait(step["wait"], step.get("contains") or "")
            else:
                await asyncio.sleep(step["pause"])
        del result["step"]

    seen = 0
    steps = asyncio.ensure_future(take_steps())
    tasks += [steps, asyncio.ensure_future(over.wait())]
    await asyncio.wait(tasks[-2:], timeout=args.limit, return_when=asyncio.FIRST_COMPLETED)
    result["ended_by"] = "gateway" if over.is_set() else "caller" if steps.done() else "limit"
    if steps.done():
        steps.result()
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
