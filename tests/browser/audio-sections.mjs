// A stock headless Chromium with several audio transceivers: each sends a tone of its own, and each remote track is listened to.
// Commands on standard input, one JSON object per line; every one is answered by {event: <its name>, ...result}.
import http from 'node:http';
import { chromium } from 'playwright-core';
import { commands, tell } from '../AgentGateway.Interop/Peers/node/control.mjs';

// Web Audio wants a page of some origin.
const server = http.createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'));
await new Promise((done) => server.listen(0, '127.0.0.1', done));

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection'],
});
const page = await browser.newPage();
page.on('pageerror', (e) => tell({ event: 'error', command: 'page', message: String(e) }));
await page.goto(`http://127.0.0.1:${server.address().port}/`);

await page.evaluate(() => {
  const context = new AudioContext({ sampleRate: 48000 });
  const pc = new RTCPeerConnection();
  const ears = new Map();
  let channel;

  const source = (frequency) => {
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    const oscillator = new OscillatorNode(context, { frequency });
    oscillator.connect(new GainNode(context, { gain: 0.3 })).connect(destination);
    oscillator.start();
    return destination.stream;
  };

  pc.ontrack = ({ track, transceiver }) => {
    // Chromium decodes a remote track only while an element plays it.
    const stream = new MediaStream([track]);
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    element.play();
    const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
    ears.set(transceiver, { analyser, element });
  };

  // The loudest frequency in Hz; 0 for silence.
  const listen = ({ analyser }) => {
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const loudest = levels.reduce((best, level, i) => (level > levels[best] ? i : best), 0);
    return levels[loudest] > -60 ? (loudest * context.sampleRate) / analyser.fftSize : 0;
  };

  const gathered = () => new Promise((done) => {
    const check = () => pc.iceGatheringState === 'complete' && done();
    pc.addEventListener('icegatheringstatechange', check);
    check();
  });

  const describe = async (description) => {
    await pc.setLocalDescription(description);
    await gathered();
    return { sdp: pc.localDescription.sdp };
  };

  globalThis.peer = {
    add({ frequency, direction }) {
      const stream = source(frequency);
      pc.addTransceiver(stream.getAudioTracks()[0], { direction, streams: [stream] });
    },
    data() {
      channel = pc.createDataChannel('events');
    },
    direct({ mid, direction }) {
      pc.getTransceivers().find((t) => t.mid === mid).direction = direction;
    },
    stop({ mid }) {
      pc.getTransceivers().find((t) => t.mid === mid).stop();
    },
    offer: async () => describe(await pc.createOffer()),
    // In glare Chromium takes its own offer back by itself.
    async answer({ sdp }) {
      await pc.setRemoteDescription({ type: 'offer', sdp });
      return describe(await pc.createAnswer());
    },
    accept: ({ sdp }) => pc.setRemoteDescription({ type: 'answer', sdp }),
    rollback: () => pc.setLocalDescription({ type: 'rollback' }),
    state: () => ({ connection: pc.connectionState, signalling: pc.signalingState, channel: channel?.readyState ?? '' }),
    hear: () => ({
      tracks: pc.getTransceivers().filter((t) => t.mid !== null && ears.has(t))
        .map((t) => ({ mid: t.mid, direction: t.currentDirection ?? '', frequency: listen(ears.get(t)) })),
    }),
  };
});

async function run(command) {
  try {
    const result = await page.evaluate((c) => globalThis.peer[c.do](c), command);
    tell({ event: command.do, ...result });
  } catch (e) {
    tell({ event: 'error', command: command.do, message: String(e?.stack ?? e) });
  }
}

let queue = Promise.resolve();
commands((command) => {
  queue = queue.then(() => run(command));
}, async () => {
  await browser.close();
  process.exit(0);
});
tell({ event: 'ready' });
