// The walls of the house as data (docs/architecture.md draws them). What no row allows is forbidden.
// A row: room, where it lies, rooms it may import, packages it may import, whether it may import Node's own modules.
// The first row that fits a file counts. `$1` in a room is the feature that the importing file belongs to.
const shared = ['shared/domain', 'shared/contract', 'shared/transport'];
const faces = [...shared, 'renderer/ui', 'renderer/scene', 'renderer/client', 'renderer/messages'];
const database = ['better-sqlite3-multiple-ciphers'];
/** @type {import('./walls.d.mts').Room[]} */
// biome-ignore format: a table reads by its lines
export const rooms = [
  ['shared/domain', 'src-shared/domain/', [], ['zod'], false],
  ['shared/contract', 'src-shared/contract/', ['shared/domain'], ['zod'], false],
  ['shared/transport', 'src-shared/transport/', ['shared/contract'], ['zod'], false],
  ['main/platform/database', 'src-main/platform/database/', [...shared, 'main/platform'], [...database, 'zod'], true],
  ['main/platform/secrets', 'src-main/platform/secrets/', [...shared, 'main/platform'], ['@node-rs/argon2', 'zod'], true],
  ['main/platform/loopback', 'src-main/platform/loopback/', [...shared, 'main/platform'], ['ws', 'zod'], true],
  ['main/platform', 'src-main/platform/', shared, ['zod'], true],
  ['main/features/store', 'src-main/features/([^/]+)/(?:store(?:/|\\.ts$)|migrations/|query/)', [...shared, 'main/platform', 'main/own', 'main/knowledge'], ['zod'], true],
  ['main/features/import/archives', 'src-main/features/(knowledge)/import/archives/', [...shared, 'main/platform', 'main/own'], ['yauzl', 'xz-decompress', 'zod'], true],
  ['main/features/formats/sigma', 'src-main/features/(knowledge)/formats/sigma/', [...shared, 'main/platform', 'main/own'], ['yaml', 'zod'], true],
  ['main/features/formats/xml', 'src-main/features/(knowledge)/formats/xml-stream/', [...shared, 'main/platform', 'main/own'], ['saxes', 'zod'], true],
  ['main/features/formats/xlsx', 'src-main/features/(knowledge)/formats/xlsx/', [...shared, 'main/platform', 'main/own'], ['yauzl', 'zod'], true],
  ['main/features/formats/purl', 'src-main/features/(knowledge)/formats/purl/', [...shared, 'main/platform', 'main/own'], ['packageurl-js', 'zod'], true],
  ['main/features/formats/csv', 'src-main/features/(knowledge)/formats/csv/', [...shared, 'main/platform', 'main/own'], ['csv-parse', 'zod'], true],
  ['main/features/formats/cvss', 'src-main/features/(knowledge)/formats/cvss/', [...shared, 'main/platform', 'main/own'], ['ae-cvss-calculator'], true],
  ['main/features/formats/spdx', 'src-main/features/(knowledge)/formats/spdx/', [...shared, 'main/platform', 'main/own'], ['js-yaml', 'zod'], true],
  ['main/features/formats/d3fend', 'src-main/features/(knowledge)/formats/d3fend/', [...shared, 'main/platform', 'main/own'], ['n3'], true],
  ['main/features/formats', 'src-main/features/(knowledge)/formats/', [...shared, 'main/platform', 'main/own'], ['zod'], true],
  ['main/features/paste', 'src-main/features/(intel)/paste/', [...shared, 'main/platform', 'main/own', 'main/knowledge'], ['tlds', 'zod'], true],
  ['main/features', 'src-main/features/([^/]+)/', [...shared, 'main/platform', 'main/own', 'main/knowledge'], ['zod'], true],
  ['main/engine', 'src-main/(?:(?:engine|workspace)\\.ts$|workspace/)', [...shared, 'main/platform', 'main/features'], ['zod'], true],
  ['main/entries', 'src-main/entries/', [...shared, 'main/platform', 'main/features', 'main/engine', 'main/hosts'], [], true],
  ['main/hosts', 'src-main/hosts/', [...shared, 'main/platform', 'main/engine'], [], true],
  ['main/desktop', 'src-main/desktop/', shared, ['electron'], true],
  ['main/entry', 'src-main/main\\.ts$', [...shared, 'main/platform', 'main/engine', 'main/hosts', 'main/desktop'], [], true],
  ['main/doors', 'src-main/(?:headless|cli|engine-process)(?:\\.ts$|/)', [...shared, 'main/platform', 'main/engine', 'main/hosts'], [], true],
  ['preload', 'src-preload/', ['shared/transport'], ['electron'], false],
  ['renderer/messages', 'src-renderer/messages/', [], ['intl-messageformat'], false],
  ['renderer/ui', 'src-renderer/ui/', ['renderer/messages'], ['react', 'react-dom', 'lucide-react', '@tanstack/react-virtual', 'cmdk'], false],
  ['renderer/scene', 'src-renderer/scene/', [], ['react', 'three', 'react-force-graph-3d'], false],
  ['renderer/client', 'src-renderer/client/', shared, ['react'], false],
  ['renderer/features', 'src-renderer/features/([^/]+)/', [...faces, 'renderer/own', 'renderer/knowledge'], ['react', 'zustand', 'lucide-react', '@tanstack/react-virtual'], false],
  ['renderer/app', 'src-renderer/(?:app/|main\\.tsx$)', [...faces, 'renderer/features'], ['react', 'react-dom', 'zustand', 'cmdk', 'lucide-react'], false],
  ['server', 'src-server/', [...shared, 'main/platform'], ['zod'], true],
];

/** Modules that only the named places may import, whatever the row of their room says. */
// biome-ignore format: a table reads by its lines
export const reserved = [
  ['wire', ['net', 'http', 'https', 'http2', 'tls', 'dgram', 'dns', 'dns/promises', 'inspector'], 'src-main/(?:platform/(?:http|loopback)/|headless|cli|desktop/)'],
  ['processes', ['child_process', 'worker_threads', 'cluster'], 'src-main/(?:platform/|hosts/|entries/|desktop/|headless|cli)'],
];

const at = (path) => `(?:^|/)${path}`;
const own = { 'main/own': 'src-main/features/$1/', 'renderer/own': 'src-renderer/features/$1/' };
const doors = {
  'main/knowledge': 'src-main/features/knowledge/index\\.ts$',
  'renderer/knowledge': 'src-renderer/features/knowledge/index\\.tsx?$',
};
const places = (room) =>
  own[room] ?? doors[room] ?? rooms.filter(([name]) => name === room || name.startsWith(`${room}/`)).map(([, where]) => where);
const isTest = '\\.test\\.tsx?$|^(?:tests|build)/';

/** The rows as dependency-cruiser's rules: one rule a row, named like its room. */
export const forbidden = [
  ...rooms.map(([name, where, may, packages, node], row) => ({
    name,
    severity: 'error',
    from: { path: at(where), pathNot: [isTest, ...rooms.slice(0, row).map(([, earlier]) => at(earlier))] },
    to: {
      // A feature's row allows its own feature through `main/own`; every other room may import itself.
      pathNot: [
        ...(/[/]features/.test(name) ? may : [name, ...may]).flatMap(places).map(at),
        ...packages.map((one) => at(`node_modules/(?:@types/)?${one}/`)),
      ],
      ...(node ? { dependencyTypesNot: ['core'] } : {}),
    },
  })),
  ...reserved.map(([name, modules, where]) => ({
    name,
    severity: 'error',
    from: { pathNot: [isTest, at(where)] },
    to: { path: `^(?:${modules.join('|')})$`, dependencyTypesNot: ['type-only'] },
  })),
  { name: 'no room imports tests', severity: 'error', from: { path: '(?:^|/)src-', pathNot: isTest }, to: { path: isTest } },
  {
    name: 'no cycles',
    severity: 'error',
    from: { pathNot: isTest },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
];

/** With TypeScript 7 dependency-cruiser reads nothing but through swc, and says nothing about it. */
export const options = {
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  ruleSet: { forbidden },
  validate: true,
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['import', 'node', 'default', 'types'],
    extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
  },
};

/** What a file may be called and must not contain; lint cannot say these. `where` and `but` are paths. */
// biome-ignore format: a table reads by its lines
export const habits = [
  { name: 'SQL stays in stores', where: 'src-', but: 'src-main/(?:platform/database/|features/[^/]+/(?:store(?:/|\\.ts$)|migrations/|query/))', never: /\.prepare\(|\bsql`|\b(?:SELECT\s.{1,200}\sFROM|INSERT INTO|DELETE FROM)\s/s },
  { name: 'shared reads no clock', where: 'src-shared/', never: /new Date\(\)|Date\.now\(|performance\.now\(|Math\.random\(|crypto\.|setTimeout\(/ },
  { name: 'no bypass of the type checker', where: '', never: /@ts-(?:ignore|nocheck|expect-error)|biome-ignore lint/ },
  { name: 'no HTML from strings', where: 'src-renderer/', never: /dangerouslySetInnerHTML|\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write/ },
  { name: 'no code from strings', where: 'src-', never: /\beval\(|new Function\(|from 'node:vm'/ },
];

/** The room of a file, or undefined: such a file must move or the table must grow. */
export const roomOf = (file) => rooms.find(([, where]) => new RegExp(at(where)).test(file))?.[0];
