import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import type { XmlElement } from '../xml-stream/index.ts';

/** Elements that hold a list of others, by the name that the JSON form has for it (CycloneDX's own mapping). */
const lists = new Set(
  'components services hashes licenses dependencies vulnerabilities ratings cwes affects advisories references externalReferences properties responses endpoints data authors tools compositions'.split(
    ' ',
  ),
);

/**
 * The XML form as the JSON form has it: attributes and elements as members, lists as lists, text as `content` where
 * there is more beside it. Only as deep as the XML itself, which is bounded.
 */
export function bomFromXml(element: XmlElement): JsonObject {
  const made = valueOf(element);
  return made !== null && typeof made === 'object' && !Array.isArray(made) ? made : {};
}

function valueOf(element: XmlElement): Json {
  const own = element.name === 'component' || element.name === 'vulnerability' || element.name === 'service';
  const attributes = Object.entries(element.attributes).filter(([name]) => !name.startsWith('xmlns'));
  if (lists.has(element.name) && !(element.name === 'tools' && element.children.some(({ name }) => lists.has(name))))
    return element.children.map((child) => listed(child));
  if (element.children.length === 0 && attributes.length === 0 && !own) return element.text;
  const object = Object.create(null) as JsonObject;
  for (const [name, value] of attributes) object[name] = value;
  if (element.name === 'dependency') {
    object['dependsOn'] = element.children.filter(({ name }) => name === 'dependency').flatMap(({ attributes: { ref } }) => ref ?? []);
    return object;
  }
  if (element.text !== '') object['content'] = element.text;
  for (const child of element.children) if (!Object.hasOwn(object, child.name)) object[child.name] = valueOf(child);
  return object;
}

/** In a list of licences the JSON form says which of two kinds an entry is. */
function listed(child: XmlElement): Json {
  const value = valueOf(child);
  return child.name === 'license' || child.name === 'expression' ? { [child.name]: value } : value;
}
