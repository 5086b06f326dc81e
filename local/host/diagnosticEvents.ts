import type { TableServiceClient } from '@azure/data-tables';
import type { HostLog } from './hostLog.ts';

const TABLE_PREFIX = 'AzureFunctionsDiagnosticEvents';
const FLUSH_EVERY_MS = 600_000;

interface DiagnosticEvents {
  /** Flushes once more. Never throws. */
  stop(): Promise<void>;
}

/**
 * The host's tables of diagnostic events in its own account, one a month: it looks for them, and makes what is missing, every
 * ten minutes and when it ends. Without the role for it the host goes on without them (azure-functions-host,
 * DiagnosticEventTableStorageRepository.cs: "we need Storage Table Data Contributor"). This host has no events to write.
 *
 * @param tables undefined where the settings name no table service: then nothing is done, as in the host
 */
export function startDiagnosticEvents(tables: TableServiceClient | undefined, log: HostLog): DiagnosticEvents {
  let isEnabled = tables !== undefined;
  const flush = async (): Promise<void> => {
    if (!isEnabled || tables === undefined) return;
    try {
      for (const name of [`${TABLE_PREFIX}Check`, `${TABLE_PREFIX}${monthOf(new Date())}`]) {
        if (!(await exists(tables, name))) await tables.createTable(name);
      }
    } catch (error) {
      const { statusCode, message } = error as { readonly statusCode?: number; readonly message: string };
      // Other errors may pass; the host tries again the next time.
      if (statusCode === 403) isEnabled = false;
      log('warning', 'Host.DiagnosticEvents', `The tables of diagnostic events could not be made: ${message}`);
    }
  };
  const timer = setInterval(() => void flush(), FLUSH_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

/** `202611` */
function monthOf(date: Date): string {
  return date.toISOString().slice(0, 7).replace('-', '');
}

async function exists(tables: TableServiceClient, name: string): Promise<boolean> {
  const found = tables.listTables({ queryOptions: { filter: `TableName eq '${name}'` } });
  return !(await found.next()).done;
}
