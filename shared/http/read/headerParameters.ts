/** A header's value and its parameters, names in lower case. Values are as sent, without quotes. */
export interface HeaderParameters {
  /** `form-data` of `form-data; name="image"`, in lower case. */
  readonly value: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** A parameter: unquoted, or quoted with `\` before a quote or itself. What follows a closing quote is passed over. */
const PARAMETER = /;\s*([^=;\s"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"[^;]*|([^;]*))/g;

/**
 * Reads `Content-Type` and `Content-Disposition` as clients write them: with and without quotes, with no space after `;`,
 * with quotes that are not escaped in a file name.
 *
 * @example readHeaderParameters('form-data;name=image; filename="a.png"').parameters // [['name', 'image'], ['filename', 'a.png']]
 */
export function readHeaderParameters(header: string): HeaderParameters {
  const value = (header.split(';', 1)[0] ?? '').trim().toLowerCase();
  const parameters = [...header.slice(value.length).matchAll(PARAMETER)].map(
    ([, name = '', quoted, bare = '']) =>
      [name.toLowerCase(), quoted === undefined ? bare.trim() : quoted.replace(/\\(["\\])/g, '$1')] as const,
  );
  return { value, parameters };
}

/** The values that a parameter has; more than one where it is given more than once. */
export function parameterValues({ parameters }: HeaderParameters, wanted: string): readonly string[] {
  return parameters.filter(([name]) => name === wanted).map(([, value]) => value);
}
