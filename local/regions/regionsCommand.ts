import type { Command } from '../process/commandLine.ts';
import { flag, oneOf, text, wholeNumber } from '../process/options.ts';

const OPTIONS = {
  port: wholeNumber(
    'the first region listens there, the others and the identity endpoint on the\nports behind it; 0: on any free ones',
    {
      most: 65_535,
      fallback: 8080,
    },
  ),
  deployments: text(
    'FILE',
    'regions and quotas of this JSON, in the form of VISION_DEPLOYMENTS\n(default: four regions with gpt-4-vision-preview, 10,000 tokens a minute each)',
  ),
  answers: oneOf(['ocr', 'fixed'], 'answers from the pixels, or the same words for every image'),
  'latency-ms': wholeNumber('is added before every answer', { fallback: 0 }),
  window: oneOf(['sliding', 'fixed'], 'quota of the last 60 s, or of minutes that are reset'),
  'count-by': oneOf(
    ['pixels', 'characters', 'charactersWithBase64'],
    'what admission counts: text by tokens and images by the rule of their model;\ntext by characters / 4; or images, too, by their base64',
  ),
  'slice-ms': oneOf(
    ['auto', '1000', '10000'],
    'requests are also judged in slices of this length;\nauto: 1000 from 600 requests a minute, else 10000',
  ),
  'image-tokens': flag('usage tells image and text tokens apart; live deployments do not all do so'),
  seed: wholeNumber('of random faults', { fallback: 1 }),
  charges: text('FILE', 'what was asked, refused and billed is written there at the end, as JSON lines'),
  json: flag('for programs: one line of JSON says where everything is, and the process\nends with its standard input'),
};

export const REGIONS_COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run regions',
  does: `Emulated regions of Azure OpenAI on this machine, with the identity endpoint that gives their tokens, until
Ctrl-C: the protocol, limits, refusals and bills of the service, without a model. docs/local.md says how a
region is steered and made to fail.`,
  options: OPTIONS,
};
