import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { constants, Script } from 'node:vm';

/** LoadedProgram is a bundle that was evaluated. */
export interface LoadedProgram<T> {
  readonly exports: T;
  /** keepCompiled writes down what has been compiled until now, for the starts to come. */
  keepCompiled(): Promise<void>;
}

function readCompiled(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    // Nothing was kept: everything is compiled as it is needed.
    return undefined;
  }
}

/**
 * loadProgram evaluates a CommonJS bundle with the code that V8 compiled of it before. Another
 * version of Node takes no notice of that and compiles anew.
 */
export function loadProgram<T>(file: string): LoadedProgram<T> {
  const compiled = `${file}.compiled`;
  const cachedData = readCompiled(compiled);
  const script = new Script(Module.wrap(readFileSync(file, 'utf8')), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  const evaluate = script.runInThisContext();
  evaluate.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  return {
    exports: module.exports as T,
    keepCompiled: () => writeFile(compiled, script.createCachedData()),
  };
}
