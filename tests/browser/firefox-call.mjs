// Drives the console page in stock headless Firefox over WebDriver BiDi and prints what happened as one JSON object. The
// microphone is Firefox's fake one, a tone; what the agent sends is recorded by the browser itself.
// The call lasts the given seconds from the moment of connection on, and until the page has gone through the given states.
// Usage: node firefox-call.mjs '{"url", "agent", "recording", "seconds", "states"}'
import fs from 'node:fs';
import { decodePcm, writeWav } from '../AgentGateway.Interop/Peers/node/wav.mjs';
import { launchFirefox } from './firefox-bidi.mjs';

const RATE = 48000;
// Only so that what never comes does not hang the test.
const MAX_SECONDS = 90;
const options = JSON.parse(process.argv[2]);
const result = { states: [], alerts: [], errors: [], messages: [], connectionStates: [] };

// Keeps the page's connection within reach, its messages, and a recording of every remote track.
function watchCall() {
  const watch = (window.__watch = { messages: [], states: [], chunks: [], statistics: undefined });
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      watch.connection = this;
      watch.opened = performance.now();
      const stamp = () => (performance.now() - watch.opened) / 1000;
      this.addEventListener('connectionstatechange', () => watch.states.push([stamp(), this.connectionState]));
      watch.secondsConnected = () => {
        const connected = watch.states.find(([, state]) => state === 'connected');
        return connected ? stamp() - connected[0] : 0;
      };
      this.addEventListener('track', (e) => {
        watch.recorder = new MediaRecorder(new MediaStream([e.track]), { mimeType: 'audio/ogg;codecs=opus' });
        watch.recorder.ondataavailable = (e) => watch.chunks.push(e.data);
        watch.recorder.start();
      });
    }
    createDataChannel(...args) {
      const channel = super.createDataChannel(...args);
      channel.addEventListener('message', (e) => watch.messages.push([(performance.now() - watch.opened) / 1000, e.data]));
      return channel;
    }
  };
}

async function readStatistics() {
  const report = [...(await window.__watch.connection.getStats()).values()];
  const of = (type, more = () => true) => report.find((s) => s.type === type && more(s));
  const inbound = of('inbound-rtp');
  const pair = of('candidate-pair', (s) => s.selected || (s.nominated && s.state === 'succeeded'));
  const local = pair && report.find((s) => s.id === pair.localCandidateId);
  return {
    seconds: (performance.now() - window.__watch.opened) / 1000,
    packetsReceived: inbound?.packetsReceived ?? 0,
    packetsLost: inbound?.packetsLost ?? 0,
    totalAudioEnergy: inbound?.totalAudioEnergy ?? 0,
    totalSamplesReceived: inbound?.totalSamplesReceived ?? 0,
    concealedSamples: inbound?.concealedSamples ?? 0,
    jitterBufferEmittedCount: inbound?.jitterBufferEmittedCount ?? 0,
    packetsSent: of('outbound-rtp')?.packetsSent ?? 0,
    remotePacketsReceived: of('remote-inbound-rtp')?.packetsReceived,
    localCandidateType: local?.candidateType,
    offer: window.__watch.connection.localDescription.sdp,
    answer: window.__watch.connection.remoteDescription.sdp,
  };
}

async function stopRecording(rate) {
  const { recorder, chunks } = window.__watch;
  if (!recorder) return '';
  await new Promise((done) => {
    recorder.onstop = done;
    recorder.stop();
  });
  const encoded = await new Blob(chunks).arrayBuffer();
  const decoded = await new OfflineAudioContext(1, 1, rate).decodeAudioData(encoded);
  const samples = decoded.getChannelData(0);
  const pcm = Int16Array.from(samples, (s) => Math.max(-1, Math.min(1, s)) * 32767);
  let binary = '';
  const bytes = new Uint8Array(pcm.buffer);
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}

const firefox = await launchFirefox(options.firefox ?? '/usr/bin/firefox-esr', {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
});

try {
  await firefox.open(options.url, watchCall);
  await firefox.waitFor(() => !document.getElementById('call').disabled, 60000);
  await firefox.evaluate((agent) => {
    const select = document.getElementById('agent');
    select.value = agent;
    select.dispatchEvent(new Event('change'));
  }, options.agent);

  const started = Date.now();
  const elapsed = () => (Date.now() - started) / 1000;
  const missing = [...(options.states ?? [])];
  await firefox.click('call');
  let connected = 0;
  while ((connected < options.seconds || missing.length > 0) && elapsed() < MAX_SECONDS) {
    const now = await firefox.evaluate(() => ({
      state: document.getElementById('stage').dataset.state,
      connected: window.__watch.secondsConnected?.() ?? 0,
      alert: document.getElementById('alert').hidden ? '' : document.getElementById('alert-text').textContent,
    }));
    if (result.states.at(-1)?.[1] !== now.state) result.states.push([elapsed(), now.state]);
    connected = now.connected;
    if (missing[0] === now.state) missing.shift();
    if (now.alert && result.alerts.at(-1) !== now.alert) result.alerts.push(now.alert);
    if (now.state === 'ended') break;
    await new Promise((done) => setTimeout(done, 100));
  }

  result.statistics = await firefox.evaluate(readStatistics);
  fs.writeFileSync(options.recording, writeWav(decodePcm(await firefox.evaluate(stopRecording, RATE)), RATE));
  await firefox.click('call');
  await firefox.waitFor(() => document.getElementById('stage').dataset.state === 'ended', 60000);
  Object.assign(
    result,
    await firefox.evaluate(() => ({
      finalState: document.getElementById('stage').dataset.state,
      userAgent: navigator.userAgent,
      messages: window.__watch.messages,
      connectionStates: window.__watch.states,
      bubbles: [...document.querySelectorAll('.bubble')].map((b) => ({
        side: b.classList.contains('user') ? 'user' : 'agent',
        text: b.querySelector('.words').textContent.trim(),
      })),
    })),
  );
} catch (e) {
  result.errors.push(e.stack ?? String(e));
} finally {
  result.errors.push(...firefox.errors);
  await firefox.close();
}
console.log(JSON.stringify(result));
