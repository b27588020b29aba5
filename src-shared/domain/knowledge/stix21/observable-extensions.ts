import { hashes } from './common-properties.ts';
import { quote } from './findings.ts';
import { timestampPrecision } from './timestamps.ts';
import {
  advised,
  boolean,
  type Check,
  dictionary,
  enumeration,
  float,
  hex,
  integer,
  isRecord,
  listOf,
  nested,
  openVocabulary,
  referenceTo,
  shape,
  string,
  wrongType,
} from './values.ts';
import * as vocabulary from './vocabularies.ts';

const count = integer(0);
const strings = listOf(string);

/** An extension that must hold at least one of its properties. */
const some = (properties: Readonly<Record<string, Check>>, what: string) =>
  nested(shape(properties, { someOf: Object.keys(properties) }), what);

const exifTag: Check = (value, findings) => {
  if (typeof value === 'number') integer()(value, findings);
  else if (typeof value !== 'string') wrongType('a string or a whole number', value, findings);
};

const versions = `major_linker_version minor_linker_version address_of_entry_point base_of_code base_of_data image_base
  section_alignment file_alignment major_os_version minor_os_version major_image_version minor_image_version
  major_subsystem_version minor_subsystem_version number_of_rva_and_sizes`.split(/\s+/);
const sizes = `size_of_code size_of_initialized_data size_of_uninitialized_data size_of_image size_of_headers
  size_of_stack_reserve size_of_stack_commit size_of_heap_reserve size_of_heap_commit`.split(/\s+/);
const flags = 'magic_hex win32_version_value_hex checksum_hex subsystem_hex dll_characteristics_hex loader_flags_hex'.split(' ');
const each = (names: readonly string[], check: Check) => Object.fromEntries(names.map((name) => [name, check]));

const headerMembers = { ...each(versions, integer()), ...each(sizes, count), ...each(flags, hex), hashes };
const optionalHeader = nested(shape(headerMembers, { someOf: Object.keys(headerMembers) }), 'an optional header', true);
const section = nested(shape({ name: string, size: count, entropy: float(), hashes }, { required: ['name'] }), 'a section');
const stream = nested(shape({ name: string, hashes, size: count }, { required: ['name'] }), 'an alternate data stream');

const socketOption: Check = (value, findings) => integer()(value, findings);

/** Windows' STARTUPINFO: numbers, strings, and reserved members that are null. */
const startupStrings = 'lpDesktop lpTitle dwFillAttribute dwFlags wShowWindow hStdInput hStdOutput hStdError'.split(' ');
const startupNumbers = 'cb dwX dwY dwXSize dwYSize dwXCountChars dwYCountChars cbReserved2'.split(' ');
const startupInfo: Check = (value, findings) => {
  dictionary(() => undefined, false)(value, findings);
  if (!isRecord(value)) return;
  for (const [key, member] of Object.entries(value)) {
    findings.enter(key);
    if (key === 'lpReserved' || key === 'lpReserved2') {
      if (member !== null) findings.error('is reserved by Windows and must be null');
    } else if (startupNumbers.includes(key)) integer()(member, findings);
    else if (startupStrings.includes(key)) string(member, findings);
    else findings.error('is no member of STARTUPINFO');
    findings.leave();
  }
};

const pdfNames = new Set('Title Author Subject Keywords Creator Producer CreationDate ModDate Trapped'.split(' '));
const pdfInfo: Check = (value, findings) => {
  dictionary(string, false)(value, findings);
  if (!isRecord(value)) return;
  for (const key of Object.keys(value))
    if (!pdfNames.has(key)) findings.warn('pdf-info', `${quote(key)} is no entry of a PDF’s document information`);
};

const secondsTimestamp: Check = (value, findings) => {
  if (typeof value !== 'string') wrongType('a timestamp', value, findings);
  else if (timestampPrecision(value) !== 0) findings.error(`must be a timestamp precise to the second, not ${quote(value)}`);
};

const fileExtensions: Readonly<Record<string, Check>> = {
  'archive-ext': nested(
    shape({ contains_refs: listOf(referenceTo('file', 'directory')), comment: string }, { required: ['contains_refs'] }),
    'an extension',
  ),
  'ntfs-ext': some({ sid: string, alternate_data_streams: listOf(stream) }, 'an extension'),
  'pdf-ext': some({ version: string, is_optimized: boolean, document_info_dict: pdfInfo, pdfid0: string, pdfid1: string }, 'an extension'),
  'raster-image-ext': some(
    { image_height: integer(), image_width: integer(), bits_per_pixel: integer(), exif_tags: dictionary(exifTag, false) },
    'an extension',
  ),
  'windows-pebinary-ext': nested(
    shape(
      {
        pe_type: openVocabulary(vocabulary.peTypes, 'windows-pebinary-type-ov'),
        imphash: string,
        machine_hex: hex,
        number_of_sections: count,
        time_date_stamp: secondsTimestamp,
        pointer_to_symbol_table_hex: hex,
        number_of_symbols: count,
        size_of_optional_header: count,
        characteristics_hex: hex,
        file_header_hashes: hashes,
        optional_header: optionalHeader,
        sections: listOf(section),
      },
      {
        required: ['pe_type'],
        also: (object, findings) => {
          if (Object.keys(object).length < 2) findings.error('must have a property beside pe_type');
        },
      },
    ),
    'an extension',
  ),
};

const trafficExtensions: Readonly<Record<string, Check>> = {
  'http-request-ext': nested(
    shape(
      {
        request_method: string,
        request_value: string,
        request_version: string,
        request_header: dictionary(strings, false),
        message_body_length: count,
        message_body_data_ref: referenceTo('artifact'),
      },
      { required: ['request_method', 'request_value'] },
    ),
    'an extension',
  ),
  'icmp-ext': nested(shape({ icmp_type_hex: hex, icmp_code_hex: hex }, { required: ['icmp_type_hex', 'icmp_code_hex'] }), 'an extension'),
  'socket-ext': nested(
    shape(
      {
        address_family: enumeration(vocabulary.addressFamilies, 'network-socket-address-family-enum'),
        is_blocking: boolean,
        is_listening: boolean,
        options: (value, findings) => {
          dictionary(socketOption, false)(value, findings);
          if (typeof value === 'object' && value !== null)
            for (const key of Object.keys(value))
              if (!/^(?:SO|ICMP6?|IP|IPV6|MCAST|TCP|IRLMP)(?:_[A-Z0-9]+)+$/.test(key))
                findings.error(
                  `the socket option ${key.slice(0, 60)} must begin with SO_, ICMP_, ICMP6_, IP_, IPV6_, MCAST_, TCP_ or IRLMP_`,
                );
        },
        socket_type: enumeration(vocabulary.socketTypes, 'network-socket-type-enum'),
        socket_descriptor: count,
        socket_handle: integer(),
      },
      { required: ['address_family'] },
    ),
    'an extension',
  ),
  'tcp-ext': some({ src_flags_hex: hex, dst_flags_hex: hex }, 'an extension'),
};

const processExtensions: Readonly<Record<string, Check>> = {
  'windows-process-ext': some(
    {
      aslr_enabled: boolean,
      dep_enabled: boolean,
      priority: advised((value) => value.endsWith('_CLASS'), 'priority', 'the name of a Windows priority class (…_CLASS)'),
      owner_sid: string,
      window_title: string,
      startup_info: startupInfo,
      integrity_level: enumeration(vocabulary.integrityLevels, 'windows-integrity-level-enum'),
    },
    'an extension',
  ),
  'windows-service-ext': some(
    {
      service_name: string,
      descriptions: strings,
      display_name: string,
      group_name: string,
      start_type: enumeration(vocabulary.serviceStartTypes, 'windows-service-start-type-enum'),
      service_dll_refs: listOf(referenceTo('file')),
      service_type: enumeration(vocabulary.serviceTypes, 'windows-service-type-enum'),
      service_status: enumeration(vocabulary.serviceStatuses, 'windows-service-status-enum'),
    },
    'an extension',
  ),
};

const accountExtensions: Readonly<Record<string, Check>> = {
  'unix-account-ext': some({ gid: integer(), groups: strings, home_dir: string, shell: string }, 'an extension'),
};

/** Section 6: the extensions that STIX itself defines, by the type they belong to. */
export const predefinedExtensions: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  file: fileExtensions,
  'network-traffic': trafficExtensions,
  process: processExtensions,
  'user-account': accountExtensions,
};

/** Every predefined extension's name, to tell one on the wrong type from one of someone's own. */
export const predefinedNames: ReadonlySet<string> = new Set(
  Object.values(predefinedExtensions).flatMap((extensions) => Object.keys(extensions)),
);
