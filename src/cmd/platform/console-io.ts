import { createInterface } from 'node:readline/promises';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;

/** ConsoleIo shows the progress of platform commands: a moving line on a terminal, plain lines elsewhere. */
export class ConsoleIo {
  readonly #out: NodeJS.WriteStream;
  #text = '';
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
  }

  /** step runs work under a title and closes it with its duration, or with a cross. */
  async step<T>(title: string, work: (io: this) => Promise<T>): Promise<T> {
    const started = performance.now();
    this.#begin(title);
    try {
      const result = await work(this);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      this.#end(`✔ ${title} (${seconds} s)`);
      return result;
    } catch (error) {
      this.#end(`✘ ${title}`);
      throw error;
    }
  }

  /** say replaces the text of the step under way. */
  say(text: string): void {
    if (this.#text === text) return;
    this.#text = text;
    if (!this.#out.isTTY) this.#out.write(`  ${text}\n`);
  }

  /** print writes a whole line that stays. */
  print(text: string): void {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  /** confirm asks a yes-no question; without a terminal the answer is no. */
  async confirm(question: string): Promise<boolean> {
    if (!process.stdin.isTTY || !this.#out.isTTY) return false;
    const timer = this.#timer !== undefined;
    this.#stop();
    const lines = createInterface({ input: process.stdin, output: this.#out });
    const answer = await lines.question(`${question} [y/N] `);
    lines.close();
    if (timer) this.#begin(this.#text);
    return /^y(es)?$/i.test(answer.trim());
  }

  #begin(text: string): void {
    this.#text = text;
    if (!this.#out.isTTY) return;
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    this.#timer.unref();
    this.#draw();
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    const width = Math.max(20, this.#out.columns ?? 80) - 3;
    this.#out.write(`\r\x1b[2K${FRAMES[this.#frame]} ${this.#text.slice(0, width)}`);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#clear();
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[2K');
  }

  #end(line: string): void {
    this.#stop();
    this.#out.write(`${line}\n`);
  }
}
