// The library is CommonJS inside: imported here by name, so that callers can load this module lazily.
export { parse, parseAllDocuments } from 'yaml';
