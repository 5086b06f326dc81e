import { z } from 'zod';
import { time } from './analysisSchema.ts';

/** What `GET /backlog` answers. */
export const backlogSchema = z.object({
  waiting: z.int().min(0),
  isApproximate: z
    .boolean()
    .optional()
    .describe('More than 20,000 are open: waiting is counted by their messages. Absent where the count is exact'),
  running: z.int().min(0),
  oldestWaitingSince: time.nullable(),
  expectedDoneAt: time
    .nullable()
    .describe('At the quota that is there, and at the pace that was kept; null when nothing waits or nobody can say'),
  perMinute: z.number().min(0).describe('Analyses answered per minute, over the last five'),
  expiredLeases: z.int().min(0).describe('Claims past their end, whose holders vanished'),
  queueDepth: z.int().min(0).describe('Messages in the queue, as far as the storage knows'),
  lastSuccessAt: time.nullable(),
  pausedReason: z.string().optional(),
  seenAt: time
    .optional()
    .describe(
      'More than 1,000 are open: all of this is as the timer saw it then. Absent where it was read for this call',
    ),
});
