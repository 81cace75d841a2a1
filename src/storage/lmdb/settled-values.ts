import type { SettledValues } from '../store.ts';
import type { Tables } from './tables.ts';

/** settledValues are the versions that stand in the tables. */
export function settledValues(
  tables: Tables,
  state: { revision(): number; compacted(): number },
): SettledValues {
  return {
    get revision() {
      return state.revision();
    },
    get compacted() {
      return state.compacted();
    },
    read: (revision, use) => tables.versions.lend(revision, use),
  };
}
