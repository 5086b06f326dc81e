import { z } from 'zod';
import { time } from './analysisSchema.ts';
import { backlogSchema } from './backlogSchema.ts';

/** `GET /health` with wrong settings: every one by name. */
export const wrongSettingsSchema = z.object({
  status: z.literal('settings-wrong'),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
});

/** `GET /health`: to anybody. */
export const openHealthSchema = z.object({ status: z.literal('ok') });

/** `GET /health/details`: to callers with a key or a sign-in. */
export const healthSchema = z.object({
  status: z.literal('ok'),
  version: z.string(),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  backlog: backlogSchema
    .extend({ seenAt: time })
    .optional()
    .describe('As the timer last saw it; absent before its first run'),
});
