import { describe, expect, it } from 'vitest';
import { startRegions } from '../../../local/regions/startRegions.ts';
import { post, regionWith, secret, tokenFor } from './cloud.ts';

describe('a region that knows the roles of its callers', () => {
  it('answers 401 PermissionDenied, with the action that is lacking, to a caller without one', async () => {
    const asked: string[] = [];
    const regions = await startRegions({
      secret,
      regions: [regionWith()],
      mayAsk: (region, clientId) => {
        asked.push(`${region} ${clientId}`);
        return false;
      },
    });
    const { status, json } = await post(regions.get('swedencentral'), { model: 'vision', messages: [] });
    await regions.close();
    expect(asked).toEqual(['swedencentral tests']);
    expect(status).toBe(401);
    expect(json).toEqual({
      error: {
        code: 'PermissionDenied',
        message:
          'The principal `tests` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` to perform `POST /openai/deployments/{deployment-id}/chat/completions` operation.',
      },
    });
  });

  it('looks at the token before the role: one of another audience is invalid', async () => {
    const regions = await startRegions({ secret, regions: [regionWith()], mayAsk: () => false });
    const { status, json } = await post(
      regions.get('swedencentral'),
      {},
      { token: tokenFor('https://storage.azure.com') },
    );
    await regions.close();
    expect([status, JSON.stringify(json)]).toEqual([401, expect.stringContaining('audience is incorrect')]);
  });
});
