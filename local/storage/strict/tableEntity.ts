import type { StorageRefusal } from '../storageLayer.ts';

/** An entity as a client writes it: JSON with `name@odata.type` beside a property of a type that JSON does not have. */
export type WrittenEntity = Readonly<Record<string, unknown>>;

/**
 * Microsoft Learn, "Understanding the Table service data model", read 2026-11-30: 1 MiB an entity, 64 KiB a property, 255
 * properties with PartitionKey, RowKey and Timestamp, names of 255 characters at most.
 */
const LARGEST_ENTITY_BYTES = 1_048_576;
/** Azure/Azurite#2510 (2024-11-29): 64,000 bytes pass on Azure, 65,536 do not. What lies between has no witness. */
const LARGEST_VALUE_BYTES = 64_000;
const MOST_OWN_PROPERTIES = 252;
const LONGEST_NAME = 255;
/** C# identifiers (ECMA-334, "Identifiers"). */
const IDENTIFIER = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}\p{Cf}]*$/u;
const SYSTEM = ['PartitionKey', 'RowKey', 'Timestamp'];

/**
 * Why the Table service refuses to write an entity; undefined where it does not. Codes and statuses: Microsoft Learn, "Table
 * Storage error codes", read 2026-11-30. A merge is judged by what it writes, not by what the row then holds.
 *
 * @example problemOfEntity({ PartitionKey: 'a', RowKey: 'b', 'my-name': 1 })?.code // 'PropertyNameInvalid'
 */
export function problemOfEntity(entity: WrittenEntity): StorageRefusal | undefined {
  const names = Object.keys(entity).filter((name) => !name.includes('@') && !name.startsWith('odata.'));
  const own = names.filter((name) => !SYSTEM.includes(name));
  if (own.length > MOST_OWN_PROPERTIES) {
    return refused('TooManyProperties', 'The entity contains more properties than allowed.');
  }
  for (const name of own) {
    if (name.length > LONGEST_NAME)
      return refused('PropertyNameTooLong', 'The property name exceeds the maximum allowed length.');
    if (!IDENTIFIER.test(name)) return refused('PropertyNameInvalid', 'The property name is invalid.');
  }
  if (own.some((name) => valueBytes(entity, name) > LARGEST_VALUE_BYTES)) {
    return refused('PropertyValueTooLarge', 'The property value is larger than the maximum size permitted.');
  }
  if (entityBytes(entity, own) > LARGEST_ENTITY_BYTES) {
    return refused('EntityTooLarge', 'The entity is larger than the maximum size permitted.');
  }
  return undefined;
}

/**
 * Bytes of an entity: 4, its keys as UTF-16, and for each property 8, its name as UTF-16 and its value (Azure Storage team blog,
 * "Understanding Windows Azure Storage Billing", 2010-07-08).
 */
function entityBytes(entity: WrittenEntity, own: readonly string[]): number {
  const keys = valueBytes(entity, 'PartitionKey') + valueBytes(entity, 'RowKey');
  return own.reduce((sum, name) => sum + 8 + 2 * name.length + valueBytes(entity, name), 4 + keys);
}

function valueBytes(entity: WrittenEntity, name: string): number {
  const value = entity[name];
  const type = entity[`${name}@odata.type`];
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number') return 8;
  if (typeof value !== 'string') return 0;
  if (type === 'Edm.Binary') return Buffer.byteLength(value, 'base64');
  if (type === 'Edm.Int64' || type === 'Edm.DateTime' || type === 'Edm.Double') return 8;
  if (type === 'Edm.Guid') return 16;
  return 2 * value.length;
}

function refused(code: string, message: string): StorageRefusal {
  return { status: 400, code, message };
}
