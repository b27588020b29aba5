import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { createText, type DateFormat, type Locale, type Text } from '#renderer/messages/index.ts';

const Speaking = createContext<Text>(createText('en'));

export function TextProvider({ locale, dates = 'language', children }: { locale: Locale; dates?: DateFormat; children: ReactNode }) {
  const text = useMemo(() => createText(locale, dates), [locale, dates]);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return <Speaking.Provider value={text}>{children}</Speaking.Provider>;
}

/** The speaking function: `t('search.title')`, `t.number(5)`. */
export function useText(): Text {
  return useContext(Speaking);
}
