import { runApiAlone } from '../load/api-alone.ts';

await runApiAlone(process.argv.slice(2), new URL('./api-front.mjs', import.meta.url));
