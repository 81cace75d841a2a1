import { STRING } from '../types/type.ts';
import { asString } from '../values/kinds.ts';
import { fn, type Overload } from './overload.ts';

/** JSON_PATCH_FUNCTIONS are for expressions that make patches: `jsonpatch.escapeKey`. */
export const JSON_PATCH_FUNCTIONS: readonly Overload[] = [
  fn('jsonpatch.escapeKey', 'string_jsonpatch_escapeKey_string', {
    args: [STRING],
    result: STRING,
    run: (key) => asString(key).replaceAll('~', '~0').replaceAll('/', '~1'),
  }),
];
