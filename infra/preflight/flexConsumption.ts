import type { Plan } from './plan.ts';
import { type Fact, fails, notChecked, ok, type Row } from './row.ts';

/** Whether the region of the app offers Flex Consumption, by App Service's own list. */
export function flexRows({ sites }: Plan, fact: Fact<readonly string[]>): readonly Row[] {
  return sites.map(({ region }) => {
    const check = `Flex Consumption in ${region}`;
    if (fact.kind === 'unknown') return notChecked(check, fact);
    return fact.value.includes(region)
      ? ok(check, 'It is offered there.')
      : fails(
          check,
          `It is not offered there; it is in: ${fact.value.toSorted().join(', ')}.`,
          'Choose a region of this list: `azd env set AZURE_LOCATION <region>`.',
        );
  });
}
