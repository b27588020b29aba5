import { textIn } from '../json-values.ts';
import { type Element, type Elements, idsIn } from './elements.ts';

/** Nothing is said: individuals of SPDX 3 (Licensing profile, version 3.0.1). */
const silent = /(?:Licensing\/(?:NoAssertion|None)|NoAssertionLicense|NoneLicense)$/;
const listed = /^https?:\/\/spdx\.org\/licenses\/([A-Za-z0-9.+-]{1,100})$/;
/** Sets of licences within each other. */
const deepest = 12;
const longest = 1000;

/** The licence expression that an id of SPDX 3 stands for; undefined where nothing is said or known. Each is made once. */
export function createLicences(elements: Elements): (id: string) => string | undefined {
  const made = new Map<string, string | undefined>();
  const find = (id: string, depth: number): string | undefined => {
    if (silent.test(id)) return undefined;
    const short = listed.exec(id)?.[1];
    const element = elements.byId.get(id);
    if (short !== undefined && !(element && textIn(element.value, 'simplelicensing_licenseExpression'))) return short;
    if (!element || depth > deepest) return undefined;
    if (made.has(id)) return made.get(id);
    // One that holds itself finds nothing.
    made.set(id, undefined);
    const text = written(element, (inner) => find(inner, depth + 1));
    if (text !== undefined && !/^(?:NOASSERTION|NONE)$/i.test(text) && text.length <= longest) made.set(id, text);
    return made.get(id);
  };
  return (id) => find(id, 0);
}

function written({ id, type, value }: Element, find: (id: string) => string | undefined): string | undefined {
  const inner = (name: string) =>
    idsIn(value, name)
      .slice(0, 50)
      .flatMap((one) => find(one) ?? []);
  const set = (word: string) => {
    // AND binds before OR: a member that is itself composed keeps its brackets.
    const members = inner('expandedlicensing_member').map((text) => (/ (?:AND|OR) /.test(text) ? `(${text})` : text));
    return members.length === 0 ? undefined : members.join(` ${word} `);
  };
  if (/(?:^|_)ConjunctiveLicenseSet$/.test(type)) return set('AND');
  if (/(?:^|_)DisjunctiveLicenseSet$/.test(type)) return set('OR');
  if (/(?:^|_)OrLaterOperator$/.test(type)) {
    const [one] = inner('expandedlicensing_subjectLicense');
    return one === undefined ? undefined : `${one}+`;
  }
  if (/(?:^|_)WithAdditionOperator$/.test(type)) {
    const [one] = inner('expandedlicensing_subjectExtendableLicense');
    const [addition] = inner('expandedlicensing_subjectAddition');
    return one === undefined || addition === undefined ? one : `${one} WITH ${addition}`;
  }
  const reference = /(?:LicenseRef|AdditionRef)-[A-Za-z0-9.-]+$/.exec(id)?.[0];
  return textIn(value, 'simplelicensing_licenseExpression') ?? textIn(value, 'name') ?? reference;
}
