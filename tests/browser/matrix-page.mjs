// The matrix's peer in a page: commands come and events go over a WebSocket, files over HTTP.
import { W3cPeer } from '/w3c-peer.mjs';

const RATE = 48000;
const fileUrl = (file) => `/file?${encodeURIComponent(file)}`;

function save(file, samples) {
  const pcm = Int16Array.from(samples, (s) => Math.max(-1, Math.min(1, s)) * 32767);
  return fetch(fileUrl(file), { method: 'PUT', body: pcm.buffer });
}

// Chromium: Web Audio makes the track and takes the recording.
function webAudio() {
  const context = new AudioContext({ sampleRate: RATE });
  const recorderModule = `registerProcessor('recorder', class extends AudioWorkletProcessor {
    process([input]) {
      if (input[0]) this.port.postMessage(input[0].slice());
      return true;
    }
  });`;
  const ready = context.audioWorklet.addModule(URL.createObjectURL(new Blob([recorderModule], { type: 'text/javascript' })));
  const ear = new Audio();
  ear.muted = true;
  return {
    // Chromium decodes a remote track only while an element plays it, and what has come until then is heard first and late.
    listen(track) {
      ear.srcObject = new MediaStream([track]);
      ear.play();
    },
    createSource() {
      const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
      return {
        track: destination.stream.getAudioTracks()[0],
        stream: destination.stream,
        async play(file) {
          const source = new AudioBufferSourceNode(context);
          source.buffer = await context.decodeAudioData(await (await fetch(fileUrl(file))).arrayBuffer());
          source.connect(destination);
          source.start();
        },
      };
    },
    async record(track) {
      await ready;
      const source = new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) });
      const recorder = new AudioWorkletNode(context, 'recorder', { channelCount: 1, channelCountMode: 'explicit' });
      const chunks = [];
      recorder.port.onmessage = (e) => chunks.push(e.data);
      source.connect(recorder).connect(context.destination);
      return {
        save: (file) => save(file, chunks.flatMap((c) => [...c])),
        end() {
          source.disconnect();
          recorder.disconnect();
        },
      };
    },
  };
}

// Firefox: its Web Audio does not run on a machine without an audio device, but its media elements and recorders do.
function elements() {
  async function capture(url, loop) {
    const element = new Audio(url);
    element.loop = loop;
    await element.play();
    return element.mozCaptureStream();
  }
  return {
    async createSource() {
      const stream = await capture('/silence.wav', true);
      const [track] = stream.getAudioTracks();
      return {
        track,
        stream,
        async play(file, sender) {
          const [tune] = (await capture(fileUrl(file), false)).getAudioTracks();
          tune.onended = () => sender.replaceTrack(track);
          await sender.replaceTrack(tune);
        },
      };
    },
    record(track) {
      const recorder = new MediaRecorder(new MediaStream([track]), { mimeType: 'audio/ogg;codecs=opus' });
      const chunks = [];
      let added = () => {};
      recorder.ondataavailable = (e) => {
        chunks.push(e.data);
        added();
      };
      recorder.start();
      return {
        async save(file) {
          await new Promise((done) => {
            added = done;
            recorder.requestData();
          });
          const encoded = await new Blob(chunks).arrayBuffer();
          return save(file, (await new OfflineAudioContext(1, 1, RATE).decodeAudioData(encoded)).getChannelData(0));
        },
        end() {
          if (recorder.state !== 'inactive') recorder.stop();
        },
      };
    },
  };
}

const socket = new WebSocket(`ws://${location.host}/`);
const tell = (event) => socket.send(JSON.stringify(event));
const peer = new W3cPeer(window, 'mozCaptureStream' in HTMLMediaElement.prototype ? elements() : webAudio(), tell);
socket.onmessage = (e) => peer.handle(JSON.parse(e.data));
socket.onopen = () => tell({ event: 'ready' });
window.onerror = (message) => tell({ event: 'error', command: 'page', message });
window.onunhandledrejection = (e) => tell({ event: 'error', command: 'page', message: String(e.reason) });
