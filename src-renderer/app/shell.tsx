import { ChevronDown, CircleHelp, FileUp, Keyboard, Lock, Menu, Monitor, Moon, Search, Sun } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { asContractError, useClient, useJobs } from '#renderer/client/index.ts';
import { NetworkSeal } from '#renderer/features/admin/index.ts';
import { addDroppedFiles, BranchStrip, BranchSwitch, EntityBlocks, filesOfDrop } from '#renderer/features/knowledge/index.ts';
import { IconButton, Loading, Progress, StarFort, toast, useText } from '#renderer/ui/index.ts';
import { useBranchOfAddress } from './branch-of-address.ts';
import { useDesktopAsked } from './desktop-asked.ts';
import { entityBlocks, views } from './features.ts';
import { groups } from './places.ts';
import { topicOf } from './help/topics.ts';
import { useIdleLock } from './idle-lock.ts';
import { KeyboardHelp } from './keyboard-help.tsx';
import { Palette } from './palette.tsx';
import { usePasteAnywhere } from './paste-anywhere.ts';
import { themes, usePreferences } from './preferences.ts';
import { useRoute } from './router.ts';
import { useShortcuts } from './shortcuts.ts';
import { ViewFrame } from './view-frame.tsx';
import './shell.css';

/** Rail, bar and the view between them. */
export function Shell() {
  const t = useText();
  const client = useClient();
  const route = useRoute();
  const [dialog, setDialog] = useState<'palette' | 'help' | undefined>();
  const main = useRef<HTMLElement>(null);
  const view = views.find((one) => one.name === route.name) ?? views[0];
  const place = `${route.name}/${route.rest.join('/')}`;
  const first = useRef(true);
  useEffect(() => {
    document.title = view ? `${t(view.title)} · ${t('app.name')}` : t('app.name');
    // A new view begins at its top, with the reading position there; not on the first one, where the page itself just opened.
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
    main.current?.scrollTo(0, 0);
    setDrawer(false);
  }, [place]);
  useShortcuts({ palette: () => setDialog('palette'), help: () => setDialog('help') });
  useBranchOfAddress(route);
  useDesktopAsked();
  usePasteAnywhere();
  useIdleLock();
  const folded = usePreferences((preferences) => preferences.folded);
  const [drawer, setDrawer] = useState(false);
  const menu = useRef<HTMLButtonElement>(null);
  const dropping = useDrop((files) => addDroppedFiles(client, files));
  if (!view) return null;
  return (
    <div className="shell">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t('shell.skip')}
      </a>
      <header className="bar">
        <button
          ref={menu}
          type="button"
          className="button button-quiet button-icon bar-menu"
          aria-label={t('shell.menu')}
          aria-expanded={drawer}
          aria-controls="rail"
          onClick={() => setDrawer(!drawer)}
        >
          <Menu size={17} aria-hidden />
        </button>
        <a className="brand" href="#/">
          <StarFort size={22} />
          <span>{t('app.name')}</span>
        </a>
        <button type="button" className="bar-search" title={t('shell.search')} onClick={() => setDialog('palette')}>
          <Search size={15} aria-hidden />
          <span className="grow clip">{t('shell.search')}</span> <kbd>{t('shell.searchKey')}</kbd>
        </button>
        <span className="grow bar-space" />
        <BranchSwitch />
        <RunningJob />
        <NetworkSeal link />
        <span className="bar-extra">
          <ThemeButton />
          <a
            className="button button-quiet button-icon"
            href={`#/help/${topicOf(view.name)?.name ?? ''}`}
            aria-label={t('shell.topic')}
            title={t('shell.topic')}
          >
            <CircleHelp size={17} aria-hidden />
          </a>
          <IconButton icon={Keyboard} label={t('shell.help')} onClick={() => setDialog('help')} />
        </span>
        <IconButton
          icon={Lock}
          label={t('shell.lock')}
          onClick={() => void client.admin.lock().catch((error: unknown) => toast(asContractError(error).message))}
        />
      </header>
      <BranchStrip shows={view.shows} />
      <nav
        id="rail"
        className={drawer ? 'rail rail-open' : 'rail'}
        aria-label={t('shell.nav')}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !drawer) return;
          setDrawer(false);
          menu.current?.focus();
        }}
      >
        {groups.map((group) => {
          const shut = folded.includes(group) && view.group !== group;
          return (
            <div key={group} className={shut ? 'rail-group rail-shut' : 'rail-group'}>
              <button
                type="button"
                className="label rail-label"
                id={`rail-${group}`}
                aria-expanded={!shut}
                onClick={() => usePreferences.setState({ folded: shut ? folded.filter((one) => one !== group) : [...folded, group] })}
              >
                <span className="grow">{t(`shell.group.${group}`)}</span>
                <ChevronDown size={13} aria-hidden />
              </button>
              <ul aria-label={t(`shell.group.${group}`)}>
                {views
                  .filter((one) => one.group === group)
                  .map(({ name, title, icon: Symbol }) => (
                    <li key={name}>
                      <a href={`#/${name === 'home' ? '' : name}`} aria-current={view.name === name ? 'page' : undefined} title={t(title)}>
                        <Symbol size={16} aria-hidden />
                        <span className="rail-text">{t(title)}</span>
                      </a>
                    </li>
                  ))}
              </ul>
            </div>
          );
        })}
      </nav>
      <main ref={main} className="main" id="main" tabIndex={-1}>
        <ViewFrame key={place}>
          <Suspense fallback={<Loading />}>
            <EntityBlocks value={entityBlocks}>
              <view.view place={route} />
            </EntityBlocks>
          </Suspense>
        </ViewFrame>
      </main>
      {dropping ? (
        <div className="dropping">
          <p>
            <FileUp size={22} aria-hidden /> {t('shell.drop')}
          </p>
        </div>
      ) : null}
      {dialog === 'palette' ? <Palette onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'help' ? <KeyboardHelp onClose={() => setDialog(undefined)} /> : null}
    </div>
  );
}

function RunningJob() {
  const t = useText();
  const running = useJobs().filter((job) => job.state === 'running');
  const job = running[0];
  if (!job) return null;
  return (
    <a className="bar-job" href="#/jobs">
      <span className="clip">{running.length > 1 ? t('shell.jobs', { count: running.length }) : job.title}</span>
      <Progress label={job.title} value={job.progress} />
    </a>
  );
}

const themeIcons = { system: Monitor, light: Sun, dark: Moon };

function ThemeButton() {
  const t = useText();
  const theme = usePreferences((preferences) => preferences.theme);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  return (
    <IconButton
      icon={themeIcons[theme]}
      label={t('shell.theme', { now: t(`theme.${theme}`), next: t(`theme.${next}`) })}
      onClick={() => usePreferences.setState({ theme: next })}
    />
  );
}

/** Whether files are held over the window; they may be dropped anywhere. */
function useDrop(take: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (hasFiles(event) && --depth <= 0) setOver(false);
    };
    const hold = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      event.preventDefault();
      depth = 0;
      setOver(false);
      if (!event.dataTransfer) return;
      void filesOfDrop(event.dataTransfer).then((files) => files.length > 0 && latest.current(files));
    };
    const all = { dragenter: enter, dragleave: leave, dragover: hold, drop } as const;
    for (const [name, listener] of Object.entries(all)) window.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(all)) window.removeEventListener(name, listener as EventListener);
    };
  }, []);
  return over;
}
