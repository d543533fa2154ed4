/** Addresses that no customer may make us call: local, reserved, embedded and the platform's own. */
export const hostileAddresses: readonly string[] = `
127.0.0.1 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 169.254.170.2 168.63.129.16
100.64.0.1 100.127.255.255 0.0.0.0 0.1.2.3 255.255.255.255 224.0.0.1 192.0.0.192 192.0.2.1
198.18.0.1 198.51.100.1 203.0.113.1 240.0.0.1 192.88.99.1 192.31.196.1 192.52.193.1 192.175.48.1
:: ::1 ::127.0.0.1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::ffff:a83f:8110 ::ffff:0:7f00:1
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a9fe:a9fe 2002:7f00:1:: 2002:a9fe:a9fe::
2001:0:4136:e378:: 2001:10::1 2001:20::1 fc00::1 fd00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1
ff02::1 2001:db8::1 3fff::1 100::1 100:0:0:1::1 5f00::1 4000::1 2620:4f:8000::1
`
  .trim()
  .split(/\s+/);

export const publicAddresses: readonly string[] = [
  '8.8.8.8',
  '1.1.1.1',
  '2001:4860:4860::8888',
  '2606:4700::1111',
];

/** Ways to write 127.0.0.1, localhost or a false host so that a careless check does not see it. */
export const hostileSpellings: readonly string[] = [
  'https://0x7f.1/',
  'https://2130706433/',
  'https://017700000001/',
  'https://127.1/',
  'https://127.0.0.1./',
  'https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/',
  'https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/',
  'https://127\u30020\u30020\u30021/',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://lOcAlHoSt./',
  'https://localhost./',
  'https://localhost.localdomain./',
  'https://hooks.example.com./',
  'https://user@hooks.example.com/',
  'https://user:secret@hooks.example.com/',
  'https://@hooks.example.com/',
  'https://hooks.example.com@127.0.0.1/',
  'https://hooks.example.com\\@127.0.0.1/',
  'https:\\\\127.0.0.1/',
  'https:\\/\\/127.0.0.1/',
  'https://127%2e0%2e0%2e1/',
  'https://127.0.0.1%00.hooks.example.com/',
  'https://hooks%2eexample.com/',
  'https://[::]/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[fe80::1%25eth0]/',
  'HTTP://127.0.0.1/',
  'https:127.0.0.1/',
  'https:/127.0.0.1/',
  'https:///127.0.0.1/',
  '//127.0.0.1/',
  'https://hooks.example.com/#@127.0.0.1/',
  'https://hooks.example.com#',
  ' https://127.0.0.1/',
  'https://127.0.\t0.1/',
  'https://127.0.0.1\r\nhost: hooks.example.com/',
];
