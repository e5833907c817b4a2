import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../src/signals/addresses.ts';

const REFUSED = {
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1', 'fc00::1'],
  'link-local, where clouds keep their secrets': ['169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
  'carrier-grade NAT': ['100.64.0.1'],
  unspecified: ['0.0.0.0', '::'],
  'multicast and broadcast': ['224.0.0.1', '255.255.255.255', 'ff02::1'],
  reserved: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '240.0.0.1', '2001:db8::1', '100::1'],
  'IPv4-mapped': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8'],
  'IPv4-compatible': ['::7f00:1', '::127.0.0.1'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::1'],
  '6to4 and Teredo': ['2002:7f00:1::', '2001::1'],
  'site-local, outside global unicast': ['fec0::1', '4000::1'],
  'no address': ['', 'localhost', '0x7f.1.2.3.4', '1.2.3.4.5'],
};

describe('R57 isPublicAddress', () => {
  for (const [kind, addresses] of Object.entries(REFUSED)) {
    it.each(addresses)(`refuses ${kind}: %s`, (address) => expect(isPublicAddress(address)).toBe(false));
  }
  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001:800::200e'])('lets global unicast through: %s', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
});
