import { goJson } from '../../machinery/go-json.ts';

/** toJson writes a value as kubectl's `-o json` does: four spaces; ends with a newline. */
export function toJson(value: unknown): string {
  return `${goJson(value, 4)}\n`;
}
