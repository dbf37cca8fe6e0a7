// One peer under a test's control, for every stack that has the W3C API: browsers, @roamhq/wrtc and werift. It takes the
// commands and tells the events that README.md in the folder above describes. Runs in pages too: no imports.
//   api    { RTCPeerConnection, needsStun }
//   media  { createSource() -> { track, stream, play(file, sender) }, listen?(track), record(track) -> { save(file), end() } }
//   tell   function (event)
export class W3cPeer {
  #api;
  #media;
  #tell;
  #pc;
  #source;
  #sender;
  #channel;
  #remoteTrack;
  #recording;
  #queue = Promise.resolve();

  constructor(api, media, tell) {
    this.#api = api;
    this.#media = media;
    this.#tell = tell;
  }

  /** Runs a command after those before it. */
  handle(command) {
    this.#queue = this.#queue
      .then(() => this[command.do](command))
      .catch((e) => this.#tell({ event: 'error', command: command.do, message: String(e?.stack ?? e) }));
  }

  async open({ turn, stun, channel }) {
    this.#pc?.close();
    this.#recording?.end();
    this.#remoteTrack = this.#recording = undefined;
    const servers = this.#api.needsStun ? [{ urls: stun }] : [];
    const pc = (this.#pc = new this.#api.RTCPeerConnection(
      turn ? { iceServers: [turn], iceTransportPolicy: 'relay' } : { iceServers: servers },
    ));
    pc.onicecandidate = (e) => {
      if (pc !== this.#pc) return;
      const { candidate = '', sdpMid = null } = e.candidate ?? {};
      this.#tell({ event: 'candidate', candidate, mid: sdpMid });
    };
    pc.onconnectionstatechange = () => this.#told(pc, { event: 'state', state: pc.connectionState });
    pc.ontrack = (e) => {
      this.#remoteTrack = e.track;
      this.#media.listen?.(e.track);
      this.#told(pc, { event: 'track' });
    };
    pc.ondatachannel = (e) => this.#use(pc, e.channel);
    this.#source = await this.#media.createSource();
    this.#sender = pc.addTrack(this.#source.track, this.#source.stream);
    if (channel) this.#use(pc, pc.createDataChannel('matrix'));
    this.#tell({ event: 'opened' });
  }

  async offer({ restart, trickle }) {
    await this.#pc.setLocalDescription(await this.#pc.createOffer(restart ? { iceRestart: true } : undefined));
    await this.#tellLocal(trickle);
  }

  async answer({ sdp, trickle }) {
    await this.#pc.setRemoteDescription({ type: 'offer', sdp });
    await this.#pc.setLocalDescription(await this.#pc.createAnswer());
    await this.#tellLocal(trickle);
  }

  async accept({ sdp }) {
    await this.#pc.setRemoteDescription({ type: 'answer', sdp });
    this.#tell({ event: 'accepted' });
  }

  async candidate({ candidate, mid, index }) {
    await this.#pc.addIceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: index });
  }

  play({ file }) {
    return this.#source.play(file, this.#sender);
  }

  async record() {
    if (!this.#remoteTrack) throw new Error('there is no remote track');
    this.#recording?.end();
    this.#recording = await this.#media.record(this.#remoteTrack);
    this.#tell({ event: 'recording' });
  }

  async save({ file }) {
    await this.#recording.save(file);
    this.#tell({ event: 'recorded', file });
  }

  send({ size }) {
    this.#channel.send(Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8) * 17 + size) & 255));
  }

  async stats() {
    this.#tell({ event: 'stats', stats: [...(await this.#pc.getStats()).values()] });
  }

  hangup() {
    const pc = this.#pc;
    this.#pc = undefined;
    pc?.close();
    this.#tell({ event: 'hungup' });
  }

  #told(pc, event) {
    if (pc === this.#pc) this.#tell(event);
  }

  #use(pc, channel) {
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    const opened = () => this.#told(pc, { event: 'channel', state: 'open', label: channel.label });
    if (channel.readyState === 'open') opened();
    else channel.onopen = opened;
    channel.onclose = () => this.#told(pc, { event: 'channel', state: 'closed', label: channel.label });
    let told = Promise.resolve();
    channel.onmessage = (e) => {
      told = told.then(async () => {
        const digest = await globalThis.crypto.subtle.digest('SHA-256', e.data);
        const sha256 = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join('');
        this.#told(pc, { event: 'message', size: e.data.byteLength, sha256 });
      });
    };
  }

  async #tellLocal(trickle) {
    const pc = this.#pc;
    if (!trickle && pc.iceGatheringState !== 'complete') {
      await new Promise((done) => {
        pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done());
      });
    }
    const { type, sdp } = pc.localDescription;
    this.#tell({ event: 'sdp', type, sdp });
  }
}
