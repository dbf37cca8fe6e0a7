"""An echo server on aiortc that answers WHIP on loopback: what the gateway's echo is compared with."""

import asyncio
import sys

import aioice.ice
from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
calls = {}


async def start(request):
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))

    @pc.on("track")
    def on_track(track):
        pc.addTrack(track)

    await pc.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
    await pc.setLocalDescription(await pc.createAnswer())
    name = str(len(calls))
    calls[name] = pc
    return web.Response(status=201, text=pc.localDescription.sdp, content_type="application/sdp", headers={"Location": f"/session/{name}"})


async def end(request):
    await calls.pop(request.match_info["name"]).close()
    return web.Response()


app = web.Application()
app.router.add_post("/whip/echo", start)
app.router.add_delete("/session/{name}", end)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=lambda *_: print("READY", flush=True))
