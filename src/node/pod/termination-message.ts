import { open } from 'node:fs/promises';
import type { Container } from '../../apis/core/v1/types.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ActualContainer } from './actual-pod.ts';

const MAX_MESSAGE_BYTES = 4096;
const MAX_LOG_LINES = 80;
const MAX_LOG_BYTES = 2048;

async function fileStart(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(MAX_MESSAGE_BYTES);
      const { bytesRead } = await file.read(buffer, 0, MAX_MESSAGE_BYTES, 0);
      return buffer.subarray(0, bytesRead).toString('utf8');
    } finally {
      await file.close();
    }
  } catch {
    // A container without the file has no message.
    return '';
  }
}

async function logTail(engine: Engine, id: string): Promise<string> {
  const chunks = await engine.logs(id, {
    follow: false,
    timestamps: false,
    tailLines: MAX_LOG_LINES,
  });
  let text = '';
  for await (const { data } of chunks) text += Buffer.from(data).toString('utf8');
  return text.slice(-MAX_LOG_BYTES);
}

/** terminationMessage is what a container that ended left to be shown in its status. */
export async function terminationMessage(
  engine: Engine,
  container: Container | undefined,
  ended: ActualContainer,
  path: string,
): Promise<string> {
  const written = await fileStart(path);
  const { exitCode, id } = ended.state;
  const fallback = container?.terminationMessagePolicy === 'FallbackToLogsOnError';
  if (written !== '' || !fallback || exitCode === 0) return written;
  return logTail(engine, id);
}
