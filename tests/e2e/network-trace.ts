/** What a trace of `strace -f -e trace=network` says. */
export interface NetworkTrace {
  /** All calls of the network, local ones too. */
  readonly calls: number;
  /** Calls that name another machine, or a name service even on this one. */
  readonly leaving: string[];
  /** Where something listens: an address, or `unix`. */
  readonly listening: string[];
}

/**
 * Reads the trace by what may be, so that anything unknown counts as leaving: Unix sockets, pairs
 * of them, netlink (the kernel telling about its own interfaces), and TCP on loopback.
 */
export function readTrace(text: string): NetworkTrace {
  const lines = text.split('\n').filter((line) => /^\d+\s+(?:\w+\(|<\.\.\. )/.test(line));
  const leaving = lines.filter((line) => names(line) && !isLocal(line));
  const listening = lines.flatMap((line) => {
    if (!/\bbind\(/.test(line)) return [];
    const [address] = [/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/.exec(line)];
    if (address) return [address[1] ?? address[2] ?? ''];
    return line.includes('AF_UNIX') ? ['unix'] : [];
  });
  return { calls: lines.length, leaving, listening };
}

/** Whether a call says where to: connect, bind, and sends with an address. Also sockets that can only be for others. */
function names(line: string): boolean {
  if (/\b(?:connect|sendto|sendmsg|sendmmsg|bind)\(/.test(line)) return /sa_family=|sun_path/.test(line);
  return (
    /\bsocket\((?:AF_INET6?|AF_PACKET|AF_BLUETOOTH|AF_VSOCK), (?:SOCK_DGRAM|SOCK_RAW)/.test(line) ||
    /\bsocket\(AF_(?:PACKET|BLUETOOTH|VSOCK)/.test(line)
  );
}

function isLocal(line: string): boolean {
  if (/sa_family=AF_(?:UNIX|LOCAL)\b/.test(line)) {
    // glibc asks nscd and systemd-resolved by sockets of this machine: that is a look-up.
    return !/nscd|systemd\/resolve|mDNSResponder/.test(line);
  }
  if (/sa_family=AF_NETLINK\b/.test(line)) return true;
  if (/sa_family=AF_INET\b/.test(line)) return /inet_addr\("127\.\d+\.\d+\.\d+"\)/.test(line) && !/htons\(53\)/.test(line);
  if (/sa_family=AF_INET6\b/.test(line)) return /"::1"/.test(line) && !/htons\(53\)/.test(line);
  return false;
}
