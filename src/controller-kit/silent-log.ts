import type { Logger } from './controller.ts';

/** SILENT is a log that nobody reads. */
export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
