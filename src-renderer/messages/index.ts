import { IntlMessageFormat } from 'intl-messageformat';
import { en } from './en/index.ts';
import { pseudo } from './pseudo.ts';

/** Every text of the face by its key; a second language is a file with the same keys. */
export type MessageKey = keyof typeof en;
export type Catalogue = Readonly<Record<MessageKey, string>>;
export type MessageValues = Readonly<Record<string, string | number>>;

/** What a view needs to speak and to write numbers and times. */
export interface Text {
  (key: MessageKey, values?: MessageValues): string;
  readonly locale: string;
  number(value: number): string;
  /** A date with the time of day, in the person's own time zone. */
  time(iso: string): string;
  date(iso: string): string;
  bytes(value: number): string;
  percent(share: number): string;
}

const catalogues = { en: () => en, 'en-XA': () => pseudo(en) } satisfies Record<string, () => Catalogue>;
export type Locale = keyof typeof catalogues;
export const locales = Object.keys(catalogues) as Locale[];

/** As the language writes them, or by ISO 8601 with the year first. */
export const dateFormats = ['language', 'iso'] as const;
export type DateFormat = (typeof dateFormats)[number];

/** Makes the speaking function of one language. Messages are ICU MessageFormat, compiled when first used. */
export function createText(locale: Locale, dateFormat: DateFormat = 'language'): Text {
  const catalogue = catalogues[locale]();
  const formats = locale === 'en-XA' ? 'en' : locale;
  const compiled = new Map<MessageKey, IntlMessageFormat>();
  const numbers = new Intl.NumberFormat(formats);
  const shares = new Intl.NumberFormat(formats, { style: 'percent', maximumFractionDigits: 0 });
  // Swedish writes dates as ISO 8601 does.
  const [days, style] = dateFormat === 'iso' ? (['sv-SE', 'short'] as const) : ([formats, 'medium'] as const);
  const times = new Intl.DateTimeFormat(days, { dateStyle: style, timeStyle: 'short', hourCycle: 'h23' });
  const dates = new Intl.DateTimeFormat(days, { dateStyle: style });
  const speak = (key: MessageKey, values?: MessageValues): string => {
    const message = catalogue[key];
    if (!message.includes('{')) return message.replaceAll("''", "'");
    const format = compiled.get(key) ?? new IntlMessageFormat(message, formats);
    compiled.set(key, format);
    return String(format.format(values && apart(values)));
  };
  return Object.assign(speak, {
    locale: formats,
    number: (value: number) => numbers.format(value),
    time: (iso: string) => when(times, iso),
    date: (iso: string) => when(dates, iso),
    bytes: (value: number) => {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
      const step = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
      const unit = units[step] ?? 'byte';
      return new Intl.NumberFormat(formats, { style: 'unit', unit, maximumFractionDigits: step === 0 ? 0 : 1 }).format(
        value / 1000 ** step,
      );
    },
    percent: (share: number) => shares.format(share),
  });
}

const turning = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Values that turn direction stand within isolates (UAX 9), so that the sentence around them keeps its order. */
function apart(values: MessageValues): MessageValues {
  if (!Object.values(values).some((value) => typeof value === 'string' && turning.test(value))) return values;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      // Isolates of the value's own go, or it could end ours.
      typeof value === 'string' && turning.test(value) ? `\u2068${value.replaceAll(/[\u2066-\u2069]/g, '')}\u2069` : value,
    ]),
  );
}

function when(format: Intl.DateTimeFormat, iso: string) {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : format.format(time);
}
