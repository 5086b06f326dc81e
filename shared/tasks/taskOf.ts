import { analyze } from './analyze.ts';
import { ask } from './ask.ts';
import { chart } from './chart.ts';
import { describe } from './describe.ts';
import { extract } from './extract.ts';
import { insights } from './insights.ts';
import { objects } from './objects.ts';
import { tables } from './tables.ts';
import type { Task } from './task.ts';
import type { TaskName } from './taskRequest.ts';
import { text } from './text.ts';

const TASKS: Readonly<Record<TaskName, Task>> = {
  analyze,
  describe,
  objects,
  text,
  tables,
  chart,
  insights,
  ask,
  extract,
};

/** What a task asks for and how its answers are read. `taskOf('text').defaultQuality` is `'full'`. */
export function taskOf(name: TaskName): Task {
  return TASKS[name];
}
