/*
 * The vocabularies of STIX 2.1, section 10. Open ones ("-ov") SHOULD be used, closed ones ("-enum")
 * MUST.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const accountTypes = words('facebook ldap nis openid radius skype tacacs twitter unix windows-local windows-domain');
export const attackMotivations = words(
  'accidental coercion dominance ideology notoriety organizational-gain personal-gain personal-satisfaction revenge unpredictable',
);
export const attackResourceLevels = words('individual club contest team organization government');
export const encryptionAlgorithms = words('AES-256-GCM ChaCha20-Poly1305 mime-type-indicated');
export const extensionTypes = words('new-sdo new-sco new-sro property-extension toplevel-property-extension');
export const groupingContexts = words('suspicious-activity malware-analysis unspecified');
export const identityClasses = words('individual group system organization class unknown');
export const implementationLanguages = words(
  'applescript bash c c++ c# go java javascript lua objective-c perl php powershell python ruby scala swift typescript visual-basic x86-32 x86-64',
);
export const indicatorTypes = words('anomalous-activity anonymization benign compromised malicious-activity attribution unknown');
export const industrySectors = words(`
  agriculture aerospace automotive chemical commercial communications construction defense education energy
  entertainment financial-services government emergency-services government-local government-national
  government-public-services government-regional healthcare hospitality-leisure infrastructure dams nuclear water
  insurance manufacturing mining non-profit pharmaceuticals retail technology telecommunications transportation
  utilities engineering`);
export const infrastructureTypes = words(`
  amplification anonymization botnet command-and-control control-system exfiltration firewall hosting-malware
  hosting-target-lists phishing reconnaissance routers-switches staging workstation unknown`);
export const malwareResults = words('malicious suspicious benign unknown');
export const malwareCapabilities = words(`
  accesses-remote-machines anti-debugging anti-disassembly anti-emulation anti-memory-forensics anti-sandbox anti-vm
  captures-input-peripherals captures-output-peripherals captures-system-state-data cleans-traces-of-infection
  commits-fraud communicates-with-c2 compromises-data-availability compromises-data-integrity
  compromises-system-availability controls-local-machine degrades-security-software degrades-system-updates
  determines-c2-server emails-spam escalates-privileges evades-av exfiltrates-data fingerprints-host hides-artifacts
  hides-executing-code infects-files infects-remote-machines installs-other-components persists-after-system-reboot
  prevents-artifact-access prevents-artifact-deletion probes-network-environment self-modifies
  steals-authentication-credentials violates-system-operational-integrity`);
export const malwareTypes = words(`
  adware backdoor bot bootkit ddos downloader dropper exploit-kit keylogger ransomware remote-access-trojan
  resource-exploitation rogue-security-software rootkit screen-capture spyware trojan unknown virus webshell wiper worm`);
export const opinions = words('strongly-disagree disagree neutral agree strongly-agree');
export const patternTypes = words('stix pcre sigma snort suricata yara');
export const processorArchitectures = words('alpha arm ia-64 mips powerpc sparc x86 x86-64');
export const regions = words(`
  africa eastern-africa middle-africa northern-africa southern-africa western-africa americas
  latin-america-caribbean south-america caribbean central-america northern-america asia central-asia eastern-asia
  southern-asia south-eastern-asia western-asia europe eastern-europe northern-europe southern-europe western-europe
  oceania australia-new-zealand melanesia micronesia polynesia antarctica`);
export const reportTypes = words(`
  attack-pattern campaign identity indicator intrusion-set malware observed-data threat-actor threat-report tool
  vulnerability`);
export const threatActorTypes = words(`
  activist competitor crime-syndicate criminal hacker insider-accidental insider-disgruntled nation-state
  sensationalist spy terrorist unknown`);
export const threatActorRoles = words('agent director independent infrastructure-architect infrastructure-operator malware-author sponsor');
export const threatActorSophistications = words('none minimal intermediate advanced expert innovator strategic');
export const toolTypes = words(`
  denial-of-service exploitation information-gathering network-capture credential-exploitation remote-access
  vulnerability-scanning unknown`);
export const integrityLevels = words('low medium high system');
export const peTypes = words('dll exe sys');
export const registryDataTypes = words(`
  REG_NONE REG_SZ REG_EXPAND_SZ REG_BINARY REG_DWORD REG_DWORD_BIG_ENDIAN REG_DWORD_LITTLE_ENDIAN REG_LINK REG_MULTI_SZ
  REG_RESOURCE_LIST REG_FULL_RESOURCE_DESCRIPTION REG_RESOURCE_REQUIREMENTS_LIST REG_QWORD REG_INVALID_TYPE`);
export const serviceStartTypes = words('SERVICE_AUTO_START SERVICE_BOOT_START SERVICE_DEMAND_START SERVICE_DISABLED SERVICE_SYSTEM_ALERT');
export const serviceTypes = words('SERVICE_KERNEL_DRIVER SERVICE_FILE_SYSTEM_DRIVER SERVICE_WIN32_OWN_PROCESS SERVICE_WIN32_SHARE_PROCESS');
export const serviceStatuses = words(`
  SERVICE_CONTINUE_PENDING SERVICE_PAUSE_PENDING SERVICE_PAUSED SERVICE_RUNNING SERVICE_START_PENDING
  SERVICE_STOP_PENDING SERVICE_STOPPED`);
export const addressFamilies = words('AF_UNSPEC AF_INET AF_IPX AF_APPLETALK AF_NETBIOS AF_INET6 AF_IRDA AF_BTH');
export const socketTypes = words('SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET');

/** ISO 3166-1 alpha-2, for `country` (section 4.8 says SHOULD). */
export const countries = words(`
  AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
  CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
  GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
  KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
  MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
  SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
  UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK`);

/** The media types' registered top levels (RFC 6838); which subtypes exist is left to the registry. */
export const mediaTypes = words('application audio font haptics image message model multipart text video');

/** Protocols that analysts meet, by their IANA service or protocol name in lower case; others are kept with a remark. */
export const protocols = words(`
  ipv4 ipv6 ip tcp udp icmp icmp6 ipv6-icmp igmp sctp dccp gre esp ah ipip ospf eigrp pim vrrp rsvp arp rarp ethernet
  http https http2 http3 quic tls ssl dtls dns domain mdns llmnr ftp ftps ftp-data sftp ssh telnet smtp smtps submission
  pop3 pop3s imap imaps ldap ldaps kerberos kpasswd ntp snmp snmptrap syslog syslog-tls tftp dhcp bootps bootpc dhcpv6
  smb cifs microsoft-ds netbios netbios-ns netbios-dgm netbios-ssn msrpc epmap rpc sunrpc nfs rdp ms-wbt-server vnc rfb
  winrm wsman sip sips rtp rtcp rtsp stun turn irc ircs xmpp xmpp-client xmpp-server mqtt secure-mqtt amqp amqps coap
  coaps modbus mbap dnp dnp3 iec-104 s7comm opc-ua opcua-tcp bacnet ethernet-ip profinet mysql postgresql ms-sql-s
  ms-sql-m oracle redis mongodb memcache memcached cassandra elasticsearch couchdb radius radius-acct tacacs diameter
  bgp rip ripng isis ldp l2tp pptp openvpn wireguard ipsec-nat-t isakmp ike socks rsync git svn nntp nntps finger whois
  gopher ident auth time daytime echo discard chargen systat netstat qotd nameserver bittorrent gnutella onion tor
  websocket ws wss ssdp upnp ipp printer lpd afp x11 xdmcp teredo gtp-u gtp-c m3ua sua vxlan geneve openflow netconf
  zabbix-agent nrpe ipfix netflow sflow dcerpc dicom dicom-tls hl7`);
