import {
  AzureCliCredential,
  AzureDeveloperCliCredential,
  ChainedTokenCredential,
  type TokenCredential,
} from '@azure/identity';

/** The sign-in of azd or, where there is none, of the Azure CLI. */
export function azureCredential(): TokenCredential {
  return new ChainedTokenCredential(new AzureDeveloperCliCredential(), new AzureCliCredential());
}

/** A token for Azure's resource manager. @throws {Error} if there is no sign-in */
export async function tokenOf(credential: TokenCredential): Promise<string> {
  const token = await credential.getToken('https://management.azure.com/.default').catch(() => null);
  if (!token) throw new Error('Nobody is signed in to Azure here: run `azd auth login` or `az login`.');
  return token.token;
}
