import type { Metrics } from './rtvi';

const PARTS: readonly (readonly [key: string, label: string])[] = [
  ['endpointing', 'End of turn'],
  ['stt', 'Transcript'],
  ['llm', 'First token'],
  ['first-chunk', 'First clause'],
  ['tts', 'Voice'],
  ['pacing', 'Playout'],
];

const MAX_TURNS = 12;

/** Response latency per turn as a stacked bar of its parts. */
export class LatencyView {
  private longest = 1;

  constructor(
    private readonly list: HTMLElement,
    private readonly legend: HTMLElement,
  ) {
    legend.replaceChildren(
      ...PARTS.map(([key, label]) => {
        const item = document.createElement('span');
        item.className = `key part-${key}`;
        item.textContent = label;
        return item;
      }),
    );
  }

  clear(): void {
    this.list.replaceChildren();
    this.legend.hidden = true;
    this.longest = 1;
  }

  add(metrics: Metrics): void {
    if (metrics.ttfa === undefined) return;
    const values = new Map([...(metrics.ttfb ?? []), ...(metrics.processing ?? [])].map((m) => [m.processor, m.value * 1000]));
    const total = metrics.ttfa * 1000;
    const row = document.createElement('li');
    row.dataset['total'] = String(total);
    const head = document.createElement('div');
    head.className = 'turn-head';
    const name = document.createElement('span');
    name.textContent = `Turn ${metrics.turn ?? ''}`;
    const figure = document.createElement('strong');
    figure.textContent = `${total.toFixed(0)} ms`;
    head.append(name, figure);
    const bar = document.createElement('div');
    bar.className = 'stack';
    for (const [key, label] of PARTS) {
      const value = values.get(key) ?? 0;
      if (value <= 0) continue;
      const part = document.createElement('i');
      part.className = `part-${key}`;
      part.style.flexGrow = String(value);
      part.title = `${label}: ${value.toFixed(0)} ms`;
      bar.append(part);
    }
    const detail = document.createElement('p');
    detail.className = 'turn-parts';
    detail.textContent = PARTS.filter(([key]) => (values.get(key) ?? 0) >= 1)
      .map(([key, label]) => `${label} ${values.get(key)!.toFixed(0)}`)
      .join(' · ');
    row.append(head, bar, detail);
    this.list.prepend(row);
    while (this.list.children.length > MAX_TURNS) this.list.lastElementChild!.remove();
    this.legend.hidden = false;
    this.scale();
  }

  private scale(): void {
    const rows = [...this.list.children] as HTMLElement[];
    this.longest = Math.max(1, ...rows.map((row) => Number(row.dataset['total'])));
    for (const row of rows) {
      row.querySelector<HTMLElement>('.stack')!.style.width = `${(100 * Number(row.dataset['total'])) / this.longest}%`;
    }
  }
}
