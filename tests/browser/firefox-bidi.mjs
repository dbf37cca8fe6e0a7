// A stock Firefox and the few commands of WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) that a test needs.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import WebSocket from 'ws';

const START_TIMEOUT = 60000;

/** Starts Firefox with a fresh profile in which only the given preferences are set, and opens a session. */
export async function launchFirefox(executable, preferences) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'agentgateway-firefox-'));
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  fs.writeFileSync(path.join(profile, 'user.js'), lines.join(''));
  const child = spawn(executable, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: profile, MOZ_HEADLESS: '1' },
  });
  const exited = new Promise((done) => child.once('exit', done));
  const close = async () => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(killer);
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const url = await remoteUrl(child);
    return new Firefox(await connect(`${url}/session`), close);
  } catch (e) {
    await close();
    throw e;
  }
}

function remoteUrl(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`Firefox does not listen for WebDriver BiDi:\n${output}`)), START_TIMEOUT);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Firefox ended with exit code ${code}:\n${output}`)));
    child.stderr.on('data', (data) => {
      output += data;
      const match = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(output);
      if (!match) return;
      clearTimeout(timer);
      resolve(match[1]);
    });
  });
}

function connect(url) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { maxPayload: 256 << 20 });
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

export class Firefox {
  #socket;
  #close;
  #next = 1;
  #pending = new Map();

  /** Errors that pages did not catch, and what they wrote with console.error. */
  errors = [];

  constructor(socket, close) {
    this.#socket = socket;
    this.#close = close;
    socket.on('message', (data) => this.#receive(JSON.parse(data)));
    socket.on('close', () => {
      for (const { reject } of this.#pending.values()) reject(new Error('Firefox closed the connection.'));
    });
  }

  send(method, params) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Opens a page; the function runs in it before any script of its own. */
  async open(url, before) {
    await this.send('session.new', { capabilities: {} });
    await this.send('session.subscribe', { events: ['log.entryAdded'] });
    await this.send('script.addPreloadScript', { functionDeclaration: String(before) });
    const tree = await this.send('browsingContext.getTree', {});
    this.context = tree.contexts[0].context;
    await this.send('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  /** Runs a function in the page and returns its result, which must be JSON. */
  async evaluate(run, ...args) {
    const { result, exceptionDetails } = await this.send('script.callFunction', {
      functionDeclaration: `async (...args) => JSON.stringify((await (${run})(...args)) ?? null)`,
      arguments: args.map((value) => ({ type: typeof value, value })),
      target: { context: this.context },
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return JSON.parse(result.value);
  }

  async waitFor(condition, timeout) {
    const end = Date.now() + timeout;
    while (!(await this.evaluate(condition))) {
      if (Date.now() > end) throw new Error(`did not become true: ${condition}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** Clicks in the middle of an element with a real mouse event, which counts as the user's gesture. */
  async click(id) {
    const at = await this.evaluate((name) => {
      const box = document.getElementById(name).getBoundingClientRect();
      return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
    }, id);
    await this.send('input.performActions', {
      context: this.context,
      actions: [
        {
          type: 'pointer',
          id: 'mouse',
          actions: [
            { type: 'pointerMove', ...at },
            { type: 'pointerDown', button: 0 },
            { type: 'pointerUp', button: 0 },
          ],
        },
      ],
    });
  }

  async close() {
    this.#socket.close();
    await this.#close();
  }

  #receive(message) {
    if (message.type === 'event') {
      if (message.params.level === 'error') this.errors.push(message.params.text);
      return;
    }
    const { resolve, reject } = this.#pending.get(message.id) ?? {};
    this.#pending.delete(message.id);
    if (message.type === 'success') resolve?.(message.result);
    else reject?.(new Error(`${message.error}: ${message.message}`));
  }
}
