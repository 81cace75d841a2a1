interface Detector {
  readonly platform: string;
  /** Names, or `*.suffix`. */
  readonly marks: readonly string[];
}

const DETECTORS: readonly Detector[] = [
  { platform: 'ruby', marks: ['Gemfile', 'Rakefile', 'config.ru'] },
  { platform: 'jee', marks: ['pom.xml'] },
  { platform: 'nodejs', marks: ['app.json', 'package.json'] },
  { platform: 'php', marks: ['index.php', 'composer.json'] },
  { platform: 'python', marks: ['requirements.txt', 'setup.py'] },
  { platform: 'perl', marks: ['index.pl', 'cpanfile'] },
  { platform: 'scala', marks: ['build.sbt'] },
  { platform: 'dotnet', marks: ['project.json', '*.csproj'] },
  { platform: '.net', marks: ['project.json', '*.csproj'] },
  { platform: 'golang', marks: ['main.go', 'Godeps'] },
  { platform: 'rust', marks: ['Cargo.toml'] },
];

function isMarked(files: readonly string[], mark: string): boolean {
  return mark.startsWith('*')
    ? files.some((file) => file.endsWith(mark.slice(1)))
    : files.includes(mark);
}

/** detectLanguages answers the platforms whose files are there, in OpenShift's order. */
export function detectLanguages(files: readonly string[]): string[] {
  return DETECTORS.filter(({ marks }) => marks.some((mark) => isMarked(files, mark))).map(
    ({ platform }) => platform,
  );
}
