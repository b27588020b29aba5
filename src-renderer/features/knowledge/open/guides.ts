/** How a tool's files are got out of it, in its own words, and what stays behind. Keyed by the name that the engine gives the tool. */
export interface Guide {
  readonly get: string;
  readonly leaves?: string;
}

export const guides: Readonly<Record<string, Guide>> = {
  'MITRE ATT&CK': { get: 'Take the STIX bundle of a domain (enterprise-attack.json) from the publisher’s repository.' },
  'MITRE ATT&CK Navigator': {
    get: 'Open the layer, choose Download layer as JSON.',
    leaves: 'How the layer looks beyond scores, colours and comments: sorting and layout of the view.',
  },
  MISP: {
    get: 'Events: open the event, Download as…, MISP JSON. Galaxies and warninglists: the JSON files of their repositories.',
    leaves: 'Proposals, discussions and the rights of organisations.',
  },
  OpenCTI: { get: 'Open a report or a selection, choose Export, then STIX 2.1 bundle.', leaves: 'Users, work queues and dashboards.' },
  'TAXII servers': { get: 'Save the answer of a collection’s objects request as a file.' },
  'Any TAXII 2.1 server': { get: 'Save the answer of a collection’s objects request (an envelope) as a file.' },
  'Microsoft Excel': {
    get: 'Save the list as .xlsx or .csv, one asset a row, names of columns in the first. A column “log sources” (windows/security; sysmon; nginx) says which detection rules could run.',
    leaves: 'Formulas, charts and macros.',
  },
  ServiceNow: { get: 'Open a list of configuration items, right-click a column, Export, Excel or CSV.' },
  Nmap: { get: 'Scan with -oX scan.xml, best with -sV for services.', leaves: 'Traces and timing.' },
  Nessus: { get: 'Open the scan, Export, Nessus (.nessus).', leaves: 'Policies and credentials of the scan.' },
  OpenVAS: { get: 'Open the report, Download, XML.', leaves: 'Schedules and targets.' },
  'Greenbone Community Edition': { get: 'Open the report, Download, XML.', leaves: 'Schedules and targets.' },
  Trivy: { get: 'Run with --format json --output result.json (or cyclonedx for a bill of materials).' },
  Syft: { get: 'Run with -o cyclonedx-json or -o spdx-json.' },
  'GitHub CodeQL': { get: 'Run the analysis with --format=sarif-latest, or download the SARIF file of a workflow run.' },
  Semgrep: { get: 'Run with --sarif --output result.sarif.' },
  GitHub: { get: 'Insights, Dependency graph, Export SBOM.' },
  SigmaHQ: {
    get: 'Drop the folder of rules, or its archive, as it is.',
    leaves: 'Running the rules: their text, tags and log sources come over.',
  },
  'MITRE Attack Flow Builder': { get: 'Save the flow (.afb), or publish it as STIX.', leaves: 'Positions of boxes on the canvas.' },
  CISA: { get: 'Download the Known Exploited Vulnerabilities catalogue as JSON or CSV.' },
  'CISA Vulnrichment': { get: 'Drop the repository’s archive or folder as it is.' },
  'CVE Program': { get: 'Drop a release of cvelistV5 (.zip), a folder of it, or single records.' },
  'MITRE D3FEND': { get: 'Download the ontology as Turtle (.ttl).' },
  LOLBAS: { get: 'Drop the project’s folder of YAML files, or its JSON.' },
  'Center for Threat-Informed Defense': { get: 'Download a mapping as JSON from Mappings Explorer.' },
};

/** Tools whose files cannot be read yet; said so that nobody looks for them. */
export const later: readonly string[] = ['OWASP Threat Dragon', 'Microsoft Threat Modeling Tool', 'Maltego'];
