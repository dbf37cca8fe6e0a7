"""An echo server on GStreamer's webrtcbin that answers WHIP on loopback: what the gateway's echo is compared with.

Each call is a pipeline of its own, as webrtcbin wants it: webrtcbin's receiver with its jitter buffer, opusdec, opusenc
at the gateway's complexity, and back into the same webrtcbin.
"""

import http.server
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

Gst.init(None)
WAIT_SECONDS = 10
ECHO = (
    "rtpopusdepay name=depay ! opusdec ! audioconvert ! audio/x-raw,rate=48000,channels=1 "
    "! opusenc complexity=5 bitrate=32000 frame-size=20 audio-type=voice "
    "! rtpopuspay pt={pt} ! application/x-rtp,media=audio,encoding-name=OPUS,payload={pt} ! queue name=tail"
)
calls = {}
lock = threading.Lock()
count = 0


class Call:
    def __init__(self, offer):
        result, self.offer = GstSdp.SDPMessage.new_from_text(offer)
        if result != GstSdp.SDPResult.OK:
            raise ValueError("no SDP")
        self.payload_type = next(
            int(line.split(":")[1].split()[0]) for line in offer.splitlines() if line.startswith("a=rtpmap:") and "opus/48000" in line.lower()
        )
        self.pipeline = Gst.Pipeline()
        self.rtc = Gst.ElementFactory.make("webrtcbin")
        self.rtc.set_property("bundle-policy", "max-bundle")
        self.pipeline.add(self.rtc)
        self.rtc.connect("pad-added", self.on_pad)
        self.gathered = threading.Event()
        self.rtc.connect("notify::ice-gathering-state", self.on_gathering)
        self.echo = Gst.parse_bin_from_description(ECHO.format(pt=self.payload_type), False)
        self.echo.add_pad(Gst.GhostPad.new("sink", self.echo.get_by_name("depay").get_static_pad("sink")))
        self.echo.add_pad(Gst.GhostPad.new("src", self.echo.get_by_name("tail").get_static_pad("src")))
        self.pipeline.add(self.echo)

    def answer(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.call("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.OFFER, self.offer))
        # The sending side is a request pad; it joins the transceiver that the offer made.
        self.echo.link_pads("src", self.rtc, "sink_%u")
        reply = self.call("create-answer", None)
        answer = reply.get_value("answer")
        self.call("set-local-description", answer)
        self.gathered.wait(WAIT_SECONDS)
        return self.rtc.get_property("local-description").sdp.as_text()

    def call(self, signal, argument):
        promise = Gst.Promise.new()
        self.rtc.emit(signal, argument, promise)
        if promise.wait() != Gst.PromiseResult.REPLIED:
            raise ValueError(f"{signal} failed")
        return promise.get_reply()

    def on_gathering(self, rtc, _):
        if rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            self.gathered.set()

    def on_pad(self, _, pad):
        if pad.get_direction() == Gst.PadDirection.SRC:
            pad.link(self.echo.get_static_pad("sink"))

    def stop(self):
        self.pipeline.set_state(Gst.State.NULL)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global count
        call = Call(self.rfile.read(int(self.headers["Content-Length"])).decode())
        try:
            text = call.answer().encode()
        except ValueError as error:
            call.stop()
            self.reply(400, str(error).encode())
            return
        with lock:
            count += 1
            location = f"/session/{count}"
            calls[location] = call
        self.reply(201, text, ("Content-Type", "application/sdp"), ("Location", location))

    def do_DELETE(self):
        with lock:
            call = calls.pop(self.path, None)
        if call is not None:
            call.stop()
        self.reply(200 if call else 404, b"")

    def reply(self, status, body, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("READY", flush=True)
server.serve_forever()
