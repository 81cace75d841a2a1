import type { ImageMatch } from './image/image-match.ts';
import type { Strategy } from './options.ts';
import type { LocalRepository, SourceLocation } from './source/source-probe.ts';

/** Source is code that a component is built from. */
export interface Source {
  readonly location: SourceLocation;
  readonly contextDir: string;
  /** Where git says that a directory comes from. */
  readonly repository: LocalRepository | undefined;
  /** Languages that were detected; empty when nobody looked. */
  readonly languages: readonly string[];
  readonly dockerfile: string | undefined;
  readonly needsAuthentication: boolean;
}

/** BuildInput is what a build starts from. */
export type BuildInput =
  | { readonly kind: 'source'; readonly source: Source; readonly dockerfile?: string | undefined }
  | { readonly kind: 'dockerfile'; readonly dockerfile: string }
  | { readonly kind: 'binary' };

/** Component is one image of the application: taken as it is, or built from source. */
export interface Component {
  /** The builder, base or finished image; undefined for builds from scratch. */
  readonly image: ImageMatch | undefined;
  readonly build: { readonly input: BuildInput; readonly strategy: Strategy } | undefined;
  /** Components of one group share a deployment. */
  readonly group: number;
}
