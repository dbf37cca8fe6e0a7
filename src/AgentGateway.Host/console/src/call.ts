import { format, parse, type RtviMessage } from './rtvi';

/** What the page is told about a call. Every handler is called at most once per fact, in order. */
export interface CallEvents {
  connected(): void;
  remoteStream(stream: MediaStream): void;
  message(message: RtviMessage): void;
  ended(reason: string | undefined): void;
}

/** One call: an RTCPeerConnection set up with WHIP, with a data channel that speaks RTVI. */
export class Call {
  private readonly pc = new RTCPeerConnection();
  private readonly channel: RTCDataChannel;
  private session: string | undefined;
  private over = false;

  constructor(
    private readonly microphone: MediaStream | undefined,
    private readonly events: CallEvents,
  ) {
    const track = microphone?.getAudioTracks()[0];
    if (track) this.pc.addTransceiver(track, { direction: 'sendrecv', streams: [microphone!] });
    else this.pc.addTransceiver('audio', { direction: 'recvonly' });
    this.channel = this.pc.createDataChannel('rtvi', { ordered: true });
    this.channel.onopen = () => {
      this.send('client-ready', {
        version: '2.1.0',
        about: { library: 'agentgateway-console', library_version: '0.1.0', platform: 'web' },
      });
    };
    this.channel.onmessage = (e: MessageEvent<string>) => this.receive(e.data);
    this.channel.onclose = () => this.finish(undefined);
    this.pc.ontrack = (e) => events.remoteStream(e.streams[0] ?? new MediaStream([e.track]));
    this.pc.onconnectionstatechange = () => {
      if (this.pc.connectionState === 'connected') events.connected();
      if (this.pc.connectionState === 'failed') this.finish('The connection to the gateway was lost, or its UDP port cannot be reached.');
      if (this.pc.connectionState === 'closed') this.finish(undefined);
    };
  }

  /** Offers the call to an agent. The offer needs no candidates: the gateway learns the caller's address from its checks. */
  async start(agent: string): Promise<void> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    const response = await fetch(`whip/${encodeURIComponent(agent)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp' },
      body: this.pc.localDescription!.sdp,
    });
    if (!response.ok) throw new Error(await explain(response));
    this.session = response.headers.get('Location') ?? undefined;
    if (this.over) {
      this.deleteSession();
      return;
    }
    await this.pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  }

  send(type: string, data?: unknown): void {
    if (this.channel.readyState === 'open') this.channel.send(format(type, data));
  }

  setMuted(muted: boolean): void {
    for (const track of this.microphone?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  hangUp(): void {
    this.finish(undefined);
  }

  private receive(text: string): void {
    // On a busy machine messages may have waited for longer than the call lasted.
    if (this.over) return;
    const message = parse(text);
    if (message) this.events.message(message);
    else if (text.includes('"peerLeft"')) this.finish(undefined);
  }

  private finish(reason: string | undefined): void {
    if (this.over) return;
    this.over = true;
    this.deleteSession();
    this.pc.close();
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    this.events.ended(reason);
  }

  private deleteSession(): void {
    if (this.session) void fetch(this.session, { method: 'DELETE', keepalive: true }).catch(() => undefined);
    this.session = undefined;
  }
}

async function explain(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? `The gateway answered ${response.status}.`;
  } catch {
    return `The gateway answered ${response.status}.`;
  }
}
