import './styles.css';
import './doctor.css';
import { followTheme } from './theme';

type Status = 'skipped' | 'ok' | 'warning' | 'failed';

interface Step {
  name: string;
  status: Status;
  detail: string;
  line?: number;
}

interface Report {
  status: Status;
  gateway: Step[];
  candidates: { address: string; port: number; transport: string; type: string; reach: string }[];
  offer?: Step[];
}

const URL_OF_DOCTOR = '../v1/doctor';
const GATHER_LIMIT_MS = 2000;

const ABBREVIATIONS = new Set(['ice', 'rtcp', 'sdp']);
const SIGNS: Record<Status, string> = { ok: '✓', warning: '!', failed: '✕', skipped: '–' };
const WORDS: Record<Status, string> = { ok: 'all well', warning: 'works, with limits', failed: 'something fails', skipped: 'not looked at' };
const TONES: Record<Status, string> = { ok: 'good', warning: 'warn', failed: 'bad', skipped: '' };

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const offerBox = byId<HTMLTextAreaElement>('offer');
const ownButton = byId<HTMLButtonElement>('own');
const checkButton = byId<HTMLButtonElement>('check');

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function showSteps(list: HTMLElement, steps: Step[]): void {
  list.replaceChildren(
    ...steps.map((step) => {
      const item = element('li', `step ${step.status}`, '');
      const sign = element('span', 'sign', SIGNS[step.status]);
      sign.setAttribute('role', 'img');
      sign.setAttribute('aria-label', step.status);
      const words = element('div', 'words', '');
      words.append(element('strong', '', title(step.name)));
      if (step.line) {
        const line = element('button', 'line', `line ${step.line}`) as HTMLButtonElement;
        line.type = 'button';
        line.onclick = () => selectLine(step.line ?? 1);
        words.append(line);
      }
      words.append(element('p', '', step.detail));
      item.append(sign, words);
      return item;
    }),
  );
}

/** ice_credentials becomes "ICE credentials". */
function title(name: string): string {
  const words = name.split('_').map((word) => (ABBREVIATIONS.has(word) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Selects a line of the offer, as an editor does with an error. */
function selectLine(line: number): void {
  const lines = offerBox.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  offerBox.focus();
  offerBox.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}

function cell(text: string): HTMLElement {
  return element('td', '', text);
}

function show(report: Report): void {
  const pill = byId('status');
  const worst = report.offer ? 'offer' : 'gateway';
  const order: Status[] = ['skipped', 'ok', 'warning', 'failed'];
  const status = (report[worst] ?? []).reduce<Status>((a, b) => (order.indexOf(b.status) > order.indexOf(a) ? b.status : a), 'ok');
  pill.textContent = worst === 'offer' ? `offer: ${WORDS[status]}` : WORDS[status];
  pill.dataset['tone'] = TONES[status];
  showSteps(byId('gateway'), report.gateway);
  byId('candidates').replaceChildren(
    ...report.candidates.map((c) => {
      const row = document.createElement('tr');
      row.append(cell(c.address), cell(`${c.port} ${c.transport}`), cell(c.type), cell(c.reach));
      return row;
    }),
  );
  showSteps(byId('steps'), report.offer ?? []);
}

function fail(text: string): void {
  byId('alert').hidden = !text;
  byId('alert-text').textContent = text;
}

async function ask(offer?: string): Promise<void> {
  fail('');
  try {
    const response = await fetch(
      URL_OF_DOCTOR,
      offer === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: offer },
    );
    const body = await response.json();
    if (response.ok) show(body as Report);
    else fail((body as { detail?: string }).detail ?? `The gateway answered ${response.status}.`);
  } catch {
    byId('status').textContent = 'unreachable';
    byId('status').dataset['tone'] = 'bad';
    fail('The gateway does not answer.');
  }
}

/** What this browser would offer in a call, with the candidates that it finds within two seconds; no microphone is opened. */
async function makeOffer(): Promise<string> {
  const connection = new RTCPeerConnection();
  try {
    connection.addTransceiver('audio', { direction: 'sendrecv' });
    connection.createDataChannel('events');
    await connection.setLocalDescription();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHER_LIMIT_MS);
      connection.onicegatheringstatechange = () => {
        if (connection.iceGatheringState !== 'complete') return;
        clearTimeout(timer);
        resolve();
      };
    });
    return connection.localDescription?.sdp ?? '';
  } finally {
    connection.close();
  }
}

followTheme(byId('theme'));
checkButton.onclick = () => void ask(offerBox.value);
ownButton.onclick = async () => {
  ownButton.disabled = true;
  try {
    // A text box has line feeds only; SDP readers take them.
    offerBox.value = await makeOffer();
    await ask(offerBox.value);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  } finally {
    ownButton.disabled = false;
  }
};
void ask();
