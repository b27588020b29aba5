import './data.css';

export { Button, type Icon, IconButton, LinkButton } from './button.tsx';
export { CopyButton } from './copy-button.tsx';
export { FacetMenu, type FacetOption } from './facet-menu.tsx';
export { Dialog, Empty, Failed, Loading, Notice, Progress, Shown } from './feedback.tsx';
export { Check, Segments, Select, TextArea, TextField } from './fields.tsx';
export { Glyph, type Shape } from './glyph.tsx';
export { go, type ViewPlace, type ViewProps } from './navigation.ts';
export { actionOf, keyLabel, type KeyRow } from './keys.ts';
export { formAct, formKeys, leaveKeys, listAct, listKeys, onFormKey, sendKeys } from './list-keys.ts';
export { StarFort } from './star-fort.tsx';
export type { Text } from '#renderer/messages/index.ts';
export { TextProvider, useText } from './text.tsx';
export { Toasts, toast } from './toasts.tsx';
export { type GridColumn, VirtualGrid } from './virtual-grid.tsx';
