import { afterAll, beforeAll } from 'vitest';
import { makeApplication } from './chapters/application.ts';
import { changeApplication } from './chapters/changes.ts';
import { takeDown } from './chapters/down-and-up.ts';
import { goWrong } from './chapters/failures.ts';
import { makeMoreApplications } from './chapters/more-applications.ts';
import { killServer } from './chapters/restart.ts';
import { Stage } from './stage.ts';

const MINUTE = 60_000;
const stage = new Stage();

beforeAll(() => stage.open(), 15 * MINUTE);

afterAll(() => stage.close(), 2 * MINUTE);

makeApplication(stage);
changeApplication(stage);
makeMoreApplications(stage);
killServer(stage);
goWrong(stage);
takeDown(stage);
