// The peer over werift, which is TypeScript down to the packets and has no codec: it plays and records files of Opus
// packets of 20 ms, each behind its length as two bytes (big endian); a packet of no bytes is one that was lost.
import fs from 'node:fs';
import * as werift from 'werift';
import { commands, tell } from './control.mjs';
import { W3cPeer } from './w3c-peer.mjs';

const FRAME_MS = 20;
const FRAME_SAMPLES = 960;
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

function readPackets(file) {
  const packets = [];
  for (let at = 0; at < file.length; at += 2 + packets.at(-1).length) packets.push(file.subarray(at + 2, at + 2 + file.readUInt16BE(at)));
  return packets;
}

function createSource() {
  const track = new werift.MediaStreamTrack({ kind: 'audio' });
  const started = performance.now();
  let packets = [];
  let frames = 0;
  const timer = setInterval(() => {
    if (track.stopped) return clearInterval(timer);
    for (; frames < (performance.now() - started) / FRAME_MS; frames++) {
      const header = new werift.RtpHeader({
        payloadType: 96,
        sequenceNumber: frames & 0xffff,
        timestamp: (frames * FRAME_SAMPLES) >>> 0,
        ssrc: 0x77657269,
      });
      track.writeRtp(new werift.RtpPacket(header, packets.shift() ?? SILENCE));
    }
  }, 5);
  return {
    track,
    stream: new werift.MediaStream([track]),
    play(file) {
      packets = readPackets(fs.readFileSync(file));
    },
  };
}

function record(track) {
  const bySequence = new Map();
  let highest;
  const { unSubscribe } = track.onReceiveRtp.subscribe(({ header, payload }) => {
    // The distance to the highest one so far, with the wrap-around of 16 bits taken out.
    highest ??= header.sequenceNumber;
    const sequence = highest + (((header.sequenceNumber - highest + 0x8000) & 0xffff) - 0x8000);
    highest = Math.max(highest, sequence);
    bySequence.set(sequence, payload);
  });
  return {
    end: unSubscribe,
    save(file) {
      const parts = [];
      for (let sequence = Math.min(...bySequence.keys()); sequence <= highest; sequence++) {
        const packet = bySequence.get(sequence) ?? Buffer.alloc(0);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(packet.length);
        parts.push(length, packet);
      }
      fs.writeFileSync(file, Buffer.concat(parts));
    },
  };
}

class Connection extends werift.RTCPeerConnection {
  constructor(configuration) {
    super({ ...configuration, codecs: { audio: [werift.useOPUS()] } });
  }
}

// Without a STUN server it asks a public one and waits five seconds for the answer.
const peer = new W3cPeer({ RTCPeerConnection: Connection, needsStun: true }, { createSource, record }, tell);
commands((command) => peer.handle(command));
tell({ event: 'ready' });
