import type { Problem } from '../errors.ts';
import type { Deployment } from '../pool/deployment.ts';
import { type Environment, present } from './environment.ts';

/** `name@version` of the model for requests without one: DEFAULT_MODEL, or the pool's only model. */
export function readDefaultModel(
  environment: Environment,
  deployments: readonly Deployment[],
  problems: Problem[],
): string | undefined {
  const models = [...new Set(deployments.map((deployment) => deployment.model))];
  const wanted = environment.DEFAULT_MODEL;
  if (!present(wanted)) {
    if (models.length > 1) {
      problems.push({
        path: 'DEFAULT_MODEL',
        message: `is missing, and the pool has more than one model: ${models.join(', ')}.`,
      });
    }
    return models[0];
  }
  const found = models.find((model) => model === wanted || model.split('@')[0] === wanted);
  if (!found && models.length > 0) {
    problems.push({
      path: 'DEFAULT_MODEL',
      message: `is "${wanted}", which is not in the pool: ${models.join(', ')}.`,
    });
  }
  return found;
}
