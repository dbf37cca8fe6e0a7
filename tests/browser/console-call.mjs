// Drives the console page in headless Chromium and prints what happened as one JSON object. The caller takes steps, one
// after the other, and then hangs up:
//   {"wait": STATE}    waits for the page's next state of this name, behind the one that the last "wait" found
//   {"say": FILE}      speaks a WAV file to its end; the microphone is silent otherwise
//   {"answered": S}    waits until the agent has begun to speak after the end of what was said last, and has then listened for S seconds
//   {"type": TEXT}     sends text
//   {"pause": SECONDS}
// Usage: node console-call.mjs '{"url", "agent", "steps", "recording", "flags", "screenshots"}'
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { decodePcm, writeWav } from '../AgentGateway.Interop/Peers/node/wav.mjs';

const RATE = 16000;

// Only a call or a browser that hangs takes so long.
const LIMIT = 90000;
const options = JSON.parse(process.argv[2]);
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'agentgateway-browser-'));
const result = { states: [], alerts: [], errors: [], bubbles: [], interim: [], turns: [], notes: [] };

// Runs in the page before its own scripts: notes its states, records every remote track as PCM beside what the page does with it, and puts
// a voice of ours in the place of the microphone that the browser gives it.
function watchCall(rate) {
  const opened = performance.now();
  const now = () => (performance.now() - opened) / 1000;
  const states = [];
  const chunks = [];
  let changed = () => {};
  let saidUntil = 0;

  new MutationObserver(() => {
    const state = document.getElementById('stage')?.dataset.state;
    if (!state || states.at(-1)?.[1] === state) return;
    states.push([now(), state]);
    changed();
  }).observe(document, { subtree: true, childList: true, attributeFilter: ['data-state'] });

  const voice = new AudioContext({ sampleRate: 48000 });
  const microphone = new MediaStreamAudioDestinationNode(voice, { channelCount: 1 });
  const silence = new ConstantSourceNode(voice, { offset: 0 });
  silence.connect(microphone);
  silence.start();
  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    for (const track of (await getUserMedia(constraints)).getTracks()) track.stop();
    await voice.resume();
    return microphone.stream;
  };

  const ears = new AudioContext({ sampleRate: rate });
  const recorderModule = `registerProcessor('recorder', class extends AudioWorkletProcessor {
    process([input]) {
      if (input[0]) this.port.postMessage(input[0].slice());
      return true;
    }
  });`;
  const ready = ears.audioWorklet.addModule(URL.createObjectURL(new Blob([recorderModule], { type: 'text/javascript' })));
  let channel;
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    createDataChannel(...args) {
      return (channel = super.createDataChannel(...args));
    }
    constructor(...args) {
      super(...args);
      this.addEventListener('track', async (e) => {
        await ready;
        const recorder = new AudioWorkletNode(ears, 'recorder', { channelCount: 1, channelCountMode: 'explicit' });
        recorder.port.onmessage = (m) => chunks.push(m.data);
        new MediaStreamAudioSourceNode(ears, { mediaStream: new MediaStream([e.track]) }).connect(recorder).connect(ears.destination);
      });
    }
  };

  const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
  const next = () => new Promise((done) => (changed = done));
  const takers = {
    async wait({ wait }, call) {
      let at;
      while ((at = states.findIndex(([, state], i) => i >= call.seen && state === wait)) < 0) await next();
      call.seen = at + 1;
    },
    async say({ say }) {
      const source = new AudioBufferSourceNode(voice);
      source.buffer = await voice.decodeAudioData(Uint8Array.from(atob(say), (c) => c.charCodeAt(0)).buffer);
      source.connect(microphone);
      saidUntil = now() + source.buffer.duration;
      source.start();
      await new Promise((done) => (source.onended = done));
    },
    async answered({ answered }) {
      while (!states.some(([at, state]) => at > saidUntil && state === 'speaking')) await next();
      while (states.at(-1)[1] !== 'listening' || now() - states.at(-1)[0] < answered) await pause(0.1);
    },
    async type({ type }) {
      document.getElementById('text').value = type;
      document.getElementById('say').requestSubmit();
    },
    pause: ({ pause: seconds }) => pause(seconds),
  };

  window.__call = {
    states,
    async take(steps) {
      const call = { seen: 0 };
      for (const step of steps) {
        this.step = Object.keys(step)[0];
        await takers[this.step](step, call);
      }
    },
    // A message that waited for longer than the call lasted.
    receiveLate() {
      const data = JSON.stringify({ label: 'rtvi-ai', type: 'server-message', data: { type: 'agent-state', state: 'listening' } });
      channel.dispatchEvent(new MessageEvent('message', { data }));
    },
    recorded() {
      const pcm = new Int16Array(chunks.reduce((n, c) => n + c.length, 0));
      let at = 0;
      for (const chunk of chunks) for (const sample of chunk) pcm[at++] = Math.max(-1, Math.min(1, sample)) * 32767;
      let binary = '';
      const bytes = new Uint8Array(pcm.buffer);
      for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
      return btoa(binary);
    },
  };
}

async function takeScreenshots(page) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [name, width, height] of [['wide', 1280, 800], ['phone', 390, 844]]) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: path.join(options.screenshots, `console-${scheme}-${name}.png`), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

const context = await chromium.launchPersistentContext(profile, {
  executablePath: options.chromium ?? '/usr/bin/chromium',
  headless: true,
  viewport: { width: 1280, height: 800 },
  timeout: LIMIT,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
    ...(options.flags ?? []),
  ],
});
context.setDefaultTimeout(LIMIT);

try {
  const page = await context.newPage();
  page.on('pageerror', (e) => result.errors.push(String(e)));
  await page.addInitScript(watchCall, RATE);
  await page.goto(options.url);
  await page.waitForFunction(() => !document.getElementById('call').disabled);
  await page.selectOption('#agent', options.agent);

  const started = Date.now();
  await page.focus('#call');
  await page.keyboard.press('Enter');
  const steps = options.steps.map((step) => (step.say ? { say: fs.readFileSync(step.say).toString('base64') } : step));
  let done = false;
  const taken = page.evaluate((s) => window.__call.take(s), steps).then(
    () => (done = true),
    (e) => result.errors.push(String(e)),
  );
  while (!done && !result.errors.length) {
    const now = await page.evaluate(() => ({
      state: document.getElementById('stage').dataset.state,
      step: window.__call.step,
      alert: document.getElementById('alert').hidden ? '' : document.getElementById('alert-text').textContent,
      interim: [...document.querySelectorAll('.bubble.interim .words')].map((w) => w.textContent),
      levels: [...document.querySelectorAll('.track')].map((t) => Number(t.getAttribute('aria-valuenow'))),
    }));
    if (now.alert && result.alerts.at(-1) !== now.alert) result.alerts.push(now.alert);
    for (const text of now.interim) if (result.interim.at(-1) !== text) result.interim.push(text);
    result.peakLevels = (result.peakLevels ?? [0, 0]).map((v, i) => Math.max(v, now.levels[i]));
    if (!done && (now.state === 'ended' || Date.now() - started > LIMIT)) {
      result.errors.push(`${now.state} while the caller was to ${now.step}`);
    }
    await Promise.race([taken, page.waitForTimeout(100)]);
  }

  result.seconds = (Date.now() - started) / 1000;
  if (options.screenshots) await takeScreenshots(page);
  fs.writeFileSync(options.recording, writeWav(decodePcm(await page.evaluate(() => window.__call.recorded())), RATE));
  if ((await page.getAttribute('#stage', 'data-state')) !== 'ended') await page.click('#call');
  await page.waitForFunction(() => document.getElementById('stage').dataset.state === 'ended');
  await page.evaluate(() => window.__call.receiveLate());
  Object.assign(
    result,
    await page.evaluate(() => ({
      finalState: document.getElementById('stage').dataset.state,
      states: window.__call.states,
      bubbles: [...document.querySelectorAll('.bubble')].map((b) => ({
        side: b.classList.contains('user') ? 'user' : 'agent',
        text: b.querySelector('.words').textContent.trim(),
        cut: b.querySelector('.cut') !== null,
      })),
      notes: [...document.querySelectorAll('.note')].map((n) => n.textContent),
      turns: [...document.querySelectorAll('#turns li')].map((t) => Number(t.dataset.total)),
    })),
  );
} catch (e) {
  result.errors.push(String(e));
} finally {
  await context.close();
  fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
console.log(JSON.stringify(result));
