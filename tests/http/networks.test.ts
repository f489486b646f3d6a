import test from 'ava'
import { networksOf } from '../../server/http/networks.ts'

test('an IPv6 address belongs to its /64, /56 and /48, however it is written', (t) => {
  const expected = ['2001:db8:1:23ff::/64', '2001:db8:1:2300::/56', '2001:db8:1:0::/48']
  for (const address of ['2001:db8:1:23ff::1', '2001:0DB8:0001:23FF:0:0:0:1', '2001:db8:1:23ff:a:b:192.0.2.1']) {
    t.deepEqual(networksOf(address), expected as never)
  }
  t.deepEqual(networksOf('::1'), ['0:0:0:0::/64', '0:0:0:0::/56', '0:0:0:0::/48'])
  t.deepEqual(networksOf('fe80::1%eth0'), ['fe80:0:0:0::/64', 'fe80:0:0:0::/56', 'fe80:0:0:0::/48'])
})

test('an IPv4 address belongs to its /32 and /24, also where it is written as IPv6', (t) => {
  const expected = ['203.0.113.7/32', '203.0.113.0/24']
  for (const address of ['203.0.113.7', '::ffff:203.0.113.7', '::FFFF:cb00:7107', '0:0:0:0:0:ffff:cb00:7107']) {
    t.deepEqual(networksOf(address), expected as never)
  }
})

test('whatever is no address shares one network, so that made-up ones are no way to many', (t) => {
  for (const text of ['', 'unknown', '_hidden', '1.2.3', '2001:db8:::1']) t.deepEqual(networksOf(text), ['unknown'])
})
