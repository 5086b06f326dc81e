import ipaddr from 'ipaddr.js';

/** Refuses addresses that are not on the public internet, or that belong to the platform. */

/** Why an address is refused; undefined when it is public. */
export type AddressRule = (address: string) => string | undefined;

/**
 * Public by its range, but answered by the virtual machine's host on every Azure network (What is IP address
 * 168.63.129.16?, learn.microsoft.com, 2026-11).
 */
const PLATFORM_ADDRESSES = new Set(['168.63.129.16']);

/** The only IPv6 range that is assigned to the public (IANA, Global Unicast Address Assignments). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** Documentation addresses that the library does not list (RFC 9637). */
const DOCUMENTATION = ipaddr.parseCIDR('3fff::/20') as [ipaddr.IPv6, number];

/** Ranges in words, as the library names them. */
const KINDS: Readonly<Record<string, string>> = {
  unspecified: 'an unspecified address',
  broadcast: 'a broadcast address',
  multicast: 'a multicast address',
  linkLocal: 'a link-local address',
  loopback: 'a loopback address',
  carrierGradeNat: 'an address of a carrier-grade NAT',
  private: 'a private address',
  uniqueLocal: 'a private address',
  ipv4Mapped: 'an IPv4 address in IPv6 form',
  rfc6145: 'an IPv4 address in IPv6 form',
  rfc6052: 'an IPv4 address behind a NAT64',
  '6to4': 'an IPv4 address in 6to4 form',
  teredo: 'an IPv4 address in Teredo form',
};

/**
 * The kind of an address that is not public. The text of an IPv4 address must be in dotted decimal, as URLs and
 * resolvers give it.
 *
 * `notPublic('127.0.0.1')` is 'a loopback address', `notPublic('93.184.215.14')` is undefined.
 */
export const notPublic: AddressRule = (address) => {
  if (!ipaddr.isValid(address)) return 'no IP address';
  const parsed = ipaddr.parse(address);
  if (PLATFORM_ADDRESSES.has(parsed.toString())) return 'an address of the platform';
  const range = parsed.range();
  if (range !== 'unicast') return KINDS[range] ?? 'a reserved address';
  if (parsed.kind() === 'ipv4') return undefined;
  const isGiven = parsed.match(GLOBAL_UNICAST) && !parsed.match(DOCUMENTATION);
  return isGiven ? undefined : 'a reserved address';
};
