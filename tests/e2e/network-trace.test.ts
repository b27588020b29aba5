import { describe, expect, it } from 'vitest';
import { readTrace } from './network-trace.ts';

const local = [
  '12 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 20',
  '12 connect(20, {sa_family=AF_UNIX, sun_path="/tmp/redoubt-x/s"}, 110) = 0',
  '12 socketpair(AF_UNIX, SOCK_STREAM, 0, [21, 22]) = 0',
  '12 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 23',
  '12 bind(23, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
  '12 connect(23, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16 <unfinished ...>',
  '12 sendto(20, "hello", 5, 0, NULL, 0) = 5',
  '12 sendto(24, [{nlmsg_len=20}], 20, 0, {sa_family=AF_NETLINK, nl_pid=0}, 12) = 20',
];
const leaving = [
  '12 connect(23, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 EINPROGRESS',
  '12 connect(23, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}, 28) = 0',
  '12 connect(23, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0',
  '12 sendto(23, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(123), sin_addr=inet_addr("192.0.2.1")}, 16) = 1',
  '12 bind(23, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = 0',
  '12 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 20',
  '12 connect(20, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT',
  '12 connect(23, {sa_family=AF_VSOCK, svm_cid=0x2}, 16) = 0',
];

describe('a trace of system calls', () => {
  it.each(local)('leaves nothing: %s', (line) => expect(readTrace(line)).toMatchObject({ calls: 1, leaving: [] }));
  it.each(leaving)('leaves: %s', (line) => expect(readTrace(line).leaving).toEqual([line]));
  it('says what listens', () => expect(readTrace([...local, ...leaving].join('\n')).listening).toEqual(['127.0.0.1', '0.0.0.0']));
});
