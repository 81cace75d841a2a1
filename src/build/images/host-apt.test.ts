import { describe, expect, it } from 'vitest';
import { debianSources } from './host-apt.ts';

const DEB822 = `Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main

Types: deb
URIs: https://deb.vendor.example/node_20.x
Suites: nodistro
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
`;

describe('debianSources', () => {
  it('takes the mirrors of the suite from deb822 files and leaves out other vendors', () => {
    expect(debianSources([{ name: 'debian.sources', text: DEB822 }], 'bookworm')).toEqual([
      'deb http://mirror.example/debian bookworm main',
      'deb http://mirror.example/debian bookworm-updates main',
      'deb http://mirror.example/security bookworm-security main',
    ]);
  });

  it('reads one-line files with options', () => {
    const text =
      '# deb http://no/ bookworm main\ndeb [signed-by=/k arch=amd64] http://m/debian bookworm main contrib\n';
    expect(debianSources([{ name: 'sources.list', text }], 'bookworm')).toEqual([
      'deb http://m/debian bookworm main',
    ]);
  });

  it("leaves it to the images' own sources on a machine that runs another suite", () => {
    const text = 'deb http://archive.ubuntu.example/ubuntu noble main\n';
    expect(debianSources([{ name: 'sources.list', text }], 'bookworm')).toEqual([]);
  });
});
