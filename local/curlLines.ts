import { join } from 'node:path';
import type { LocalCloud } from './cloud.ts';

/** Three lines to paste into a shell. */
export function curlLines(
  cloud: LocalCloud,
  shown: { readonly folder: string; readonly files: readonly string[]; readonly isEnforcingKeys: boolean },
): string {
  const { url, keys } = cloud.host;
  const key = shown.isEnforcingKeys ? ` -H 'x-functions-key: ${keys?.functionKeys.default ?? keys?.masterKey}'` : '';
  const picture = shown.files.find((file) => /\.(jpe?g|png)$/i.test(file)) ?? '';
  return [
    'Try:',
    `  curl -s${key} ${url}/api/estimate -H 'content-type: application/json' -d '{"images":[{"width":513,"height":513}]}'`,
    `  curl -s${key} '${url}/api/analyze?task=describe' -H 'content-type: application/octet-stream' --data-binary @'${join(shown.folder, picture)}'`,
    `  curl -s${key} '${url}/api/analyses?limit=3'`,
    'Ctrl-C ends it.',
  ].join('\n');
}
