import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly forAllFiles: string;
  }
}

/** Asks one of the parts that `forAllFiles.ts` serves. @throws {Error} with what the part says went wrong */
export async function askForAll<Answer>(name: string, asked: unknown = null): Promise<Answer> {
  const answer = await fetch(`${inject('forAllFiles')}/${name}`, { method: 'POST', body: JSON.stringify(asked) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Answer;
}
