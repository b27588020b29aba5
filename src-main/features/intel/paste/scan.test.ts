import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftHits } from './draft.ts';
import { indexNames } from './names.ts';
import { refang } from './refang.ts';
import { scan } from './scan.ts';

const found = (text: string) => scan(text).found.map(({ kind, value, unsure }) => `${kind} ${value}${unsure ? ` ?${unsure}` : ''}`);

describe('defanged text', () => {
  it.each([
    ['hxxp://evil[.]example[.]com/a', 'http://evil.example.com/a'],
    ['hXXps[:]//evil(.)example', 'https://evil.example'],
    ['h**ps[://]evil{dot}example', 'https://evil.example'],
    ['evil[.com and evil.]com', 'evil.com and evil.com'],
    ['evil [dot] example [dot] com', 'evil.example.com'],
    ['user[at]corp(dot)com', 'user@corp.com'],
    ['8.8.8\\.8', '8.8.8.8'],
    ['8。8.8.8', '8.8.8.8'],
    ['ev\u200bil\u202e.com', 'evil.com'],
    ['meow://x[.]io', 'http://x.io'],
  ])('%s becomes %s', (text, plain) => expect(refang(text).plain).toBe(plain));

  it('leaves ordinary brackets alone', () => {
    const text = 'see [1], (a) or [dots] at http://a.com/b[0].c and call f(at) {x}';
    expect(refang(text).plain).toBe(text.replace('f(at) ', 'f@'));
  });

  it('says where each letter stood', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('hxxp', '://', '[.]', '[dot]', 'a', 'ß', '😀', '\u200b', ' ', '(at)', 'com'), { maxLength: 60 }),
        (parts) => {
          const text = parts.join('');
          const { plain, at } = refang(text);
          expect(at).toHaveLength(plain.length + 1);
          expect(at.every((unit, index) => index === 0 || unit >= (at[index - 1] as number))).toBe(true);
          expect(at[plain.length]).toBe(text.length);
        },
      ),
    );
  });
});

describe('recognising', () => {
  it.each([
    ['see hxxps://evil[.]example[.]com/a.php?x=1).', ['url https://evil.example.com/a.php?x=1', 'domain evil.example.com']],
    ['https://en.wikipedia.org/wiki/A_(b), yes', ['url https://en.wikipedia.org/wiki/A_(b)', 'domain en.wikipedia.org']],
    ['http://[2001:4860::8888]:8080/x', ['url http://[2001:4860::8888]:8080/x', 'ipv6 2001:4860::8888']],
    ['10.0.0.1, 8.8.8[.]8:443 and 1.2.3.0/24', ['ipv4 10.0.0.1 ?reserved', 'ipv4 8.8.8.8', 'cidr 1.2.3.0/24']],
    ['version 1.2.3.4 of 1.2.3.4.5 or 300.1.1.1', ['ipv4 1.2.3.4 ?version']],
    ['2606:4700::1111 at 12:30:45 and fe80::1', ['ipv6 2606:4700::1111', 'ipv6 fe80::1 ?reserved']],
    ['mail a.b+c@mail.example.org now', ['email a.b+c@mail.example.org']],
    ['sub.evil.ru. Use ASP.NET or the net.In March', ['domain sub.evil.ru', 'domain asp.net ?case', 'domain net.in ?case']],
    ['install.sh and deploy.py, evil[.]zip', ['file-name install.sh', 'file-name deploy.py', 'domain evil.zip']],
    ['D41D8CD98F00B204E9800998ECF8427E', ['md5 d41d8cd98f00b204e9800998ecf8427e']],
    ['a'.repeat(64), []],
    [`${'0123456789abcdef'.repeat(4)}.`, [`sha256 ${'0123456789abcdef'.repeat(4)}`]],
    ['0123456789abcdef0123456789abcdef0', []],
    [
      'C:\\Windows\\Temp\\a b.exe then HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Run now',
      ['file-path C:\\Windows\\Temp\\a b.exe', 'registry-key HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Run'],
    ],
    [
      '%APPDATA%\\evil\\run.dll and \\\\srv\\share\\x.txt, /etc/passwd',
      ['file-path %APPDATA%\\evil\\run.dll', 'file-path \\\\srv\\share\\x.txt', 'file-path /etc/passwd'],
    ],
    ['cve-2021-44228 CVE–2020–0601 CAPEC-66 CWE-79', ['cve CVE-2021-44228', 'cve CVE-2020-0601', 'capec CAPEC-66', 'cwe CWE-79']],
    [
      'T1059.001, TA0002, G0016; S0002 M1050 C0001 DET0012',
      ['attack T1059.001', 'attack TA0002', 'attack G0016', 'attack S0002', 'attack M1050', 'attack C0001', 'attack DET0012'],
    ],
    ['XT1059 T10599 T1059.0011', []],
    ['00-11-22-33-44-55 0011.2233.4466', ['mac 00:11:22:33:44:55', 'mac 00:11:22:33:44:66']],
    ['AS15169 and AS 3 days', ['asn AS15169', 'asn AS3 ?words']],
    ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', ['crypto-address 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa']],
    [
      'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
      ['crypto-address bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ],
    ['1536:T3DYLbDzzm:T2nzzm1', ['ssdeep 1536:T3DYLbDzzm:T2nzzm1']],
    ['http:// and hxxp and @ and :: and 1:2:3', []],
  ])('%s', (text, hits) => expect(found(text)).toEqual(hits));

  it('takes what it finds from the text as given, whatever stands around it', () => {
    const values = ['hxxp://evil[.]example[.]com/x', '8[.]8[.]4[.]4', 'user@corp.com', 'CVE-2021-44228', 'T1059'];
    fc.assert(
      fc.property(fc.constantFrom(...values), fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (value, before, after) => {
        const text = `${before} \n ${value} \n ${after}`;
        const hits = draftHits(text, indexNames([]));
        expect(hits.some(({ written }) => written.includes(value))).toBe(true);
        for (const { places, written } of hits)
          for (const { start, end } of places) expect(written.length > 4 || written.includes(text.slice(start, end))).toBe(true);
      }),
    );
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => draftHits(text, indexNames([])).length >= 0));
  });
});

describe('names of the graph', () => {
  const index = indexNames([
    { name: 'APT29', key: 1, type: 'intrusion-set' },
    { name: 'Cozy Bear', key: 1, type: 'intrusion-set' },
    { name: 'Play', key: 2, type: 'malware' },
    { name: 'Net', key: 3, type: 'tool' },
    { name: 'Emotet', key: 4, type: 'malware' },
    { name: 'Command and Scripting Interpreter', key: 5, type: 'attack-pattern' },
    { name: 'Sandworm Team', key: 6, type: 'intrusion-set' },
    { name: 'Sandworm', key: 7, type: 'threat-actor' },
  ]);
  const names = (text: string) =>
    draftHits(text, index)
      .filter(({ kind }) => kind === 'name')
      .map(({ value, count, doubt }) => `${value} ${count}${doubt ? ` ?${doubt}` : ''}`);

  it.each([
    ['APT29, APT 29, APT-29 and apt29', ['APT29 4']],
    ['CozyBear or Cozy\nBear', ['Cozy Bear 2']],
    ['a cozy. Bear in mind', []],
    ['we play the Play ransomware', ['Play 2']],
    ['They Play it', ['Play 1 ?common']],
    ['the net profit; Net was used', ['Net 2 ?short']],
    ['the tool Net was used', ['Net 1']],
    ['Emotet came', ['Emotet 1']],
    ['EMOTET came', ['Emotet 1 ?spelling']],
    ['Emotetic Aemotet', []],
    ['Command and Scripting Interpreter', ['Command and Scripting Interpreter 1']],
    ['Sandworm Team and Sandworm group', ['Sandworm Team 1', 'Sandworm 1']],
    ['http://Emotet.example.com/', []],
  ])('%s', (text, hits) => expect(names(text)).toEqual(hits));
});
