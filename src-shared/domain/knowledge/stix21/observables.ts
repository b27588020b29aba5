import type { JsonObject } from '../stix.ts';
import { hashes } from './common-properties.ts';
import { mayBeObservable } from './domain-objects.ts';
import { type Findings, quote } from './findings.ts';
import { isDomainName, isEmailAddress, isIpv4, isIpv6, isMacAddress } from './network-values.ts';
import {
  advised,
  binary,
  boolean,
  type Check,
  dictionary,
  enumeration,
  hex,
  integer,
  isLanguageTag,
  listOf,
  nested,
  openVocabulary,
  order,
  own,
  reference,
  referenceTo,
  type Shape,
  shape,
  string,
  text,
  timestamp,
  url,
  wrongType,
} from './values.ts';
import * as vocabulary from './vocabularies.ts';

const count = integer(0);
const strings = listOf(string);
const anyObservables = listOf(reference(mayBeObservable, 'an observable'));
const account = referenceTo('user-account');
const address = referenceTo('email-addr');
const addresses = listOf(address);
const encoding = text((value) => /^[a-zA-Z0-9/.+_:-]{2,250}$/.test(value), 'a name of the IANA character set registry');

const isMediaType = (value: string) => {
  const [top = '', sub = ''] = value.split('/', 2);
  return vocabulary.mediaTypes.has(top) && /^[a-zA-Z0-9][a-zA-Z0-9!#$&^_.+-]{0,126}(?:\s*;.*)?$/.test(sub);
};

/** The hive in full: `HKEY_LOCAL_MACHINE`, not `HKLM` (section 6.17). */
const registryKey = text(
  (value) => !/^(?:HKLM|HKCC|HKCR|HKCU|HKU)(?:\\|$)/i.test(value),
  'a key with its hive in full (HKEY_LOCAL_MACHINE\\…)',
);

/** Well-formed CPE 2.3 formatted strings (NISTIR 7695): `cpe:2.3:` and eleven parts. */
function isCpe(value: string): boolean {
  if (!value.startsWith('cpe:2.3:')) return false;
  const parts = value.slice(8).split(/(?<!\\):/);
  return parts.length === 11 && /^[aho*-]$/.test(parts[0] ?? '') && parts.every((part) => /^(?:[a-zA-Z0-9._*?-]|\\[^\s])+$/.test(part));
}

const times = { ctime: timestamp, mtime: timestamp, atime: timestamp };

const headerField: Check = (value, findings) => {
  if (typeof value !== 'string') listOf(string)(value, findings);
};

const mimePart = nested(
  shape(
    { body: string, body_raw_ref: referenceTo('artifact', 'file'), content_type: string, content_disposition: string },
    {
      also: (object, findings) => {
        if (Object.hasOwn(object, 'body') === Object.hasOwn(object, 'body_raw_ref'))
          findings.error('must have body or body_raw_ref, and not both');
      },
    },
  ),
  'a MIME part',
);

const registryValue = nested(
  shape(
    { name: string, data: string, data_type: enumeration(vocabulary.registryDataTypes, 'windows-registry-datatype-enum') },
    { someOf: ['name', 'data', 'data_type'] },
  ),
  'a registry value',
);

const certificateExtensions = `basic_constraints name_constraints policy_constraints key_usage extended_key_usage
  subject_key_identifier authority_key_identifier subject_alternative_name issuer_alternative_name
  subject_directory_attributes crl_distribution_points inhibit_any_policy certificate_policies policy_mappings`.split(/\s+/);
const certificateTimes = ['private_key_usage_period_not_before', 'private_key_usage_period_not_after'];

const ipfix: Check = (value, findings) => {
  if (typeof value === 'number') integer()(value, findings);
  else if (typeof value !== 'string') wrongType('a string or a whole number', value, findings);
};

function artifactRules(object: JsonObject, findings: Findings): void {
  const linked = Object.hasOwn(object, 'url');
  if (linked === Object.hasOwn(object, 'payload_bin')) findings.error('must have payload_bin or url, and not both');
  if (linked && !Object.hasOwn(object, 'hashes')) findings.error('must have hashes where it has url');
  if (Object.hasOwn(object, 'decryption_key') && !Object.hasOwn(object, 'encryption_algorithm'))
    findings.error('must not have decryption_key without encryption_algorithm');
}

function messageRules(object: JsonObject, findings: Findings): void {
  const multipart = own(object, 'is_multipart');
  if (multipart === true && Object.hasOwn(object, 'body')) findings.error('must not have body where is_multipart is true');
  if (multipart === false && Object.hasOwn(object, 'body_multipart'))
    findings.error('must not have body_multipart where is_multipart is false');
}

function trafficRules(object: JsonObject, findings: Findings): void {
  order(object, 'start', 'end', findings);
  if (own(object, 'is_active') === true && Object.hasOwn(object, 'end')) findings.error('must not have end where is_active is true');
}

const protocolName: Check = (value, findings) => {
  if (typeof value !== 'string') return wrongType('a string', value, findings);
  if (value !== value.toLowerCase()) findings.warn('protocol', `the protocol ${quote(value)} should be in lower case`);
  else if (!vocabulary.protocols.has(value))
    findings.warn('protocol', `the protocol ${quote(value)} is not among the common names of the IANA registry`);
};

/** A shape whose objects must have at least one property of their own. */
const filled = (properties: Readonly<Record<string, Check>>) => shape(properties, { someOf: [...Object.keys(properties), 'extensions'] });
const port = integer(0, 65_535);
const ends = referenceTo('ipv4-addr', 'ipv6-addr', 'mac-addr', 'domain-name');
const payload = referenceTo('artifact');

/** Section 6: the observables. Every one has the common properties beside these. */
export const observables: Readonly<Record<string, Shape>> = {
  artifact: shape(
    {
      mime_type: text(isMediaType, 'a media type (IANA)'),
      payload_bin: binary,
      url,
      hashes,
      encryption_algorithm: enumeration(vocabulary.encryptionAlgorithms, 'encryption-algorithm-enum'),
      decryption_key: string,
    },
    { also: artifactRules },
  ),
  'autonomous-system': shape({ number: integer(), name: string, rir: string }, { required: ['number'] }),
  directory: shape(
    { path: string, path_enc: encoding, ...times, contains_refs: listOf(referenceTo('file', 'directory')) },
    { required: ['path'] },
  ),
  'domain-name': shape(
    {
      value: text(isDomainName, 'a domain name (RFC 1034, RFC 5890)'),
      resolves_to_refs: listOf(referenceTo('ipv4-addr', 'ipv6-addr', 'domain-name')),
    },
    { required: ['value'] },
  ),
  'email-addr': shape(
    { value: text(isEmailAddress, 'an e-mail address without display name (RFC 5322)'), display_name: string, belongs_to_ref: account },
    { required: ['value'] },
  ),
  'email-message': shape(
    {
      is_multipart: boolean,
      date: timestamp,
      content_type: string,
      from_ref: address,
      sender_ref: address,
      to_refs: addresses,
      cc_refs: addresses,
      bcc_refs: addresses,
      message_id: string,
      subject: string,
      received_lines: strings,
      additional_header_fields: dictionary(headerField, false),
      body: string,
      body_multipart: listOf(mimePart),
      raw_email_ref: payload,
    },
    { required: ['is_multipart'], also: messageRules },
  ),
  file: shape(
    {
      hashes,
      size: count,
      name: string,
      name_enc: encoding,
      magic_number_hex: hex,
      mime_type: advised(isMediaType, 'media-type', 'a media type (IANA)'),
      ...times,
      parent_directory_ref: referenceTo('directory'),
      contains_refs: anyObservables,
      content_ref: payload,
    },
    { someOf: ['hashes', 'name'] },
  ),
  'ipv4-addr': shape(
    {
      value: text(isIpv4, 'an IPv4 address or network (CIDR)'),
      resolves_to_refs: listOf(referenceTo('mac-addr')),
      belongs_to_refs: listOf(referenceTo('autonomous-system')),
    },
    { required: ['value'] },
  ),
  'ipv6-addr': shape(
    {
      value: text(isIpv6, 'an IPv6 address or network (CIDR)'),
      resolves_to_refs: listOf(referenceTo('mac-addr')),
      belongs_to_refs: listOf(referenceTo('autonomous-system')),
    },
    { required: ['value'] },
  ),
  'mac-addr': shape({ value: text(isMacAddress, 'six pairs of lower-case hexadecimal digits joined by colons') }, { required: ['value'] }),
  mutex: shape({ name: string }, { required: ['name'] }),
  'network-traffic': shape(
    {
      start: timestamp,
      end: timestamp,
      is_active: boolean,
      src_ref: ends,
      dst_ref: ends,
      src_port: port,
      dst_port: port,
      protocols: listOf(protocolName),
      src_byte_count: count,
      dst_byte_count: count,
      src_packets: count,
      dst_packets: count,
      ipfix: dictionary(ipfix, false),
      src_payload_ref: payload,
      dst_payload_ref: payload,
      encapsulates_refs: listOf(referenceTo('network-traffic')),
      encapsulated_by_ref: referenceTo('network-traffic'),
    },
    { required: ['protocols'], someOf: ['src_ref', 'dst_ref'], also: trafficRules },
  ),
  process: filled({
    is_hidden: boolean,
    pid: integer(),
    created_time: timestamp,
    cwd: string,
    command_line: string,
    environment_variables: dictionary(string, false),
    opened_connection_refs: listOf(referenceTo('network-traffic')),
    creator_user_ref: account,
    image_ref: referenceTo('file'),
    parent_ref: referenceTo('process'),
    child_refs: listOf(referenceTo('process')),
  }),
  software: shape(
    {
      name: string,
      cpe: text(isCpe, 'a CPE 2.3 name'),
      swid: string,
      languages: listOf(text(isLanguageTag, 'a language code (RFC 5646)')),
      vendor: string,
      version: string,
    },
    { required: ['name'] },
  ),
  url: shape({ value: url }, { required: ['value'] }),
  'user-account': filled({
    user_id: string,
    credential: string,
    account_login: string,
    account_type: openVocabulary(vocabulary.accountTypes, 'account-type-ov'),
    display_name: string,
    is_service_account: boolean,
    is_privileged: boolean,
    can_escalate_privs: boolean,
    is_disabled: boolean,
    account_created: timestamp,
    account_expires: timestamp,
    credential_last_changed: timestamp,
    account_first_login: timestamp,
    account_last_login: timestamp,
  }),
  'windows-registry-key': filled({
    key: registryKey,
    values: listOf(registryValue),
    modified_time: timestamp,
    creator_user_ref: account,
    number_of_subkeys: count,
  }),
  'x509-certificate': filled({
    is_self_signed: boolean,
    hashes,
    version: string,
    serial_number: string,
    signature_algorithm: string,
    issuer: string,
    validity_not_before: timestamp,
    validity_not_after: timestamp,
    subject: string,
    subject_public_key_algorithm: string,
    subject_public_key_modulus: string,
    subject_public_key_exponent: integer(),
    x509_v3_extensions: nested(
      shape(
        {
          ...Object.fromEntries(certificateExtensions.map((name) => [name, string])),
          ...Object.fromEntries(certificateTimes.map((name) => [name, timestamp])),
        },
        { someOf: [...certificateExtensions, ...certificateTimes] },
      ),
      'X.509 v3 extensions',
    ),
  }),
};
