/** What a key's name stands before in a connection string or a signed address, percent-encoded or not. */
const NAMED_SECRET =
  /\b(AccountKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey|Password|sig|code)(=|%3D)[^;,&\s"]+/gi;

/** A run that is as long as the shortest key of these services: 32 hexadecimal digits of an Azure OpenAI key. */
const LONG_RUN = /[A-Za-z0-9+/]{32,}={0,2}/g;

/** Client secrets of Entra ID, tokens and keys of other services hold marks too; names of hosts and models are in lower case. */
const LONG_MIXED_RUN = /[\w+/.~%-]{32,}={0,2}/g;

/**
 * A sentence about a setting without what could be a key, because `GET /health` is open to every caller. Hidden are the
 * values that connection strings and signed addresses hold, every run of 32 or more letters and digits that has both, and every run of
 * 32 or more letters, digits and `+/._~%-` that has capitals, small letters and digits.
 *
 * @example hideSecrets('is "AccountName=one;AccountKey=c2VjcmV0"') // 'is "AccountName=one;AccountKey=…"'
 */
export function hideSecrets(sentence: string): string {
  return sentence
    .replace(NAMED_SECRET, '$1$2…')
    .replace(LONG_RUN, (run) => (/\d/.test(run) && /[A-Za-z]/.test(run) ? '…' : run))
    .replace(LONG_MIXED_RUN, (run) => (/\d/.test(run) && /[A-Z]/.test(run) && /[a-z]/.test(run) ? '…' : run));
}
