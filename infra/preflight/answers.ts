import { z } from 'zod';
import { regionName } from './row.ts';

/** What Azure's resource manager answers, as far as the preflight reads it. */

export const providersSchema = z.array(
  z.object({
    namespace: z.string(),
    registrationState: z.string(),
    resourceTypes: z.array(
      z.object({
        resourceType: z.string(),
        locations: z.array(z.string()).nullish(),
        apiVersions: z.array(z.string()).nullish(),
      }),
    ),
  }),
);
export type Providers = z.infer<typeof providersSchema>;

/** Regions of an App Service plan, by their names in ids. */
export const geoRegionsSchema = z.array(z.object({ name: z.string() }).transform(({ name }) => regionName(name)));

export const offeredModelsSchema = z.array(
  z.object({
    kind: z.string(),
    model: z.object({
      format: z.string(),
      name: z.string(),
      version: z.string(),
      lifecycleStatus: z.string().nullish(),
      deprecation: z.object({ inference: z.string().nullish() }).nullish(),
      skus: z
        .array(
          z.object({
            name: z.string(),
            usageName: z.string().nullish(),
            capacity: z
              .object({ minimum: z.number().nullish(), maximum: z.number().nullish(), step: z.number().nullish() })
              .nullish(),
          }),
        )
        .nullish(),
    }),
  }),
);
export type OfferedModels = z.infer<typeof offeredModelsSchema>;
export type OfferedModel = OfferedModels[number]['model'];

export const usagesSchema = z.array(
  z.object({ name: z.object({ value: z.string() }), currentValue: z.number(), limit: z.number() }),
);
export type Usages = z.infer<typeof usagesSchema>;

export const deletedAccountsSchema = z.array(z.object({ id: z.string(), name: z.string(), location: z.string() }));
export type DeletedAccounts = z.infer<typeof deletedAccountsSchema>;

export const resourcesSchema = z.array(z.object({ type: z.string(), name: z.string() }));
export type Resources = z.infer<typeof resourcesSchema>;

export const deployedModelsSchema = z.array(
  z.object({
    name: z.string(),
    sku: z.object({ name: z.string(), capacity: z.number().nullish() }),
    properties: z.object({ model: z.object({ name: z.string(), version: z.string().nullish() }) }),
  }),
);
export type DeployedModels = z.infer<typeof deployedModelsSchema>;

export const permissionsSchema = z.array(
  z.object({ actions: z.array(z.string()).default([]), notActions: z.array(z.string()).default([]) }),
);
export type Permissions = z.infer<typeof permissionsSchema>;

/** Storage and App Service say `nameAvailable`, Cognitive Services `isSubdomainAvailable`. */
export const availabilitySchema = z
  .object({
    nameAvailable: z.boolean().nullish(),
    isSubdomainAvailable: z.boolean().nullish(),
    reason: z.string().nullish(),
    message: z.string().nullish(),
  })
  .refine(({ nameAvailable, isSubdomainAvailable }) => (nameAvailable ?? isSubdomainAvailable ?? null) !== null)
  .transform(({ nameAvailable, isSubdomainAvailable, reason, message }) => ({
    isFree: nameAvailable ?? isSubdomainAvailable ?? false,
    why: message || reason || 'It is taken.',
  }));
export type Availability = z.infer<typeof availabilitySchema>;
