"""The matrix's peer over GStreamer's webrtcbin. The protocol is described in ../README.md."""

import array
import hashlib
import json
import sys
import threading
import traceback
import wave
from urllib.parse import quote

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

RATE = 48000
FRAME = 960
CAPS = "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"
PIPELINE = (
    "appsrc name=microphone format=time is-live=true do-timestamp=false caps=" + CAPS + " ! opusenc bitrate=64000 ! "
    "rtpopuspay pt=111 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! "
    "webrtcbin name=peer bundle-policy=max-bundle latency=60"
)


OUTPUT = threading.Lock()


def tell(**event):
    # From any of GStreamer's threads.
    with OUTPUT:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


def parse(kind, sdp):
    _, message = GstSdp.SDPMessage.new_from_text(sdp)
    return GstWebRTC.WebRTCSessionDescription.new(kind, message)


class Peer:
    def __init__(self, loop):
        self._loop = loop
        self._pipeline = None
        self._bin = None
        self._channel = None
        self._recording = None
        self._pcm = b""
        self._timer = None
        self._waiting = None
        self._bytes = 0

    def open(self, channel, stun, turn=None):
        self._recording = None
        self._pcm = b""
        self._pipeline = Gst.parse_launch(PIPELINE)
        peer = self._bin = self._pipeline.get_by_name("peer")
        if turn:
            host = turn["urls"].split(":", 1)[1]
            credentials = f"{quote(turn['username'], safe='')}:{quote(turn['credential'], safe='')}"
            peer.set_property("turn-server", f"turn://{credentials}@{host}")
            peer.set_property("ice-transport-policy", GstWebRTC.WebRTCICETransportPolicy.RELAY)
        peer.connect("on-ice-candidate", lambda _, index, candidate: self._tell(peer, event="candidate", candidate=candidate, mid=str(index)))
        peer.connect("notify::connection-state", self._on_state)
        peer.connect("notify::ice-gathering-state", lambda *_: GLib.idle_add(self._on_gathering, peer))
        peer.connect("pad-added", self._on_pad)
        peer.connect("on-data-channel", lambda _, new: self._use(peer, new))
        microphone = self._pipeline.get_by_name("microphone")
        self._pipeline.set_state(Gst.State.PLAYING)
        self._frame = 0
        self._clock_start = None
        self._timer = GLib.timeout_add(10, self._feed, microphone)
        if channel:
            self._use(peer, peer.emit("create-data-channel", "matrix", None))
        tell(event="opened")

    def offer(self, restart, trickle):
        options = Gst.Structure.new_empty("options")
        self._create("create-offer", options, "offer", trickle)

    def answer(self, sdp, trickle):
        self._call("set-remote-description", parse(GstWebRTC.WebRTCSDPType.OFFER, sdp))
        self._create("create-answer", None, "answer", trickle)

    def accept(self, sdp):
        self._call("set-remote-description", parse(GstWebRTC.WebRTCSDPType.ANSWER, sdp))
        tell(event="accepted")

    def candidate(self, candidate, mid, index):
        if candidate:
            self._bin.emit("add-ice-candidate", index, candidate)

    def play(self, file):
        with wave.open(file) as source:
            assert source.getframerate() == RATE and source.getnchannels() == 1 and source.getsampwidth() == 2
            self._pcm = source.readframes(source.getnframes())

    def record(self):
        self._recording = array.array("h")
        tell(event="recording")

    def save(self, file):
        with wave.open(file, "wb") as target:
            target.setnchannels(1)
            target.setsampwidth(2)
            target.setframerate(RATE)
            target.writeframes(self._recording.tobytes())
        tell(event="recorded", file=file)

    def send(self, size):
        self._channel.emit("send-data", GLib.Bytes.new(bytes((i * 31 + (i >> 8) * 17 + size) & 255 for i in range(size))))

    def hangup(self):
        pipeline, self._pipeline, self._bin = self._pipeline, None, None
        if pipeline:
            GLib.source_remove(self._timer)
            pipeline.set_state(Gst.State.NULL)
        tell(event="hungup")

    def _tell(self, peer, **event):
        if peer is self._bin:
            tell(**event)

    def _call(self, signal, *arguments):
        """Emits an action signal that takes a promise, and returns its reply."""
        promise = Gst.Promise.new()
        self._bin.emit(signal, *arguments, promise)
        promise.wait()
        reply = promise.get_reply()
        if reply is not None and reply.has_field("error"):
            raise RuntimeError(f"{signal}: {reply.get_value('error').message}")
        return reply

    def _create(self, signal, options, kind, trickle):
        reply = self._call(signal, options)  # What is in it lives as long as it does.
        description = reply.get_value(kind)
        self._waiting = None if trickle else kind
        self._call("set-local-description", description)
        if trickle:
            tell(event="sdp", type=kind, sdp=description.sdp.as_text())
        else:
            self._on_gathering(self._bin)

    def _on_gathering(self, peer):
        if peer is self._bin and peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            if self._waiting:
                kind, self._waiting = self._waiting, None
                tell(event="sdp", type=kind, sdp=peer.get_property("local-description").sdp.as_text())
            tell(event="candidate", candidate="", mid=None)

    def _on_state(self, peer, _):
        self._tell(peer, event="state", state=peer.get_property("connection-state").value_nick)

    def _on_pad(self, peer, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        chain = Gst.parse_bin_from_description(
            "rtpopusdepay ! opusdec plc=true ! audioconvert ! audioresample ! " + CAPS + " ! appsink name=ear emit-signals=true sync=false", True
        )
        chain.get_by_name("ear").connect("new-sample", self._on_sample)
        self._pipeline.add(chain)
        chain.sync_state_with_parent()
        pad.link(chain.get_static_pad("sink"))
        self._tell(peer, event="track")

    def _on_sample(self, sink):
        buffer = sink.emit("pull-sample").get_buffer()
        if self._recording is not None:
            self._recording.extend(array.array("h", buffer.extract_dup(0, buffer.get_size())))
        return Gst.FlowReturn.OK

    def _feed(self, microphone):
        clock = self._pipeline.get_clock()
        if clock is None:
            return True
        now = clock.get_time() - self._pipeline.get_base_time()
        if self._clock_start is None:
            self._clock_start = now
        while self._clock_start + self._frame * FRAME * Gst.SECOND // RATE <= now:
            chunk, self._pcm = self._pcm[: FRAME * 2].ljust(FRAME * 2, b"\0"), self._pcm[FRAME * 2 :]
            buffer = Gst.Buffer.new_wrapped(chunk)
            buffer.pts = self._clock_start + self._frame * FRAME * Gst.SECOND // RATE
            buffer.duration = FRAME * Gst.SECOND // RATE
            microphone.emit("push-buffer", buffer)
            self._frame += 1
        return True

    def _use(self, peer, channel):
        self._channel = channel

        label = channel.get_property("label")
        channel.connect("on-open", lambda _: self._tell(peer, event="channel", state="open", label=label))
        channel.connect("on-close", lambda _: self._tell(peer, event="channel", state="closed", label=label))
        channel.connect("on-message-data", lambda _, data: self._on_message(peer, data))

    def _on_message(self, peer, data):
        message = data.get_data()
        self._tell(peer, event="message", size=len(message), sha256=hashlib.sha256(message).hexdigest())


def run(peer, command):
    name = command.pop("do")
    try:
        getattr(peer, name)(**command)
    except Exception:
        tell(event="error", command=name, message=traceback.format_exc())
    return False


def main():
    Gst.init(None)
    loop = GLib.MainLoop()
    peer = Peer(loop)

    def read():
        for line in sys.stdin:
            GLib.idle_add(run, peer, json.loads(line), priority=GLib.PRIORITY_DEFAULT)
        loop.quit()

    threading.Thread(target=read, daemon=True).start()
    tell(event="ready")
    loop.run()


main()
