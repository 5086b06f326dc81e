import { describe, expect, it } from 'vitest';
import { notPublic } from '../../../shared/http/fetch/addressRule.ts';

describe('notPublic', () => {
  it.each([
    '93.184.215.14',
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '168.63.129.15',
    '2606:2800:21f:cb07:6820:80da:af6b:8b2c',
    '2a00:1450:4001:81d::2004',
  ])('lets %s through', (address) => {
    expect(notPublic(address)).toBeUndefined();
  });

  it.each([
    ['0.0.0.0', 'an unspecified address'],
    ['0.1.2.3', 'an unspecified address'],
    ['10.0.0.1', 'a private address'],
    ['100.64.0.1', 'an address of a carrier-grade NAT'],
    ['127.0.0.1', 'a loopback address'],
    ['127.255.255.254', 'a loopback address'],
    ['168.63.129.16', 'an address of the platform'],
    ['169.254.169.254', 'a link-local address'],
    ['172.16.0.1', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['192.0.0.192', 'a reserved address'],
    ['192.0.2.1', 'a reserved address'],
    ['192.88.99.1', 'a reserved address'],
    ['192.168.1.1', 'a private address'],
    ['198.18.0.1', 'a reserved address'],
    ['224.0.0.1', 'a multicast address'],
    ['239.255.255.255', 'a multicast address'],
    ['240.0.0.1', 'a reserved address'],
    ['255.255.255.255', 'a broadcast address'],
    ['::', 'an unspecified address'],
    ['::1', 'a loopback address'],
    ['::127.0.0.1', 'an IPv4 address in IPv6 form'],
    ['::7f00:1', 'a reserved address'],
    ['::ffff:127.0.0.1', 'an IPv4 address in IPv6 form'],
    ['::ffff:7f00:1', 'an IPv4 address in IPv6 form'],
    ['::ffff:8.8.8.8', 'an IPv4 address in IPv6 form'],
    ['::ffff:0:127.0.0.1', 'an IPv4 address in IPv6 form'],
    ['64:ff9b::7f00:1', 'an IPv4 address behind a NAT64'],
    ['64:ff9b:1::a9fe:a9fe', 'an IPv4 address behind a NAT64'],
    ['100::1', 'a reserved address'],
    ['2001::1', 'an IPv4 address in Teredo form'],
    ['2001:db8::1', 'a reserved address'],
    ['2002:7f00:1::', 'an IPv4 address in 6to4 form'],
    ['2002:a9fe:a9fe::1', 'an IPv4 address in 6to4 form'],
    ['3fff::1', 'a reserved address'],
    ['4000::1', 'a reserved address'],
    ['fc00::1', 'a private address'],
    ['fd00:ec2::254', 'a private address'],
    ['fe80::1', 'a link-local address'],
    ['fe80::1%eth0', 'a link-local address'],
    ['fec0::1', 'a reserved address'],
    ['ff02::1', 'a multicast address'],
    ['', 'no IP address'],
    ['localhost', 'no IP address'],
    ['127.0.0.1.', 'no IP address'],
  ])('calls %s %s', (address, kind) => {
    expect(notPublic(address)).toBe(kind);
  });
});
