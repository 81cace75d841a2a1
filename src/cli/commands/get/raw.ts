import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import { RAW_BYTES } from '../../transport/outgoing.ts';

/** getRaw prints what the server answers to a path, byte for byte. */
export async function getRaw(invocation: Invocation): Promise<void> {
  const { flags, io, session } = invocation;
  const uri = flags.string('raw');
  if (flags.string('output') !== '')
    throw new CliError('--raw and --output are mutually exclusive');
  if (flags.bool('watch') || flags.bool('watch-only') || flags.string('selector') !== '')
    throw new CliError(
      '--raw may not be specified with other flags that filter the server request or alter the output',
    );
  if (!uri.startsWith('/'))
    throw new CliError(
      `--raw must be a valid URL path: parse ${JSON.stringify(uri)}: invalid URI for request`,
    );
  const { pathname, searchParams } = new URL(uri, 'http://localhost');
  const transport = await session.transport();
  const { body } = await transport.request({
    method: 'GET',
    path: pathname,
    query: searchParams,
    headers: { [RAW_BYTES]: 'true', accept: '*/*' },
    signal: io.signal,
  });
  if (body.kind !== 'bytes') return;
  for await (const chunk of body.bytes) io.stdout.write(chunk);
}
