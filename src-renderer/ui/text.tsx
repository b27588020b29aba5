import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { createText, type Locale, type Text } from '#renderer/messages/index.ts';

const Speaking = createContext<Text>(createText('en'));

export function TextProvider({ locale, children }: { locale: Locale; children: ReactNode }) {
  const text = useMemo(() => createText(locale), [locale]);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return <Speaking.Provider value={text}>{children}</Speaking.Provider>;
}

/** The speaking function: `t('search.title')`, `t.number(5)`. */
export function useText(): Text {
  return useContext(Speaking);
}
