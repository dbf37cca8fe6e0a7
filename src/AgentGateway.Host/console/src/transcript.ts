import type { BotOutput } from './rtvi';

/** Both sides of the call. Interim words are shown as such; of the agent's words only those that were played count. */
export class Transcript {
  private user: HTMLElement | undefined;
  private bot: HTMLElement | undefined;
  private readonly segments = new Map<number, HTMLElement>();

  constructor(
    private readonly log: HTMLElement,
    private readonly empty: HTMLElement,
  ) {}

  clear(): void {
    this.log.replaceChildren(this.empty);
    this.empty.hidden = false;
    this.user = undefined;
    this.bot = undefined;
    this.segments.clear();
  }

  userSaid(text: string, final: boolean): void {
    if (!text && !this.user) return;
    this.user ??= this.bubble('user', 'You');
    this.user.classList.toggle('interim', !final);
    this.user.querySelector('.words')!.textContent = text;
    if (final) {
      if (!text) this.user.remove();
      this.user = undefined;
      this.bot = undefined;
    }
    this.follow();
  }

  typed(text: string): void {
    this.user?.remove();
    this.user = undefined;
    this.bubble('user', 'You (typed)').querySelector('.words')!.textContent = text;
    this.bot = undefined;
    this.follow();
  }

  botOutput(output: BotOutput): void {
    let segment = this.segments.get(output.segment_id);
    if (!segment) {
      this.bot ??= this.bubble('bot', 'Agent');
      segment = document.createElement('span');
      segment.className = 'segment';
      const heard = document.createElement('span');
      heard.className = 'heard';
      const ahead = document.createElement('span');
      ahead.className = 'ahead';
      segment.append(heard, ahead);
      this.bot.querySelector('.words')!.append(segment, ' ');
      this.segments.set(output.segment_id, segment);
    }
    const progress = output.spoken_progress ?? { accumulated_text: output.text, remaining_text: '' };
    segment.querySelector('.heard')!.textContent = progress.accumulated_text;
    segment.querySelector('.ahead')!.textContent = progress.remaining_text;
    this.follow();
  }

  /** The caller interrupted: what was not played is taken out, as it is from the agent's own memory. */
  interrupted(heard: string): void {
    if (!this.bot) return;
    const words = this.bot.querySelector('.words')!;
    words.replaceChildren(heard);
    const mark = document.createElement('span');
    mark.className = 'cut';
    mark.textContent = heard ? ' — interrupted' : '(interrupted before a word was heard)';
    words.append(mark);
    this.bot = undefined;
    this.segments.clear();
  }

  note(text: string): void {
    this.empty.hidden = true;
    const p = document.createElement('p');
    p.className = 'note';
    p.textContent = text;
    this.log.append(p);
    this.follow();
  }

  botTurnOver(): void {
    this.bot = undefined;
  }

  private bubble(side: 'user' | 'bot', name: string): HTMLElement {
    this.empty.hidden = true;
    const bubble = document.createElement('article');
    bubble.className = `bubble ${side}`;
    const who = document.createElement('span');
    who.className = 'who';
    who.textContent = name;
    const words = document.createElement('p');
    words.className = 'words';
    bubble.append(who, words);
    this.log.append(bubble);
    return bubble;
  }

  private follow(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }
}
