import type { Labels } from '../../machinery/labels.ts';
import { memberAt, valueEnd } from './json-members.ts';

/** MOST is how many texts of labels are remembered. */
const MOST = 4096;
/** LONGEST is the length of the longest of them: objects that share labels have a few. */
const LONGEST = 1024;

const NONE: Labels = Object.freeze({});

/** labelsIn parses nothing of an object but its labels; none: an empty set. */
export function labelsIn(json: Buffer): Labels {
  const text = textIn(json);
  return text === undefined ? NONE : parsed(text);
}

/** LabelTable parses labels, those that many objects share once: they are the same, frozen, set. */
export class LabelTable {
  readonly #known = new Map<string, Labels>();

  /** of answers the labels of an object that is given as JSON. */
  of(json: Buffer): Labels {
    const text = textIn(json);
    if (text === undefined) return NONE;
    if (text.length > LONGEST) return parsed(text);
    const known = this.#known.get(text);
    if (known) return known;
    // Whoever has them keeps them: to forget all costs a little memory only.
    if (this.#known.size >= MOST) this.#known.clear();
    const labels = parsed(text);
    this.#known.set(text, labels);
    return labels;
  }
}

function textIn(json: Buffer): string | undefined {
  const metadata = memberAt(json, 0, 'metadata');
  const at = metadata < 0 ? -1 : memberAt(json, metadata, 'labels');
  return at < 0 ? undefined : json.toString('utf8', at, valueEnd(json, at));
}

function parsed(text: string): Labels {
  const labels = JSON.parse(text) as Labels | null;
  return labels === null ? NONE : Object.freeze(labels);
}
