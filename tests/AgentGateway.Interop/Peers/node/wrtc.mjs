// The peer over @roamhq/wrtc: libwebrtc in Node.js.
import fs from 'node:fs';
import wrtc from '@roamhq/wrtc';
import { commands, tell } from './control.mjs';
import { W3cPeer } from './w3c-peer.mjs';
import { readWav, writeWav } from './wav.mjs';

const RATE = 48000;
const FRAME = RATE / 100;
const { RTCAudioSource, RTCAudioSink } = wrtc.nonstandard;

function createSource() {
  const source = new RTCAudioSource();
  const track = source.createTrack();
  let pcm = new Int16Array(0);
  let at = 0;
  const started = performance.now();
  let frames = 0;
  const timer = setInterval(() => {
    if (track.readyState === 'ended') return clearInterval(timer);
    for (; frames < (performance.now() - started) / 10; frames++) {
      const samples = new Int16Array(FRAME);
      samples.set(pcm.subarray(at, at + FRAME));
      at += FRAME;
      source.onData({ samples, sampleRate: RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: FRAME });
    }
  }, 5);
  return {
    track,
    stream: new wrtc.MediaStream([track]),
    play(file) {
      pcm = readWav(fs.readFileSync(file));
      at = 0;
    },
  };
}

function record(track) {
  const sink = new RTCAudioSink(track);
  const chunks = [];
  let rate = RATE;
  sink.ondata = ({ samples, sampleRate, channelCount }) => {
    rate = sampleRate;
    chunks.push(samples.filter((_, i) => i % channelCount === 0));
  };
  return {
    end: () => sink.stop(),
    save(file) {
      const pcm = new Int16Array(chunks.reduce((n, c) => n + c.length, 0));
      let at = 0;
      for (const chunk of chunks) {
        pcm.set(chunk, at);
        at += chunk.length;
      }
      fs.writeFileSync(file, writeWav(pcm, rate));
    },
  };
}

const peer = new W3cPeer(wrtc, { createSource, record }, tell);
commands((command) => peer.handle(command));
tell({ event: 'ready' });
