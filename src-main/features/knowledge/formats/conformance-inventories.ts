import type { Subject } from './conformance.ts';
import { workbookWith } from './xlsx/hand-made.ts';

type Rows = Pick<Subject, 'withName' | 'namesIn'>;

const bytes = (text: string) => new TextEncoder().encode(text);
const json = (value: unknown) => bytes(JSON.stringify(value));
const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const namesIn: Rows['namesIn'] = (objects) => objects.map(({ name }) => String(name));

/** The rows of the conformance suite for inventories, bills of materials and scanners. */
export const inventorySubjects = {
  nmap: {
    withName: (name) =>
      bytes(
        `<nmaprun start="1791187200"><host><status state="up"/><address addr="192.0.2.1" addrtype="ipv4"/><ports><port protocol="tcp" portid="80"><state state="open"/><service name="http" product="${xml(name)}"/></port></ports></host></nmaprun>`,
      ),
    namesIn,
  },
  nessus: {
    withName: (name) =>
      bytes(
        `<NessusClientData_v2><Report><ReportHost name="192.0.2.1"><ReportItem port="1" protocol="tcp" severity="1" pluginID="1" pluginName="${xml(name)}"/></ReportHost></Report></NessusClientData_v2>`,
      ),
    namesIn,
  },
  xlsx: {
    withName: (name) =>
      workbookWith(
        `<worksheet><sheetData><row><c t="str"><v>Name</v></c><c t="str"><v>Owner</v></c></row><row><c t="str"><v>${xml(name)}</v></c></row></sheetData></worksheet>`,
      ),
    namesIn,
  },
  openvas: {
    withName: (name) =>
      bytes(
        `<report id="a"><report><results><result><name>${xml(name)}</name><host>192.0.2.1</host><port>80/tcp</port><nvt oid="1.3.6.1"/><threat>Low</threat></result></results></report></report>`,
      ),
    namesIn,
  },
  cyclonedx: {
    withName: (name) => json({ bomFormat: 'CycloneDX', specVersion: '1.5', components: [{ type: 'library', name, version: '1' }] }),
    namesIn,
  },
  spdx: {
    withName: (name) =>
      json({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'd', packages: [{ SPDXID: 'SPDXRef-a', name, versionInfo: '1' }] }),
    namesIn,
  },
  trivy: {
    withName: (Title) =>
      json({
        SchemaVersion: 2,
        ArtifactName: 'a',
        ArtifactType: 'container_image',
        Results: [
          {
            Target: 't',
            Class: 'config',
            Type: 'dockerfile',
            Misconfigurations: [{ ID: 'DS002', Title, Severity: 'HIGH', Status: 'FAIL' }],
          },
        ],
      }),
    namesIn,
  },
  sarif: {
    withName: (text) =>
      json({
        version: '2.1.0',
        runs: [{ tool: { driver: { name: 'T' } }, results: [{ ruleId: 'r', message: { text }, locations: [] }] }],
      }),
    namesIn,
  },
} satisfies Record<string, Rows>;
