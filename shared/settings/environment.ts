export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that is empty or blank counts as not set: templates and portals leave such ones behind. */
export function present(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}
