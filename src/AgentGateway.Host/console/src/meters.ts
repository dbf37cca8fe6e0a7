const FLOOR_DB = -60;

/** A level meter of one stream: peak of the waveform in dBFS, drawn once a frame. */
export class Meter {
  private analyser: AnalyserNode | undefined;
  private source: MediaStreamAudioSourceNode | undefined;
  private samples = new Float32Array(0);
  private readonly bar: HTMLElement;
  private shown = 0;

  constructor(private readonly element: HTMLElement) {
    this.bar = element.querySelector('i')!;
  }

  attach(context: AudioContext, stream: MediaStream): void {
    this.detach();
    this.source = context.createMediaStreamSource(stream);
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.source.connect(this.analyser);
  }

  detach(): void {
    this.source?.disconnect();
    this.source = undefined;
    this.analyser = undefined;
  }

  draw(): void {
    let percent = 0;
    if (this.analyser) {
      this.analyser.getFloatTimeDomainData(this.samples);
      let peak = 0;
      for (const sample of this.samples) peak = Math.max(peak, Math.abs(sample));
      const db = peak > 0 ? 20 * Math.log10(peak) : FLOOR_DB;
      percent = Math.max(0, Math.min(100, (1 - db / FLOOR_DB) * 100));
    }
    // Fast attack, slow release, as on a mixing desk.
    this.shown = percent > this.shown ? percent : this.shown * 0.9;
    if (this.shown < 0.5) this.shown = 0;
    this.bar.style.transform = `scaleX(${this.shown / 100})`;
    this.element.setAttribute('aria-valuenow', this.shown.toFixed(0));
  }
}
