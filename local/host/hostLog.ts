import type { LogLevel } from './workerProtocol.ts';

export type HostLog = (level: LogLevel, category: string, message: string) => void;

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

/**
 * Writes lines such as `2026-11-23T18:00:00.000Z information Function.hello.User: said hello`, one per message, for the
 * categories and levels that host.json's `logging.logLevel` lets through: the longest name that a category begins with
 * counts, in any case of letters, else `default` (Microsoft.Extensions.Logging, LoggerRuleSelector).
 */
export function createHostLog(
  logLevels: Readonly<Record<string, string>>,
  write: (line: string) => void = console.log,
): HostLog {
  const least = (category: string): number => {
    const prefixes = Object.keys(logLevels)
      .filter((prefix) => category.toLowerCase().startsWith(prefix.toLowerCase()))
      .sort((a, b) => b.length - a.length);
    const level = logLevels[prefixes[0] ?? 'default'] ?? 'information';
    return LEVELS.indexOf(level.toLowerCase() as LogLevel);
  };
  return (level, category, message) => {
    if (LEVELS.indexOf(level) < least(category)) return;
    write(`${new Date().toISOString()} ${level} ${category}: ${message.replaceAll('\n', '\n  ')}`);
  };
}
