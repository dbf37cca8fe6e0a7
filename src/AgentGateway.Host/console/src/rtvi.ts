// The part of RTVI 2.1 that the console uses.

export interface RtviMessage {
  label: 'rtvi-ai';
  type: string;
  id?: string;
  data?: unknown;
}

export interface BotOutput {
  text: string;
  segment_id: number;
  will_be_spoken: boolean;
  spoken_status?: 'new' | 'in-progress' | 'completed';
  spoken_progress?: { accumulated_text: string; remaining_text: string };
}

export interface UserTranscription {
  text: string;
  final: boolean;
}

interface Metric {
  processor: string;
  value: number;
}

export interface Metrics {
  ttfb?: Metric[];
  processing?: Metric[];
  ttfa?: number;
  turn?: number;
}

export type ServerMessage = { type: 'agent-state'; state: AgentState } | { type: 'interrupted'; turn: number; heard_text: string };

export type AgentState = 'initializing' | 'listening' | 'thinking' | 'speaking' | 'ended';

const LABEL = 'rtvi-ai';

export function parse(text: string): RtviMessage | undefined {
  try {
    const message = JSON.parse(text) as RtviMessage;
    return message.label === LABEL && typeof message.type === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

export function format(type: string, data?: unknown): string {
  return JSON.stringify({ label: LABEL, type, id: crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16).padStart(8, '0'), data });
}
