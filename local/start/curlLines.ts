import type { LocalCloud } from '../cloud/startCloud.ts';

/** Three lines to paste into a shell. */
export function curlLines(
  cloud: LocalCloud,
  shown: {
    /** Path of a picture to send. */
    readonly picture: string;
    readonly isEnforcingKeys: boolean;
  },
): string {
  const { url, keys } = cloud.host;
  const key = shown.isEnforcingKeys ? ` -H 'x-functions-key: ${keys?.hostKey}'` : '';
  return [
    'Try:',
    `  curl -s${key} ${url}/api/estimate -H 'content-type: application/json' -d '{"images":[{"width":513,"height":513}]}'`,
    `  curl -s${key} '${url}/api/analyze?task=describe' -H 'content-type: application/octet-stream' --data-binary ${quoted(`@${shown.picture}`)}`,
    `  curl -s${key} '${url}/api/analyses?limit=3'`,
    'Ctrl-C ends it.',
  ].join('\n');
}

/** A word for a shell, whatever it holds. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
