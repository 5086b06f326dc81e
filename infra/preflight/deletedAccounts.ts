import type { DeletedAccounts } from './answers.ts';
import type { Plan } from './plan.ts';
import { type Fact, fails, isSameText, notChecked, ok, type Row } from './row.ts';

const CHECK = 'Deleted Azure OpenAI accounts';

/** Whether an account of the plan was deleted and not purged, which keeps its name for 48 hours. */
export function deletedAccountRows({ accounts }: Plan, fact: Fact<DeletedAccounts>): readonly Row[] {
  if (accounts.length === 0) return [];
  if (fact.kind === 'unknown') return [notChecked(CHECK, fact)];
  const rows = fact.value
    .filter(({ name }) => accounts.some((account) => isSameText(account.name, name)))
    .map(({ id, name, location }) => {
      const group = /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? '<group>';
      const account = `-l ${location} -g ${group} -n ${name}`;
      return fails(
        `Deleted account ${name}`,
        'It was deleted less than 48 hours ago and keeps its name: Azure answers FlagMustBeSetForRestore.',
        `Restore it: az cognitiveservices account recover ${account}. Or remove it for good: az cognitiveservices account purge ${account}`,
      );
    });
  return rows.length > 0 ? rows : [ok(CHECK, `None of ${fact.value.length} has a name of this deployment.`)];
}
