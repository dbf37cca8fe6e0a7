// The matrix's peer in a stock headless browser: serves a page that holds the peer, opens it, and passes commands and
// events on. Usage: node matrix-peer.mjs chromium|firefox
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { commands, tell } from '../AgentGateway.Interop/Peers/node/control.mjs';
import { writeWav } from '../AgentGateway.Interop/Peers/node/wav.mjs';
import { launchFirefox } from './firefox-bidi.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const pages = {
  '/': [path.join(here, 'matrix-peer.html'), 'text/html'],
  '/matrix-page.mjs': [path.join(here, 'matrix-page.mjs'), 'text/javascript'],
  '/w3c-peer.mjs': [path.join(here, '../AgentGateway.Interop/Peers/node/w3c-peer.mjs'), 'text/javascript'],
};

async function serve(request, response) {
  const { pathname, search } = new URL(request.url, 'http://localhost');
  if (pathname === '/file') {
    const file = decodeURIComponent(search.slice(1));
    if (request.method !== 'PUT') return response.end(fs.readFileSync(file));
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    fs.writeFileSync(file, writeWav(new Int16Array(body.buffer, body.byteOffset, body.length / 2)));
    return response.end();
  }
  if (pathname === '/silence.wav') return response.end(writeWav(new Int16Array(48000)));
  const [file, type] = pages[pathname] ?? [];
  if (!file) return response.writeHead(404).end();
  return response.setHeader('Content-Type', type).end(fs.readFileSync(file));
}

const server = http.createServer((request, response) => serve(request, response).catch(() => response.writeHead(500).end()));
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const url = `http://127.0.0.1:${server.address().port}/`;
let page;
new WebSocketServer({ server, maxPayload: 64 << 20 }).on('connection', (socket) => {
  page = socket;
  socket.on('message', (data) => process.stdout.write(`${data}\n`));
});

let browser;
if (process.argv[2] === 'firefox') {
  // Audio may start without a click; nothing about connections is set.
  browser = await launchFirefox('/usr/bin/firefox-esr', { 'media.autoplay.default': 0, 'media.autoplay.blocking_policy': 0 });
  await browser.open(url, () => {});
} else {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
  });
  const tab = await browser.newPage();
  tab.on('pageerror', (e) => tell({ event: 'error', command: 'page', message: String(e) }));
  await tab.goto(url);
}

async function end() {
  await browser.close();
  process.exit(0);
}

commands((command) => page.send(JSON.stringify(command)), end);
