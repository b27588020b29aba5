/** Texts that are meant to do harm where they are shown, compared, put into a path, a cell, a query or a page. */
export const hostileTexts: Readonly<Record<string, string>> = {
  script: '<script>globalThis.planted = 1</script><img src=x onerror="globalThis.planted = 1"><svg onload=alert(1)>',
  outOfMarkup: '"\'></textarea></style></title></script><iframe srcdoc="<script>parent.planted=1</script>"></iframe>]]>--><!--',
  markdown: '[click](javascript:globalThis.planted=1) ![x](https://attacker.example/x.png) <https://attacker.example/>',
  javascriptUrl: 'javascript:globalThis.planted=1',
  dataUrl: 'data:text/html,<script>parent.planted=1</script>',
  fileUrl: 'file:///etc/passwd',
  bidi: '\u202egpj.exe\u202c \u2066left\u2067right\u2069 \u061c\u200f',
  bidiOpen: '\u202e\u2067\u2066 never closed',
  hebrew: 'שלום 123 abc عربى',
  invisible: 'pay\u200bpal\u200c\u200d\u2060\ufeff\u00ad\u180e\u{e0041}\u{e0042}',
  combining: `Z${'\u0301\u0302\u0303\u0489'.repeat(60)}algo`,
  emoji: '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿 \u{1f1e9}\u{1f1ea}',
  control: 'a\u0000b\u0001c\u001b[31md\u007f\u0085\u2028\u2029e\r\nf\tg',
  loneSurrogate: 'left \ud83d right \udc00',
  prototype: '__proto__',
  constructor: 'constructor',
  toText: 'toString',
  formula: "=cmd|'/C calc'!A0",
  formulaFullWidth: '＝HYPERLINK("http://attacker.example","x")',
  formulaTab: '\t=1+1',
  path: '../../../../etc/passwd\\..\\..\\con',
  query: '\'; DROP TABLE entity; -- " NEAR(a, b) AND name:* OR 1=1 %_',
  template: '${7*7}{{7*7}}#{7*7}%s%n$(id)`id`',
  number: '1e999',
  date: '+999999-12-31T25:61:61Z',
  word: 'w'.repeat(10_000),
};

/** A name of a megabyte. */
export const hugeName = 'n'.repeat(1024 * 1024);
