import './styles.css';
import { Call } from './call';
import { LatencyView } from './latency';
import { Meter } from './meters';
import { explainMicrophone, openMicrophone } from './microphone';
import type { AgentState, BotOutput, Metrics, RtviMessage, ServerMessage, UserTranscription } from './rtvi';
import { followTheme } from './theme';
import { Transcript } from './transcript';

interface Agent {
  name: string;
  display_name: string;
  description: string;
  mode: 'conversation' | 'echo' | 'echo-relay';
}

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

const agentSelect = byId<HTMLSelectElement>('agent');
const callButton = byId<HTMLButtonElement>('call');
const muteButton = byId<HTMLButtonElement>('mute');
const stage = byId('stage');
const stateText = byId('state');
const clock = byId('clock');
const textBox = byId<HTMLInputElement>('text');
const sendButton = byId<HTMLButtonElement>('send');
const audio = byId<HTMLAudioElement>('audio');
const transcript = new Transcript(byId('log'), byId('empty'));
const latency = new LatencyView(byId('turns'), byId('legend'));
const meters = { you: new Meter(byId('meter-you')), agent: new Meter(byId('meter-agent')) };

let agents: Agent[] = [];
let call: Call | undefined;
let context: AudioContext | undefined;
let startedAt = 0;
let muted = false;

const STATES: Record<AgentState | 'idle' | 'connecting' | 'echo', string> = {
  idle: 'Ready to call',
  connecting: 'Connecting…',
  initializing: 'Getting ready…',
  listening: 'Listening',
  thinking: 'Thinking…',
  speaking: 'Speaking',
  ended: 'Call ended',
  echo: 'Echoing your voice',
};

function show(state: keyof typeof STATES): void {
  stage.dataset['state'] = state;
  stateText.textContent = STATES[state];
}

function alertUser(text: string, action?: { label: string; run: () => void }): void {
  byId('alert').hidden = false;
  byId('alert-text').textContent = text;
  const button = byId<HTMLButtonElement>('alert-action');
  button.hidden = !action;
  button.textContent = action?.label ?? '';
  button.onclick = action ? () => action.run() : null;
}

function hideAlert(): void {
  byId('alert').hidden = true;
}

function selectedAgent(): Agent | undefined {
  return agents.find((a) => a.name === agentSelect.value);
}

function describeAgent(): void {
  byId('agent-description').textContent = selectedAgent()?.description ?? '';
}

async function loadAgents(): Promise<void> {
  try {
    const response = await fetch('v1/agents');
    if (!response.ok) throw new Error(`status ${response.status}`);
    agents = ((await response.json()) as { agents: Agent[] }).agents;
  } catch {
    byId('server').textContent = 'gateway unreachable';
    byId('server').dataset['tone'] = 'bad';
    alertUser('The gateway does not answer. Is it running?', { label: 'Try again', run: () => void loadAgents() });
    return;
  }
  hideAlert();
  agentSelect.replaceChildren(...agents.map((a) => new Option(a.display_name, a.name)));
  agentSelect.value = agents.find((a) => a.mode === 'conversation')?.name ?? agents[0]?.name ?? '';
  agentSelect.disabled = agents.length === 0;
  callButton.disabled = agents.length === 0;
  describeAgent();
  await loadReadiness();
}

async function loadReadiness(): Promise<void> {
  const pill = byId('server');
  try {
    const ready = (await (await fetch('readyz')).json()) as { status: string; engines: Record<string, string> };
    pill.textContent = ready.status;
    pill.dataset['tone'] = ready.status === 'ready' ? 'good' : 'warn';
    pill.title = Object.entries(ready.engines)
      .map(([kind, name]) => `${kind}: ${name}`)
      .join('\n');
    if (ready.status !== 'ready') setTimeout(() => void loadReadiness(), 1000);
  } catch {
    pill.textContent = 'gateway unreachable';
    pill.dataset['tone'] = 'bad';
  }
}

async function startCall(withMicrophone = true): Promise<void> {
  const agent = selectedAgent();
  if (!agent || call) return;
  hideAlert();
  callButton.disabled = true;
  context ??= new AudioContext();
  void context.resume();
  let microphone: MediaStream | undefined;
  if (withMicrophone) {
    try {
      microphone = await openMicrophone();
    } catch (error) {
      callButton.disabled = false;
      alertUser(explainMicrophone(error), agent.mode === 'conversation' ? { label: 'Call without a microphone', run: () => void startCall(false) } : undefined);
      return;
    }
  }
  transcript.clear();
  latency.clear();
  show('connecting');
  startedAt = performance.now();
  if (microphone) meters.you.attach(context, microphone);
  const current = new Call(microphone, {
    connected: () => {
      // The agent may have told its own state before.
      if (stage.dataset['state'] === 'connecting') show(agent.mode === 'conversation' ? 'listening' : 'echo');
    },
    remoteStream: (stream) => {
      audio.srcObject = stream;
      void audio.play().catch(() => alertUser('The browser blocked the sound. Press to hear the agent.', { label: 'Play', run: () => void audio.play().then(hideAlert) }));
      meters.agent.attach(context!, stream);
    },
    message: handleMessage,
    ended: (reason) => {
      if (reason) alertUser(reason);
      endCall();
    },
  });
  call = current;
  setInCall(true, agent.mode === 'conversation', microphone !== undefined);
  try {
    await current.start(agent.name);
  } catch (error) {
    current.hangUp();
    alertUser(error instanceof Error ? error.message : String(error));
  }
}

function endCall(): void {
  call = undefined;
  audio.srcObject = null;
  meters.you.detach();
  meters.agent.detach();
  setInCall(false, false, false);
  show('ended');
  transcript.note('Call ended');
}

function setInCall(inCall: boolean, conversation: boolean, microphone: boolean): void {
  callButton.disabled = false;
  callButton.textContent = inCall ? 'Hang up' : 'Call';
  callButton.classList.toggle('danger', inCall);
  agentSelect.disabled = inCall;
  muteButton.disabled = !microphone;
  textBox.disabled = !conversation;
  sendButton.disabled = !conversation;
  setMuted(false);
}

function setMuted(value: boolean): void {
  muted = value;
  call?.setMuted(value);
  muteButton.setAttribute('aria-pressed', String(value));
  muteButton.textContent = value ? 'Unmute' : 'Mute';
}

function handleMessage(message: RtviMessage): void {
  switch (message.type) {
    case 'user-transcription': {
      const data = message.data as UserTranscription;
      transcript.userSaid(data.text, data.final);
      break;
    }
    case 'bot-output':
      transcript.botOutput(message.data as BotOutput);
      break;
    case 'bot-llm-started':
      transcript.botTurnOver();
      break;
    case 'metrics':
      latency.add(message.data as Metrics);
      break;
    case 'server-message': {
      const data = message.data as ServerMessage;
      if (data.type === 'agent-state') show(data.state);
      else if (data.type === 'interrupted') transcript.interrupted(data.heard_text);
      break;
    }
    case 'llm-function-call-in-progress':
      transcript.note(`Tool: ${(message.data as { function_name: string }).function_name}`);
      break;
    case 'error':
      alertUser((message.data as { error: string }).error);
      break;
  }
}

function tick(): void {
  meters.you.draw();
  meters.agent.draw();
  if (call) {
    const seconds = Math.floor((performance.now() - startedAt) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
  requestAnimationFrame(tick);
}

agentSelect.onchange = describeAgent;
callButton.onclick = () => (call ? call.hangUp() : void startCall());
muteButton.onclick = () => setMuted(!muted);
followTheme(byId('theme'));
byId<HTMLFormElement>('say').onsubmit = (e) => {
  e.preventDefault();
  const text = textBox.value.trim();
  if (!text || !call) return;
  call.send('send-text', { content: text, options: { run_immediately: true, audio_response: true } });
  transcript.typed(text);
  textBox.value = '';
};
addEventListener('keydown', (e) => {
  const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement;
  if (e.key.toLowerCase() === 'm' && !typing && !e.ctrlKey && !e.metaKey && !e.altKey && !muteButton.disabled) setMuted(!muted);
});
addEventListener('pagehide', () => call?.hangUp());

show('idle');
requestAnimationFrame(tick);
void loadAgents();
