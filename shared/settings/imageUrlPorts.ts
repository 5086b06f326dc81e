import type { Problem } from '../errors.ts';
import { type Environment, present } from './environment.ts';

export const IMAGE_URL_PORTS_DEFAULT = '443';

const MOST_PORTS = 20;
const LAST_PORT = 65_535;

/**
 * IMAGE_URL_PORTS: the ports that an image's URL may name, as numbers between commas, 1 to 20 of them.
 *
 * `readImageUrlPorts({ IMAGE_URL_PORTS: '443, 8443' }, [])` is `[443, 8443]`; without the setting it is `[443]`.
 */
export function readImageUrlPorts({ IMAGE_URL_PORTS: given }: Environment, problems: Problem[]): readonly number[] {
  const text = present(given) ? given : IMAGE_URL_PORTS_DEFAULT;
  const parts = text.split(',').map((part) => part.trim());
  const ports = [...new Set(parts.map((part) => (/^[1-9]\d{0,4}$/.test(part) ? Number(part) : Number.NaN)))];
  if (ports.length <= MOST_PORTS && ports.every((port) => port <= LAST_PORT)) return ports;
  problems.push({
    path: 'IMAGE_URL_PORTS',
    message: `is ${JSON.stringify(text)}: must be 1 to ${MOST_PORTS} ports from 1 to 65535 between commas, such as "443,8443".`,
  });
  return [];
}
