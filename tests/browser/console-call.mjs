// Drives the console page in headless Chromium with a WAV file as microphone and prints what happened as one JSON object.
// Usage: node console-call.mjs '{"url", "agent", "microphone", "recording", "seconds", "flags", "screenshots", "type"}'
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { decodePcm, writeWav } from '../AgentGateway.Interop/Peers/node/wav.mjs';

const RATE = 16000;
const options = JSON.parse(process.argv[2]);
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'agentgateway-browser-'));
const result = { states: [], alerts: [], errors: [], bubbles: [], interim: [], turns: [], notes: [] };

// Records every remote track as 16 kHz PCM, beside what the page itself does with it.
function recordRemoteAudio(rate) {
  const chunks = [];
  window.__recorded = () => {
    const pcm = new Int16Array(chunks.reduce((n, c) => n + c.length, 0));
    let at = 0;
    for (const chunk of chunks) for (const sample of chunk) pcm[at++] = Math.max(-1, Math.min(1, sample)) * 32767;
    let binary = '';
    const bytes = new Uint8Array(pcm.buffer);
    for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    return btoa(binary);
  };
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener('track', (e) => {
        const context = new AudioContext({ sampleRate: rate });
        const node = context.createScriptProcessor(4096, 1, 1);
        node.onaudioprocess = (e) => chunks.push(new Float32Array(e.inputBuffer.getChannelData(0)));
        context.createMediaStreamSource(new MediaStream([e.track])).connect(node);
        node.connect(context.destination);
      });
    }
  };
}

const context = await chromium.launchPersistentContext(profile, {
  executablePath: options.chromium ?? '/usr/bin/chromium',
  headless: true,
  viewport: { width: 1280, height: 800 },
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
    `--use-file-for-fake-audio-capture=${options.microphone}%noloop`,
    '--autoplay-policy=no-user-gesture-required',
    ...(options.flags ?? []),
  ],
});

try {
  const page = await context.newPage();
  page.on('pageerror', (e) => result.errors.push(String(e)));
  await page.addInitScript(recordRemoteAudio, RATE);
  await page.goto(options.url);
  await page.waitForFunction(() => !document.getElementById('call').disabled, undefined, { timeout: 15000 });
  await page.selectOption('#agent', options.agent);

  const started = Date.now();
  const elapsed = () => (Date.now() - started) / 1000;
  await page.focus('#call');
  await page.keyboard.press('Enter');
  let typed = false;
  let shot = false;
  while (elapsed() < options.seconds) {
    const now = await page.evaluate(() => ({
      state: document.getElementById('stage').dataset.state,
      alert: document.getElementById('alert').hidden ? '' : document.getElementById('alert-text').textContent,
      interim: [...document.querySelectorAll('.bubble.interim .words')].map((w) => w.textContent),
      levels: [...document.querySelectorAll('.track')].map((t) => Number(t.getAttribute('aria-valuenow'))),
    }));
    if (result.states.at(-1)?.[1] !== now.state) result.states.push([elapsed(), now.state]);
    if (now.alert && result.alerts.at(-1) !== now.alert) result.alerts.push(now.alert);
    for (const text of now.interim) if (result.interim.at(-1) !== text) result.interim.push(text);
    result.peakLevels = (result.peakLevels ?? [0, 0]).map((v, i) => Math.max(v, now.levels[i]));
    if (options.type && !typed && elapsed() > options.type.at) {
      typed = true;
      await page.fill('#text', options.type.text);
      await page.press('#text', 'Enter');
    }
    if (options.screenshots && !shot && elapsed() > options.seconds * 0.8) {
      shot = true;
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme });
        for (const [name, width, height] of [['wide', 1280, 800], ['phone', 390, 844]]) {
          await page.setViewportSize({ width, height });
          await page.screenshot({ path: path.join(options.screenshots, `console-${scheme}-${name}.png`), fullPage: true });
        }
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    if (now.state === 'ended') break;
    await page.waitForTimeout(100);
  }

  result.seconds = elapsed();
  fs.writeFileSync(options.recording, writeWav(decodePcm(await page.evaluate(() => window.__recorded())), RATE));
  if ((await page.getAttribute('#stage', 'data-state')) !== 'ended') await page.click('#call');
  await page.waitForFunction(() => document.getElementById('stage').dataset.state === 'ended', undefined, { timeout: 5000 });
  Object.assign(
    result,
    await page.evaluate(() => ({
      finalState: document.getElementById('stage').dataset.state,
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
  fs.rmSync(profile, { recursive: true, force: true });
}
console.log(JSON.stringify(result));
