import { describe, expect, it } from 'vitest';
import { extendDockerfile, readFroms, readInstructions, replaceFroms } from './dockerfile.ts';

const TWO_STAGES = `# syntax comment
ARG V=1
FROM --platform=linux/amd64 golang:1 AS build
RUN go build \\
  # why
  -o /app

from scratch
COPY --from=build /app /app
`;

describe('readInstructions', () => {
  it('joins continued lines and skips comments', () => {
    expect(readInstructions(TWO_STAGES).map(({ name }) => name)).toEqual([
      'ARG',
      'FROM',
      'RUN',
      'FROM',
      'COPY',
    ]);
    expect(readInstructions(TWO_STAGES)[2]?.rest).toMatch(/^go build\s+-o \/app$/);
  });
});

describe('readFroms', () => {
  it('takes flags, image and stage apart', () => {
    expect(readFroms(TWO_STAGES)).toMatchObject([
      { flags: '--platform=linux/amd64 ', image: 'golang:1', stage: 'build' },
      { flags: '', image: 'scratch', stage: undefined },
    ]);
  });
});

describe('replaceFroms', () => {
  it('replaces only the given images and keeps flags and names', () => {
    const text = replaceFroms(TWO_STAGES, ['mirror/golang:1', undefined]);
    expect(text).toContain('FROM --platform=linux/amd64 mirror/golang:1 AS build\nRUN');
    expect(text).toContain('from scratch');
  });
});

describe('extendDockerfile', () => {
  it('sets variables after every FROM and labels at the end, without expansion', () => {
    const text = extendDockerfile('FROM a\nRUN x\nFROM b', {
      afterFrom: [['A', 'one "two"']],
      env: [['B', '$HOME']],
      labels: [['l', 'v']],
    });
    expect(text).toBe(
      'FROM a\nENV "A"="one \\"two\\""\nRUN x\nFROM b\nENV "A"="one \\"two\\""\nENV "B"="\\$HOME"\nLABEL "l"="v"\n',
    );
  });
});
