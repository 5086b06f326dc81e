import type { JsonSchema } from './jsonSchema.ts';
import { taskOf } from './taskOf.ts';
import type { TaskRequest } from './taskRequest.ts';

/** Where the model reports text of the image that tries to give it orders. Not part of the answer that is handed out. */
export const INSTRUCTIONS_KEY = 'instructionsInImage';

/** The JSON Schema of what the model is asked to send for a request, within the subset of structured outputs. */
export function replySchemaOf(request: TaskRequest): JsonSchema {
  const schema = taskOf(request.task).wireSchema(request);
  return {
    ...schema,
    properties: { ...schema.properties, [INSTRUCTIONS_KEY]: { type: 'array', items: { type: 'string' } } },
    required: [...(schema.required ?? []), INSTRUCTIONS_KEY],
  };
}
