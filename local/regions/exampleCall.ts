import sharp from 'sharp';
import { modelRow } from './modelRow.ts';
import type { DeploymentSettings } from './regionOptions.ts';

const MAX_TOKENS = 100;

/** A chat that a deployment answers, about a small blue square where its model takes images; as a curl line. */
export async function exampleCall(
  endpoint: string,
  deployment: Pick<DeploymentSettings, 'deployment' | 'model' | 'version'>,
): Promise<string> {
  const row = modelRow(deployment.model, deployment.version);
  const words = { type: 'text', text: 'What is this?' };
  const content = row.image ? [words, { type: 'image_url', image_url: { url: await blueSquare() } }] : words.text;
  const body = {
    model: deployment.deployment,
    [row.reasons ? 'max_completion_tokens' : 'max_tokens']: MAX_TOKENS,
    messages: [{ role: 'user', content }],
  };
  return [
    `curl ${endpoint}/openai/v1/chat/completions -H "Authorization: Bearer $TOKEN"`,
    `-H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
  ].join(' ');
}

async function blueSquare(): Promise<string> {
  const square = sharp({ create: { width: 32, height: 32, channels: 3, background: '#3366cc' } });
  return `data:image/png;base64,${(await square.png({ palette: true }).toBuffer()).toString('base64')}`;
}
